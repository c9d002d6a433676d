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
  /** It has not grown yet. */
  #isFresh = true
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
    const { idleMs, busyShare } = this.#endRound()
    if (busyShare > overloaded) this.#limit = Math.max(1, this.#limit * restraint)
    // What the first pages cost, when everything is done for the first time, says little of those to come.
    const isFar = this.#isFresh && idleMs > distantMs
    if (!isFar && busyShare > (this.limit === 1 ? satisfiedAlone : satisfied)) return
    this.#isFresh = false
    const more = this.#isCautious ? 1 : this.#limit * (Math.min(1 / busyShare, steepest) - 1)
    const least = isFar ? firstWindow : 1
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
    this.#isFresh = false
    this.#limit = Math.max(1, this.#limit / 2)
    return true
  }

  /** @returns how the round's time was spent: `n` requests, and `n / busyShare` keep this program busy all the time */
  #endRound(): { readonly idleMs: number; readonly busyShare: number } {
    const now = { clock: this.#activity.clock(), idleMs: this.#activity.idleMs() }
    const { clock, idleMs } = this.#roundStart
    this.#pages = 0
    this.#roundStart = now
    const idle = now.idleMs - idleMs
    return { idleMs: idle, busyShare: now.clock === clock ? 0 : Math.max(0, 1 - idle / (now.clock - clock)) }
  }
}

const neverBusy: Activity = { clock: () => 0, idleMs: () => 0 }

/** Growth in one round: the first answers take this program longer than the later ones. */
const steepest = 4
/** A service that lets so long wait for a page is worth so many requests at once (TCP begins with ten segments, RFC 6928). */
const distantMs = 10
const firstWindow = 10
/** Busier than this it gains too little for the memory that more requests take; one page after the other takes the least. */
const satisfied = 0.97
const satisfiedAlone = 0.85
/** So busy it would be with fewer, too. To find out how few it stands still now and then, so it tries with little less. */
const overloaded = 0.998
const restraint = 0.95
