import type { Context } from '../../context.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { delimitedRow } from '../../output/listing/delimited.ts'
import { entryJson, jsonLists, listOf } from '../../output/listing/json-lines.ts'
import { textLineWriter } from '../../output/listing/text-lines.ts'
import { loadStyle } from '../../output/style.ts'
import { allMembers, type EntryMember } from '../../s3/entry-shape.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import type { LsOptions } from '../ls.ts'
import type { ListingPlan } from './plan.ts'
import { Spool } from './spool.ts'

/** Entries as bytes: those for the output at once, and for each list that follows in the document. */
export interface Rendered {
  readonly main: Buffer
  readonly later: readonly Buffer[]
}

/** A format of the listing. `render` has no effect, so that pages may be rendered before their turn. */
export interface EntryOutput {
  /** The members that it shows. */
  readonly members: ReadonlySet<EntryMember>
  render(entries: readonly ListEntry[]): Rendered
  write(rendered: Rendered): Promise<void>
  /** Completes the document. */
  finish(): Promise<void>
  /** Releases what an unfinished document holds. */
  dispose(): void
}

/** Where output goes: a file, a pipe, a terminal. */
export type Write = (bytes: Buffer | string) => Promise<void>

/** Makes the output of the format that the options ask for. */
export async function createEntryOutput(
  { options, plan, context }: { options: LsOptions; plan: ListingPlan; context: Context },
  write: Write,
): Promise<EntryOutput> {
  if (options.names !== undefined) return lineOutput(nameWriter({ options, plan, context }), { write, members: [] })
  switch (options.format) {
    case 'json':
      return new JsonOutput(jsonLists[plan.lists], write)
    case 'ndjson':
      return lineOutput((entries) => entries.map((entry) => `${entryJson(entry)}\n`).join(''), {
        write,
        members: allMembers,
      })
    case 'csv':
    case 'tsv':
      return tableOutput({ format: options.format, options, plan, context }, write)
    case 'text': {
      const style = await loadStyle({
        mode: options.color,
        isTerminal: () => context.stdout.isTerminal,
        env: context.env,
      })
      const { details, sizes } = options
      const lines = textLineWriter({ nameStart: plan.nameStart, details, sizes, highlight: style.cyan })
      const long = details === 'long' ? (['storageClass', 'eTag'] as const) : []
      return lineOutput(lines, { write, members: ['lastModified', 'size', 'versionId', 'isLatest', ...long] })
    }
  }
}

function lineOutput(
  lines: (entries: readonly ListEntry[]) => string,
  { write, members, head }: { write: Write; members: Iterable<EntryMember>; head?: string },
): EntryOutput {
  let isBegun = head === undefined
  const begin = async (): Promise<void> => {
    if (!isBegun) await write(head ?? '')
    isBegun = true
  }
  return {
    members: new Set(members),
    render: (entries) => ({ main: Buffer.from(lines(entries)), later: [] }),
    async write({ main }) {
      await begin()
      if (main.length > 0) await write(main)
    },
    finish: begin,
    dispose: () => {},
  }
}

function nameWriter({ options, plan, context }: { options: LsOptions; plan: ListingPlan; context: Context }) {
  const isExact = options.names === 'nul' && !context.stdout.isTerminal
  const end = options.names === 'nul' ? '\0' : '\n'
  return (entries: readonly ListEntry[]): string => {
    let text = ''
    for (const { key } of entries) {
      const name = key.slice(plan.nameStart)
      text += (isExact ? name : escapeForTerminal(name)) + end
    }
    return text
  }
}

type Column = readonly [name: string, value: (entry: ListEntry) => string | number | boolean | undefined]

const keyColumns: readonly Column[] = [['Key', (entry) => (entry.kind === 'prefix' ? undefined : entry.key)]]

const versionColumns: readonly Column[] = [
  ['VersionId', (entry) => entry.versionId],
  ['IsLatest', (entry) => entry.isLatest],
]

const usualColumns: readonly Column[] = [
  ['LastModified', (entry) => entry.lastModified],
  ['ETag', (entry) => entry.eTag],
  ['Size', (entry) => entry.size],
  ['StorageClass', (entry) => entry.storageClass],
]

const ownerColumns: readonly Column[] = [
  ['OwnerDisplayName', (entry) => entry.owner?.displayName],
  ['OwnerID', (entry) => entry.owner?.id],
]

const prefixColumns: readonly Column[] = [['Prefix', (entry) => (entry.kind === 'prefix' ? entry.key : undefined)]]

function tableOutput(
  input: { format: 'csv' | 'tsv'; options: LsOptions; plan: ListingPlan; context: Context },
  write: Write,
): EntryOutput {
  const { format, options, plan, context } = input
  const columns = [
    ...keyColumns,
    ...(plan.lists === 'versions' ? versionColumns : []),
    ...usualColumns,
    ...(options.fetchOwner ? ownerColumns : []),
    ...(plan.delimiter === undefined ? [] : prefixColumns),
  ]
  const target = context.stdout.isTerminal ? 'terminal' : 'program'
  const row = (fields: readonly string[]): string => delimitedRow(fields, { format, target })
  const lines = (entries: readonly ListEntry[]): string =>
    entries.map((entry) => row(columns.map(([, value]) => String(value(entry) ?? '')))).join('')
  return lineOutput(lines, { write, members: allMembers, head: row(columns.map(([name]) => name)) })
}

/** One document with several lists: the first is written as it comes, the others wait for their place in a spool. */
class JsonOutput implements EntryOutput {
  readonly members = allMembers
  readonly #lists: readonly string[]
  readonly #write: Write
  readonly #spools: readonly Spool[]
  #isBegun = false

  constructor(lists: readonly string[], write: Write) {
    this.#lists = lists
    this.#write = write
    this.#spools = lists.slice(1).map(() => new Spool())
  }

  render(entries: readonly ListEntry[]): Rendered {
    const [main = Buffer.alloc(0), ...later] = this.#lists.map((list) => {
      let text = ''
      for (const entry of entries) if (listOf(entry) === list) text += `,\n${entryJson(entry)}`
      return Buffer.from(text)
    })
    return { main, later }
  }

  async write({ main, later }: Rendered): Promise<void> {
    for (const [index, bytes] of later.entries()) if (bytes.length > 0) this.#spools[index]?.append(bytes)
    if (main.length > 0) await this.#put(main)
  }

  async finish(): Promise<void> {
    if (!this.#isBegun) await this.#write(`{"${this.#lists[0]}":[`)
    for (const [index, spool] of this.#spools.entries()) {
      await this.#write(`],\n"${this.#lists[index + 1]}":[`)
      let isFirst = true
      for (const piece of spool.pieces()) {
        await this.#write(isFirst ? piece.subarray(1) : piece)
        isFirst = false
      }
    }
    await this.#write(']}\n')
  }

  dispose(): void {
    for (const spool of this.#spools) spool.dispose()
  }

  /** Each entry comes with a comma before it; the very first one has none. */
  async #put(bytes: Buffer): Promise<void> {
    if (!this.#isBegun) await this.#write(`{"${this.#lists[0]}":[`)
    await this.#write(this.#isBegun ? bytes : bytes.subarray(1))
    this.#isBegun = true
  }
}
