import type { Backlog } from './backlog.ts'
import type { Congestion } from './congestion.ts'
import type { KeyRange, Split } from './key-range.ts'
import type { LevelCeilings } from './level-ceilings.ts'

interface ChooserOptions<Digest> {
  /** In order; what is split off is put among them. */
  readonly ranges: KeyRange<Digest>[]
  readonly backlog: Backlog
  readonly congestion: Congestion
  readonly ceilings: LevelCeilings
  readonly prefix: string
  readonly delimiter: string | undefined
  /** Looks for directories in a range that is about to be split by a guess; false where there can be none. */
  readonly probe: (range: KeyRange<Digest>) => boolean
}

/** Below so many keys left a range is not worth a split, in pages. */
const worthSplitting = 4
/** Above so many pages left a range is halved before others that are nearer, in any case. */
const largePages = 64

/** So many guesses in vain cost little; beyond them there may be one for so many pages that brought something. */
const freeGuesses = 12
const fruitfulPerVain = 8

/** Decides what is asked for next, and where ranges are divided. */
export class RangeChooser<Digest> {
  readonly #options: ChooserOptions<Digest>
  isDivisible: boolean
  #fruitfulPages = 0
  #vainPages = 0
  /** Ranges made so far, beside the first one. */
  splitCount = 0

  constructor(options: ChooserOptions<Digest>, division: 'allowed' | 'forbidden') {
    this.#options = options
    this.isDivisible = division === 'allowed'
  }

  /** Learns how a page turned out: what guesses find nothing in is better listed in turn. */
  note(page: 'fruitful' | 'vain'): void {
    if (page === 'fruitful') this.#fruitfulPages += 1
    else this.#vainPages += 1
  }

  get #isGuessingWorthIt(): boolean {
    return this.#vainPages < freeGuesses + this.#fruitfulPages / fruitfulPerVain
  }

  /**
   * The range to ask for the next page of, split off another one where that is better.
   * @returns undefined where there is nothing to do, or all that there is has to wait
   */
  next(inFlight: number): KeyRange<Digest> | undefined {
    const range = (this.#isTimeToScout() ? this.#splitLargest() : undefined) ?? this.#nearestRange(inFlight)
    if (range === undefined) return undefined
    const cut = this.#fewDirectories(range)
    if (cut !== undefined) this.#split(range, this.#options.ranges.indexOf(range), cut)
    return range
  }

  /** Where directories are known, each range takes a few of them in turn, so that what is listed next is needed next. */
  #fewDirectories(range: KeyRange<Digest>): Split | undefined {
    const { backlog, congestion } = this.#options
    const shares = 2 * Math.max(congestion.limit, 8)
    const pages = Math.max(
      worthSplitting,
      Math.min(backlog.pages / shares, range.keysInHints / backlog.pageKeys / shares),
    )
    const keys = pages * backlog.pageKeys
    return this.isDivisible && range.keysInHints >= 2 * keys ? range.cutAfter(keys) : undefined
  }

  /** Every fourth time, while there is room, what nobody knows is looked at: otherwise it would be left for the end. */
  #isTimeToScout(): boolean {
    return this.splitCount % 4 === 3 && this.#options.backlog.isHalfEmpty
  }

  /**
   * The nearest to the output of what can be done: the next request of a range, or of the half of a busy one. Large ranges
   * are halved first: every range costs about half a page more than its keys.
   */
  #nearestRange(inFlight: number): KeyRange<Digest> | undefined {
    const { backlog, congestion } = this.#options
    const large = Math.min(backlog.pages / congestion.limit, largePages)
    return this.#nearestWorth(Math.max(large, worthSplitting), inFlight) ?? this.#nearestWorth(worthSplitting, inFlight)
  }

  #nearestWorth(pages: number, inFlight: number): KeyRange<Digest> | undefined {
    const { ranges, backlog, ceilings } = this.#options
    let aheadBytes = 0
    for (const [index, range] of ranges.entries()) {
      if (aheadBytes > backlog.limit || !backlog.hasRoom(index, inFlight)) return undefined
      if (!range.isDone) {
        if (!range.isBusy) return range
        const split = this.#fewDirectories(range) ?? this.#worthwhileSplit(range, pages)
        if (split !== undefined) return this.#split(range, index, split)
      }
      aheadBytes += range.bufferedBytes + backlog.bytesOf(range.expectedKeys(ceilings))
    }
    return undefined
  }

  #splitLargest(): KeyRange<Digest> | undefined {
    const splits = this.#options.ranges.flatMap((range, index) => {
      const split = this.#worthwhileSplit(range, worthSplitting)
      return split === undefined || split.kind === 'hint' ? [] : [{ range, index, split }]
    })
    const [first] = splits.sort((a, b) => b.split.keysLeft - a.split.keysLeft)
    return first && this.#split(first.range, first.index, first.split)
  }

  #worthwhileSplit(range: KeyRange<Digest>, pages: number): Split | undefined {
    const { backlog, ceilings, probe } = this.#options
    if (!this.isDivisible || backlog.pageKeys === 0 || range.isDone || range.isProbing) return undefined
    const worth = pages * backlog.pageKeys
    const split = range.likelySplit(ceilings, worth)
    const isWorth = split !== undefined && split.keysLeft >= worth
    if ((isWorth ? split.kind !== 'hint' : range.isUncharted) && probe(range)) return undefined
    if (!isWorth || (split.kind !== 'hint' && !this.#isGuessingWorthIt)) return undefined
    return this.#isSafe(split.point) ? split : undefined
  }

  #split(range: KeyRange<Digest>, index: number, split: Split): KeyRange<Digest> {
    const further = range.splitAt(split)
    this.#options.ranges.splice(index + 1, 0, further)
    this.splitCount += 1
    return further
  }

  /** In a delimited listing a point inside a common prefix would leave open which side the prefix belongs to. */
  #isSafe(point: string): boolean {
    const { prefix, delimiter } = this.#options
    return delimiter === undefined || !point.slice(prefix.length).includes(delimiter)
  }
}
