import type { EntryMember } from './entry-shape.ts'
import { compareKeys } from './key-order.ts'
import { emptyDraft, type ListEntry } from './list-page.ts'

export type SortField = 'key' | 'size' | 'date'

export interface SortOrder {
  readonly field: SortField
  readonly direction: 'ascending' | 'descending'
}

export const sortMembers: Readonly<Record<SortField, readonly EntryMember[]>> = {
  key: [],
  size: ['size'],
  date: ['lastModified'],
}

/**
 * Sorts entries as they come, and keeps no more than `limit`: a heap whose root is the entry to give up next. Entries that
 * are equal stay in the order in which they came; what has no size or date comes first, in descending order last.
 */
export class EntrySorter {
  readonly #limit: number
  readonly #compare: (a: Ranked, b: Ranked) => number
  readonly #heap: Ranked[] = []
  #count = 0

  constructor(order: SortOrder, limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit
    this.#compare = comparison(order)
  }

  add(entry: ListEntry): void {
    const ranked = { entry, rank: this.#count, time: Date.parse(entry.lastModified ?? '') }
    this.#count += 1
    if (this.#heap.length < this.#limit) {
      this.#heap.push({ ...ranked, entry: flatCopy(entry) })
      if (Number.isFinite(this.#limit)) this.#siftUp(this.#heap.length - 1)
    } else if (this.#heap[0] !== undefined && this.#compare(ranked, this.#heap[0]) < 0) {
      this.#heap[0] = { ...ranked, entry: flatCopy(entry) }
      this.#siftDown()
    }
  }

  /** What was kept, in order. */
  sorted(): readonly ListEntry[] {
    return [...this.#heap].sort(this.#compare).map((ranked) => ranked.entry)
  }

  #siftUp(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfLater(at, parent)) return
      at = parent
    }
  }

  #siftDown(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const later = this.#isLater(left + 1, left) ? left + 1 : left
      if (!this.#swapIfLater(later, at)) return
      at = later
    }
  }

  #isLater(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    return one !== undefined && other !== undefined && this.#compare(one, other) > 0
  }

  #swapIfLater(child: number, parent: number): boolean {
    const [below, above] = [this.#heap[child], this.#heap[parent]]
    if (below === undefined || above === undefined || this.#compare(below, above) <= 0) return false
    this.#heap[child] = above
    this.#heap[parent] = below
    return true
  }
}

/** What is cut out of a page keeps the page's whole text in memory. */
function flatCopy(entry: ListEntry): ListEntry {
  const copy: ListEntry = JSON.parse(JSON.stringify(entry))
  return { ...emptyDraft(entry.kind), ...copy }
}

interface Ranked {
  readonly entry: ListEntry
  readonly rank: number
  readonly time: number
}

function comparison({ field, direction }: SortOrder): (a: Ranked, b: Ranked) => number {
  const sign = direction === 'ascending' ? 1 : -1
  const byField: Readonly<Record<SortField, (a: Ranked, b: Ranked) => number>> = {
    key: (a, b) => compareKeys(a.entry.key, b.entry.key),
    size: (a, b) => (a.entry.size ?? -1) - (b.entry.size ?? -1),
    date: (a, b) => (Number.isNaN(a.time) ? -1 : a.time) - (Number.isNaN(b.time) ? -1 : b.time),
  }
  return (a, b) => sign * byField[field](a, b) || a.rank - b.rank
}
