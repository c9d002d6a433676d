import type { Header } from '../request/header.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

export interface ResponseHead {
  /** `1.0` or `1.1` */
  readonly version: string
  readonly status: number
  readonly reason: string
  /** In the order they came, values trimmed and unfolded, as UTF-8 text. */
  readonly headers: readonly Header[]
  /** The bytes as they came, with the blank line. */
  readonly raw: Buffer
}

/** curl allows 300 KB; no honest server comes near either. */
const maxHeadBytes = 1_048_576

/** Answers of 1xx before the one that counts: honest servers send one or two. */
export const maxInterimAnswers = 100

/** The index after the blank line. */
export function headEnd(bytes: Buffer): number | undefined {
  for (let lineEnd = bytes.indexOf(0x0a); lineEnd >= 0; lineEnd = bytes.indexOf(0x0a, lineEnd + 1)) {
    if (bytes[lineEnd + 1] === 0x0a) return lineEnd + 2
    if (bytes[lineEnd + 1] === 0x0d && bytes[lineEnd + 2] === 0x0a) return lineEnd + 3
  }
  return undefined
}

/** @throws TransferError (56) */
export function checkHeadSize(bytes: number): void {
  if (bytes > maxHeadBytes) throw new TransferError(curlCodes.receive, 'the response headers are larger than 1 MiB')
}

/** @throws TransferError (1, 8) for what is no head of HTTP/1.x */
export function parseHead(raw: Buffer): ResponseHead {
  if (raw.includes(0)) throw new TransferError(curlCodes.weirdAnswer, 'the response headers hold a NUL byte')
  const [statusLine = '', ...lines] = raw
    .toString()
    .replace(/\r?\n\r?\n$/, '')
    .split(/\r?\n/)
  const match = /^HTTP\/(1\.[01]) +([1-9]\d\d)(?: (.*))?$/s.exec(statusLine)
  if (!match)
    throw new TransferError(
      curlCodes.unsupportedAnswer,
      `the answer's first line is not HTTP/1.x: ${JSON.stringify(statusLine.slice(0, 80))}`,
    )
  const [, version = '', status, reason = ''] = match
  const headers = parseHeaderLines(lines)
  for (const { name, value } of headers) {
    if (name.toLowerCase() === 'content-length' && !(/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value)))) {
      throw new TransferError(
        curlCodes.weirdAnswer,
        `the answer's Content-Length ${JSON.stringify(value.slice(0, 80))} is no length`,
      )
    }
  }
  return { version, status: Number(status), reason, headers, raw }
}

function parseHeaderLines(lines: readonly string[]): readonly Header[] {
  const headers: Header[] = []
  for (const line of lines) {
    const before = headers.at(-1)
    if (/^[ \t]/.test(line) && before) {
      headers[headers.length - 1] = { name: before.name, value: `${before.value} ${line.trim()}`.trim() }
      continue
    }
    const colon = line.indexOf(':')
    if (colon < 0)
      throw new TransferError(
        curlCodes.weirdAnswer,
        `a response header has no colon: ${JSON.stringify(line.slice(0, 80))}`,
      )
    headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() })
  }
  return headers
}
