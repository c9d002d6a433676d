import { setMaxListeners } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { failure } from '../../errors.ts'
import type { ListEntry, ListPage } from '../list-page.ts'
import { Backlog } from './backlog.ts'
import type { Congestion } from './congestion.ts'
import { DirectoryProbe, type ProbeTarget } from './directory-probe.ts'
import type { FetchPage } from './fetch-page.ts'
import { KeyRange, type PageQuestion, type Part } from './key-range.ts'
import { LevelCeilings } from './level-ceilings.ts'
import { countUpTo, EmptyPages, isBehind, newEntries, refuseStrangers, Unfit } from './page-checks.ts'
import { RangeChooser } from './range-chooser.ts'

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
 * that is being listed gives up the further half of what is left of it, or all but the next few of the directories that are
 * known. A range ends where the next one begins, whatever the guess that made the cut, so a bad guess costs requests and
 * never a key. Ranges near the place where the output stands are served first, so that little has to wait.
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

class OrderedListing<Digest> {
  readonly #options: ListingOptions<Digest>
  readonly #abort = new AbortController()
  readonly #ranges: KeyRange<Digest>[]
  /** The range whose last part was given out last: it goes on where those behind it cannot be trusted. */
  #finished: KeyRange<Digest> | undefined
  readonly #ceilings = new LevelCeilings()
  readonly #backlog: Backlog
  readonly #chooser: RangeChooser<Digest>
  #isOrdered = true
  /** Whether ranges may be asked for by what their keys begin with. */
  #bounds: 'unproven' | 'allowed' | 'refused'
  readonly #directoryProbe: DirectoryProbe
  #inFlight = 0
  readonly #emptyPages = new EmptyPages()
  #failed: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(options: ListingOptions<Digest>) {
    this.#options = options
    this.#bounds = options.delimiter === undefined ? 'unproven' : 'refused'
    const whole = new KeyRange<Digest>({ prefix: options.prefix, after: options.startAfter, upTo: undefined })
    whole.isUncharted = true
    this.#ranges = [whole]
    this.#directoryProbe = new DirectoryProbe(options)
    this.#backlog = new Backlog(options.bufferBytes)
    const { congestion, prefix, delimiter, division } = options
    const shared = { ranges: this.#ranges, backlog: this.#backlog, ceilings: this.#ceilings }
    const probe = (range: KeyRange<Digest>) => this.#probe(range)
    this.#chooser = new RangeChooser({ ...shared, congestion, prefix, delimiter, probe }, division)
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
        this.#backlog.remove(part)
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
      const range = this.#chooser.next(this.#inFlight)
      // Looking for where to go on may have taken the last place.
      if (range === undefined || !this.#mayRequest()) return
      void this.#request(range)
    }
  }

