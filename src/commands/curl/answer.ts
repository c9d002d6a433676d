import type { ByteSink } from '../../http/byte-sink.ts'
import type { ResponseReceiver } from '../../http/exchange.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import type { Throttle } from '../../http/throttle.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import { headerValue } from '../../request/header.ts'
import type { Measurements } from './measurements.ts'
import type { OutputTarget } from './output-target.ts'

/** What becomes of a final answer. */
export type Disposition =
  /** Headers and body go where the user wants them. */
  | 'deliver'
  /** Of a redirect that is followed, curl shows the headers only. */
  | 'headers-only'
  /** An HTTP error under `-f`: its headers, then the end. */
  | 'fail'
  /** It may be mended and asked again: nothing is shown before that is known. */
  | 'hold'

export interface AnswerOptions {
  readonly output: OutputTarget
  /** `-D` */
  readonly headerDump: OutputTarget | undefined
  readonly includeHeaders: boolean
  readonly maxFileSize: number | undefined
  readonly throttle: Throttle | undefined
  readonly signal: AbortSignal
  readonly measurements: Measurements
  /** Of a final answer's head. */
  readonly disposition: (head: ResponseHead) => Disposition
  /** `--compressed` and `--event-stream`: what the bytes pass through on their way. */
  readonly through: (sink: ByteSink, head: ResponseHead) => Promise<ByteSink>
  /** Shows a head under `-v`. */
  readonly show: (head: ResponseHead) => void
  /** Whether the beginning of an error's body is kept, for a message. */
  readonly captureErrors: boolean
}

/** An error document is shorter than this, */
const captureBytes = 65_536

/** and is there soon: `-f` wants no more of the answer than that. */
const failureBodyMs = 2000

/** A body that nobody wants is read up to here, so that the connection can serve again. */
const ignoredBytes = 1_048_576

/** The rest of the answer does not matter. */
export class EnoughRead extends Error {
  override readonly name = 'EnoughRead'
}

/** `-f`: an HTTP status from 400 on. */
export class HttpFailure extends TransferError {
  constructor(head: ResponseHead) {
    super(curlCodes.httpError, `the server answered ${head.status} ${head.reason}`.trimEnd())
  }
}

/** Takes one request's answer. */
export class Answer implements ResponseReceiver {
  readonly #options: AnswerOptions
  #disposition: Disposition = 'deliver'
  #sink: ByteSink | undefined
  #held: Buffer[] = []
  readonly #captured: Uint8Array[] = []
  #capturedBytes = 0
  #failureTimer: NodeJS.Timeout | undefined
  /** Ends the exchange that this answer is of; set when it starts. */
  stopExchange: (error: Error) => void = () => {}
  /** The final one. */
  finalHead: ResponseHead | undefined
  /** Whether a `100 Continue` came before it. */
  continued = false

  constructor(options: AnswerOptions) {
    this.#options = options
  }

