import { headerValue } from '../../request/header.ts'
import { quotePosix } from '../shell-quote.ts'
import {
  checkedLength,
  commandLineBody,
  hasBody,
  headersToPass,
  maxArgumentBytes,
  missingContentLength,
  type PrintableRequest,
} from './printable-request.ts'

/** A curl option and its value, where it takes one. */
type CurlOption = readonly [name: string, value?: string]

/**
 * A command that sends exactly the signed request.
 * @throws CliError (failure) for a body that no command line can carry
 */
export function formatCurl(request: PrintableRequest): string {
  const words = curlOptions(request).map(([name, value]) =>
    value === undefined ? `--${name}` : `--${name} ${quotePosix(checkedLength(value, argument))}`,
  )
  return `${['curl', ...words].join(' ')}\n`
}

const argument = { max: maxArgumentBytes, place: 'an argument of a command' }

/**
 * The same for `curl -K -`, which keeps token and signature off the command line.
 * @throws CliError (failure) for a body that no config file can carry
 */
export function formatCurlConfig(request: PrintableRequest): string {
  return curlOptions(request)
    .map(([name, value]) => checkedLength(value === undefined ? name : `${name} = ${quoteConfig(value)}`, configLine))
    .map((line) => `${line}\n`)
    .join('')
}

/** curl before 8.2 takes no line of 100 KiB or more. */
const configLine = { max: 102_000, place: "a line of curl's config" }

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
    ...(!hasBody(request) && missingContentLength(request) === 0 ? [['header', 'Content-Length: 0'] as const] : []),
    ...bodyOptions(request),
    ...(hasDotSegments(request.target) ? [['path-as-is'] as const] : []),
    ...(hasGlobs(request.target) ? [['globoff'] as const] : []),
    ['url', request.url],
  ]
}

/** Whether curl would shorten the path (of path and query) without `--path-as-is`. */
export function hasDotSegments(target: string): boolean {
  const [path = ''] = target.split('?', 1)
  return /[.%]/.test(path) && /(^|\/)(\.|%2[eE]){1,2}(\/|$)/.test(path)
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
