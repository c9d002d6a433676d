import { Handed } from './handed.ts'
import type { Carried, KeptConnection } from './kept-connection.ts'
import { NetworkError, networkError } from './network-error.ts'
import type { ResponseHead } from './response-head.ts'
import { ResponseParser, type ResponsePart } from './response-parser.ts'
import { StaleConnection } from './stale-connection.ts'
import { TransferError } from './transfer-error.ts'

interface AnswerOptions {
  readonly method: string
  /** For messages. */
  readonly where: string
  /** Whether a connection that dies before the answer's first byte says nothing about the request. */
  readonly mayBeStale: boolean
  /** For the next byte; 0 waits without end. */
  readonly readTimeoutMs: number
  /** Called when the answer is over; with the head where the connection can carry another request. */
  readonly done: (reusableAfter: ResponseHead | undefined) => void
}

/** Who sends less within the read timeout could go on so without end, and never be silent for as long. */
const leastBytes = 1000

/** The answer to one request, as it arrives: first its head, then its body for whoever asks for that. */
export class Answer implements Carried {
  readonly #connection: KeptConnection
  readonly #options: AnswerOptions
  readonly #parser: ResponseParser
  #head: ResponseHead | undefined
  #chunks: Buffer[] = []
  #size = 0
  #isPaused = false
  #isWhole = false
  #failure: Error | undefined
  #headTaker: Taker<ResponseHead> | undefined
  #bodyTaker: Taker<Handed<readonly Buffer[]>> | undefined
  #limitBytes = Number.POSITIVE_INFINITY

  constructor(connection: KeptConnection, options: AnswerOptions) {
    this.#connection = connection
    this.#options = options
    this.#parser = new ResponseParser(options.method)
  }

  /** @throws NetworkError, or StaleConnection */
  head(): Promise<ResponseHead> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure)
      this.#headTaker = { resolve, reject }
    })
  }

  /**
   * The body, once.
   * @throws NetworkError when the connection breaks, more than `limitBytes` arrive, or less than 1000 bytes within a read timeout
   */
  receive(limitBytes: number): Promise<Handed<readonly Buffer[]>> {
    const stopWatching = this.#watchSpeed()
    return new Promise<Handed<readonly Buffer[]>>((resolve, reject) => {
      this.#bodyTaker = { resolve, reject }
      this.#limitBytes = limitBytes
      this.#refuseTooMuch()
      if (this.#failure !== undefined) reject(this.#failure)
      else if (this.#isWhole) this.#giveBody()
      else if (this.#isPaused) this.#goOn()
    }).finally(stopWatching)
  }

  data(bytes: Buffer): void {
    try {
      for (const part of this.#parser.feed(bytes)) this.#take(part)
    } catch (error) {
      this.fail(protocolError(error, this.#options.where))
    }
  }

  closed(error: Error | undefined): void {
    if (error === undefined && this.#parser.started) {
      try {
        for (const part of this.#parser.close()) this.#take(part)
        if (this.#isWhole) return
      } catch (problem) {
        this.fail(brokenConnection(this.#options.where, problem))
        return
      }
    }
    const failed =
      error === undefined ? brokenConnection(this.#options.where) : networkError(error, this.#options.where)
    const isStale = this.#options.mayBeStale && !this.#parser.started
    this.fail(isStale && failed instanceof NetworkError && failed.failure === 'reset' ? new StaleConnection() : failed)
  }

  idle(): void {
    const { where, readTimeoutMs } = this.#options
    this.fail(new NetworkError('timeout', `${where} sent nothing for ${readTimeoutMs / 1000} s`))
  }

  /** Gives the answer up, with its connection. */
  fail(error: Error): void {
    if (this.#failure !== undefined || this.#isWhole) return
    this.#failure = error
    this.#chunks = []
    this.#connection.destroy()
    this.#options.done(undefined)
    this.#headTaker?.reject(error)
    this.#bodyTaker?.reject(error)
  }

  #take(part: ResponsePart): void {
    if (part.kind === 'head') this.#takeHead(part.head)
    else if (part.kind === 'body') this.#takeBytes(part.bytes)
    else if (part.kind === 'end') this.#end(part.reusable)
  }

  #takeHead(head: ResponseHead): void {
    const { where } = this.#options
    // Nobody asked for another protocol.
    if (head.status === 101) this.fail(new NetworkError('protocol', `${where} answered 101 to what was no upgrade`))
    if (head.status < 200 || this.#failure !== undefined) return
    this.#head = head
    this.#headTaker?.resolve(head)
  }

  #takeBytes(bytes: Buffer): void {
    if (this.#failure !== undefined) return
    this.#size += bytes.length
    // What comes with the head is kept; before more of it comes somebody should want it.
    if (this.#bodyTaker === undefined && this.#chunks.length > 0 && !this.#isPaused) {
      this.#isPaused = true
      this.#connection.pause()
    }
    this.#chunks.push(bytes)
    this.#refuseTooMuch()
  }

  #refuseTooMuch(): void {
    if (this.#size <= this.#limitBytes) return
    const error = new NetworkError('too-large', `the response is larger than ${this.#limitBytes} bytes`)
    if (this.#isWhole) this.#failure = error
    else this.fail(error)
  }

  #goOn(): void {
    this.#isPaused = false
    this.#connection.resume()
  }

  #end(reusable: boolean): void {
    if (this.#failure !== undefined) return
    this.#isWhole = true
    if (this.#isPaused) this.#goOn()
    if (!reusable) this.#connection.destroy()
    this.#options.done(reusable ? this.#head : undefined)
    this.#giveBody()
  }

  #giveBody(): void {
    this.#bodyTaker?.resolve(new Handed(this.#chunks.splice(0)))
  }

  #watchSpeed(): () => void {
    const { readTimeoutMs } = this.#options
    if (readTimeoutMs === 0 || this.#isWhole) return () => {}
    let before = 0
    const check = () => {
      const message = `the server sent less than ${leastBytes} bytes of its answer in ${readTimeoutMs / 1000} s`
      if (this.#size - before < leastBytes) this.fail(new NetworkError('timeout', message))
      before = this.#size
    }
    // What has arrived while this program stood still is read first.
    const timer = setInterval(() => setImmediate(check), readTimeoutMs)
    return () => clearInterval(timer)
  }
}

interface Taker<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

function protocolError(error: unknown, where: string): Error {
  if (!(error instanceof TransferError)) return error instanceof Error ? error : new Error(String(error))
  return new NetworkError('protocol', `${where} does not speak HTTP properly: ${error.message}`, error)
}

function brokenConnection(where: string, cause?: unknown): NetworkError {
  return new NetworkError('reset', `the connection to ${where} broke (ECONNRESET)`, cause)
}
