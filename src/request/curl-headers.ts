import { usageError } from '../errors.ts'
import type { Header } from './header.ts'
import { checkedHeaderName } from './header-argument.ts'

/** What curl calls the request's kind; `-X` replaces its word, not the kind. */
export type RequestKind = 'GET' | 'HEAD' | 'POST' | 'PUT'

/** What all `-H` together say. */
export interface CustomHeaders {
  /** In their order; a value may be empty (`Name;`). */
  readonly lines: readonly Header[]
  /** Lower-case names of headers that are left out (`Name:`). */
  readonly removed: ReadonlySet<string>
}

/**
 * Reads the lines of `-H`: `Name: value` sets, `Name:` leaves out what would be sent by default, `Name;` sends an empty
 * value; a line with neither means nothing, as in curl.
 * @throws CliError (usage) for names that are no tokens, and for CR, LF or NUL
 */
export function parseCustomHeaders(texts: readonly string[]): CustomHeaders {
  const lines: Header[] = []
  const removed = new Set<string>()
  for (const text of texts) {
    if (/[\r\n\0]/.test(text)) throw usageError(`the header ${JSON.stringify(text)} holds a line break or NUL`)
    const match = /^([^:;]*)([:;])(.*)$/s.exec(text)
    if (!match) continue
    const [, nameText = '', separator, rest = ''] = match
    const value = rest.trim()
    // curl takes `Name; something` for nothing.
    if (separator === ';' && value !== '') continue
    const name = checkedHeaderName(nameText.trim())
    if (separator === ':' && value === '') removed.add(name.toLowerCase())
    else lines.push({ name, value: separator === ';' ? '' : value })
  }
  return { lines, removed }
}

/** What curl puts around the user's headers. */
export interface RequestFrame {
  readonly host: string
  /** `Range` of what is asked for, `Content-Range` of what is sent. */
  readonly range: Header | undefined
  readonly userAgent: string | undefined
  readonly accept: string | undefined
  readonly acceptEncoding: string | undefined
  readonly referer: string | undefined
  readonly proxied: boolean
  readonly cookies: string | undefined
  /** Undefined where no body is sent. */
  readonly body:
    | { readonly length: number | undefined; readonly contentType: string | undefined; readonly expect: boolean }
    | undefined
}

/** The headers of a request, in curl's order: its own, the user's, then those of the body. The user's replace its own. */
export function composeHeaders(frame: RequestFrame, custom: CustomHeaders): readonly Header[] {
  const given = new Set(custom.lines.map(({ name }) => name.toLowerCase()))
  const own = (name: string, value: string | undefined): readonly Header[] => {
    const key = name.toLowerCase()
    return value === undefined || given.has(key) || custom.removed.has(key) ? [] : [{ name, value }]
  }
  const isHost = ({ name }: Header) => name.toLowerCase() === 'host'
  const host = custom.lines.find(isHost)
  const { body } = frame
  const length = body?.length
  const chunked = body && (length === undefined || isChunked(custom.lines))
  return [
    ...(host ? [host] : own('Host', frame.host)),
    ...(frame.range ? own(frame.range.name, frame.range.value) : []),
    ...own('User-Agent', frame.userAgent),
    ...own('Accept', frame.accept),
    ...own('Accept-Encoding', frame.acceptEncoding),
    ...own('Referer', frame.referer),
    ...own('Proxy-Connection', frame.proxied ? 'Keep-Alive' : undefined),
    ...own('Transfer-Encoding', chunked && !given.has('content-length') ? 'chunked' : undefined),
    ...own('Cookie', frame.cookies),
    ...custom.lines.filter((line) => !isHost(line)),
    ...own('Content-Length', body && !chunked ? String(length) : undefined),
    ...own('Content-Type', body?.contentType),
    ...own('Expect', body?.expect ? '100-continue' : undefined),
  ]
}

/** Whether a body of these headers goes out in chunks. */
export function isChunked(headers: readonly Header[]): boolean {
  return headers.some(({ name, value }) => name.toLowerCase() === 'transfer-encoding' && /chunked/i.test(value))
}

/** The user's headers that another host must not see: credentials, and keys of customers. */
export function withoutSecrets(custom: CustomHeaders): CustomHeaders {
  return { ...custom, lines: custom.lines.filter(({ name }) => !secretHeader.test(name)) }
}

/** Names of headers whose values are secrets. */
export const secretHeader =
  /^(authorization|proxy-authorization|cookie|x-amz-security-token|x-amz-s3session-token|x-amz-(copy-source-)?server-side-encryption-customer-key(-md5)?)$/i
