import { detachedEntry } from './detached.ts'
import { compareKeys } from './key-order.ts'
import type { ListEntry } from './list-page.ts'

export type SortMember = 'key' | 'size' | 'date'

export interface SortOptions {
  readonly by: SortMember
  readonly direction: 'ascending' | 'descending'
  /** Only the first so many are kept. */
  readonly limit: number | undefined
}

interface Ranked {
  /** Detached from its page once it is kept. */
  entry: ListEntry
  readonly rank: number
  /** Its place in the listing. */
  readonly place: number
}

/**
 * Sorts entries that come one after the other. With a limit it keeps a heap of that many and forgets the others, so
 * that the newest ten of a million take the memory of ten. Equals stay in the listing's order.
 */
export class EntrySorter {
  readonly #options: SortOptions
  /** With a limit a heap whose first is the one to give up next. */
  readonly #kept: Ranked[] = []
  #count = 0

  constructor(options: SortOptions) {
    this.#options = options
  }

  add(entries: readonly ListEntry[]): void {
    const { limit, by } = this.#options
    for (const entry of entries) {
      const ranked = { entry, rank: rankOf(entry, by), place: this.#count }
      this.#count += 1
      if (limit === undefined) this.#kept.push(detached(ranked))
      else if (this.#kept.length < limit) this.#insert(detached(ranked))
      else this.#replaceWorst(ranked)
    }
  }

  /** All that were kept, in order. */
  sorted(): readonly ListEntry[] {
    return [...this.#kept].sort((a, b) => this.#compare(a, b)).map(({ entry }) => entry)
  }

  #compare(a: Ranked, b: Ranked): number {
    const order = this.#options.by === 'key' ? compareKeys(a.entry.key, b.entry.key) : a.rank - b.rank
    const directed = this.#options.direction === 'ascending' ? order : -order
    return directed === 0 ? a.place - b.place : directed
  }

  #insert(ranked: Ranked): void {
    let at = this.#kept.push(ranked) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.#kept[parent]
      if (above === undefined || this.#compare(above, ranked) >= 0) break
      this.#kept[at] = above
      at = parent
    }
    this.#kept[at] = ranked
  }

  #replaceWorst(ranked: Ranked): void {
    const [worst] = this.#kept
    if (worst === undefined || this.#compare(ranked, worst) >= 0) return
    detached(ranked)
    const count = this.#kept.length
    let at = 0
    for (let child = 1; child < count; child = 2 * at + 1) {
      const left = this.#kept[child]
      const right = this.#kept[child + 1]
      if (left === undefined) break
      const isRight = right !== undefined && this.#compare(right, left) > 0
      const larger = isRight ? right : left
      if (this.#compare(larger, ranked) <= 0) break
      this.#kept[at] = larger
      at = isRight ? child + 1 : child
    }
    this.#kept[at] = ranked
  }
}

function detached(ranked: Ranked): Ranked {
  ranked.entry = detachedEntry(ranked.entry)
  return ranked
}

/** What has no size or time comes first. */
function rankOf(entry: ListEntry, by: SortMember): number {
  if (by === 'size') return entry.size ?? -1
  if (by === 'key') return 0
  const time = Date.parse(entry.lastModified ?? '')
  return Number.isNaN(time) ? Number.MIN_SAFE_INTEGER : time
}
