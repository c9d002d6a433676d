import { failure } from '../../errors.ts'
import { type Header, headerValue } from '../../request/header.ts'

/** A signed request as the formats print it. */
export interface PrintableRequest {
  readonly method: string
  /** Byte for byte as it is sent. */
  readonly url: string
  /** All headers to send, `Host` among them. */
  readonly headers: readonly Header[]
  /** The host as the URL has it, with a port that is not the scheme's own. */
  readonly urlHost: string
  /** Path and query. */
  readonly target: string
  readonly body: Uint8Array | undefined
  /** The file that is the body, for formats that name it or write it in pieces; there is no `body` then. */
  readonly bodyFile: BodyFile | undefined
}

export interface BodyFile {
  readonly path: string
  /** `removed` by curl's `--data @FILE`. */
  readonly lineBreaks: 'kept' | 'removed'
  /** Bytes of the file. */
  readonly size: number
}

export function hasBody(request: PrintableRequest): boolean {
  return request.body !== undefined || request.bodyFile !== undefined
}

/**
 * The length of the body where nobody said it, 0 where the method lets expect one (RFC 9110 8.6; S3 insists on it);
 * undefined where a given header says it, or where there is none to say.
 */
export function missingContentLength(request: PrintableRequest): number | undefined {
  if (['content-length', 'transfer-encoding'].some((name) => headerValue(request.headers, name) !== undefined)) {
    return undefined
  }
  return request.body?.length ?? request.bodyFile?.size ?? (expectsBody.has(request.method) ? 0 : undefined)
}

const expectsBody = new Set(['PATCH', 'POST', 'PUT'])

/** The headers that a client does not set by itself: all but a `Host` that is the URL's own. */
export function headersToPass(request: PrintableRequest): readonly Header[] {
  return request.headers.filter((header) => header.name.toLowerCase() !== 'host' || header.value !== request.urlHost)
}

/** A body as text; undefined where it is no UTF-8 or holds a NUL, so that no command line can carry it. */
export function bodyText(body: Uint8Array): string | undefined {
  if (body.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

/** @throws CliError (failure) for a body that no command line can carry */
export function commandLineBody(body: Uint8Array): string {
  const text = bodyText(body)
  if (text !== undefined) return text
  throw failure('the body has bytes that no command line can carry', intoFile)
}

/** What Linux takes as one argument: 128 KiB with the NUL behind it. */
export const maxArgumentBytes = 131_071

/** @throws CliError (failure) for what is longer than its place allows */
export function checkedLength(text: string, { max, place }: { readonly max: number; readonly place: string }): string {
  if (Buffer.byteLength(text) <= max) return text
  throw failure(`the request is too long for ${place}: more than ${max} bytes`, intoFile)
}

const intoFile = 'put the body into a file and give --data-binary @FILE'
