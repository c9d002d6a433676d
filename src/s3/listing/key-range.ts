import { compareKeys } from '../key-order.ts'
import type { ListEntry } from '../list-page.ts'
import { type DirectoryHints, endOfSubdirectory, type ProbedDirectory, subdirectoryAround } from './directory-hints.ts'
import type { PageStart } from './fetch-page.ts'
import { sharedBeginning } from './key-points.ts'
import type { LevelCeilings } from './level-ceilings.ts'
import { guessSplit, type RangeView, type SplitGuess } from './split-point.ts'

/** A part of the listing that waits for its turn. */
export interface Part<Digest> {
  readonly digest: Digest
  readonly bytes: number
  /** A listing that starts after this key goes on behind this part. */
  readonly lastKey: string
}

/** A place to divide a range. */
export interface Split {
  readonly point: string
  readonly kind: 'hint' | 'near' | 'far'
  /** Of the whole range; infinity where nobody knows. */
  readonly keysLeft: number
}

export interface PageQuestion {
  readonly prefix: string
  readonly from: PageStart
}

/** A range of keys and how far its listing has come. Ranges follow each other without gaps: one's `upTo` is the next one's `after`. */
export class KeyRange<Digest> {
  readonly #prefix: string
  readonly after: string | undefined
  /** Its last key may be this one; undefined in the last range. */
  upTo: string | undefined
  /** What to ask for next: where to go on, among keys that begin so. */
  start: PageStart
  #asked: string
  /** Where the latest page began: to go back to when the range has to take over what follows it. */
  #latestStart: PageStart
  /** Keys up to this one have been taken from a page that is asked for once more. */
  skipThrough: string | undefined
  /** The last key taken, and the last one of the page before. */
  cursor: string | undefined
  previousCursor: string | undefined
  readonly parts: Part<Digest>[] = []
  isBusy = false
  isDone = false
  /** Nobody wants it any more. */
  isDropped = false
  /** A page of it has been taken. */
  hasAnswer = false
  isProbing = false
  /** Nobody has an idea of what is left in it. */
  isUncharted = false
  /** Directories behind the cursor, without their final delimiter: places where splitting is worth it. */
  hints: readonly string[] = []
  /** How often in turn looking for directories has brought none. */
  fruitlessProbes = 0
  /** Directories looked at for hints. */
  probed: readonly ProbedDirectory[] = []
  /** The one that the hints are of. */
  #hinting: ProbedDirectory | undefined
  #sample: readonly string[] = []
  #sampleCount = 0
  #keysSoFar = 0
  /** Of them, those that the subdirectory has in which the range stands, if others are known beside it. */
  #keysHere = 0
  /** What was expected when the range was split off. */
  #keysAtSplit = 0
  #splitFrom: KeyRange<Digest> | undefined
  /** Ranges split off this one by looking far: how many had nothing, and how many have not answered yet. */
  #misses = 0
  #openGuesses = 0
  #splitCount = 0
  /** Kept until something changes: it takes a while to make. */
  #guess: { readonly value: SplitGuess | undefined } | undefined

  constructor(range: { prefix: string; after: string | undefined; upTo: string | undefined }) {
    this.#prefix = range.prefix
    this.#asked = range.prefix
    this.after = range.after
    this.upTo = range.upTo
    this.start = { after: range.after }
    this.#latestStart = this.start
  }

  get hasPage(): boolean {
    return this.cursor !== undefined
  }

  get keys(): readonly string[] {
    return this.#sample
  }

  get keyCount(): number {
    return this.#sampleCount
  }

  get keysSoFar(): number {
    return this.#keysSoFar
  }

