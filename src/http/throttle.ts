/** Waits; rejects with the signal's reason when it aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })

/** Holds one direction of a transfer to so many bytes a second. */
export class Throttle {
  readonly #bytesPerSecond: number
  readonly #clock: () => number
  readonly #startedAt: number
  #bytes = 0

  /** @param clock milliseconds on a clock that only runs forwards */
  constructor(bytesPerSecond: number, clock: () => number) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
    this.#startedAt = clock()
  }

  /** Counts bytes that have passed; a promise where the next ones have to wait. */
  pass(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    this.#bytes += bytes
    const dueAt = this.#startedAt + (this.#bytes / this.#bytesPerSecond) * 1000
    const waitMs = dueAt - this.#clock()
    return waitMs > 1 ? sleep(waitMs, signal) : undefined
  }
}
