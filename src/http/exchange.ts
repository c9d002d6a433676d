import type { Socket } from 'node:net'
import { systemCode } from '../errors.ts'
import type { ResponseHead } from './response-head.ts'
import { ResponseParser, type ResponsePart } from './response-parser.ts'
import { type Sending, Stop, sendRequest, type WireRequest } from './send-request.ts'
import { StaleConnection } from './stale-connection.ts'
import { curlCodes, TransferError, transferErrorOf } from './transfer-error.ts'

/** Takes an answer as it arrives; a promise holds up the connection until it settles. */
export interface ResponseReceiver {
  /** Also for informational (1xx) heads. */
  head(head: ResponseHead): Promise<void> | undefined
  body(bytes: Buffer): Promise<void> | undefined
  trailers(raw: Buffer): Promise<void> | undefined
}

export interface ExchangeOptions {
  readonly receiver: ResponseReceiver
  /** For messages: `example.com port 443`. */
  readonly where: string
  /** Whether the connection has carried a request before: it may have died of old age. */
  readonly reused: boolean
  readonly signal: AbortSignal
  /** Ends the exchange when no byte arrives or leaves for so long. */
  readonly idleTimeoutMs: number | undefined
  /** Gets, before anything is sent, the means to end the exchange with an error. */
  readonly started?: ((stop: (error: Error) => void) => void) | undefined
  /** Called with each piece of the body that was handed to the connection; a promise slows the sending down. */
  readonly sent: (bytes: number) => Promise<void> | undefined
}

export interface ExchangeResult {
  /** Whether the connection can carry another request. */
  readonly reusable: boolean
}

/**
 * Sends one request and receives its answer. An answer that comes while the body is still being sent stops the sending.
 * The socket stays open where the result says so.
 * @throws TransferError (1, 8, 18, 26, 28, 52, 55, 56, 61), or what the receiver throws, or the signal's reason;
 *   StaleConnection where a reused connection died before the first byte of an answer
 */
export async function exchange(
  socket: Socket,
  request: WireRequest,
  options: ExchangeOptions,
): Promise<ExchangeResult> {
  const running = new RunningExchange(socket, request.method, options)
  options.started?.((error) => running.fail(error))
  try {
    const [result] = await Promise.all([running.answer, sendRequest(socket, request, running)])
    return result
  } finally {
    running.detach()
  }
}

/** The side that listens. */
class RunningExchange implements Sending {
  readonly answer: Promise<ExchangeResult>
  readonly stop = new Stop()
  readonly #socket: Socket
  readonly #parser: ResponseParser
  readonly #options: ExchangeOptions
  readonly #mayContinue = settleable()
  #settle: (result: ExchangeResult) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #queue: Promise<void> | undefined
  #bodySent = false
  #closed = false

  constructor(socket: Socket, method: string, options: ExchangeOptions) {
    this.#socket = socket
    this.#parser = new ResponseParser(method)
    this.#options = options
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#reject = reject
    })
    // The sender may fail first; this promise is awaited together with it.
    this.answer.catch(() => {})
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError)
    if (options.idleTimeoutMs !== undefined) socket.on('timeout', this.#onIdle)
    this.#startIdleTimer()
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal.aborted) this.#onAbort()
    else if (socket.destroyed) this.#onEnd()
    // A tunnel, or the request before, has left it paused.
    else socket.resume()
  }

  #startIdleTimer(): void {
    const { idleTimeoutMs } = this.#options
    if (idleTimeoutMs !== undefined) this.#socket.setTimeout(idleTimeoutMs)
  }

  mayContinue(): Promise<boolean> {
    return this.#mayContinue.promise
  }

  sent(bytes: number): Promise<void> | undefined {
    return this.#options.sent(bytes)
  }

  bodySent(): void {
    this.#bodySent = true
  }

  fail(error: unknown): void {
    this.stop.set()
    this.#mayContinue.settle(false)
    this.#reject(error)
    this.#socket.destroy()
  }

  detach(): void {
    const socket = this.#socket
    socket.pause()
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd).off('error', this.#onError)
    if (this.#options.idleTimeoutMs !== undefined) socket.off('timeout', this.#onIdle).setTimeout(0)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      const waiting = this.#deliver(this.#parser.feed(chunk))
      if (!waiting) return
      this.#socket.pause()
      this.#queue = waiting
      waiting.then(
        () => {
          this.#queue = undefined
          if (this.#closed) return this.#finish()
          this.#startIdleTimer()
          this.#socket.resume()
        },
        (error) => this.fail(error),
      )
    } catch (error) {
      this.fail(error)
    }
  }

  readonly #onEnd = (): void => {
    if (this.#closed) return
    this.#closed = true
    if (!this.#queue) this.#finish()
  }

  readonly #onError = (error: Error): void => {
    const phase = systemCode(error) === 'EPIPE' ? 'send' : 'receive'
    if (this.#options.signal.aborted) this.#onAbort()
    else this.#failConnection(transferErrorOf(error, this.#options.where, phase))
  }

  readonly #onAbort = (): void => this.fail(this.#options.signal.reason)

  readonly #onIdle = (): void => {
    // Silence of our own making: the receiver holds the connection up.
    if (this.#queue) return
    const seconds = (this.#options.idleTimeoutMs ?? 0) / 1000
    this.fail(new TransferError(curlCodes.timeout, `${this.#options.where} sent nothing for ${seconds} s`))
  }

  /** The connection has ended: the answer has to be complete. */
  #finish(): void {
    try {
      const waiting = this.#deliver(this.#parser.close().values())
      if (waiting) waiting.catch((error) => this.fail(error))
    } catch (error) {
      this.#failConnection(error)
    }
  }

  #failConnection(error: unknown): void {
    const stale = this.#options.reused && !this.#parser.started
    this.fail(stale ? new StaleConnection('the connection was closed', { cause: error }) : error)
  }

  /** Hands over what arrived, in order; a promise where the receiver wants time. */
  #deliver(parts: Iterator<ResponsePart, unknown>): Promise<void> | undefined {
    for (let next = parts.next(); !next.done; next = parts.next()) {
      const waiting = this.#take(next.value)
      if (waiting) return waiting.then(() => this.#deliver(parts))
    }
    return undefined
  }

  #take(part: ResponsePart): Promise<void> | undefined {
    switch (part.kind) {
      case 'head':
        if (part.head.status === 100) this.#mayContinue.settle(true)
        else if (part.head.status >= 200) {
          this.#mayContinue.settle(false)
          // A refusal makes the rest of the body pointless; a server that says yes early may still want it.
          if (part.head.status >= 300) this.stop.set()
        }
        return this.#options.receiver.head(part.head)
      case 'body':
        return this.#options.receiver.body(part.bytes)
      case 'trailers':
        return this.#options.receiver.trailers(part.raw)
      case 'end':
        this.#mayContinue.settle(false)
        this.stop.set()
        this.#settle({ reusable: part.reusable && this.#bodySent && !this.#closed })
        return undefined
    }
  }
}

function settleable(): { promise: Promise<boolean>; settle: (go: boolean) => void } {
  let settle: (go: boolean) => void = () => {}
  const promise = new Promise<boolean>((resolve) => {
    settle = resolve
  })
  return { promise, settle }
}
