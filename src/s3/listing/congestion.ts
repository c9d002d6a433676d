/**
 * How many requests may be under way at once: few at first, so that a small bucket costs no more than it must; more with
 * every page that brings something, as long as this program keeps up with the answers; half of them whenever the service
 * says that it is too much (as TCP does it).
 */
export class Congestion {
  readonly #maximum: number
  #limit: number
  #isCautious = false
  #reductions = 0

  constructor(maximum: number) {
    this.#maximum = Math.max(1, maximum)
    this.#limit = Math.min(least, this.#maximum)
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** Counts the reductions; a request notes it when it starts. */
  get epoch(): number {
    return this.#reductions
  }

  /**
   * A page was taken that brought something.
   * @param waiting answers that have begun to arrive meanwhile: with several of them it is this program that everything
   *   waits for, and more requests would only fill the memory
   */
  grow(waiting: number): void {
    if (waiting > crowd) this.#limit = Math.max(Math.min(least, this.#maximum), this.#limit - 1)
    else if (waiting <= comfortable) {
      this.#limit = Math.min(this.#maximum, this.#limit + (this.#isCautious ? 1 / this.#limit : 2))
    }
  }

  /**
   * @param epoch of the refused request's start: the many requests that one congestion refuses count once
   * @returns whether this is news
   */
  shrink(epoch: number): boolean {
    if (epoch !== this.#reductions) return false
    this.#reductions += 1
    this.#isCautious = true
    this.#limit = Math.max(1, this.#limit / 2)
    return true
  }
}

const least = 4
/** Answers waiting: with so few more requests help, with more than so many fewer do. */
const comfortable = 3
const crowd = 6
