import { setMaxListeners } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { failure } from '../../errors.ts'
import { compareKeys } from '../key-order.ts'
import type { ListEntry, ListPage } from '../list-page.ts'
import type { Congestion } from './congestion.ts'
import { directoryDelimiter, directoryToProbe, hintsFrom } from './directory-hints.ts'
import type { FetchPage, PageStart } from './fetch-page.ts'
import { KeyRange, type Part, type Split } from './key-range.ts'
import { LevelCeilings } from './level-ceilings.ts'

export interface ListingOptions<Digest> {
  readonly fetchPage: FetchPage
  readonly prefix: string
  readonly delimiter: string | undefined
  readonly startAfter: string | undefined
  /** Whether the key space may be divided; a service that turns out to be unfit for that is listed in turn anyway. */
  readonly division: 'allowed' | 'forbidden'
  readonly congestion: Congestion
  /** How much may wait, in digests' bytes, for what comes before it. */
  readonly bufferBytes: number
  /**
   * Makes of a page's entries what the caller wants to keep of them. Called as pages arrive, in no order, and not always
   * for something that becomes part of the result: it must have no effect.
   */
  readonly digest: (entries: readonly ListEntry[]) => { readonly digest: Digest; readonly bytes: number }
  readonly signal: AbortSignal
}

/**
 * Lists keys in S3's order with many requests at once, exactly as one page after the other would.
 *
 * The keys are divided while they are being listed: whenever a request could be made and no range waits for one, a range
 * that is being listed gives up the further half of what is left of it. A range ends where the next one begins, whatever
 * the guess that made the cut, so a bad guess costs requests and never a key. Ranges near the place where the output stands
 * are served first, so that little has to wait.
 * @throws what `fetchPage` throws for the page that is next in turn, and CliError where the service contradicts itself
 */
export async function* listInOrder<Digest>(options: ListingOptions<Digest>): AsyncGenerator<Part<Digest>> {
  const listing = new OrderedListing(options)
  try {
    yield* listing.parts()
  } finally {
    listing.stop()
  }
}

/** Below so many keys left a range is not worth a split, in pages. */
const worthSplitting = 4
/** Above so many pages left a range is halved before others that are nearer, in any case. */
const largePages = 64
/** A hostile service could send empty pages for ever. */
const maximumEmptyPages = 10_000

class OrderedListing<Digest> {
  readonly #options: ListingOptions<Digest>
  readonly #abort = new AbortController()
  readonly #ranges: KeyRange<Digest>[]
  /** The range whose last part was given out last: it goes on where those behind it cannot be trusted. */
  #finished: KeyRange<Digest> | undefined
  readonly #ceilings = new LevelCeilings()
  #isDivisible: boolean
  #isOrdered = true
  #mayProbe = true
  #splitCount = 0
  #inFlight = 0
  #bufferedBytes = 0
  #pageSize = 0
  #pageBytes = 0
  #emptyPages = 0
  #failed: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(options: ListingOptions<Digest>) {
    this.#options = options
    this.#isDivisible = options.division === 'allowed'
    const whole = new KeyRange<Digest>({ prefix: options.prefix, after: options.startAfter, upTo: undefined })
    whole.isUncharted = true
    this.#ranges = [whole]
    options.signal.addEventListener('abort', this.#onAbort)
    // One for each request under way.
    setMaxListeners(0, this.#abort.signal)
  }

  stop(): void {
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    this.#abort.abort()
  }

  async *parts(): AsyncGenerator<Part<Digest>> {
    for (;;) {
      if (this.#failed !== undefined) throw this.#failed.error
      this.#schedule()
      const head = this.#ranges[0]
      if (head === undefined) return
      const part = head.parts.shift()
      if (part !== undefined) {
        this.#bufferedBytes -= part.bytes
        yield part
      } else if (head.isDone) {
        this.#finished = this.#ranges.shift()
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#options.signal.reason)
  }

  #fail(error: unknown): void {
    this.#failed ??= { error }
    this.#abort.abort()
    this.#wake?.()
  }

  /** Starts as many requests as may be. */
  #schedule(): void {
    while (this.#failed === undefined && this.#mayRequest()) {
      const range = (this.#isTimeToScout() ? this.#splitLargest() : undefined) ?? this.#nearestRange()
      // Looking for where to go on may have taken the last place.
      if (range === undefined || !this.#mayRequest()) return
      void this.#request(range)
    }
  }

  #mayRequest(): boolean {
    return this.#inFlight < this.#options.congestion.limit
  }

  /** Every fourth time, while there is room, what nobody knows is looked at: otherwise it would be left for the end. */
  #isTimeToScout(): boolean {
    return this.#splitCount % 4 === 3 && this.#bufferedBytes < this.#options.bufferBytes / 2
  }

  /**
   * The nearest to the output of what can be done: the next request of a range, or of the half of a busy one. Large ranges
   * are halved first: every range costs about half a page more than its keys.
   */
  #nearestRange(): KeyRange<Digest> | undefined {
    const horizon = this.#options.bufferBytes / Math.max(1, this.#pageBytes)
    const large = Math.min(horizon / this.#options.congestion.limit, largePages)
    return this.#nearestWorth(Math.max(large, worthSplitting)) ?? this.#nearestWorth(worthSplitting)
  }

  #nearestWorth(pages: number): KeyRange<Digest> | undefined {
    let aheadBytes = 0
    for (const [index, range] of this.#ranges.entries()) {
      if (aheadBytes > this.#options.bufferBytes || !this.#mayBuffer(index)) return undefined
      if (!range.isDone) {
        if (!range.isBusy) return range
        const split = this.#worthwhileSplit(range, pages)
        if (split !== undefined) return this.#split(range, index, split)
      }
      aheadBytes += range.bufferedBytes + (range.expectedKeys(this.#ceilings) / this.#pageSize) * this.#pageBytes
    }
    return undefined
  }

  #splitLargest(): KeyRange<Digest> | undefined {
    const splits = this.#ranges.flatMap((range, index) => {
      const split = this.#worthwhileSplit(range, worthSplitting)
      return split === undefined ? [] : [{ range, index, split }]
    })
    const [first] = splits.sort((a, b) => b.split.keysLeft - a.split.keysLeft)
    return first && this.#split(first.range, first.index, first.split)
  }

  /** The range in turn never waits; the next few may overdraw, or it could not be helped along by splitting it. */
  #mayBuffer(index: number): boolean {
    const expected = this.#bufferedBytes + this.#inFlight * this.#pageBytes
    const { bufferBytes } = this.#options
    return index === 0 || expected < bufferBytes || (index < 8 && expected < bufferBytes * 1.5)
  }

