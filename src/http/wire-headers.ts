import type { Header } from '../request/header.ts'
import type { OutgoingRequest } from './transport.ts'

/** Methods that node sends without a body's framing where there is no body; others it would send in chunks. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** A flat list, so that node adds no header of its own; node takes only latin1, so UTF-8 bytes are given as such. */
export function wireHeaders(request: OutgoingRequest): string[] {
  const flat = request.headers.flatMap(({ name, value }) => [name, latin1OfUtf8(value)])
  const hasLength = request.headers.some(({ name }) => /^(content-length|transfer-encoding)$/i.test(name))
  if (hasLength || (request.body === undefined && bodiless.has(request.method))) return flat
  return [...flat, 'Content-Length', String(Buffer.byteLength(request.body ?? ''))]
}

/** The headers as text: UTF-8 where they are. */
export function receivedHeaders(rawHeaders: readonly string[]): readonly Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push({ name: rawHeaders[index] ?? '', value: utf8OfLatin1(rawHeaders[index + 1] ?? '') })
  }
  return headers
}

function latin1OfUtf8(value: string): string {
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value).toString('latin1')
}

function utf8OfLatin1(value: string): string {
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString()
}
