import { missingContentLength, type PrintableRequest } from './printable-request.ts'

/** Python with the standard library's http.client, which sends target and headers as they are. */
export function formatPython(request: PrintableRequest): string {
  const connection = request.url.startsWith('https:') ? 'HTTPSConnection' : 'HTTPConnection'
  const length = missingContentLength(request)
  return [
    'import http.client',
    '',
    `connection = http.client.${connection}(${text(request.urlHost)})`,
    `connection.putrequest(${text(request.method)}, ${text(request.target)}, skip_host=True, skip_accept_encoding=True)`,
    ...request.headers.map(({ name, value }) => `connection.putheader(${text(name)}, ${bytes(Buffer.from(value))})`),
    ...(length === undefined ? [] : [`connection.putheader('Content-Length', '${length}')`]),
    `connection.endheaders(${body(request)})`,
    'response = connection.getresponse()',
    'print(response.status, response.read())',
    '',
  ].join('\n')
}

function body({ body: given, bodyFile }: PrintableRequest): string {
  if (bodyFile) return `open(${bytes(Buffer.from(bodyFile.path))}, 'rb')`
  return given ? bytes(given) : ''
}

function text(ascii: string): string {
  return `'${ascii.replace(/[\\']/g, '\\$&')}'`
}

function bytes(given: Uint8Array): string {
  const latin1 = Buffer.from(given).toString('latin1')
  return `b'${latin1.replace(/[\\'\x00-\x1f\x7f-\xff]/g, (character) =>
    character === '\\' || character === "'"
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )}'`
}
