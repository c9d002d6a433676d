import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { createTransport } from '../../http/transport.ts'
import { listBuckets } from '../../s3/buckets.ts'
import { pageReader } from '../../s3/read-page.ts'
import type { S3Session } from '../../s3/s3-session.ts'
import { openS3Session } from '../open-s3-session.ts'
import {
  addSharedOptions,
  parseCredentialOptions,
  parseTransportOptions,
  type SharedValues,
} from '../shared-options.ts'

/** What the completion scripts know of the line: the word to complete, without its quotes, and the words before it. */
export interface Question {
  readonly word: string
  readonly words: readonly string[]
}

/** Somebody waits for the Tab. */
const patienceMs = 2000
const scheme = 's3://'

/**
 * The buckets, or the keys and folders that begin as the word does, as `s3://` URIs; buckets and folders end with `/`.
 * One request; what fails or takes too long counts as nothing, for there is nobody to tell.
 */
export async function s3Candidates(question: Question, context: Context): Promise<readonly string[]> {
  const { word } = question
  if (!word.startsWith(scheme)) return scheme.startsWith(word) ? [scheme] : []
  const path = word.slice(scheme.length)
  const slash = path.indexOf('/')
  if (slash < 0) return (await bucketCandidates(question, context)).map((name) => `${scheme}${name}/`)
  const bucket = path.slice(0, slash)
  const keys = await impatiently({ bucket, question, context }, (session, signal) =>
    listKeys(session, { prefix: path.slice(slash + 1), signal }),
  )
  return keys.map((key) => `${scheme}${bucket}/${key}`)
}

/** The names of the buckets, under the conditions of `s3Candidates`; of a long list the first page. */
export async function bucketCandidates(question: Question, context: Context): Promise<readonly string[]> {
  return impatiently({ bucket: undefined, question, context }, async (session, signal) => {
    const retries = { signal, random: context.random, hasAnswered: () => true, onThrottle: () => {} }
    const first = await listBuckets({ session, pageSize: undefined, headers: [], retries }).next()
    return first.done ? [] : first.value.map(({ name }) => name)
  })
}

async function listKeys(
  session: S3Session,
  { prefix, signal }: { readonly prefix: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const query = [
    ['list-type', '2'],
    ['delimiter', '/'],
    ['encoding-type', 'url'],
    ['prefix', prefix],
  ] as const
  const body = await session.get(query, { headers: [], signal })
  const page = (await pageReader(new Set(['key']))(body.take())).take()
  return page.entries.map(({ key }) => key)
}

interface Asking {
  readonly bucket: string | undefined
  readonly question: Question
  readonly context: Context
}

type Ask = (session: S3Session, signal: AbortSignal) => Promise<readonly string[]>

async function impatiently(asking: Asking, ask: Ask): Promise<readonly string[]> {
  const signal = AbortSignal.any([asking.context.interrupt, AbortSignal.timeout(patienceMs)])
  const timeOut = new Promise<readonly string[]>((resolve) => {
    signal.addEventListener('abort', () => resolve([]), { once: true })
  })
  return Promise.race([timeOut, askS3(asking, { ask, signal }).catch(() => [])])
}

/** With the profile, region, endpoint and role that stand on the line; nobody is asked for anything. */
async function askS3(
  { bucket, question, context }: Asking,
  { ask, signal }: { readonly ask: Ask; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const line = addSharedOptions(new Command('sigv4')).allowUnknownOption().allowExcessArguments().exitOverride()
  line.configureOutput({ writeErr: () => {} }).parse(question.words.slice(1), { from: 'user' })
  const values = line.opts<SharedValues>()
  const transport = createTransport(await parseTransportOptions(values, context))
  try {
    const credentials = await parseCredentialOptions(values)
    const session = await openS3Session(
      { bucket, credentials, healing: 'allowed' },
      {
        context: { ...context, askTerminal: async () => undefined },
        transport,
        status: { warn: () => {}, note: () => {}, debug: () => {} },
      },
    )
    return await ask(session, signal)
  } finally {
    transport.close()
  }
}
