import { ClosedPipe } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { shownShellWord } from '../../output/listing/start-after.ts'
import { formatSummary } from '../../output/listing/summary.ts'
import { detachedText } from '../../s3/detached.ts'
import { entryFilter } from '../../s3/key-filter.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import { Congestion } from '../../s3/listing/congestion.ts'
import { listInOrder } from '../../s3/listing/ordered-listing.ts'
import { PageSource } from '../../s3/listing/page-source.ts'
import { limitYoungGeneration } from '../young-generation.ts'
import type { ListingInput } from './list-all-buckets.ts'
import {
  groupedOutput,
  type ListingOutput,
  limitedOutput,
  sortedOutput,
  streamedOutput,
  type Totals,
} from './outputs.ts'
import { neededMembers, rendererFor } from './renderer.ts'

/** How much may wait for what comes before it. */
const bufferBytes = 8 * 1024 * 1024
/** What S3 gives at most. */
const largestPage = 1000

/** Lists what is in a bucket. @throws what ends the listing early, after saying where it stopped */
export async function listKeys(input: ListingInput): Promise<Totals> {
  const { options, context } = input
  const write = async (data: string | Uint8Array) => {
    await input.status.clear()
    await context.stdout.write(data)
  }
  const isTerminal = context.stdout.isTerminal
  const { groupBy, sort, maxItems } = options
  if (groupBy !== undefined) {
    return listInto(input, groupedOutput(groupBy, write, { options, now: context.now(), isTerminal }))
  }
  const renderer = rendererFor(options, { isTerminal })
  if (sort !== undefined && !comesSorted(input)) {
    return listInto(input, sortedOutput(renderer, write, { sort, maxItems }))
  }
  if (maxItems !== undefined) return listInto(input, limitedOutput(renderer, write, maxItems))
  return listInto(input, streamedOutput(renderer, write))
}

interface Digest<Kept> {
  readonly kept: Kept
  /** The last key that has not the last one's name: only versions of one key share it. */
  readonly keyBefore: string | undefined
}

async function listInto<Kept>(input: ListingInput, output: ListingOutput<Kept>): Promise<Totals> {
  try {
    await takeAll(input, output)
    const totals = await output.finish()
    if (input.options.summarize) await writeSummary(input, totals)
    return totals
  } finally {
    output.dispose()
  }
}

/** How far a listing came; without a last key nothing was taken. */
interface Reached {
  readonly completeThrough?: string | undefined
  readonly lastKey?: string
}

async function takeAll<Kept>(input: ListingInput, output: ListingOutput<Kept>): Promise<void> {
  const { options } = input
  /** All versions of this key, and everything before it, have been taken. */
  let completeThrough = options.startAfter
  let lastKey: string | undefined
  try {
    for await (const part of startListing(input, output)) {
      if (lastKey !== undefined) await limitYoungGeneration()
      const wanted = await output.take(part.digest.kept)
      const before =
        part.digest.keyBefore ?? (lastKey === undefined || part.lastKey === lastKey ? completeThrough : lastKey)
      completeThrough = options.lists === 'versions' ? before : part.lastKey
      lastKey = part.lastKey
      if (wanted === 'enough') break
    }
  } catch (error) {
    if (!(error instanceof ClosedPipe))
      await sayWhereItStopped(input, lastKey === undefined ? {} : { completeThrough, lastKey })
    throw error
  }
}

