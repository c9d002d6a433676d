import { failure } from '../../errors.ts'
import { headerValue } from '../../request/header.ts'
import { formatCurl, formatCurlConfig } from './curl-formats.ts'
import { formatFetch } from './fetch-format.ts'
import { formatHttpie } from './httpie-format.ts'
import { formatHeaders, formatHttp, formatUrl, requestMembers } from './plain-formats.ts'
import { hasBody, type PrintableRequest } from './printable-request.ts'
import { formatPython } from './python-format.ts'

const formatters = {
  headers: formatHeaders,
  url: formatUrl,
  curl: formatCurl,
  'curl-config': formatCurlConfig,
  http: formatHttp,
  httpie: formatHttpie,
  fetch: formatFetch,
  python: formatPython,
} as const

export type RequestFormat = keyof typeof formatters | 'json'

interface FormatOptions {
  readonly format: RequestFormat
  /** Further members of `json`. */
  readonly extraMembers: Readonly<Record<string, unknown>>
}

/** @throws CliError (failure) where the format's client could not send exactly this request */
export function formatRequest(request: PrintableRequest, { format, extraMembers }: FormatOptions): string | Uint8Array {
  if (writesKnownLength.has(format) && hasBody(request) && headerValue(request.headers, 'transfer-encoding')) {
    throw failure(`--format ${format} writes no Transfer-Encoding: the body's length is known`, 'leave the header out')
  }
  if (format === 'json') return `${JSON.stringify({ ...requestMembers(request), ...extraMembers }, null, 2)}\n`
  return formatters[format](request)
}

const writesKnownLength: ReadonlySet<RequestFormat> = new Set(['http', 'httpie', 'fetch', 'python'])
