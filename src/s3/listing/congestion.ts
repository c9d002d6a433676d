/** What this program does with its time, both in milliseconds since some moment. */
export interface Activity {
  readonly clock: () => number
  /** Spent waiting, with nothing to do. */
  readonly idleMs: () => number
}

/**
 * How many requests may be under way at once. The first page comes alone, so that a small bucket costs no more than it
 * must; then as many as keep this program busy: more would only fill the memory, and cut the keys into more ranges. Half of
 * them whenever the service says that it is too much (as TCP does it).
 */
export class Congestion {
  readonly #maximum: number
  readonly #activity: Activity
  #limit = 1
  #isCautious = false
  #reductions = 0
  /** Pages taken in the present round, which ends with as many as may be under way. */
  #pages = 0
  #roundStart: { readonly clock: number; readonly idleMs: number }

  /** @param activity without it the program counts as idle: every answer is worth more requests */
  constructor(maximum: number, activity: Activity = neverBusy) {
    this.#maximum = Math.max(1, maximum)
    this.#activity = activity
    this.#roundStart = { clock: activity.clock(), idleMs: activity.idleMs() }
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** Counts the reductions; a request notes it when it starts. */
  get epoch(): number {
    return this.#reductions
  }

  /** A page was taken that brought something. */
  grow(): void {
    this.#pages += 1
    if (this.#pages < this.limit) return
    const busyShare = this.#endRound()
    if (busyShare > overloaded) this.#limit = Math.max(1, this.#limit * restraint)
    if (busyShare > satisfied) return
    const more = this.#isCautious ? 1 : this.#limit * (Math.min(1 / busyShare, steepest) - 1)
    const least = this.#isCautious || busyShare > mostlyWaiting ? 1 : firstWindow
    this.#limit = Math.min(this.#maximum, Math.max(least, this.#limit + more))
  }

  /** A page was taken while fewer requests were under way than might be: it says nothing of what more would do. */
  skip(): void {
    this.#endRound()
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

  /** @returns the part of the round's time in which this program was busy: `n` requests, and `n / share` keep it busy all the time */
  #endRound(): number {
    const now = { clock: this.#activity.clock(), idleMs: this.#activity.idleMs() }
    const { clock, idleMs } = this.#roundStart
    this.#pages = 0
    this.#roundStart = now
    return now.clock === clock ? 0 : Math.max(0, 1 - (now.idleMs - idleMs) / (now.clock - clock))
  }
}

const neverBusy: Activity = { clock: () => 0, idleMs: () => 0 }

/** Growth in one round: the first answers take this program longer than the later ones. */
const steepest = 4
/** A program that waits more than it works is worth so many requests at once (TCP begins with ten segments, RFC 6928). */
const mostlyWaiting = 0.5
const firstWindow = 10
/** Busier than this it gains too little for the memory that more requests take. */
const satisfied = 0.85
/** So busy it would be with fewer, too. */
const overloaded = 0.95
const restraint = 0.9
