import type { Socket } from 'node:net'
import { CliError } from '../errors.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

/** A request as bytes. */
export interface WireRequest {
  readonly method: string
  /** Request line and headers, with the blank line. */
  readonly head: Buffer
  /** Framed already: chunked where the headers say so. */
  readonly body: AsyncIterable<Uint8Array> | undefined
  /** How long to wait for `100 Continue` before the body goes anyway; undefined where none was asked for. */
  readonly expectContinueMs: number | undefined
}

/** Something that happens once, and can be waited for. (An AbortController costs a millisecond at its first use.) */
export class Stop {
  isSet = false
  readonly happened: Promise<undefined>
  #settle: (value: undefined) => void = () => {}

  constructor() {
    this.happened = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  set(): void {
    this.isSet = true
    this.#settle(undefined)
  }
}

/** The exchange that a request is sent in, as the sending side sees it. */
export interface Sending {
  /** Set when there is no more sense in sending. */
  readonly stop: Stop
  /** Settles when the server wants the body (true), or has answered without it (false). */
  mayContinue(): Promise<boolean>
  /** Takes each count of bytes that went to the connection; a promise slows the sending down. */
  sent(bytes: number): Promise<void> | undefined
  bodySent(): void
  fail(error: unknown): void
}

/** Writes a request; errors of the body go to `sending.fail`, those of the socket to whoever listens there. */
export async function sendRequest(socket: Socket, request: WireRequest, sending: Sending): Promise<void> {
  const { stop } = sending
  if (!request.body) {
    socket.write(request.head)
    sending.bodySent()
    return
  }
  // One packet for the head and the beginning of the body.
  if (request.expectContinueMs === undefined) socket.cork()
  socket.write(request.head)
  try {
    if (request.expectContinueMs !== undefined && !(await waitForContinue(sending, request.expectContinueMs))) return
    for await (const chunk of until(stop, request.body)) {
      const flushed = written(socket, chunk)
      socket.uncork()
      await sending.sent(chunk.length)
      await Promise.race([flushed, stop.happened])
    }
    if (!stop.isSet) sending.bodySent()
  } catch (error) {
    sending.fail(unreadableBody(error))
  } finally {
    socket.uncork()
  }
}

/** The chunks until there is no more sense in sending: a pipe may stay silent for ever. */
async function* until(stop: Stop, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    while (!stop.isSet) {
      const next = await Promise.race([iterator.next(), stop.happened])
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: it settles only after a read that is under way.
    iterator.return?.().catch(() => {})
  }
}

function unreadableBody(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CliError) return error
  return new TransferError(curlCodes.read, `cannot read the body: ${error.message}`, { cause: error })
}

async function waitForContinue(sending: Sending, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), timeoutMs)
  })
  try {
    return await Promise.race([sending.mayContinue(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** Settles when the system has taken the bytes: only then their buffer may be used again. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()))
}
