import type { Header } from './header.ts'
import { encodeForWire } from './percent-encoding.ts'
import { bodyOf, emptyBody, type ReceivedBody, type ReceivedRequest } from './received-request.ts'

/** Method and target of a request line, as people paste it: without the version, too. */
export const requestLine = /^([A-Za-z]+) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/
const requestLineWithVersion = /^[A-Z]+ \S.* HTTP\/\d(?:\.\d)?\r?$/

/** Whether text begins as an HTTP request does. */
export function looksLikeHttpRequest(text: string): boolean {
  const firstLine = text.trimStart().split('\n', 1)[0] ?? ''
  return requestLineWithVersion.test(firstLine)
}

/**
 * Reads a raw HTTP/1.1 request (or one written that way): lines end in CRLF or LF, folded header lines are kept in one
 * value, every byte after the first empty line is the body, whatever Content-Length says.
 * @returns undefined where the first line is no request line
 */
export function parseHttpRequest(bytes: Uint8Array): ReceivedRequest | undefined {
  const { head, body } = splitHead(bytes)
  const [first = '', ...lines] = decodeHead(head)
    .replace(/^[\r\n]+/, '')
    .split(/\r?\n/)
  const match = requestLine.exec(first.trimEnd())
  if (!match || !looksLikeHttpRequest(`${first}\n`)) return undefined
  const headers = parseHeaderLines(lines)
  return { ...parseTarget(match[2] ?? '/'), method: match[1] ?? '', headers, body: bodyWith(headers, body) }
}

/** Header lines up to the first empty one; folded lines stay in their value, with the line break. */
export function parseHeaderLines(lines: readonly string[]): readonly Header[] {
  const headers: { name: string; value: string }[] = []
  for (const line of lines) {
    if (line.trim() === '') break
    const last = headers.at(-1)
    if (/^[ \t]/.test(line) && last) {
      last.value += `\n${line}`
      continue
    }
    const colon = line.indexOf(':', 1)
    if (colon < 0) continue
    headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).replace(/^[ \t]/, '') })
  }
  return headers
}

/** A request line's target: path and query as they stand, or an absolute URL (as proxies get it). */
export function parseTarget(target: string): Pick<ReceivedRequest, 'scheme' | 'authority' | 'path' | 'query'> {
  const absolute = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(target)
  const rest = (absolute?.[3] ?? target).replace(/#.*$/s, '')
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  return {
    scheme: absolute ? (absolute[1]?.toLowerCase() === 'http' ? 'http' : 'https') : undefined,
    authority: absolute?.[2]?.replace(/^.*@/, ''),
    path: encodeForWire(path === '' ? '/' : path),
    query: mark < 0 ? undefined : encodeForWire(rest.slice(mark + 1)),
  }
}

interface SplitMessage {
  readonly head: Uint8Array
  /** Undefined where there is no empty line. */
  readonly body: Uint8Array | undefined
}

function splitHead(bytes: Uint8Array): SplitMessage {
  let start = 0
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] !== 0x0a) continue
    const next = bytes[at + 1] === 0x0d ? at + 2 : at + 1
    if (bytes[next] === 0x0a) return { head: bytes.subarray(start, at), body: bytes.subarray(next + 1) }
  }
  return { head: bytes.subarray(start), body: undefined }
}

/** Header values are UTF-8 where they can be, else one character a byte. */
function decodeHead(head: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head)
  } catch {
    return Buffer.from(head).toString('latin1')
  }
}

/** A message that was copied without the body that its headers announce has an unknown one. */
function bodyWith(headers: readonly Header[], body: Uint8Array | undefined): ReceivedBody | undefined {
  const value = (name: string) => headers.find((header) => header.name.toLowerCase() === name)?.value.trim() ?? ''
  const chunked = /\bchunked$/i.test(value('transfer-encoding'))
  if (body === undefined || body.length === 0) {
    return chunked || Number(value('content-length') || '0') > 0 ? undefined : emptyBody
  }
  return bodyOf((chunked && dechunk(body)) || body)
}

/** The content of a body in chunks (RFC 9112, 7.1); undefined where it is not in that form. */
export function dechunk(body: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(body).toString('latin1')
  const chunks: string[] = []
  let at = 0
  for (;;) {
    const match = /^([0-9a-fA-F]{1,8})(?:;[^\r\n]*)?\r\n/.exec(text.slice(at, at + 4096))
    if (!match) return undefined
    const length = Number.parseInt(match[1] ?? '', 16)
    at += match[0].length
    if (length === 0) return Buffer.from(chunks.join(''), 'latin1')
    if (text.slice(at + length, at + length + 2) !== '\r\n') return undefined
    chunks.push(text.slice(at, at + length))
    at += length + 2
  }
}