  #worthwhileSplit(range: KeyRange<Digest>, pages: number): Split | undefined {
    if (!this.#isDivisible || this.#pageSize === 0 || range.isDone || range.isProbing) return undefined
    const worth = pages * this.#pageSize
    const split = range.likelySplit(this.#ceilings, worth)
    const isWorth = split !== undefined && split.keysLeft >= worth
    if ((isWorth ? split.kind !== 'hint' : range.isUncharted) && this.#probe(range)) return undefined
    return isWorth && this.#isSafe(split.point) ? split : undefined
  }

  #split(range: KeyRange<Digest>, index: number, split: Split): KeyRange<Digest> {
    const further = range.splitAt(split)
    this.#ranges.splice(index + 1, 0, further)
    this.#splitCount += 1
    return further
  }

  /** In a delimited listing a point inside a common prefix would leave open which side the prefix belongs to. */
  #isSafe(point: string): boolean {
    const { prefix, delimiter } = this.#options
    return delimiter === undefined || !point.slice(prefix.length).includes(delimiter)
  }

  async #request(range: KeyRange<Digest>): Promise<void> {
    const { prefix, delimiter, fetchPage } = this.#options
    range.isBusy = true
    this.#inFlight += 1
    try {
      const page = await fetchPage({ prefix, delimiter, from: range.start }, this.#abort.signal)
      if (!range.isDropped) this.#accept(range, page)
    } catch (error) {
      if (!range.isDropped) this.#reject(range, error)
    } finally {
      this.#inFlight -= 1
      range.isBusy = false
      this.#schedule()
      this.#wake?.()
    }
  }