  #mayRequest(): boolean {
    return this.#inFlight < this.#options.congestion.limit
  }

  async #request(range: KeyRange<Digest>): Promise<void> {
    const { delimiter, fetchPage } = this.#options
    const asked = range.nextRequest(this.#bounds === 'allowed' && this.#chooser.isDivisible ? 'bounded' : 'whole')
    range.isBusy = true
    this.#inFlight += 1
    try {
      const page = (await fetchPage({ ...asked, delimiter }, this.#abort.signal)).take()
      if (!range.isDropped) this.#accept(range, { asked, page })
    } catch (error) {
      if (!range.isDropped) this.#reject(range, { asked, error })
    } finally {
      this.#inFlight -= 1
      range.isBusy = false
      this.#schedule()
      this.#wake?.()
    }
  }

  #accept(range: KeyRange<Digest>, { asked, page }: { asked: PageQuestion; page: ListPage }): void {
    const entries = this.#checked(range, page)
    const { upTo } = range
    const end = upTo === undefined ? entries.length : countUpTo(entries, upTo)
    const own = end === entries.length ? entries : entries.slice(0, end)
    const isEnd = end < entries.length || (page.next === undefined && range.isWithin(asked.prefix))
    const next = isEnd ? undefined : page.next ? { next: page.next } : { after: own.at(-1)?.key ?? range.cursor }
    if (next !== undefined && isDeepStrictEqual(next, asked.from)) {
      throw failure("the service's pages go round in circles: it repeats its continuation token")
    }
    this.#emptyPages.note(own.length > 0 || next === undefined)
    if (own.length === 0 && !range.hasAnswer && range.after !== undefined)
      this.#ceilings.lower(range.after, entries[0]?.key)
    if (own.length > 0) this.#chooser.note('fruitful')
    else if (!range.hasAnswer || entries.length > 0) this.#chooser.note('vain')
    range.observe(entries)
    range.advance(own, { asked, next })
    this.#backlog.notePage(entries.length)
    const { cursor } = range
    if (own.length === 0 || cursor === undefined) return
    if (this.#chooser.isDivisible) this.#ceilings.raise(cursor)
    const { digest, bytes } = this.#options.digest(own)
    const part = { digest, bytes, lastKey: cursor }
    range.parts.push(part)
    this.#backlog.add(part)
    // A window that is not used says nothing of what a larger one would do.
    const { congestion } = this.#options
    if (this.#inFlight >= congestion.limit - 1 && own.length * 2 >= entries.length) congestion.grow()
    else congestion.skip()
  }

  /** The entries of a page that are new, after a look at whether the service does what was asked. */
  #checked(range: KeyRange<Digest>, page: ListPage): readonly ListEntry[] {
    const { entries } = page
    refuseStrangers(entries, this.#options.prefix)
    if (!page.isOrdered) this.#useServiceOrder()
    if (!this.#isOrdered) return entries
    const rest = newEntries(entries, range)
    const [first] = rest
    if (first === undefined || isBehind(first, range)) {
      // Only now it is known that the service starts where it is asked to.
      const isOurs = first !== undefined && range.after !== this.#options.startAfter
      if (isOurs && this.#bounds === 'unproven') this.#bounds = 'allowed'
      return rest
    }
    if (range.cursor !== undefined) {
      throw failure(`the service's listing goes back from '${range.cursor}' to '${first.key}'`)
    }
    // The service ignores start-after. What was asked for by the user is cut here; a range of ours cannot be listed.
    if (this.#chooser.splitCount > 0) throw new Unfit()
    this.#chooser.isDivisible = false
    range.skipThrough = range.after
    return rest.slice(countUpTo(rest, range.after ?? ''))
  }

  /** Directory buckets, and some services, keep no order: then there is only one way to list. */
  #useServiceOrder(): void {
    if (this.#chooser.splitCount > 0) {
      throw failure(
        'the service does not keep the order of keys that its first pages had',
        'list it with --no-parallel',
      )
    }
    this.#isOrdered = false
    this.#chooser.isDivisible = false
  }

  #reject(range: KeyRange<Digest>, { asked, error }: { asked: PageQuestion; error: unknown }): void {
    // A policy may allow only the prefix that was asked for: the range is asked for once more, by that.
    if (asked.prefix !== this.#options.prefix) {
      this.#bounds = 'refused'
      return
    }
    const isGuess = !range.hasAnswer && this.#chooser.splitCount > 0 && range.after !== this.#options.startAfter
    if (this.#chooser.isDivisible && (isGuess || range !== this.#ranges[0])) this.#listInTurn(error)
    else this.#fail(error)
  }

  /**
   * Gives up dividing: the first range that is known to be good goes on alone. A service may refuse a start that we made up,
   * or ignore it; one page after the other is then still a listing.
   */
  #listInTurn(error: unknown): void {
    this.#chooser.isDivisible = false
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
    for (const part of range.parts) this.#backlog.remove(part)
  }

  #probe(range: KeyRange<Digest>): boolean {
    const target = this.#directoryProbe.targetIn(range)
    if (target !== undefined && this.#mayRequest()) void this.#lookInto(range, target)
    return target !== undefined
  }

  async #lookInto(range: KeyRange<Digest>, target: ProbeTarget): Promise<void> {
    this.#inFlight += 1
    await this.#directoryProbe.look(range, target, this.#abort.signal)
    this.#inFlight -= 1
    this.#schedule()
    this.#wake?.()
  }
}
