import { failure } from '../../errors.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { quotePosix } from '../shell-quote.ts'
import {
  checkedLength,
  commandLineBody,
  hasBody,
  headersToPass,
  maxArgumentBytes,
  type PrintableRequest,
} from './printable-request.ts'

/**
 * An HTTPie command (`http`, 3.2 or newer).
 * @throws CliError (failure) where HTTPie would send something else
 */
export function formatHttpie(request: PrintableRequest): string {
  rejectWhatHttpieChanges(request)
  const { body, bodyFile } = request
  const words = [
    'http',
    '--path-as-is',
    // An entry in ~/.netrc would replace the Authorization header.
    '--ignore-netrc',
    ...(bodyFile ? [] : ['--ignore-stdin']),
    ...(body ? [`--raw=${commandLineBody(body)}`] : []),
    // A header's name may begin with a dash.
    '--',
    request.method,
    request.url,
    ...headersForHttpie(request).map(headerItem),
    // HTTPie would name the body JSON.
    ...(hasBody(request) && headerValue(request.headers, 'content-type') === undefined ? ['Content-Type:'] : []),
  ]
  const redirection = bodyFile === undefined ? '' : ` < ${quotePosix(bodyFile.path)}`
  return `${words.map((word) => quotePosix(checkedLength(word, argument))).join(' ')}${redirection}\n`
}

const argument = { max: maxArgumentBytes, place: 'an argument of a command' }

/** What `requests` and `urllib3` leave as it is: of a path all but a `;`, in a query they decode needless escapes. */
const unchangedPath = /^(?:[A-Za-z0-9\-._~!$&'()*+,:=@/]|%[0-9A-F]{2})*$/
const unchangedQuery =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;:=@/?]|%(?!2D|2E|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])[0-9A-F]{2})*$/

function rejectWhatHttpieChanges({ method, target }: PrintableRequest): void {
  if (method !== method.toUpperCase()) throw failure(`HTTPie would change the method ${method}`, otherFormats)
  if (!/^[A-Z]+$/.test(method)) throw failure(`HTTPie would take the method ${method} for a URL`, otherFormats)
  const [path = '', ...query] = target.split('?')
  if (unchangedPath.test(path) && unchangedQuery.test(query.join('?'))) return
  throw failure(`HTTPie would change the path or query of ${target}`, otherFormats)
}

const otherFormats = 'use --format curl, http or python, which send it as it is'

/** HTTPie writes the URL's host in lower case. */
function headersForHttpie(request: PrintableRequest): readonly Header[] {
  return request.urlHost === request.urlHost.toLowerCase() ? headersToPass(request) : request.headers
}

/** HTTPie reads `:=`, `:@` and the like as other kinds of items unless the second character is escaped. */
function headerItem({ name, value }: Header): string {
  if (value === '') return `${name};`
  if (/\\[:=@;\\]/.test(value)) throw failure(`HTTPie cannot be given the header value '${value}'`, otherFormats)
  return `${name}:${value.replace(/^([=@])/, '\\$1')}`
}
