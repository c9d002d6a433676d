import { formatGroups } from '../../output/listing/group-rows.ts'
import type { ListingRenderer } from '../../output/listing/listing-renderer.ts'
import { EntryGroups } from '../../s3/entry-groups.ts'
import { EntrySorter } from '../../s3/entry-sort.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import { SpareBuffers } from '../spare-buffers.ts'
import { folderOf, type LsOptions } from './options.ts'
import { type Pieces, SectionWriter } from './section-writer.ts'

/** What a listing's pages become, and what is done with that in the listing's order. */
export interface ListingOutput<Kept> {
  /** Has no effect: pages come in any order, and not all of them are part of the result. */
  digest(entries: readonly ListEntry[]): { readonly kept: Kept; readonly bytes: number }
  /** @returns whether more is wanted */
  take(kept: Kept): Promise<'more' | 'enough'>
  finish(): Promise<Totals>
  /** Called in any case, last. */
  dispose(): void
}

export interface Totals {
  /** Lines, or groups. */
  readonly rows: number
  /** Objects, versions and delete markers. */
  readonly objects: number
  readonly bytes: number
}

type Write = (data: string | Uint8Array) => Promise<void>

interface RenderedPage {
  readonly sections: readonly Pieces[]
  readonly totals: Totals
}

/** Everything as it comes: pages are rendered when they arrive, and wait for their turn as bytes. */
export function streamedOutput(renderer: ListingRenderer, write: Write): ListingOutput<RenderedPage> {
  const writer = new SectionWriter(renderer, write)
  const buffers = new SpareBuffers()
  let totals = totalsOf([])
  return {
    digest: (entries) => {
      const sections = renderer.render(entries).map((text) => buffers.pieces(text))
      const bytes = sections.flat().reduce((sum, piece) => sum + piece.length, 0)
      return { kept: { sections, totals: totalsOf(entries) }, bytes }
    },
    take: async ({ sections, totals: ofPage }) => {
      totals = added(totals, ofPage)
      await writer.rows(sections)
      for (const piece of sections[0] ?? []) buffers.give(piece)
      return 'more'
    },
    finish: async () => {
      await writer.finish()
      return totals
    },
    dispose: () => writer.dispose(),
  }
}

/** The first so many rows. */
export function limitedOutput(renderer: ListingRenderer, write: Write, maxItems: number): ListingOutput<Entries> {
  const writer = new SectionWriter(renderer, write)
  let totals = totalsOf([])
  return {
    digest: keepEntries,
    take: async (entries) => {
      const wanted = entries.slice(0, maxItems - totals.rows)
      totals = added(totals, totalsOf(wanted))
      await writer.rows(renderer.render(wanted).map(inOnePiece))
      return totals.rows < maxItems ? 'more' : 'enough'
    },
    finish: async () => {
      await writer.finish()
      return totals
    },
    dispose: () => writer.dispose(),
  }
}

/** Rows of this many entries are written at a time. */
const batch = 1000

/** All rows, sorted at the end; with `--max-items` only so many are kept meanwhile. */
export function sortedOutput(
  renderer: ListingRenderer,
  write: Write,
  { sort, maxItems }: { readonly sort: NonNullable<LsOptions['sort']>; readonly maxItems: number | undefined },
): ListingOutput<Entries> {
  const sorter = new EntrySorter({ ...sort, limit: maxItems })
  const writer = new SectionWriter(renderer, write)
  return {
    digest: keepEntries,
    take: async (entries) => {
      sorter.add(entries)
      return 'more'
    },
    finish: async () => {
      const entries = sorter.sorted()
      for (let at = 0; at < entries.length; at += batch) {
        await writer.rows(renderer.render(entries.slice(at, at + batch)).map(inOnePiece))
      }
      await writer.finish()
      return totalsOf(entries)
    },
    dispose: () => writer.dispose(),
  }
}

/** `--group-by`: one row for each group. */
export function groupedOutput(
  by: NonNullable<LsOptions['groupBy']>,
  write: Write,
  { options, now, isTerminal }: { readonly options: LsOptions; readonly now: Date; readonly isTerminal: boolean },
): ListingOutput<Entries> {
  const groups = new EntryGroups({ by, folder: folderOf(options.prefix, '/'), delimiter: '/', now })
  const order = {
    by: options.sort?.by === 'size' ? ('size' as const) : ('name' as const),
    direction: options.sort?.direction ?? ('ascending' as const),
  }
  return {
    digest: keepEntries,
    take: async (entries) => {
      groups.add(entries)
      return 'more'
    },
    finish: async () => {
      const rows = groups.sorted(order).slice(0, options.maxItems)
      await write(formatGroups(rows, { format: options.format, sizes: options.sizes, isTerminal }))
      const totals = rows.map(({ count, bytes }) => ({ rows: 1, objects: count, bytes }))
      return totals.reduce(added, totalsOf([]))
    },
    dispose: () => {},
  }
}

function inOnePiece(text: string): Pieces {
  return text === '' ? [] : [Buffer.from(text)]
}

type Entries = readonly ListEntry[]

/** About what an entry takes in memory beside its key, in bytes. */
const entryBytes = 300

function keepEntries(entries: Entries): { readonly kept: Entries; readonly bytes: number } {
  return { kept: entries, bytes: entries.reduce((sum, { key }) => sum + key.length, entries.length * entryBytes) }
}

function totalsOf(entries: Entries): Totals {
  let objects = 0
  let bytes = 0
  for (const entry of entries) {
    if (entry.kind !== 'prefix') objects += 1
    bytes += entry.size ?? 0
  }
  return { rows: entries.length, objects, bytes }
}

function added(a: Totals, b: Totals): Totals {
  return { rows: a.rows + b.rows, objects: a.objects + b.objects, bytes: a.bytes + b.bytes }
}