  #accept(range: KeyRange<Digest>, page: ListPage): void {
    const entries = this.#checked(range, page)
    const { upTo } = range
    const end = upTo === undefined ? entries.length : countUpTo(entries, upTo)
    const own = end === entries.length ? entries : entries.slice(0, end)
    const next = end < entries.length || page.next === undefined ? undefined : { next: page.next }
    if (next !== undefined && isDeepStrictEqual(next, range.start)) {
      throw failure("the service's pages go round in circles: it repeats its continuation token")
    }
    this.#countEmpty(own, next)
    if (own.length === 0 && !range.hasAnswer && range.after !== undefined)
      this.#ceilings.lower(range.after, entries[0]?.key)
    range.observe(entries)
    range.advance(own, next)
    this.#pageSize = Math.max(this.#pageSize, entries.length)
    const { cursor } = range
    if (own.length === 0 || cursor === undefined) return
    if (this.#isDivisible) this.#ceilings.raise(cursor)
    const { digest, bytes } = this.#options.digest(own)
    range.parts.push({ digest, bytes, lastKey: cursor })
    this.#bufferedBytes += bytes
    this.#pageBytes = Math.max(this.#pageBytes, bytes)
    // A window that is not used says nothing of what a larger one would do.
    const { congestion } = this.#options
    if (this.#inFlight >= congestion.limit - 1 && own.length * 2 >= entries.length) congestion.grow()
    else congestion.skip()
  }

  #countEmpty(own: readonly ListEntry[], next: PageStart | undefined): void {
    this.#emptyPages = own.length > 0 || next === undefined ? 0 : this.#emptyPages + 1
    if (this.#emptyPages > maximumEmptyPages) throw failure('the service sends one empty page after the other')
  }

  /** The entries of a page that are new, after a look at whether the service does what was asked. */
  #checked(range: KeyRange<Digest>, page: ListPage): readonly ListEntry[] {
    const { entries } = page
    const { prefix } = this.#options
    const stranger = entries.find((entry) => !entry.key.startsWith(prefix))
    if (stranger !== undefined) {
      throw failure(`the service answers with the key '${stranger.key}', which does not begin with '${prefix}'`)
    }
    if (!page.isOrdered) this.#useServiceOrder()
    if (!this.#isOrdered) return entries
    const { skipThrough } = range
    const rest = skipThrough === undefined ? entries : entries.slice(countUpTo(entries, skipThrough))
    const [first] = rest
    if (first === undefined || isBehind(first, range)) return rest
    if (range.cursor !== undefined) {
      throw failure(`the service's listing goes back from '${range.cursor}' to '${first.key}'`)
    }
    // The service ignores start-after. What was asked for by the user is cut here; a range of ours cannot be listed.
    if (this.#splitCount > 0) throw new Unfit()
    this.#isDivisible = false
    range.skipThrough = range.after
    return rest.slice(countUpTo(rest, range.after ?? ''))
  }

  /** Directory buckets, and some services, keep no order: then there is only one way to list. */
  #useServiceOrder(): void {
    if (this.#splitCount > 0) {
      throw failure(
        'the service does not keep the order of keys that its first pages had',
        'list it with --no-parallel',
      )
    }
    this.#isOrdered = false
    this.#isDivisible = false
  }

  #reject(range: KeyRange<Digest>, error: unknown): void {
    const isGuess = !range.hasAnswer && this.#splitCount > 0 && range.after !== this.#options.startAfter
    if (this.#isDivisible && (isGuess || range !== this.#ranges[0])) this.#listInTurn(error)
    else this.#fail(error)
  }

  /**
   * Gives up dividing: the first range that is known to be good goes on alone. A service may refuse a start that we made up,
   * or ignore it; one page after the other is then still a listing.
   */
  #listInTurn(error: unknown): void {
    this.#isDivisible = false
    const [head] = this.#ranges
    const range = head?.hasAnswer ? head : this.#finished
    if (range === undefined) {
      this.#fail(error)
      return
    }
    for (const other of this.#ranges) if (other !== range) this.#drop(other)
    this.#ranges.splice(0, this.#ranges.length, range)
    range.extendToEnd()
  }

  #drop(range: KeyRange<Digest>): void {
    range.isDropped = true
    for (const part of range.parts) this.#bufferedBytes -= part.bytes
  }

  /** Looks for directories behind a range's cursor, if there may be some; it is not split meanwhile. */
  #probe(range: KeyRange<Digest>): boolean {
    const { cursor, upTo, probed } = range
    const { prefix, delimiter } = this.#options
    if (!this.#mayProbe || delimiter !== undefined || cursor === undefined) return false
    const directory = directoryToProbe({ prefix, cursor, upTo, probed })
    if (directory === undefined) return false
    if (this.#mayRequest()) void this.#lookInto(directory, { range, cursor })
    return true
  }

  async #lookInto(directory: string, { range, cursor }: { range: KeyRange<Digest>; cursor: string }): Promise<void> {
    range.isProbing = true
    this.#inFlight += 1
    try {
      const request = { prefix: directory, delimiter: directoryDelimiter, from: { after: cursor } }
      const page = await this.#options.fetchPage(request, this.#abort.signal)
      const { upTo, keys, keyCount, keysSoFar, previousCursor } = range
      const view = { cursor: range.cursor ?? cursor, upTo, keys, keyCount, keysSoFar, previousCursor }
      range.takeHints(hintsFrom(page, { directory, range: view }))
    } catch {
      // Only hints were asked for: without them the keys are divided as flat ones.
      this.#mayProbe = false
    } finally {
      this.#inFlight -= 1
      range.isProbing = false
      this.#schedule()
      this.#wake?.()
    }
  }
}

/** A service that cannot be asked to start after a key. */
class Unfit extends Error {
  override readonly name = 'Unfit'
}

/** How many of the entries (in order) are not beyond a key. */
function countUpTo(entries: readonly ListEntry[], key: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(entries[middle]?.key ?? '', key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether a page's first entry is where it has to be: behind all that the range has given, and behind its start. */
function isBehind(
  first: ListEntry,
  { cursor, after }: { cursor: string | undefined; after: string | undefined },
): boolean {
  const isVersion = first.kind === 'version' || first.kind === 'delete-marker'
  if (cursor !== undefined) {
    const order = compareKeys(first.key, cursor)
    return order > 0 || (order === 0 && isVersion)
  }
  // A start inside a directory: its common prefix is still to come.
  const isAround = first.kind === 'prefix' && after?.startsWith(first.key)
  return after === undefined || isAround === true || compareKeys(first.key, after) > 0
}
