import { detachedText } from './detached.ts'
import { storageClassOf } from './key-filter.ts'
import { compareKeys } from './key-order.ts'
import type { ListEntry } from './list-page.ts'

export const groupings = ['prefix', 'class', 'age', 'extension'] as const

export type Grouping = (typeof groupings)[number]

export interface EntryGroup {
  /** Empty for keys that have none (no folder, no extension). */
  readonly name: string
  readonly count: number
  readonly bytes: number
}

export interface GroupingOptions {
  readonly by: Grouping
  /** What the prefixes to group by stand behind: the listed folder. */
  readonly folder: string
  /** What ends a prefix. */
  readonly delimiter: string
  /** Ages are counted back from here. */
  readonly now: Date
}

/** Counts the entries of a listing by what they have in common. */
export class EntryGroups {
  readonly #groups = new Map<string, { name: string; count: number; bytes: number }>()
  readonly #by: Grouping
  readonly #nameOf: (entry: ListEntry) => string

  constructor(options: GroupingOptions) {
    this.#by = options.by
    this.#nameOf = namers[options.by](options)
  }

  add(entries: readonly ListEntry[]): void {
    for (const entry of entries) {
      const name = this.#nameOf(entry)
      const group = this.#groups.get(name) ?? this.#newGroup(detachedText(name))
      group.count += 1
      group.bytes += entry.size ?? 0
    }
  }

  #newGroup(name: string): { name: string; count: number; bytes: number } {
    const group = { name, count: 0, bytes: 0 }
    this.#groups.set(name, group)
    return group
  }

  /** By name, or by size with the name for equals; ages from the youngest on. */
  sorted(order: {
    readonly by: 'name' | 'size'
    readonly direction: 'ascending' | 'descending'
  }): readonly EntryGroup[] {
    const compareNames = (a: EntryGroup, b: EntryGroup) =>
      this.#by === 'age' ? ageNames.indexOf(a.name) - ageNames.indexOf(b.name) : compareKeys(a.name, b.name)
    const sign = order.direction === 'ascending' ? 1 : -1
    return [...this.#groups.values()].sort((a, b) => {
      const bySize = order.by === 'size' ? sign * (a.bytes - b.bytes) : 0
      return bySize || (order.by === 'size' ? 1 : sign) * compareNames(a, b)
    })
  }
}

const ages = [
  { name: 'under 1 day', days: 1 },
  { name: '1 to 7 days', days: 7 },
  { name: '7 to 30 days', days: 30 },
  { name: '30 to 90 days', days: 90 },
  { name: '90 to 365 days', days: 365 },
  { name: 'over 365 days', days: Number.POSITIVE_INFINITY },
] as const

const unknownAge = 'unknown'
const ageNames: readonly string[] = [...ages.map(({ name }) => name), unknownAge]

const namers: Readonly<Record<Grouping, (options: GroupingOptions) => (entry: ListEntry) => string>> = {
  prefix:
    ({ folder, delimiter }) =>
    ({ key }) => {
      const end = key.indexOf(delimiter, folder.length)
      return end < 0 ? '' : key.slice(0, end + delimiter.length)
    },
  class: () => (entry) => storageClassOf(entry) ?? '',
  age:
    ({ now }) =>
    ({ lastModified }) => {
      const days = (now.getTime() - Date.parse(lastModified ?? '')) / 86_400_000
      return Number.isNaN(days) ? unknownAge : (ages.find((age) => days < age.days)?.name ?? unknownAge)
    },
  extension:
    () =>
    ({ key }) => {
      const name = key.slice(key.lastIndexOf('/') + 1)
      const dot = name.lastIndexOf('.')
      // A name that only begins with a dot has no extension.
      return dot < 1 ? '' : name.slice(dot).toLowerCase()
    },
}