function startListing<Kept>(input: ListingInput, output: ListingOutput<Kept>) {
  const { options, context, session, status, concurrency } = input
  const congestion = new Congestion(concurrency, context)
  const passes = entryFilter(options.filters)
  const isShort = isShortListing(input)
  const source = new PageSource({
    session,
    congestion,
    lists: options.lists,
    pageSize: isShort ? Math.min(options.pageSize ?? largestPage, options.maxItems ?? largestPage) : options.pageSize,
    owner: options.fetchOwner ? 'wanted' : 'unwanted',
    members: neededMembers(options),
    headers: options.requestPayer ? [{ name: 'x-amz-request-payer', value: 'requester' }] : [],
    healing: options.healing,
    random: context.random,
    note: status.note,
  })
  status.follow(source)
  const isWanted = (entry: ListEntry) => !isGivenBefore(entry, options.startAfter) && (passes?.(entry) ?? true)
  const takesAll = passes === undefined && (options.startAfter === undefined || options.delimiter === undefined)
  return listInOrder<Digest<Kept>>({
    fetchPage: source.fetchPage,
    prefix: options.prefix,
    delimiter: options.delimiter,
    startAfter: options.startAfter,
    // Directory buckets know neither order nor start-after.
    division: concurrency > 1 && !isShort && session.endpoint.kind !== 'directory' ? 'allowed' : 'forbidden',
    congestion,
    bufferBytes,
    digest: (entries) => {
      const { kept, bytes } = output.digest(takesAll ? entries : entries.filter(isWanted))
      return { digest: { kept, keyBefore: options.lists === 'versions' ? keyBeforeLast(entries) : undefined }, bytes }
    },
    signal: context.interrupt,
  })
}

/** Whether the first page has all that is wanted. */
function isShortListing(input: ListingInput): boolean {
  const { maxItems, filters, groupBy } = input.options
  if (maxItems === undefined || maxItems > largestPage || groupBy !== undefined) return false
  return comesSorted(input) && entryFilter(filters) === undefined
}

/** Whether entries come in the order that is asked for. */
function comesSorted({ options: { sort }, session }: ListingInput): boolean {
  if (sort === undefined) return true
  return sort.by === 'key' && sort.direction === 'ascending' && session.endpoint.kind !== 'directory'
}

/** A listing that stopped behind a folder goes on behind it, where S3 would name the folder of what is behind the key again. */
function isGivenBefore(entry: ListEntry, startAfter: string | undefined): boolean {
  return entry.kind === 'prefix' && entry.key === startAfter
}

function keyBeforeLast(entries: readonly ListEntry[]): string | undefined {
  const last = entries.at(-1)?.key
  const found = entries.findLast(({ key }) => key !== last)?.key
  return found === undefined ? undefined : detachedText(found)
}

async function sayWhereItStopped(input: ListingInput, reached: Reached): Promise<void> {
  const { context, status } = input
  await status.stop()
  if (reached.lastKey === undefined && !context.interrupt.aborted) return
  await context.stderr.write(`${whereItStopped(input, reached)}\n`)
}

function whereItStopped(input: ListingInput, { completeThrough, lastKey }: Reached): string {
  if (completeThrough !== undefined) {
    const repeated = lastKey === undefined || lastKey === completeThrough ? undefined : lastKey
    return `stopped after key ${escapeForTerminal(completeThrough)}${wayOn(input, { key: completeThrough, repeated })}`
  }
  if (lastKey === undefined) return 'stopped before the first key'
  return `stopped among the versions of the first key, ${escapeForTerminal(lastKey)}`
}

interface Continuation {
  readonly key: string
  /** Some versions of this key have been taken, which `--start-after` cannot leave out. */
  readonly repeated: string | undefined
}

/** How to get what is missing. */
function wayOn(input: ListingInput, { key, repeated }: Continuation): string {
  const { options, session } = input
  if (options.groupBy !== undefined || !comesSorted(input)) return ', before anything was printed'
  if (session.endpoint.kind === 'directory') return '; a directory bucket can only be listed from its beginning'
  const later = options.lists === 'versions' ? 'delete markers' : options.delimiter && 'common prefixes'
  // These stand behind all keys.
  if (options.format === 'json' && later)
    return `, before its ${later} were printed; --format ndjson prints them in turn`
  const again = repeated === undefined ? '' : ` (all versions of ${escapeForTerminal(repeated)} come again)`
  return `; continue with --start-after ${shownShellWord(key)}${again}`
}

async function writeSummary({ options, context, session, status }: ListingInput, totals: Totals): Promise<void> {
  const isText = options.format === 'text' && options.names === undefined
  const text = formatSummary(
    { count: totals.objects, bytes: totals.bytes, listRequests: session.requests },
    { sizes: options.sizes },
  )
  await status.clear()
  await (isText ? context.stdout : context.stderr).write(text)
}
