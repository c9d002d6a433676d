import type { ByteSink } from './byte-sink.ts'
import type { EventMessage } from './event-stream-codec.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

/** AWS allows 16 MB of payload and 128 KB of headers in a message. */
const maxMessageBytes = 25_165_824

/**
 * Prints `application/vnd.amazon.eventstream` as JSON lines, one message each: `headers` by name, and `payload` (a JSON
 * value where the message says so, else text) or `payloadBase64` where the bytes are no text.
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function eventStreamInto(sink: ByteSink): ByteSink {
  const decoder = new EventStreamDecoder(sink)
  return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() }
}

class EventStreamDecoder {
  readonly #sink: ByteSink
  #pending: Buffer = Buffer.alloc(0)

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pending = Buffer.concat([this.#pending, bytes])
    for (let message = this.#takeMessage(); message; message = this.#takeMessage()) {
      await this.#sink.write(Buffer.from(`${await jsonLine(message)}\n`))
    }
  }

  async end(): Promise<void> {
    if (this.#pending.length > 0) {
      throw new TransferError(
        curlCodes.partial,
        `the event stream ends within a message (${this.#pending.length} bytes of it)`,
      )
    }
    await this.#sink.end()
  }

  #takeMessage(): Buffer | undefined {
    if (this.#pending.length < 4) return undefined
    const length = this.#pending.readUInt32BE(0)
    if (length < 16 || length > maxMessageBytes) throw notAnEventStream(`a message of ${length} bytes`)
    if (this.#pending.length < length) return undefined
    const message = this.#pending.subarray(0, length)
    this.#pending = this.#pending.subarray(length)
    return message
  }
}

async function jsonLine(bytes: Buffer): Promise<string> {
  const { decodeEventMessage } = await import('./event-stream-codec.ts')
  try {
    return formatMessage(decodeEventMessage(bytes))
  } catch (error) {
    throw notAnEventStream(error instanceof Error ? error.message : String(error), error)
  }
}

function formatMessage({ headers, body }: EventMessage): string {
  const values = Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, headerJson(value)]))
  const contentType = String(headers[':content-type']?.value ?? '')
  return `{"headers":${JSON.stringify(values)},${payloadMember(body, contentType)}}`
}

function payloadMember(body: Uint8Array, contentType: string): string {
  const text = asText(body)
  if (text === undefined) return `"payloadBase64":${JSON.stringify(Buffer.from(body).toString('base64'))}`
  const isJson = /^application\/([\w.-]+\+)?(x-amz-)?json/.test(contentType) && isJsonText(text)
  // As it stands, so that no number loses digits; line breaks occur only between its words.
  return `"payload":${isJson ? text.replace(/[\r\n]+/g, ' ') : JSON.stringify(text)}`
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Numbers, booleans and texts as they are, times in ISO 8601, 64-bit numbers as text, bytes in base64. */
function headerJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return typeof value === 'object' ? String(value) : value
}

function notAnEventStream(what: string, cause?: unknown): TransferError {
  return new TransferError(curlCodes.weirdAnswer, `the response is no event stream: ${what}`, {
    hint: 'leave out --event-stream to see its bytes',
    cause,
  })
}
