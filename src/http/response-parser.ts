import type { Header } from '../request/header.ts'
import { checkHeadSize, headEnd, maxInterimAnswers, parseHead, type ResponseHead } from './response-head.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

export type ResponsePart =
  | { readonly kind: 'head'; readonly head: ResponseHead }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  /** The header lines after a chunked body, without the blank line. */
  | { readonly kind: 'trailers'; readonly raw: Buffer }
  | { readonly kind: 'end'; readonly reusable: boolean }

type State =
  | { readonly name: 'head' }
  | { readonly name: 'length'; remaining: number }
  | { readonly name: 'chunk-size' }
  | { readonly name: 'chunk-data'; remaining: number }
  | { readonly name: 'chunk-end' }
  | { readonly name: 'trailers' }
  | { readonly name: 'until-close' }
  | { readonly name: 'done' }

/** At the end: a window on what has been read would keep that for as long as the parser lives. */
const noBytes = Buffer.alloc(0)

/**
 * Reads one HTTP/1.x response from bytes as they arrive (RFC 9112), as leniently as curl: lines may end in LF, the
 * reason may be missing, of two lengths the last counts. node:http hides the raw head, drops an answer that comes while
 * the body is still being sent, and cannot tell an empty answer from a broken one.
 */
export class ResponseParser {
  readonly #method: string
  #state: State = { name: 'head' }
  #pending: Buffer = noBytes
  #anything = false
  #interimAnswers = 0
  #keepAlive = false
  #ended = false

  constructor(method: string) {
    this.#method = method
  }

  /** Whether a byte has arrived. */
  get started(): boolean {
    return this.#anything
  }

  /**
   * What these bytes complete, to be taken to the end before the next call. Bytes after the response's end make the
   * connection not reusable.
   * @throws TransferError (1, 8, 56, 61) on what is no such response, after the parts in front of it
   */
  feed(bytes: Buffer): Generator<ResponsePart, void> {
    return withSmallJoined(this.#read(bytes))
  }

  *#read(bytes: Buffer): Generator<ResponsePart, void> {
    this.#anything ||= bytes.length > 0
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    // Of no bytes, but it holds these: with nothing held malloc gives the memory back between two reads, at times with six times the page faults.
    this.#pending = rest.subarray(0, 0)
    while (rest.length > 0 && this.#state.name !== 'done') {
      const parts: ResponsePart[] = []
      const next = this.#step(rest, parts)
      yield* parts
      if (next === undefined) {
        this.#pending = rest
        return
      }
      rest = next
    }
    if (this.#state.name !== 'done' || this.#ended) return
    this.#ended = true
    this.#pending = noBytes
    yield { kind: 'end', reusable: this.#keepAlive && rest.length === 0 }
  }

  /**
   * The connection has closed.
   * @throws TransferError (18, 52, 56) when the response is not complete.
   */
  close(): readonly ResponsePart[] {
    const state = this.#state
    switch (state.name) {
      case 'done':
        return []
      case 'until-close':
        this.#state = { name: 'done' }
        return [{ kind: 'end', reusable: false }]
      case 'head':
        // Also after an informational head, as in curl.
        if (this.#pending.length === 0)
          throw new TransferError(curlCodes.empty, 'the server closed the connection without an answer')
        throw new TransferError(curlCodes.receive, 'the connection closed within the response headers')
      case 'length':
        throw new TransferError(
          curlCodes.partial,
          `the connection closed with ${state.remaining} bytes remaining to read`,
        )
      default:
        throw new TransferError(curlCodes.partial, 'the connection closed within the chunked body')
    }
  }

  /** Takes one step; undefined where more bytes are needed. */
  #step(bytes: Buffer, parts: ResponsePart[]): Buffer | undefined {
    const state = this.#state
    switch (state.name) {
      case 'head':
        return this.#readHead(bytes, parts)
      case 'until-close':
        parts.push({ kind: 'body', bytes })
        return bytes.subarray(bytes.length)
      case 'length':
      case 'chunk-data': {
        const taken = bytes.subarray(0, state.remaining)
        parts.push({ kind: 'body', bytes: taken })
        state.remaining -= taken.length
        if (state.remaining === 0) this.#state = state.name === 'length' ? { name: 'done' } : { name: 'chunk-end' }
        return bytes.subarray(taken.length)
      }
      case 'chunk-size':
        return this.#readChunkSize(bytes)
      case 'chunk-end':
        return this.#readChunkEnd(bytes)
      case 'trailers':
        return this.#readTrailers(bytes, parts)
      case 'done':
        return undefined
    }
  }

  #readHead(bytes: Buffer, parts: ResponsePart[]): Buffer | undefined {
    const start = bytes.subarray(0, 5).toString('latin1')
    if (!'HTTP/'.startsWith(start)) {
      throw new TransferError(curlCodes.unsupportedAnswer, 'the answer is not HTTP/1.x')
    }
    const end = headEnd(bytes)
    if (end === undefined) {
      checkHeadSize(bytes.length)
      return undefined
    }
    checkHeadSize(end)
    const head = parseHead(Buffer.from(bytes.subarray(0, end)))
    parts.push({ kind: 'head', head })
    const informational = head.status < 200 && head.status !== 101
    if (!informational) this.#state = this.#bodyState(head)
    else if (++this.#interimAnswers > maxInterimAnswers) {
      throw new TransferError(curlCodes.receive, `the server sent more than ${maxInterimAnswers} interim answers (1xx)`)
    }
    return bytes.subarray(end)
  }

  #bodyState(head: ResponseHead): State {
    const connection = joined(head.headers, 'connection')
    this.#keepAlive = head.version === '1.1' ? !connection.includes('close') : connection.includes('keep-alive')
    if (this.#method === 'HEAD' || head.status === 204 || head.status === 304 || head.status === 101) {
      this.#keepAlive &&= head.status !== 101
      return { name: 'done' }
    }
    const encoding = joined(head.headers, 'transfer-encoding')
    if (encoding === 'chunked') return { name: 'chunk-size' }
    if (encoding !== '' && encoding !== 'identity') {
      throw new TransferError(curlCodes.badEncoding, `the transfer encoding '${encoding}' is not known`)
    }
    const length = head.headers.findLast(({ name }) => name.toLowerCase() === 'content-length')?.value
    if (length === undefined) {
      this.#keepAlive = false
      return { name: 'until-close' }
    }
    const remaining = Number(length)
    return remaining === 0 ? { name: 'done' } : { name: 'length', remaining }
  }

