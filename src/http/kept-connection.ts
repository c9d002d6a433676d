import type { Socket } from 'node:net'

/** A request under way, as its connection sees it. */
export interface Carried {
  data(bytes: Buffer): void
  /** The connection is closed; with an error where it broke. */
  closed(error: Error | undefined): void
  /** No byte for as long as was allowed. */
  idle(): void
}

/** A connection that carries one request after the other. It listens to its socket once, not for every request. */
export class KeptConnection {
  readonly #socket: Socket
  #carried: Carried | undefined
  #timeoutMs = 0
  /** Whether it has carried a request before: it may have died of old age. */
  isUsed = false

  /** @param closed called when the connection can carry nothing any more */
  constructor(socket: Socket, closed: () => void) {
    this.#socket = socket
    let broken: Error | undefined
    socket.on('data', (bytes: Buffer) => {
      // What nobody asked for is the answer to no later request.
      if (this.#carried === undefined) socket.destroy()
      else this.#carried.data(bytes)
    })
    socket.on('error', (error: Error) => {
      broken = error
    })
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      closed()
      this.#carried?.closed(broken)
    })
    socket.on('timeout', () => {
      if (this.#carried === undefined) socket.destroy()
      else this.#carried.idle()
    })
    // A tunnel has left it paused.
    socket.resume()
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** @param timeoutMs without a byte; 0 waits without end */
  carry(carried: Carried, timeoutMs: number): void {
    this.#carried = carried
    this.#timeoutMs = timeoutMs
    this.#socket.ref()
    this.#socket.setTimeout(timeoutMs)
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** What arrives stays with the system for a while; that silence is no timeout. */
  pause(): void {
    this.#socket.pause()
    this.#socket.setTimeout(0)
  }

  resume(): void {
    this.#socket.resume()
    this.#socket.setTimeout(this.#timeoutMs)
  }

  /** @param limitMs after which the connection is closed; 0 keeps it. An idle connection keeps no process alive. */
  rest(limitMs: number): void {
    this.#carried = undefined
    this.isUsed = true
    this.#socket.setTimeout(limitMs)
    this.#socket.unref()
  }

  /** A request under way is told, with the reason. */
  destroy(reason?: Error): void {
    this.#socket.destroy(reason)
  }
}
