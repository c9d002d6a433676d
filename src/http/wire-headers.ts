import type { OutgoingRequest } from './transport.ts'

/** Methods that go without a body's framing where there is no body. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Names and values in turn, the values' UTF-8 bytes as latin1. */
export function wireHeaders(request: OutgoingRequest): string[] {
  const flat = request.headers.flatMap(({ name, value }) => [name, latin1OfUtf8(value)])
  const hasLength = request.headers.some(({ name }) => /^(content-length|transfer-encoding)$/i.test(name))
  if (hasLength || (request.body === undefined && bodiless.has(request.method))) return flat
  return [...flat, 'Content-Length', String(Buffer.byteLength(request.body ?? ''))]
}

function latin1OfUtf8(value: string): string {
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value).toString('latin1')
}