  /**
   * The next page to ask for. Keys between two that begin alike begin so too: a range that is asked for by that beginning
   * ends where its keys do, and no page goes on into the next range.
   */
  nextRequest(scope: 'bounded' | 'whole'): PageQuestion {
    const at = this.cursor ?? this.after
    const shared = at === undefined || this.upTo === undefined ? '' : sharedBeginning(at, this.upTo)
    const prefix = scope === 'whole' ? this.#prefix : shared.length > this.#asked.length ? shared : this.#asked
    // A continuation token holds for the prefix that it was given for.
    return { prefix, from: prefix !== this.#asked && isToken(this.start) ? { after: at } : this.start }
  }

  /** Whether all keys of the range that are left begin so. */
  isWithin(prefix: string): boolean {
    return prefix === this.#prefix || this.upTo?.startsWith(prefix) === true
  }

  /** Takes note of a page's keys in the range (some, and not necessarily ending the range). */
  advance(entries: readonly ListEntry[], { asked, next }: { asked: PageQuestion; next: PageStart | undefined }): void {
    this.#asked = asked.prefix
    this.hasAnswer = true
    this.#guess = undefined
    if (this.#splitFrom !== undefined) this.#splitFrom.#noteAnswer(entries)
    this.#splitFrom = undefined
    this.#latestStart = asked.from
    const last = entries.at(-1)
    if (last !== undefined) {
      this.previousCursor = this.cursor
      this.cursor = flatCopy(last.key)
      this.#sample = sampleOf(entries)
      this.#sampleCount = entries.length
      this.#keysSoFar += entries.length
      this.#keysHere = this.#countHere(entries)
      const { cursor } = this
      this.hints = this.hints.filter((hint) => compareKeys(hint, cursor) > 0)
    }
    if (next === undefined) this.isDone = true
    else this.start = next
  }

  #countHere(entries: readonly ListEntry[]): number {
    const { cursor, previousCursor } = this
    const here = cursor && subdirectoryAround(cursor, this.probed)
    if (here === undefined) return this.#keysSoFar
    if (previousCursor?.startsWith(here)) return this.#keysHere + entries.length
    return entries.length - entries.findIndex(({ key }) => key.startsWith(here))
  }

  #noteAnswer(entries: readonly ListEntry[]): void {
    this.#guess = undefined
    this.#openGuesses -= 1
    if (entries.length === 0) this.#misses += 1
  }

  /** Makes the range the last one: it goes on where it stands, or at its end once more from its latest page. */
  extendToEnd(): void {
    if (this.isDone) {
      this.start = this.#latestStart
      this.skipThrough = this.upTo
    }
    this.isDone = false
    this.#guess = undefined
    this.upTo = undefined
    this.hints = []
  }

