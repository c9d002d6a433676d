import type { EntryMember } from '../../s3/entry-shape.ts'
import { EntrySorter, type SortOrder, sortMembers } from '../../s3/entry-sort.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import type { EntryOutput, Rendered } from './entry-output.ts'

/** What was found, for the summary. */
export interface Totals {
  count: number
  /** Bytes; a bucket may hold more than a double counts exactly. */
  size: bigint
}

/**
 * What becomes of the pages: `digest` is called as they arrive, in any order, and has no effect; `take` in their order.
 */
export interface Collector<Digest> {
  /** The members that entries need to have. */
  readonly members: Iterable<EntryMember>
  readonly totals: Totals
  /** Bytes that may wait for their turn. */
  digest(entries: readonly ListEntry[]): { readonly digest: Digest; readonly bytes: number }
  /** False when nothing more is wanted. */
  take(digest: Digest): Promise<boolean>
  finish(): Promise<void>
  dispose(): void
}

type IsWanted = ((entry: ListEntry) => boolean) | undefined

/** A kept entry holds its page's text: this much of it, roughly. */
const bytesOfEntry = 500

/** Renders pages as they arrive, which is also the smallest form in which they can wait. */
export class StreamCollector implements Collector<{ rendered: Rendered; count: number; size: number }> {
  readonly members: Iterable<EntryMember>
  readonly totals: Totals = { count: 0, size: 0n }
  readonly #output: EntryOutput
  readonly #isWanted: IsWanted

  constructor(output: EntryOutput, isWanted: IsWanted) {
    this.members = output.members
    this.#output = output
    this.#isWanted = isWanted
  }

  digest(entries: readonly ListEntry[]) {
    const wanted = this.#isWanted === undefined ? entries : entries.filter(this.#isWanted)
    const rendered = this.#output.render(wanted)
    const bytes = rendered.later.reduce((sum, piece) => sum + piece.length, rendered.main.length)
    return { digest: { rendered, count: wanted.length, size: sizeOf(wanted) }, bytes: bytes + 200 }
  }

  async take({ rendered, count, size }: { rendered: Rendered; count: number; size: number }): Promise<boolean> {
    await this.#output.write(rendered)
    this.totals.count += count
    this.totals.size += BigInt(size)
    return true
  }

  finish(): Promise<void> {
    return this.#output.finish()
  }

  dispose(): void {
    this.#output.dispose()
  }
}

/** The first so many entries: which they are is known only when their turn has come. */
export class LimitedCollector implements Collector<readonly ListEntry[]> {
  readonly members: Iterable<EntryMember>
  readonly totals: Totals = { count: 0, size: 0n }
  readonly #output: EntryOutput
  readonly #isWanted: IsWanted
  readonly #limit: number

  constructor(output: EntryOutput, { isWanted, limit }: { isWanted: IsWanted; limit: number }) {
    this.members = output.members
    this.#output = output
    this.#isWanted = isWanted
    this.#limit = limit
  }

  digest(entries: readonly ListEntry[]) {
    const wanted = (this.#isWanted === undefined ? entries : entries.filter(this.#isWanted)).slice(0, this.#limit)
    return { digest: wanted, bytes: wanted.length * bytesOfEntry }
  }

  async take(entries: readonly ListEntry[]): Promise<boolean> {
    const wanted = entries.slice(0, this.#limit - this.totals.count)
    await this.#output.write(this.#output.render(wanted))
    this.totals.count += wanted.length
    this.totals.size += BigInt(sizeOf(wanted))
    return this.totals.count < this.#limit
  }

  finish(): Promise<void> {
    return this.#output.finish()
  }

  dispose(): void {
    this.#output.dispose()
  }
}

/** All entries, or the first so many of the sorted ones; written at the end. */
export class SortingCollector implements Collector<readonly ListEntry[]> {
  readonly members: Iterable<EntryMember>
  readonly totals: Totals = { count: 0, size: 0n }
  readonly #output: EntryOutput
  readonly #isWanted: IsWanted
  readonly #sorter: EntrySorter

  constructor(
    output: EntryOutput,
    { isWanted, order, limit }: { isWanted: IsWanted; order: SortOrder; limit: number | undefined },
  ) {
    this.members = [...output.members, ...sortMembers[order.field]]
    this.#output = output
    this.#isWanted = isWanted
    this.#sorter = new EntrySorter(order, limit)
  }

  digest(entries: readonly ListEntry[]) {
    const wanted = this.#isWanted === undefined ? entries : entries.filter(this.#isWanted)
    return { digest: wanted, bytes: wanted.length * bytesOfEntry }
  }

  async take(entries: readonly ListEntry[]): Promise<boolean> {
    for (const entry of entries) this.#sorter.add(entry)
    return true
  }

  async finish(): Promise<void> {
    const sorted = this.#sorter.sorted()
    for (let at = 0; at < sorted.length; at += 1000) {
      const some = sorted.slice(at, at + 1000)
      await this.#output.write(this.#output.render(some))
      this.totals.count += some.length
      this.totals.size += BigInt(sizeOf(some))
    }
    await this.#output.finish()
  }

  dispose(): void {
    this.#output.dispose()
  }
}

function sizeOf(entries: readonly ListEntry[]): number {
  let size = 0
  for (const entry of entries) size += entry.size ?? 0
  return size
}
