import { headersToPass, missingContentLength, type PrintableRequest } from './printable-request.ts'

/** One `Name: value` a line, made for `curl -H @-`; an empty value is `Name;` as curl wants it. */
export function formatHeaders(request: PrintableRequest): string {
  return headersToPass(request)
    .map(({ name, value }) => (value === '' ? `${name};\n` : `${name}: ${value}\n`))
    .join('')
}

/** The URL and a line feed. */
export function formatUrl(request: PrintableRequest): string {
  return `${request.url}\n`
}

/** The HTTP/1.1 message; a body gets the Content-Length it needs. One that is a file is to be written behind it. */
export function formatHttp(request: PrintableRequest): Uint8Array {
  const length = missingContentLength(request)
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    ...request.headers.map(({ name, value }) => `${name}: ${value}`),
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), request.body ?? Buffer.alloc(0)])
}

/** The members of `--format json`; a body that is no text is `bodyBase64`. */
export function requestMembers(request: PrintableRequest): Record<string, unknown> {
  const headers: Record<string, string> = Object.create(null)
  const nameInUse = new Map<string, string>()
  for (const { name, value } of request.headers) {
    const key = nameInUse.get(name.toLowerCase()) ?? name
    nameInUse.set(name.toLowerCase(), key)
    headers[key] = key in headers ? `${headers[key]},${value}` : value
  }
  return { method: request.method, url: request.url, headers, ...bodyMember(request.body) }
}

function bodyMember(body: Uint8Array | undefined): Record<string, string> {
  if (!body) return {}
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body) }
  } catch {
    return { bodyBase64: Buffer.from(body).toString('base64') }
  }
}