  /** The beginning of an error's body, decompressed; empty where it was not kept. */
  get errorText(): string {
    return Buffer.concat(this.#captured).toString()
  }

  get disposition(): Disposition {
    return this.#disposition
  }

  async head(head: ResponseHead): Promise<void> {
    const { measurements, show, disposition } = this.#options
    measurements.received(head)
    show(head)
    if (head.status === 100) this.continued = true
    if (head.status < 200 && head.status !== 101) return this.#writeHead(head.raw)
    this.finalHead = head
    this.#disposition = disposition(head)
    if (this.#disposition === 'hold') return
    await this.#writeHead(head.raw)
    if (this.#disposition === 'deliver') await this.#openSink(head)
    if (this.#disposition === 'fail') this.#expectFailureBody(head)
  }

  body(bytes: Buffer): Promise<void> | undefined {
    const { measurements, throttle, signal } = this.#options
    // Under `-f` curl does not read it.
    if (this.#disposition !== 'fail') measurements.downloaded += bytes.length
    const written = this.#takeBody(bytes)
    const waiting = throttle?.pass(bytes.length, signal)
    return written && waiting ? Promise.all([written, waiting]).then(() => {}) : (written ?? waiting)
  }

  trailers(raw: Buffer): Promise<void> | undefined {
    return ['deliver', 'headers-only'].includes(this.#disposition) ? this.#writeHead(raw) : undefined
  }

  /** The answer is complete. */
  async complete(): Promise<void> {
    await this.#sink?.end()
  }

  /** Nothing more will come, for whatever reason. */
  dispose(): void {
    clearTimeout(this.#failureTimer)
  }

  /** Shows after all what was held back. */
  async release(disposition: 'deliver' | 'fail'): Promise<void> {
    const head = this.finalHead
    if (!head || this.#disposition !== 'hold') return
    this.#disposition = disposition
    await this.#writeHead(head.raw)
    if (disposition === 'fail') return
    this.#captured.splice(0)
    this.#capturedBytes = 0
    await this.#openSink(head)
    for (const bytes of this.#held.splice(0)) await this.#sink?.write(bytes)
  }

  #expectFailureBody(head: ResponseHead): void {
    const failure = new HttpFailure(head)
    if (!this.#options.captureErrors) throw failure
    this.#failureTimer = setTimeout(() => this.stopExchange(failure), failureBodyMs)
  }

  #takeBody(bytes: Buffer): Promise<void> | undefined {
    const { measurements } = this.#options
    switch (this.#disposition) {
      case 'headers-only':
        if (measurements.downloaded > ignoredBytes) throw new EnoughRead()
        return undefined
      case 'fail':
        this.#capture(bytes)
        if (this.#capturedBytes >= captureBytes && this.finalHead) throw new HttpFailure(this.finalHead)
        return undefined
      case 'hold':
        return this.#hold(bytes)
      case 'deliver':
        this.#checkSize(measurements.downloaded)
        return this.#sink?.write(bytes)
    }
  }

  /** An answer too long to be one of the documents that it was held for goes on as any other. */
  #hold(bytes: Buffer): Promise<void> | undefined {
    this.#held.push(bytes)
    this.#capture(bytes)
    return this.#capturedBytes < captureBytes ? undefined : this.release('deliver')
  }

  async #writeHead(raw: Buffer): Promise<void> {
    const { headerDump, includeHeaders, output } = this.#options
    // Line by line, as curl: both may be stdout.
    const pieces = headerDump && includeHeaders ? linesOf(raw) : [raw]
    for (const piece of pieces) {
      await headerDump?.write(piece)
      if (includeHeaders) await output.write(piece)
    }
  }

  async #openSink(head: ResponseHead): Promise<void> {
    const { output, through, captureErrors } = this.#options
    const length = headerValue(head.headers, 'content-length')
    if (length !== undefined) this.#checkSize(Number(length))
    const capture = captureErrors && head.status >= 300
    const last: ByteSink = {
      write: (bytes) => {
        if (capture) this.#capture(bytes)
        return output.write(bytes)
      },
      end: async () => {},
    }
    this.#sink = await through(last, head)
  }

  #checkSize(bytes: number): void {
    const { maxFileSize } = this.#options
    if (maxFileSize !== undefined && bytes > maxFileSize) {
      throw new TransferError(curlCodes.tooLarge, `the answer is larger than ${maxFileSize} bytes`, {
        hint: 'raise --max-filesize',
      })
    }
  }

  #capture(bytes: Uint8Array): void {
    if (this.#capturedBytes >= captureBytes) return
    this.#capturedBytes += bytes.length
    this.#captured.push(Buffer.from(bytes))
  }
}

function linesOf(raw: Buffer): readonly Buffer[] {
  return (
    raw
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g)
      ?.map((line) => Buffer.from(line, 'latin1')) ?? []
  )
}
