import { headerValue } from '../../request/header.ts'
import { quotePosix } from '../shell-quote.ts'
import { commandLineBody, hasBody, headersToPass, type PrintableRequest } from './printable-request.ts'

/** A curl option and its value, where it takes one. */
type CurlOption = readonly [name: string, value?: string]

/** A command that sends exactly the signed request. */
export function formatCurl(request: PrintableRequest): string {
  const words = curlOptions(request).map(([name, value]) =>
    value === undefined ? `--${name}` : `--${name} ${quotePosix(value)}`,
  )
  return `${['curl', ...words].join(' ')}\n`
}

/** The same for `curl -K -`, which keeps token and signature off the command line. */
export function formatCurlConfig(request: PrintableRequest): string {
  return curlOptions(request)
    .map(([name, value]) => (value === undefined ? `${name}\n` : `${name} = ${quoteConfig(value)}\n`))
    .join('')
}

function curlOptions(request: PrintableRequest): readonly CurlOption[] {
  return [
    ...methodOptions(request),
    ...headersToPass(request).map(
      ({ name, value }): CurlOption => ['header', value === '' ? `${name};` : `${name}: ${value}`],
    ),
    // curl would name the body a form.
    ...(hasBody(request) && headerValue(request.headers, 'content-type') === undefined
      ? [['header', 'Content-Type:'] as const]
      : []),
    ...bodyOptions(request),
    ...(hasDotSegments(request.target) ? [['path-as-is'] as const] : []),
    ...(hasGlobs(request.target) ? [['globoff'] as const] : []),
    ['url', request.url],
  ]
}

/** Whether curl would shorten the path (of path and query) without `--path-as-is`. */
export function hasDotSegments(target: string): boolean {
  return /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(target.replace(/\?.*/s, ''))
}

/** Whether curl would read a range or a list without `--globoff`. */
export function hasGlobs(target: string): boolean {
  return /[[\]{}]/.test(target)
}

function methodOptions(request: PrintableRequest): readonly CurlOption[] {
  const { method } = request
  if (method === 'HEAD' && !hasBody(request)) return [['head']]
  const implied = hasBody(request) ? 'POST' : 'GET'
  return method === implied ? [] : [['request', method]]
}

function bodyOptions({ body, bodyFile }: PrintableRequest): readonly CurlOption[] {
  if (bodyFile) return [[bodyFile.lineBreaks === 'kept' ? 'data-binary' : 'data', `@${bodyFile.path}`]]
  return body ? [['data-raw', commandLineBody(body)]] : []
}

/** curl's config quoting: backslash escapes inside double quotes. */
function quoteConfig(value: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '"': '\\"',
    '\t': '\\t',
    '\n': '\\n',
    '\r': '\\r',
    '\v': '\\v',
  }
  return `"${value.replace(/[\\"\t\n\r\v]/g, (character) => escapes[character] ?? character)}"`
}
