import { formatFetch, formatHttpie, formatPython } from './client-formats.ts'
import { formatCurl, formatCurlConfig } from './curl-formats.ts'
import { formatHeaders, formatHttp, formatUrl, requestMembers } from './plain-formats.ts'
import type { PrintableRequest } from './printable-request.ts'

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
  if (format === 'json') return `${JSON.stringify({ ...requestMembers(request), ...extraMembers }, null, 2)}\n`
  return formatters[format](request)
}
