import { failure } from '../../errors.ts'
import type { Header } from '../../request/header.ts'
import { quotePosix } from '../shell-quote.ts'
import { bodyText, hasBody, headersToPass, type PrintableRequest } from './printable-request.ts'

/** An HTTPie command (`http`). */
export function formatHttpie(request: PrintableRequest): string {
  const fromFile = request.bodyFile !== undefined
  const hasType = request.headers.some(({ name }) => name.toLowerCase() === 'content-type')
  const words = [
    'http',
    '--path-as-is',
    ...(fromFile ? [] : ['--ignore-stdin']),
    ...(request.body && !fromFile ? ['--raw', textBody(request.body)] : []),
    request.method,
    request.url,
    ...headersToPass(request).map(httpieItem),
    // HTTPie would name the body JSON.
    ...(hasBody(request) && !hasType ? ['Content-Type:'] : []),
  ]
  const redirection = request.bodyFile === undefined ? '' : ` < ${quotePosix(request.bodyFile)}`
  return `${words.map(quotePosix).join(' ')}${redirection}\n`
}

/** JavaScript for Node's `fetch`. */
export function formatFetch(request: PrintableRequest): string {
  const { method, url, body } = request
  // The one thing the URL class is good for here: it tells what fetch would make of the URL.
  if (new URL(url).href !== url) {
    throw failure(`fetch would change the URL ${url}`, 'use --format curl, http or python, which send it as it is')
  }
  if (body && (method === 'GET' || method === 'HEAD')) {
    throw failure(`fetch sends no body with ${method}`, 'use --format curl, http or python')
  }
  const members = [
    `  method: ${JSON.stringify(method)},`,
    `  headers: [`,
    ...headersToPass(request).map(({ name, value }) => `    [${JSON.stringify(name)}, ${latin1Literal(value)}],`),
    `  ],`,
    ...(body ? [`  body: ${fetchBody(body)},`] : []),
  ]
  return `const response = await fetch(${JSON.stringify(url)}, {\n${members.join('\n')}\n})\n`
}

/** Python with the standard library's http.client, which sends target and headers as they are. */
export function formatPython(request: PrintableRequest): string {
  const connection = request.url.startsWith('https:') ? 'HTTPSConnection' : 'HTTPConnection'
  return [
    'import http.client',
    '',
    `connection = http.client.${connection}(${pythonText(request.urlHost)})`,
    `connection.putrequest(${pythonText(request.method)}, ${pythonText(request.target)}, skip_host=True, skip_accept_encoding=True)`,
    ...request.headers.map(
      ({ name, value }) => `connection.putheader(${pythonText(name)}, ${pythonBytes(Buffer.from(value))})`,
    ),
    ...(request.body && !request.headers.some(({ name }) => name.toLowerCase() === 'content-length')
      ? [`connection.putheader('Content-Length', '${request.body.length}')`]
      : []),
    `connection.endheaders(${request.body ? pythonBytes(request.body) : ''})`,
    'response = connection.getresponse()',
    'print(response.status, response.read())',
    '',
  ].join('\n')
}

/** HTTPie reads `:=`, `:@` and the like as other kinds of items unless the second character is escaped. */
function httpieItem({ name, value }: Header): string {
  if (value === '') return `${name};`
  if (/\\[:=@;\\]/.test(value)) throw failure(`HTTPie cannot be given the header value '${value}'`, 'use --format curl')
  return `${name}:${value.replace(/^([=@])/, '\\$1')}`
}

function textBody(body: Uint8Array): string {
  const text = bodyText(body)
  if (text !== undefined) return text
  throw failure('the body has bytes that no command line can carry', 'put it into a file and give --data-binary @FILE')
}

/** fetch takes header values as latin1: UTF-8 bytes are given as such. */
function latin1Literal(value: string): string {
  return JSON.stringify(Buffer.from(value).toString('latin1')).replace(
    /[\x7f-\xff]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
}

function fetchBody(body: Uint8Array): string {
  const text = bodyText(body)
  return text === undefined
    ? `Buffer.from(${JSON.stringify(Buffer.from(body).toString('base64'))}, 'base64')`
    : JSON.stringify(text)
}

function pythonText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function pythonBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  return `b'${text.replace(/[\\'\x00-\x1f\x7f-\xff]/g, (character) =>
    character === '\\' || character === "'"
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )}'`
}
