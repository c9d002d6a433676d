import type { GroupDocument } from '../../output/listing/group-lines.ts'
import { addGroups, ageGroups, type Group, type Grouping, groupMembers, sumGroups } from '../../s3/entry-groups.ts'
import type { EntryMember } from '../../s3/entry-shape.ts'
import type { SortOrder } from '../../s3/entry-sort.ts'
import { compareKeys } from '../../s3/key-order.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import type { Collector, Totals } from './collectors.ts'
import type { Write } from './entry-output.ts'

interface GroupCollectorOptions {
  readonly grouping: Grouping
  readonly nameOf: (entry: ListEntry) => string
  readonly isWanted: ((entry: ListEntry) => boolean) | undefined
  readonly order: SortOrder | undefined
  readonly limit: number | undefined
  /** The group whose members are not together: files beside the folders that are the other groups. */
  readonly scattered: string
  /** Whether keys come in S3's order. */
  readonly keysAreOrdered: boolean
  readonly document: GroupDocument
  readonly write: Write
}

/** More groups than anybody reads: the rest goes into one, so that hostile names cannot fill the memory. */
const maximumGroups = 100_000
const restName = '(others)'

/**
 * Counts keys and bytes by group. Groups by prefix come one behind the other, so each is written when it ends; all others,
 * and sorted ones, are kept to the end.
 */
export class GroupCollector implements Collector<readonly Group[]> {
  readonly members: Iterable<EntryMember>
  readonly totals: Totals = { count: 0, size: 0n }
  readonly #options: GroupCollectorOptions
  readonly #groups = new Map<string, Group>()
  readonly #isStreaming: boolean
  #current: Group | undefined
  #written = 0

  constructor(options: GroupCollectorOptions) {
    this.members = groupMembers[options.grouping]
    this.#options = options
    this.#isStreaming = options.grouping === 'prefix' && options.keysAreOrdered && options.order === undefined
  }

  digest(entries: readonly ListEntry[]) {
    const { isWanted, nameOf } = this.#options
    const groups = sumGroups(isWanted === undefined ? entries : entries.filter(isWanted), nameOf)
    return { digest: groups, bytes: groups.length * 150 }
  }

  async take(groups: readonly Group[]): Promise<boolean> {
    for (const group of groups) {
      this.totals.count += group.count
      this.totals.size += group.size
      if (!this.#isStreaming || group.name === this.#options.scattered) this.#keep(group)
      else if (this.#current?.name === group.name) this.#current = addGroups(this.#current, group)
      else {
        if (this.#current !== undefined) await this.#put(this.#current)
        this.#current = group
      }
    }
    return true
  }

  async finish(): Promise<void> {
    if (this.#current !== undefined) await this.#put(this.#current)
    for (const group of this.#sorted()) await this.#put(group)
    const { document, write } = this.#options
    await write(this.#written === 0 ? document.head + document.tail : document.tail)
  }

  dispose(): void {
    this.#groups.clear()
  }

  #keep(group: Group): void {
    const known = this.#groups.get(group.name)
    const name = known === undefined && this.#groups.size >= maximumGroups ? restName : group.name
    const sum = known ?? this.#groups.get(name)
    this.#groups.set(name, sum === undefined ? { ...group, name: Buffer.from(name).toString() } : addGroups(sum, group))
  }

  async #put(group: Group): Promise<void> {
    const { document, write, limit } = this.#options
    if (limit !== undefined && this.#written >= limit) return
    const isFirst = this.#written === 0
    this.#written += 1
    await write((isFirst ? document.head : '') + document.row(group, isFirst ? 'first' : 'further'))
  }

  #sorted(): readonly Group[] {
    const { order, grouping } = this.#options
    const sign = order?.direction === 'descending' ? -1 : 1
    const byName = (a: Group, b: Group): number =>
      grouping === 'age' ? ageRank(a.name) - ageRank(b.name) : compareKeys(a.name, b.name)
    const bySize = (a: Group, b: Group): number => (a.size < b.size ? -1 : a.size > b.size ? 1 : byName(a, b))
    const compare = order?.field === 'size' ? bySize : byName
    return [...this.#groups.values()].sort((a, b) => sign * compare(a, b))
  }
}

function ageRank(name: string): number {
  const rank = ageGroups.findIndex((group) => group.name === name)
  return rank === -1 ? ageGroups.length : rank
}
