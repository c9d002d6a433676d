import type { EntryMember } from './entry-shape.ts'
import type { ListEntry } from './list-page.ts'

export type Grouping = 'prefix' | 'class' | 'age' | 'extension'

export interface Group {
  readonly name: string
  readonly count: number
  /** Bytes; a bucket may hold more than a double counts exactly. */
  readonly size: bigint
}

export const groupMembers: Readonly<Record<Grouping, readonly EntryMember[]>> = {
  prefix: ['size'],
  class: ['size', 'storageClass'],
  age: ['size', 'lastModified'],
  extension: ['size'],
}

const day = 86_400_000

/** From the youngest to the oldest, as groups are shown. */
export const ageGroups = [
  { name: 'under 1 day', below: day },
  { name: '1 to 7 days', below: 7 * day },
  { name: '7 to 30 days', below: 30 * day },
  { name: '30 to 90 days', below: 90 * day },
  { name: '90 to 365 days', below: 365 * day },
  { name: 'over 365 days', below: Number.POSITIVE_INFINITY },
] as const

export interface GroupingContext {
  /** The folder that is listed: groups by prefix are its subfolders. */
  readonly folder: string
  readonly delimiter: string
  /** Milliseconds since 1970: what ages are counted from. */
  readonly now: number
}

/** The name of the group that an entry belongs to. */
export function groupNamer(grouping: Grouping, context: GroupingContext): (entry: ListEntry) => string {
  switch (grouping) {
    case 'prefix':
      return ({ key }) => {
        const end = key.indexOf(context.delimiter, context.folder.length)
        return end === -1 ? context.folder : key.slice(0, end + context.delimiter.length)
      }
    case 'class':
      return ({ kind, storageClass }) => (kind === 'delete-marker' ? '(delete marker)' : storageClass || 'STANDARD')
    case 'age':
      return ({ lastModified }) => {
        const age = context.now - Date.parse(lastModified ?? '')
        return ageGroups.find((group) => age < group.below)?.name ?? '(no date)'
      }
    case 'extension':
      return ({ key }) => /[^/]\.([A-Za-z0-9_-]{1,16})$/.exec(key)?.[1]?.toLowerCase() ?? '(none)'
  }
}

/** Sums up a page's entries by group, in the order in which groups appear. */
export function sumGroups(entries: readonly ListEntry[], nameOf: (entry: ListEntry) => string): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const entry of entries) {
    const name = nameOf(entry)
    const group = groups.get(name)
    const size = BigInt(entry.size ?? 0)
    groups.set(name, group ? addGroups(group, { name, count: 1, size }) : { name, count: 1, size })
  }
  return [...groups.values()]
}

/** Two sums of one group. */
export function addGroups(a: Group, b: Group): Group {
  return { name: a.name, count: a.count + b.count, size: a.size + b.size }
}
