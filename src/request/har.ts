import type { Header } from './header.ts'
import { parseTarget } from './http-message.ts'
import { bodyOf, emptyBody, type ReceivedBody, type ReceivedRequest } from './received-request.ts'

/** What a HAR entry holds of one exchange. */
export interface HarExchange {
  readonly request: ReceivedRequest
  readonly response: { readonly status: number; readonly headers: readonly Header[]; readonly body: string } | undefined
  readonly startedAt: Date | undefined
}

/**
 * The exchanges in a parsed HAR (version 1.2): a whole file, one entry, or only its `request`; also the `{"method",
 * "url", "headers"}` that `sigv4 sign --format json` prints. Empty where the value is none of these.
 */
export function harExchanges(value: unknown): readonly HarExchange[] {
  const log = member(value, 'log')
  const entries = member(log ?? value, 'entries')
  if (Array.isArray(entries)) return entries.flatMap((entry) => harExchanges(entry))
  const request = member(value, 'request') ?? value
  if (typeof member(request, 'method') !== 'string' || typeof member(request, 'url') !== 'string') return []
  const startedAt = new Date(text(member(value, 'startedDateTime')))
  return [
    {
      request: requestOf(request),
      response: responseOf(member(value, 'response')),
      startedAt: Number.isNaN(startedAt.getTime()) ? undefined : startedAt,
    },
  ]
}

function requestOf(request: unknown): ReceivedRequest {
  const headers = headersOf(member(request, 'headers'))
  const pseudo = headers.find(({ name }) => name === ':authority')?.value
  const target = parseTarget(text(member(request, 'url')))
  return {
    ...target,
    authority: pseudo ?? target.authority,
    method: text(member(request, 'method')),
    headers: headers.filter(({ name }) => !name.startsWith(':')),
    body: bodyFrom(request, headers),
  }
}

/** A list of `{name, value}`, or an object of names and values. */
function headersOf(value: unknown): readonly Header[] {
  if (Array.isArray(value)) {
    return value.map((header) => ({ name: text(member(header, 'name')), value: text(member(header, 'value')) }))
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, content]) =>
    typeof content === 'string' ? [{ name, value: content }] : [],
  )
}

/** Browsers leave the text out of large or binary bodies, and then only say how long they were. */
function bodyFrom(request: unknown, headers: readonly Header[]): ReceivedBody | undefined {
  const own = member(request, 'body')
  if (typeof own === 'string') return bodyOf(Buffer.from(own))
  const post = member(request, 'postData')
  const content = member(post, 'text')
  if (typeof content === 'string') {
    return bodyOf(Buffer.from(content, member(post, 'encoding') === 'base64' ? 'base64' : 'utf8'))
  }
  const length = Number(headers.find(({ name }) => name.toLowerCase() === 'content-length')?.value ?? '0')
  const size = member(request, 'bodySize')
  return length > 0 || (typeof size === 'number' && size > 0) || post !== undefined ? undefined : emptyBody
}

function responseOf(response: unknown): HarExchange['response'] {
  const status = member(response, 'status')
  if (typeof status !== 'number' || status === 0) return undefined
  const content = member(response, 'content')
  const body = text(member(content, 'text'))
  return {
    status,
    headers: headersOf(member(response, 'headers')),
    body: member(content, 'encoding') === 'base64' ? Buffer.from(body, 'base64').toString() : body,
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return new Map(Object.entries(value)).get(name)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
