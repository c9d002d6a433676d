/** Lets so many in at once; the others wait for their turn. */
export class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** @returns what to call on leaving, once */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return () => {
      const next = this.#waiting.shift()
      // The place goes straight to the next one.
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