  #readChunkSize(bytes: Buffer): Buffer | undefined {
    const lineEnd = bytes.indexOf(0x0a)
    const line = bytes.subarray(0, lineEnd < 0 ? bytes.length : lineEnd).toString('latin1')
    const match =
      lineEnd < 0 ? /^[0-9A-Fa-f]{0,13}([ \t;\r].*)?$/s.exec(line) : /^([0-9A-Fa-f]{1,13})[ \t]*(;.*)?\r?$/s.exec(line)
    if (!match || line.length > 16_384) {
      throw new TransferError(curlCodes.receive, 'a chunk of the body begins with no hexadecimal size')
    }
    if (lineEnd < 0) return undefined
    const remaining = Number.parseInt(match[1] ?? '0', 16)
    this.#state = remaining === 0 ? { name: 'trailers' } : { name: 'chunk-data', remaining }
    return bytes.subarray(lineEnd + 1)
  }

  #readChunkEnd(bytes: Buffer): Buffer | undefined {
    const lineEnd = bytes[0] === 0x0a ? 1 : bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0
    if (lineEnd === 0) {
      if (bytes[0] === 0x0d && bytes.length === 1) return undefined
      throw new TransferError(curlCodes.receive, 'a chunk of the body is longer than it says')
    }
    this.#state = { name: 'chunk-size' }
    return bytes.subarray(lineEnd)
  }

  #readTrailers(bytes: Buffer, parts: ResponsePart[]): Buffer | undefined {
    const blankLine = bytes[0] === 0x0a ? 1 : bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0
    const end = blankLine > 0 ? blankLine : headEnd(bytes)
    checkHeadSize(end ?? bytes.length)
    if (end === undefined) return undefined
    if (blankLine === 0) {
      const raw = bytes.subarray(0, end)
      parts.push({ kind: 'trailers', raw: Buffer.from(raw.subarray(0, raw.at(-2) === 0x0d ? -2 : -1)) })
    }
    this.#state = { name: 'done' }
    return bytes.subarray(end)
  }
}

/** Of a body that came in chunks of a byte whoever keeps it would keep an object for each, a hundred times as much. */
const smallBytes = 512

function* withSmallJoined(parts: Iterable<ResponsePart>): Generator<ResponsePart, void> {
  const small: Buffer[] = []
  try {
    for (const part of parts) {
      if (part.kind === 'body' && part.bytes.length < smallBytes) small.push(part.bytes)
      else {
        yield* bodyOf(small.splice(0))
        yield part
      }
    }
  } catch (error) {
    yield* bodyOf(small.splice(0))
    throw error
  }
  yield* bodyOf(small)
}

function bodyOf(pieces: readonly Buffer[]): readonly ResponsePart[] {
  const [only] = pieces
  if (only === undefined) return []
  return [{ kind: 'body', bytes: pieces.length === 1 ? only : Buffer.concat(pieces) }]
}

function joined(headers: readonly Header[], lowerCaseName: string): string {
  return headers
    .filter(({ name }) => name.toLowerCase() === lowerCaseName)
    .map(({ value }) => value.trim().toLowerCase())
    .join(', ')
}
