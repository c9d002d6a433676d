import type { Header } from '../request/header.ts'

/** What is known of a transfer when it is over; times in seconds from its beginning, 0 for steps not taken. */
export interface TransferReport {
  /** Name and version, with which `%{json}` ends. */
  readonly programVersion: string
  readonly url: string
  readonly urlEffective: string
  readonly urlNumber: number
  readonly method: string
  /** Undefined where there was no connection. */
  readonly scheme: string | undefined
  readonly responseCode: number
  readonly httpVersion: string
  readonly httpConnect: number
  readonly headers: readonly Header[]
  readonly exitCode: number
  readonly errorMessage: string | undefined
  readonly fileName: string | undefined
  readonly redirectUrl: string | undefined
  readonly redirects: number
  readonly connects: number
  readonly referer: string | undefined
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly sslVerifyResult: number
  readonly sizes: {
    readonly download: number
    readonly upload: number
    readonly header: number
    readonly request: number
  }
  readonly times: {
    readonly lookup: number
    readonly connect: number
    readonly tls: number
    readonly beforeTransfer: number
    readonly firstByte: number
    readonly redirects: number
    readonly total: number
  }
}

type Value = string | number | null

/** `%{name}`, in the order of curl's `%{json}`; a server's certificates are not kept, as by curl without its debug options. */
const variables: Readonly<Record<string, (report: TransferReport) => Value>> = {
  certs: () => '',
  content_type: ({ headers }) => headers.findLast(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null,
  errormsg: ({ errorMessage }) => errorMessage ?? null,
  exitcode: ({ exitCode }) => exitCode,
  filename_effective: ({ fileName }) => fileName ?? null,
  ftp_entry_path: () => null,
  http_code: ({ responseCode }) => responseCode,
  http_connect: ({ httpConnect }) => httpConnect,
  http_version: ({ httpVersion }) => httpVersion,
  local_ip: ({ localAddress }) => localAddress,
  local_port: ({ localPort }) => localPort,
  method: ({ method }) => method,
  num_certs: () => 0,
  num_connects: ({ connects }) => connects,
  num_headers: ({ headers }) => headers.length,
  num_redirects: ({ redirects }) => redirects,
  proxy_ssl_verify_result: () => 0,
  redirect_url: ({ redirectUrl }) => redirectUrl ?? null,
  referer: ({ referer }) => referer ?? null,
  remote_ip: ({ remoteAddress }) => remoteAddress,
  remote_port: ({ remotePort }) => remotePort,
  response_code: ({ responseCode }) => responseCode,
  scheme: ({ scheme }) => scheme?.toUpperCase() ?? null,
  size_download: ({ sizes }) => sizes.download,
  size_header: ({ sizes }) => sizes.header,
  size_request: ({ sizes }) => sizes.request,
  size_upload: ({ sizes }) => sizes.upload,
  speed_download: ({ sizes, times }) => speed(sizes.download, times.total),
  speed_upload: ({ sizes, times }) => speed(sizes.upload, times.total),
  ssl_verify_result: ({ sslVerifyResult }) => sslVerifyResult,
  time_appconnect: ({ times }) => times.tls,
  time_connect: ({ times }) => times.connect,
  time_namelookup: ({ times }) => times.lookup,
  time_pretransfer: ({ times }) => times.beforeTransfer,
  time_redirect: ({ times }) => times.redirects,
  time_starttransfer: ({ times }) => times.firstByte,
  time_total: ({ times }) => times.total,
  url: ({ url }) => url,
  url_effective: ({ urlEffective }) => urlEffective,
  urlnum: ({ urlNumber }) => urlNumber,
}

export interface WriteOutPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/**
 * What `-w FORMAT` prints, in pieces for stdout and stderr. `unknown` are names of variables that do not exist.
 * @see https://curl.se/docs/manpage.html#-w
 */
export function formatWriteOut(
  format: string,
  report: TransferReport,
): { readonly pieces: readonly WriteOutPiece[]; readonly unknown: readonly string[] } {
  const pieces: WriteOutPiece[] = []
  const unknown: string[] = []
  let stream: WriteOutPiece['stream'] = 'stdout'
  for (const [token] of format.matchAll(/%%|%\{[^}]*\}|%header\{[^}]*\}|%(?!header)[^{]|\\[\s\S]|[\\%]|[^\\%]+/g)) {
    const name = /^%\{(.*)\}$/s.exec(token)?.[1]?.toLowerCase()
    if (name === 'onerror' && report.exitCode === 0) break
    if (name === 'stdout' || name === 'stderr') stream = name
    else if (name !== 'onerror') pieces.push({ stream, text: expand(token, name, { report, unknown }) })
  }
  return { pieces, unknown }
}

interface Expansion {
  readonly report: TransferReport
  readonly unknown: string[]
}

function expand(token: string, name: string | undefined, { report, unknown }: Expansion): string {
  const header = /^%header\{(.*)\}$/s.exec(token)?.[1]
  if (header !== undefined) return headerText(report, header)
  if (name === undefined) return escapes[token] ?? token
  if (name === 'json') return JSON.stringify(jsonMembers(report)).replaceAll(/"(time_\w+)":"([\d.]+)"/g, '"$1":$2')
  if (name === 'header_json') return headerJson(report.headers)
  const value = variables[name]?.(report)
  if (value === undefined) {
    unknown.push(name)
    return ''
  }
  return formatValue(name, value)
}

const escapes: Readonly<Record<string, string>> = { '%%': '%', '\\n': '\n', '\\r': '\r', '\\t': '\t' }

function formatValue(name: string, value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (name.startsWith('time_')) return value.toFixed(6)
  return name === 'http_code' || name === 'response_code' || name === 'http_connect'
    ? String(value).padStart(3, '0')
    : String(value)
}

/** Times keep their six decimals: the caller takes the quotes off again. */
function jsonMembers(report: TransferReport): Record<string, Value> {
  const members = Object.entries(variables).map(([name, read]): [string, Value] => {
    const value = read(report)
    return [name, name.startsWith('time_') && value !== null ? formatValue(name, value) : value]
  })
  return Object.fromEntries([...members, ['curl_version', report.programVersion]])
}

function headerText({ headers }: TransferReport, name: string): string {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value ?? ''
}

/** `{"name":["value","value"],...}`, names in lower case in the order of their first appearance. */
function headerJson(headers: readonly Header[]): string {
  const values = new Map<string, string[]>()
  for (const { name, value } of headers) {
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), value])
  }
  const members = [...values].map(([name, list]) => `${JSON.stringify(name)}:${JSON.stringify(list)}`)
  return `{${members.join(',\n')}\n}`
}

function speed(bytes: number, seconds: number): number {
  return seconds > 0 ? Math.floor(bytes / seconds) : 0
}
