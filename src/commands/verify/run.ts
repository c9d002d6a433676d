import { existsSync } from 'node:fs'
import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { CliError, exitCodes, usageError } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { loadStyle } from '../../output/style.ts'
import { formatVerdict, verdictMembers } from '../../output/verdict.ts'
import { bodyOf } from '../../request/received-request.ts'
import { type Examination, type ExamineOptions, examine } from '../../verify/examine.ts'
import type { ExpectationOptions } from '../../verify/expectation.ts'
import { type Evidence, readInput } from '../../verify/read-input.ts'
import { readAnswer, type ServiceAnswer } from '../../verify/service-answer.ts'
import { createInputReader, type InputReader } from '../input-reader.ts'
import { searchLimits } from '../refusal-diagnosis.ts'
import type { VerifyOptions, VerifyTask } from '../verify.ts'

/**
 * Judges an input and prints the verdict, or serves until it is interrupted.
 * @returns 0 valid, 1 not valid, 3 where nothing is wrong that can be seen and the secret is not at hand
 * @throws CliError: (usage) for an input that cannot be read, exit 3 for credentials that were asked for and cannot be had
 */
export async function runVerify(options: VerifyOptions, context: Context): Promise<number> {
  const { task } = options
  if (task.kind === 'serve') return (await import('./serve.ts')).runServe({ ...options, task }, context)
  const reader = createInputReader(context, { unreadableExitCode: exitCodes.usage })
  const evidence = await gatherEvidence(task, { context, reader })
  const { credentials, note } = await credentialsAtHand(options, context)
  const examination = await examine(evidence, examineOptions(options, credentials, context))
  await print(examination, options, context)
  if (note !== undefined)
    await context.stderr.write(`note: the signature was not recomputed: ${escapeForTerminal(note)}\n`)
  return exitCodeFor(examination)
}

type InputTask = Extract<VerifyTask, { readonly kind: 'input' }>

interface Sources {
  readonly context: Context
  readonly reader: InputReader
}

async function gatherEvidence(task: InputTask, { context, reader }: Sources): Promise<Evidence> {
  const evidence = await readInput(await inputBytes(task.input, { context, reader }))
  const answer = await answerOf(evidence, task, reader)
  if (task.bodyFile === undefined) return { ...evidence, answer }
  if (!evidence.request)
    throw usageError(`${evidence.kind} has no request whose body --body could be`, 'leave --body out')
  const body = bodyOf(await reader.read(task.bodyFile, '--body'))
  return { ...evidence, answer, request: { ...evidence.request, body } }
}

/** An argument is what it looks like: stdin, a URL, a command or a request as text; else a file. */
async function inputBytes(input: string | undefined, { context, reader }: Sources): Promise<Uint8Array> {
  if (input === undefined && context.stdin.isTerminal) {
    throw usageError('nothing to verify', "give a URL, a file, or - for stdin ('sigv4 verify --help' shows examples)")
  }
  if (input === undefined || input === '-') return reader.read('-', 'the input')
  const isText = /^\s*(["'(]*https?:\/\/|[{<]|(\S*[\\/])?curl(\.exe)?\s)/i.test(input) || /[\n\r]/.test(input)
  if (isText && !existsSync(input)) return Buffer.from(input)
  return reader.read(input, 'the input')
}

/** What the file says goes before what the input shows; a status and a time that the file lacks are taken from there. */
async function answerOf(
  { answer }: Evidence,
  { responseFile }: InputTask,
  reader: InputReader,
): Promise<Evidence['answer']> {
  if (responseFile === undefined) return answer
  const given = await responseFrom(responseFile, reader)
  return { ...given, status: given.status ?? answer?.status, time: given.time ?? answer?.time }
}

async function responseFrom(file: string, reader: InputReader): Promise<ServiceAnswer> {
  const answer = await readAnswer({ body: Buffer.from(await reader.read(file, '--response')).toString() })
  if (answer) return answer
  throw usageError(`--response '${file}' holds no error of a service`, "give the body of the service's answer")
}

/**
 * The secret, where there is one. Nobody has to have credentials to ask what is wrong; who names some means them.
 * @throws CliError (exit 3) where credentials that were asked for cannot be had
 */
async function credentialsAtHand(
  options: VerifyOptions,
  context: Context,
): Promise<{ readonly credentials: Credentials | undefined; readonly note?: string }> {
  const { profile, credentialsFile, role } = options.credentials
  try {
    return { credentials: await resolveCredentials(options.credentials, context) }
  } catch (error) {
    const asked = profile !== undefined || credentialsFile !== undefined || role.roleArns.length > 0
    if (asked || !(error instanceof CliError) || error.exitCode !== exitCodes.credentials) throw error
    return { credentials: undefined, note: error.message }
  }
}

/** What the flags say of the service. */
export function expectationOptions(options: VerifyOptions): ExpectationOptions {
  const said = (value: string | undefined, reason: string) => (value === undefined ? undefined : { value, reason })
  return {
    service: said(options.service, '--service'),
    region: said(options.region, '--region'),
    pathEncoding: options.pathEncoding,
    normalizePath: options.normalizePath,
    sessionToken: options.sessionToken,
  }
}

function examineOptions(
  options: VerifyOptions,
  credentials: Credentials | undefined,
  context: Context,
): ExamineOptions {
  return {
    credentials,
    expectation: expectationOptions(options),
    date: options.date,
    now: context.now(),
    limits: searchLimits(context.now),
  }
}

async function print(examination: Examination, options: VerifyOptions, context: Context): Promise<void> {
  if (options.format === 'json') {
    await context.stdout.write(`${JSON.stringify(verdictMembers(examination))}\n`)
    return
  }
  const style = await loadStyle({ mode: options.color, isTerminal: () => context.stdout.isTerminal, env: context.env })
  const columns = context.stdout.isTerminal ? context.stdout.columns : Number.POSITIVE_INFINITY
  await context.stdout.write(formatVerdict(examination, { style, columns }))
}

/** Undecided is neither: the secret that would decide it is not at hand. */
function exitCodeFor({ outcome }: Examination): number {
  if (outcome === 'valid') return exitCodes.done
  return outcome === 'not valid' ? exitCodes.failure : exitCodes.credentials
}
