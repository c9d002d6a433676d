import type { Header } from '../../request/header.ts'

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
  /** The file that is the body, byte for byte, where it was given as one; forms that name it need no `body`. */
  readonly bodyFile: string | undefined
}

export function hasBody(request: PrintableRequest): boolean {
  return request.body !== undefined || request.bodyFile !== undefined
}

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
