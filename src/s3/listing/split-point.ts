import { compareKeys, nextCodePoint } from '../key-order.ts'
import { isLetterOrDigit, likelyCodePoints } from './key-alphabet.ts'
import { beginningOf, commonLength, endOfBeginning, type KeyPoints, pointsOf } from './key-points.ts'
import type { LevelCeilings } from './level-ceilings.ts'

/** What is known of a range of keys that is being listed. */
export interface RangeView {
  /** All its keys begin so. */
  readonly prefix: string
  /** Some keys of its latest page in order, the first and the last of that page among them: the listing stands at the last. */
  readonly sample: readonly string[]
  /** How many keys the sample stands for. */
  readonly sampleCount: number
  /** Keys listed so far. */
  readonly keysSoFar: number
  /** No key is beyond this; undefined where the end is the prefix's. */
  readonly upTo: string | undefined
  /** The range was split off another one at this point. */
  readonly splitOffAt: string | undefined
  /** Nobody has an idea of its size: the whole listing, and what was found by looking far. */
  readonly isUncharted: boolean
  /** How often the range has been split. */
  readonly splitCount: number
  /** How often there was nothing where it was split, and in how many places that is not known yet. */
  readonly misses: number
  readonly openGuesses: number
  /** Of the whole listing. */
  readonly ceilings: LevelCeilings
}

export interface SplitGuess {
  /** A string behind the last key listed and before the end; whether keys are on both sides is a guess. */
  readonly point: string
  /** Keys that are likely to be left in the whole range; infinity where nobody has an idea. */
  readonly keysLeft: number
  /** Whether the point was found by looking far, where there may be nothing, or most of the bucket. */
  readonly isFar: boolean
}

/**
 * Guesses where to divide what is left of a range. Keys are paths in a tree of characters, and the last key's path tells
 * where siblings may be. Near the level at which the latest page's keys part there are surely some, about as large as
 * those in the page; higher up, where all of the page's keys agree, and below, nobody knows. There it is worth a look where
 * the range is uncharted, or has turned out to be long (what has gone on for long is likely to go on).
 * @returns undefined where there is nothing to guess from
 */
export function guessSplit(range: RangeView): SplitGuess | undefined {
  const path = pathOf(range)
  const branch = branchLevel(path, range)
  const far = farLevels(path, { range, branch })
  const nearKeys = branch.choices.length * branch.keysEach
  const isPromising =
    range.openGuesses < maximumOpenGuesses &&
    (range.misses < freeMisses || range.keysSoFar > range.sampleCount * 2 ** (range.misses - freeMisses))
  const isWorthALook = far.length > 0 && isPromising && (range.isUncharted || range.keysSoFar > nearKeys)
  const looksFar = isWorthALook && (branch.choices.length === 0 || range.splitCount % 2 === 0)
  const level = looksFar ? far[far.length >> 1] : branch
  if (level === undefined || level.choices.length === 0) return undefined
  const mostKeys = far.reduce((sum, { keysEach, choices }) => sum + keysEach * choices.length, 0)
  const farKeys = Math.min(mostKeys, range.isUncharted ? Number.POSITIVE_INFINITY : range.keysSoFar)
  return {
    point: pointBefore(level, path, range),
    keysLeft: nearKeys + (isWorthALook ? farKeys : 0),
    isFar: looksFar,
  }
}

/** Between a level's siblings: behind the one before the middle, if that is behind the last key, too. */
function pointBefore({ level, choices }: Level, { position }: Path, { sample }: RangeView): string {
  const middle = choices.length >> 1
  const above = position.slice(0, level)
  const before = String.fromCodePoint(...above, choices[middle - 1] ?? position[level] ?? 0)
  const point = endOfBeginning(before)
  return compareKeys(point, sample.at(-1) ?? '') > 0 ? point : String.fromCodePoint(...above, choices[middle] ?? 0)
}

/** So many looks in vain cost nothing; each further one is put off until the range has proved twice as long. */
const freeMisses = 12

/** The answer to one look makes the next ones better; two at once halve the wait. */
const maximumOpenGuesses = 2

/** The last key's path, and where it may have siblings that are still to come. */
interface Path {
  readonly position: KeyPoints
  /** Keys of the page that share the path down to `top`. */
  readonly keys: readonly KeyPoints[]
  /** The level at which the range's end parts from the path: above it there is nothing left. */
  readonly top: number
  /** Code points at `top` have to be below this. */
  readonly limit: number
  /** The level at which the page's keys part. */
  readonly branch: number
  readonly ceilings: LevelCeilings
}

