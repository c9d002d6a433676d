import { hash } from 'node:crypto'
import { type Header, headerValue } from './header.ts'

/** A request as it was sent or as it arrived, signature and all. */
export interface ReceivedRequest {
  readonly method: string
  /** The method is a guess: a URL does not say what it was made for. */
  readonly methodIsAssumed?: true
  /** Undefined where nothing says which it was (a raw message). */
  readonly scheme: 'http' | 'https' | undefined
  /** Host and port as the URL or the request's target names them; a `Host` header goes before it. */
  readonly authority: string | undefined
  /** As it stands in the request line; begins with `/`. */
  readonly path: string
  /** As it stands in the request line, without `?`. */
  readonly query: string | undefined
  /** In their order; values without the one blank after the colon, otherwise as they stand. */
  readonly headers: readonly Header[]
  /** Undefined where it is not known (a URL alone, a trace without it). */
  readonly body: ReceivedBody | undefined
}

export interface ReceivedBody {
  /** Hex. */
  readonly sha256: string
  /** Undefined where only the hash is known. */
  readonly length: number | undefined
  /** The whole body where it was small enough to keep. */
  readonly bytes: Uint8Array | undefined
}

export const emptyBody: ReceivedBody = bodyOf(new Uint8Array(0))

/** A body that is all in memory, with its SHA-256 in hex. */
export function bodyOf(bytes: Uint8Array): ReceivedBody {
  return { sha256: hash('sha256', bytes), length: bytes.length, bytes }
}

/** What the service takes for the host: the `Host` header, else the authority; undefined where there is neither. */
export function hostOf(request: ReceivedRequest): string | undefined {
  return headerValue(request.headers, 'host') ?? headerValue(request.headers, ':authority') ?? request.authority
}
