import type { Header } from './header.ts'
import { parseHeaderLines, parseTarget } from './http-message.ts'
import { bodyOf, emptyBody, type ReceivedRequest } from './received-request.ts'

/** What a client's log shows of an exchange. */
export interface TracedExchange {
  readonly request: ReceivedRequest | undefined
  readonly response: TracedResponse | undefined
}

export interface TracedResponse {
  readonly status: number
  readonly headers: readonly Header[]
}

const requestStart = /^(.*?)\b(GET|PUT|POST|HEAD|DELETE|PATCH|OPTIONS) (\S+) HTTP\/\d(?:\.\d)?\s*$/
const statusStart = /^(.*?)\bHTTP\/\d(?:\.\d)? (\d{3})\b/

/** Of a long log the last ones count; and no head has more lines than this. */
const mostRequests = 100
const mostHeadLines = 500

/**
 * Finds requests and answers in the output of `curl -v` and in debug logs (Go's `REQUEST POST-SIGN`, Java's
 * `http-outgoing-0 >>`, botocore's `AWSPreparedRequest`): the last signed request, and the first answer behind it.
 */
export function findExchange(text: string): TracedExchange {
  const lines = text.split(/\r?\n/)
  const starts = lines.flatMap((line, index) => (requestStart.test(line) ? [index] : [])).slice(-mostRequests)
  const found = starts.map((index) => readRequest(lines, index))
  const prepared = [...text.matchAll(preparedRequest)].map((match) => ({ request: readPrepared(match), end: 0 }))
  const all = [...found, ...prepared]
  const chosen = all.filter(({ request }) => isSigned(request)).at(-1) ?? all.at(-1)
  return { request: chosen?.request, response: readResponse(lines, chosen?.end ?? 0) }
}

interface FoundRequest {
  readonly request: ReceivedRequest
  /** The line behind its head. */
  readonly end: number
}

function readRequest(lines: readonly string[], index: number): FoundRequest {
  const [, prefix = '', method = '', target = ''] = requestStart.exec(lines[index] ?? '') ?? []
  const head: string[] = []
  let end = index + 1
  for (; end < Math.min(lines.length, index + mostHeadLines); end++) {
    const line = withoutPrefix(lines[end] ?? '', prefix)
    if (line === undefined || line.trim() === '') break
    head.push(line)
  }
  const headers = parseHeaderLines(head)
  const announced = Number(headers.find(({ name }) => name.toLowerCase() === 'content-length')?.value ?? '0')
  const body = announced > 0 ? bodyBehind(lines, { end, prefix, length: announced }) : emptyBody
  return {
    request: {
      ...parseTarget(target),
      method,
      headers,
      body,
      ...schemeOf(lines.slice(Math.max(0, index - mostHeadLines), index)),
    },
    end,
  }
}

/** The part of a log line behind the mark that its first line had; undefined where it belongs to something else. */
function withoutPrefix(line: string, prefix: string): string | undefined {
  if (prefix === '') return line
  const mark = /\S+\s*$/.exec(prefix)?.[0] ?? prefix
  if (/^[<>*]+ ?$/.test(mark.trim()) || mark.includes('>>')) {
    const at = line.indexOf(mark.trimEnd())
    return at < 0
      ? undefined
      : line
          .slice(at + mark.trimEnd().length)
          .replace(/^ /, '')
          .replace(/^"(.*?)(\[\\r\])?(\[\\n\])?"$/, '$1')
  }
  return shape(line.slice(0, prefix.length)) === shape(prefix) ? line.slice(prefix.length) : undefined
}

/** Log prefixes differ in their digits only. */
function shape(prefix: string): string {
  return prefix.replace(/\d/g, '0')
}

/** A log without line prefixes (Go's) shows the body below the head, if it shows it at all. */
function bodyBehind(
  lines: readonly string[],
  { end, prefix, length }: { readonly end: number; readonly prefix: string; readonly length: number },
): ReceivedRequest['body'] {
  if (prefix !== '') return undefined
  const bytes = Buffer.from(lines.slice(end + 1).join('\n')).subarray(0, length)
  return bytes.length === length && !bytes.toString('latin1').startsWith('---') ? bodyOf(bytes) : undefined
}

function schemeOf(before: readonly string[]): Pick<ReceivedRequest, 'scheme'> {
  const secure = before.some((line) => /^\* .*(SSL connection|TLS handshake|ALPN|port 443)/i.test(line))
  return { scheme: secure ? 'https' : undefined }
}

const preparedRequest = /<AWSPreparedRequest stream_output=\w+, method=(\w+), url=(\S+), headers=\{(.*)\}>/g

/** botocore's "Sending http request": a Python dictionary, its values as byte strings. */
function readPrepared(match: RegExpMatchArray): ReceivedRequest {
  const [, method = '', url = '', members = ''] = match
  const pairs = members.matchAll(/'([^']+)': b?(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(\d+))/g)
  const headers = [...pairs].map(([, name = '', single, double, number]) => ({
    name,
    value: unescapePython(single ?? double ?? number ?? ''),
  }))
  const length = Number(headers.find(({ name }) => name.toLowerCase() === 'content-length')?.value ?? '0')
  return { ...parseTarget(url), method, headers, body: length > 0 ? undefined : emptyBody }
}

function unescapePython(text: string): string {
  const latin1 = text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code?: string, other?: string) =>
    code === undefined ? (other ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  )
  return Buffer.from(latin1, 'latin1').toString()
}

function readResponse(lines: readonly string[], from: number): TracedResponse | undefined {
  for (let index = from; index < lines.length; index++) {
    const match = statusStart.exec(lines[index] ?? '')
    if (!match || match[2]?.startsWith('1')) continue
    const head: string[] = []
    for (const next of lines.slice(index + 1)) {
      const line = withoutPrefix(next, match[1] ?? '')
      if (line === undefined || line.trim() === '') break
      head.push(line)
    }
    return { status: Number(match[2]), headers: parseHeaderLines(head) }
  }
  return undefined
}

function isSigned(request: ReceivedRequest): boolean {
  return (
    /X-Amz-Signature=/i.test(request.query ?? '') ||
    request.headers.some(({ name, value }) => name.toLowerCase() === 'authorization' && value.startsWith('AWS4'))
  )
}