/** A level at which the path may have siblings. */
interface Level {
  readonly level: number
  /** Their characters, in order. */
  readonly choices: readonly number[]
  /** How many keys each has at most; infinity where there is no telling. */
  readonly keysEach: number
}

function pathOf(range: RangeView): Path {
  const position = pointsOf(range.sample.at(-1) ?? '')
  const end = range.upTo === undefined ? undefined : pointsOf(range.upTo)
  const top = end === undefined ? pointsOf(range.prefix).length : commonLength(position, end)
  const keys = range.sample.map(pointsOf).filter((key) => commonLength(key, position) >= top)
  return {
    position,
    keys,
    top,
    limit: limitAt(end, top),
    branch: commonLength(keys[0] ?? position, position),
    ceilings: range.ceilings,
  }
}

/** The level at which the page's keys part: siblings still to come are about as large as those in the page. */
function branchLevel(path: Path, range: RangeView): Level & { readonly alphabetSize: number } {
  const { position, keys, branch: level } = path
  const alphabet = likelyAt(path, level)
  const first = keys[0] ?? position
  const span = rankOf(alphabet, position, level) - rankOf(alphabet, first, level)
  const keysEach = span > 0 ? range.sampleCount / span : range.sampleCount
  const choices = choicesAt(path, level, alphabet)
  return { level, choices, keysEach, alphabetSize: Math.max(1, alphabet.length) }
}

/**
 * Levels of which the page tells nothing, because the keys seen agree there. In the word where the keys part each level is
 * taken for a digit of a number: its siblings are at most as many times larger as the alphabet has characters.
 */
function farLevels(
  path: Path,
  { range, branch }: { range: RangeView; branch: { readonly keysEach: number; readonly alphabetSize: number } },
): readonly Level[] {
  const { position, top, limit, ceilings } = path
  const splitLevel = splitLevelOf(range, position)
  const wordStart = startOfWord(position, path.branch)
  const levels: Level[] = []
  for (let level = top; level < Math.min(path.branch, position.length); level += 1) {
    const isInWord = level >= wordStart
    const likely = isInWord || level === splitLevel ? choicesAt(path, level, likelyAt(path, level)) : []
    const next = isInWord || likely.length > 0 ? undefined : nextCodePoint(position[level] ?? 0)
    const isOut = next === undefined || next >= ceilings.at(level) || (level === top && next >= limit)
    const choices = isOut ? likely : [next]
    const keysEach = isInWord
      ? branch.keysEach * branch.alphabetSize ** (path.branch - level)
      : Number.POSITIVE_INFINITY
    if (choices.length > 0) levels.push({ level, choices, keysEach })
  }
  return levels
}

/** Longer words are no numbers, and their many levels would take long to look at. */
const longestNumber = 24

/** The level at which the letters and digits begin that go on without a break to a level. */
function startOfWord(position: KeyPoints, level: number): number {
  let start = level
  while (start > 0 && level - start < longestNumber && isLetterOrDigit(position[start - 1] ?? 0)) start -= 1
  return start
}

function choicesAt(path: Path, level: number, alphabet: readonly number[]): readonly number[] {
  const here = path.position[level]
  if (here === undefined) return []
  const limit = Math.min(path.ceilings.at(level), level === path.top ? path.limit : Number.POSITIVE_INFINITY)
  return alphabet.filter((codePoint) => codePoint > here && codePoint < limit)
}

function likelyAt({ keys, position }: Path, level: number): readonly number[] {
  return likelyCodePoints(
    keys.filter((key) => commonLength(key, position) >= level),
    level,
  )
}

/** The level at which the range was split off, if its keys are still beside that point. */
function splitLevelOf({ splitOffAt }: RangeView, position: KeyPoints): number | undefined {
  if (splitOffAt === undefined) return undefined
  const point = pointsOf(beginningOf(splitOffAt))
  return commonLength(point, position) >= point.length - 1 ? point.length - 1 : undefined
}

/** The first code point that is too far at the level where a range's end parts from its position. */
function limitAt(end: KeyPoints | undefined, level: number): number {
  const codePoint = end?.[level]
  if (end === undefined || codePoint === undefined) return Number.POSITIVE_INFINITY
  return end.length > level + 1 ? codePoint + 1 : codePoint
}

/** Where a key stands among an alphabet's characters at a level, the next level's character as the fraction. */
function rankOf(alphabet: readonly number[], key: KeyPoints, level: number): number {
  const below = (codePoint: number): number => alphabet.filter((other) => other < codePoint).length
  return below(key[level] ?? 0) + below(key[level + 1] ?? 0) / alphabet.length
}