  /** A guess at how many keys are left, made modest where there is none. */
  expectedKeys(ceilings: LevelCeilings): number {
    if (this.isDone) return 0
    const keys = this.#keysCharted ?? this.likelySplit(ceilings, 1)?.keysLeft ?? (this.hasPage ? 0 : this.#keysAtSplit)
    return Math.min(keys, modestPages * this.#sampleCount)
  }

  get bufferedBytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0)
  }

  /**
   * Where what is left may be divided, and how much that is likely to be; undefined where nobody knows a place.
   * @param worth so many keys behind hints are preferred to any guess
   */
  likelySplit(ceilings: LevelCeilings, worth: number): Split | undefined {
    const hint = this.hints[this.hints.length >> 1]
    if (hint !== undefined && this.keysInHints >= worth && this.#holds(hint)) {
      return { point: hint, kind: 'hint', keysLeft: this.keysInHints }
    }
    if (!this.hasPage || (this.#keysCharted ?? worth) < worth) return undefined
    this.#guess ??= { value: guessSplit({ ...this.#view(), ceilings }) }
    const guess = this.#guess.value
    if (guess === undefined || !this.#holds(guess.point)) return undefined
    return { point: guess.point, kind: guess.isFar ? 'far' : 'near', keysLeft: guess.keysLeft }
  }

  /**
   * Keys likely to be left where all directories are known, and the one in turn has not proved longer than others: then no
   * guess is needed. Undefined elsewhere.
   */
  get #keysCharted(): number | undefined {
    const keysEach = this.#hinting?.keysEach
    if (keysEach === undefined || this.isUncharted || !this.hasPage || this.#keysHere > 2 * keysEach) return undefined
    return this.hints.length * keysEach + Math.max(0, keysEach - this.#keysHere)
  }

  /** Keys likely to be left, as far as directories are known. */
  get keysInHints(): number {
    return (this.hints.length + 1) * (this.#hinting?.keysEach ?? 0)
  }

  /** Where so many keys, or a few less, end with a directory; undefined where the range is no longer, or nobody knows. */
  cutAfter(keys: number): Split | undefined {
    const keysEach = this.#hinting?.keysEach ?? 0
    const point = this.hints[Math.max(1, Math.floor(keys / keysEach)) - 1]
    if (point === undefined || !this.#holds(point)) return undefined
    return { point, kind: 'hint', keysLeft: this.keysInHints }
  }

  takeHints({ hints, probed }: DirectoryHints): void {
    this.fruitlessProbes = hints.length === 0 ? this.fruitlessProbes + 1 : 0
    this.hints = hints
    this.#hinting = probed
    this.probed = [...this.probed.slice(1 - maximumProbed), probed]
    this.#guess = undefined
  }

  /** Learns from the range's first page what its hints are worth. */
  observe(entries: readonly ListEntry[]): void {
    if (!this.hasAnswer) this.#hinting?.observe(entries)
  }

  /** Cuts off what is beyond a point, as a range of its own. */
  splitAt({ point, kind, keysLeft }: Split): KeyRange<Digest> {
    this.#guess = undefined
    const further = new KeyRange<Digest>({ prefix: this.#prefix, after: point, upTo: this.upTo })
    if (kind === 'far') {
      further.#splitFrom = this
      this.#openGuesses += 1
    }
    // Beyond a near point all is as unknown as before, and before it known; a hint is known as far as the directory has
    // been looked into; both sides of a far point are unknown.
    const knownUpTo = this.#hinting?.upTo
    const isKnown = kind === 'hint' && (knownUpTo === undefined || !further.#includes(knownUpTo))
    further.isUncharted = kind === 'far' || (kind === 'near' && this.isUncharted) || (kind === 'hint' && !isKnown)
    this.isUncharted = kind === 'far'
    this.#splitCount += 1
    further.hints = this.hints.filter((hint) => compareKeys(hint, point) > 0)
    further.probed = this.probed
    further.fruitlessProbes = this.fruitlessProbes
    further.#hinting = this.#hinting
    further.#keysAtSplit = keysLeft / 2
    if (!this.hasPage) this.#keysAtSplit = keysLeft / 2
    further.#sampleCount = this.#sampleCount
    this.hints = this.hints.filter((hint) => compareKeys(hint, point) < 0)
    this.upTo = point
    return further
  }

  /** Whether what is behind a key is part of the range. */
  #includes(key: string): boolean {
    return this.upTo === undefined || compareKeys(key, this.upTo) < 0
  }

  #holds(point: string): boolean {
    const from = this.cursor ?? this.after
    return (
      (from === undefined || compareKeys(point, from) > 0) &&
      (this.upTo === undefined || compareKeys(point, this.upTo) < 0)
    )
  }

  /** A guess must not go beyond the subdirectory that the range stands in where the next ones are known. */
  #likelyEnd(): string | undefined {
    const end = this.cursor === undefined ? undefined : endOfSubdirectory(this.cursor, this.probed)
    return end === undefined || (this.upTo !== undefined && compareKeys(this.upTo, end) < 0) ? this.upTo : end
  }

  #view(): Omit<RangeView, 'ceilings'> {
    return {
      prefix: this.#prefix,
      sample: this.#sample,
      sampleCount: this.#sampleCount,
      keysSoFar: this.#keysHere,
      upTo: this.#likelyEnd(),
      splitOffAt: this.after,
      isUncharted: this.isUncharted,
      splitCount: this.#splitCount,
      misses: this.#misses,
      openGuesses: this.#openGuesses,
    }
  }
}

function isToken(start: PageStart): boolean {
  return 'next' in start && 'continuationToken' in start.next
}

/** Directories remembered: a path is seldom deeper. */
const maximumProbed = 16

/** Of a range that is not known to be long. */
const modestPages = 64

const sampleSize = 24

function sampleOf(entries: readonly ListEntry[]): readonly string[] {
  const step = Math.max(1, (entries.length - 1) / (sampleSize - 1))
  const count = Math.min(sampleSize, entries.length)
  return Array.from({ length: count }, (_, index) => flatCopy(entries[Math.round(index * step)]?.key ?? ''))
}

/** A copy of its own: a key cut out of a page keeps the page's whole text in memory. */
function flatCopy(text: string): string {
  return Buffer.from(text).toString()
}
