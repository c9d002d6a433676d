import { isUtf8 } from 'node:buffer'
import type { Context } from '../../context.ts'
import { usageError } from '../../errors.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { parseHeaderArgument, parseHeaderFile } from '../../request/header-argument.ts'
import type { Inferred } from '../../request/infer-scope.ts'
import type { RequestUrl } from '../../request/request-url.ts'
import { queryPairs } from '../../sign/canonical-request.ts'
import { parseLongDate } from '../../sign/signing-time.ts'
import type { InputReader } from '../input-reader.ts'
import { type DescribedBody, describeBody } from './body.ts'
import type { SignOptions } from './options.ts'
import { describeTarget } from './target.ts'

/** A request described from the command line, before anybody signs it. */
export interface DescribedRequest {
  readonly url: RequestUrl
  /** The `Host` header's value: the user's, or the URL's. */
  readonly host: Inferred
  readonly service: Inferred | undefined
  readonly region: Inferred | undefined
  readonly algorithm: 'sigv4' | 'sigv4a' | undefined
  readonly warnings: readonly string[]
  readonly method: string
  readonly headers: readonly Header[]
  readonly body: DescribedBody | undefined
  readonly time: { readonly value: Date; readonly reason: string }
}

/** @throws CliError (usage) for what cannot be signed, (failure) for files that cannot be read */
export async function describeRequest(
  options: SignOptions,
  context: Context,
  reader: InputReader,
): Promise<DescribedRequest> {
  const target = await describeTarget(options, context)
  rejectSigningParameters(target.url.query, options)
  const headers = await readHeaders(options.headers, reader)
  if (headerValue(headers, 'authorization') !== undefined) {
    throw usageError('the request has an Authorization header already', 'leave it out: signing makes it')
  }
  const body = await describeBody(options, reader)
  rejectWrongLength(headers, body)
  const ownHost = headerValue(headers, 'host')
  return {
    ...target,
    algorithm: options.algorithm ?? target.algorithm,
    host:
      ownHost === undefined
        ? { value: target.url.host, reason: target.hostReason }
        : { value: ownHost, reason: 'the given Host header' },
    method: options.method ?? (body ? 'POST' : 'GET'),
    headers,
    body,
    time: signingTimeOf(options, headers, context),
  }
}

/** Parameters of a signature in the query: two of one name make a request that nobody can verify. */
function rejectSigningParameters(query: string | undefined, { mode }: SignOptions): void {
  const names = queryPairs(query ?? '').map(([name]) => name)
  const signed = names.find((name) => /^X-Amz-(Algorithm|Credential|Signature|SignedHeaders)$/i.test(name))
  if (signed !== undefined) {
    throw usageError(
      `the URL is signed already: it has ${signed}`,
      "take its X-Amz-... parameters out, or ask 'sigv4 verify'",
    )
  }
  const written = names.find((name) => /^X-Amz-(Date|Expires|Region-Set|Security-Token)$/i.test(name))
  if (mode === 'presign' && written !== undefined) {
    throw usageError(
      `the URL has ${written}, which presigning writes itself`,
      'take it out, and give --date, --expires, --region-set or other credentials',
    )
  }
}

/** The given headers, `@FILE` read. @throws CliError (usage) for what is none, (failure) for an unreadable file */
export async function readHeaders(given: readonly string[], reader: InputReader): Promise<readonly Header[]> {
  const headers: Header[] = []
  for (const text of given) {
    if (text.startsWith('@')) {
      const bytes = await reader.read(text.slice(1), '--header')
      headers.push(...parseHeaderFile(textOf(bytes, text)))
    } else headers.push(parseHeaderArgument(text))
  }
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token']) {
    if (headers.filter((header) => header.name.toLowerCase() === name).length > 1) {
      throw usageError(`the header ${name} is given twice`, 'give it once')
    }
  }
  return headers
}

/** @throws CliError (usage) for bytes that are no UTF-8: another header would be signed */
function textOf(bytes: Uint8Array, argument: string): string {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString()
  throw usageError(`the headers of ${argument} are not UTF-8`, 'convert the file, for instance with iconv')
}

/** A receiver would wait for the missing bytes, or take the rest for another request. */
function rejectWrongLength(headers: readonly Header[], body: DescribedBody | undefined): void {
  const given = headerValue(headers, 'content-length')
  const size = body?.bytes?.length ?? (body?.file?.lineBreaks === 'kept' ? body.file.size : undefined)
  if (given === undefined || size === undefined || given === String(size)) return
  throw usageError(`the header Content-Length: '${given}' contradicts the body of ${size} bytes`, 'leave it out')
}

function signingTimeOf(options: SignOptions, headers: readonly Header[], context: Context): DescribedRequest['time'] {
  const header = headerValue(headers, 'x-amz-date')
  if (header === undefined) {
    return options.date ? { value: options.date, reason: '--date' } : { value: context.now(), reason: 'the clock' }
  }
  const date = parseLongDate(header)
  if (!date) throw usageError(`the header X-Amz-Date: '${header}' is not a time`, 'write it as 20150830T123600Z')
  if (options.date && Math.floor(options.date.getTime() / 1000) !== date.getTime() / 1000) {
    throw usageError(`--date contradicts the header X-Amz-Date: '${header}'`, 'give one of them')
  }
  return { value: date, reason: 'the given X-Amz-Date header' }
}
