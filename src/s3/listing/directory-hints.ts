import { compareKeys } from '../key-order.ts'
import type { ListEntry, ListPage } from '../list-page.ts'
import { endOfBeginning } from './key-points.ts'

/** The delimiter that is looked for in keys; what is no tree by it is divided as flat keys are. */
export const directoryDelimiter = '/'

/** A directory that was looked into: how far, and how large its subdirectories turn out to be. */
export class ProbedDirectory {
  readonly directory: string
  /** Its subdirectories are known up to this one; undefined when all are. */
  readonly upTo: string | undefined
  #keys: number
  #subdirectories = 1

  constructor(known: { directory: string; upTo: string | undefined; keysEach: number }) {
    this.directory = known.directory
    this.upTo = known.upTo
    this.#keys = known.keysEach
  }

  /** How many keys a subdirectory is likely to have. */
  get keysEach(): number {
    return this.#keys / this.#subdirectories
  }

  /** Whether a delimited page of it covers several plain ones; otherwise its subdirectories are no more than long names. */
  get isCoarse(): boolean {
    return this.keysEach >= 8
  }

  /** Learns from a page that begins with one of the subdirectories. */
  observe(entries: readonly ListEntry[]): void {
    let current: string | undefined
    for (const { key } of entries) {
      if (!key.startsWith(this.directory)) continue
      this.#keys += 1
      if (current !== undefined && key.startsWith(current)) continue
      current = subdirectoryOf(this.directory, key)
      this.#subdirectories += 1
    }
  }
}

/** Where a range stands, as far as directories matter. */
interface DirectoryView {
  readonly prefix: string
  readonly cursor: string
  readonly upTo: string | undefined
  readonly probed: readonly ProbedDirectory[]
}

/**
 * The directory whose subdirectories would tell where to divide a range: the deepest one that holds the cursor and the
 * range's end, or where that was looked at the next deeper one on the cursor's path.
 * @returns undefined where the cursor is in no subdirectory of it
 */
export function directoryToProbe({ prefix, cursor, upTo, probed }: DirectoryView): string | undefined {
  const shared = upTo === undefined ? prefix.length : Math.max(prefix.length, commonUnits(cursor, upTo))
  const slash = shared === 0 ? -1 : cursor.lastIndexOf(directoryDelimiter, shared - 1)
  const common = cursor.slice(0, Math.max(slash + 1, prefix.length))
  let directory: string | undefined = common
  for (
    let known = knownAs(directory, cursor, probed);
    known !== undefined;
    known = knownAs(directory, cursor, probed)
  ) {
    directory = known.isCoarse ? subdirectoryOf(directory, cursor) : undefined
    if (directory === undefined) return undefined
  }
  return subdirectoryOf(directory, cursor) === undefined ? undefined : directory
}

function knownAs(directory: string, cursor: string, probed: readonly ProbedDirectory[]): ProbedDirectory | undefined {
  return probed.find((known) => known.directory === directory && isIn(cursor, known))
}

/** The end of the subdirectory that a cursor is in, where the ones beside it are known. */
export function endOfSubdirectory(cursor: string, probed: readonly ProbedDirectory[]): string | undefined {
  const subdirectory = subdirectoryAround(cursor, probed)
  return subdirectory && subdirectory.slice(0, -directoryDelimiter.length) + behindDelimiter
}

/** The subdirectory that a key is in, where the ones beside it are known. */
export function subdirectoryAround(key: string, probed: readonly ProbedDirectory[]): string | undefined {
  const known = deepestKnown(key, probed)
  return known?.isCoarse ? subdirectoryOf(known.directory, key) : undefined
}

/** Of the directories looked into, the deepest one that a key is in. */
export function deepestKnown(key: string, probed: readonly ProbedDirectory[]): ProbedDirectory | undefined {
  const around = probed.filter((known) => isIn(key, known))
  return around.sort((a, b) => b.directory.length - a.directory.length)[0]
}

/** What a delimited listing of a directory, from the cursor on, tells. */
export interface DirectoryHints {
  /** Split points, each behind a subdirectory, in order. */
  readonly hints: readonly string[]
  readonly probed: ProbedDirectory
}

/** The range that a directory was looked into for. */
interface ProbingRange {
  readonly cursor: string
  readonly upTo: string | undefined
  /** Some of the latest page's keys, which stand for `keyCount`. */
  readonly keys: readonly string[]
  readonly keyCount: number
  /** Keys listed so far, the latest page's included. */
  readonly keysSoFar: number
  /** Where the latest page began. */
  readonly previousCursor: string | undefined
}

/** Takes split points from a delimited page of a directory. */
export function hintsFrom(
  page: ListPage,
  { directory, range }: { directory: string; range: ProbingRange },
): DirectoryHints {
  const { cursor, upTo } = range
  const hints = page.entries
    .filter((entry) => entry.kind === 'prefix')
    .map((entry) => Buffer.from(endOfBeginning(entry.key)).toString())
    .filter((point) => compareKeys(point, cursor) > 0 && (upTo === undefined || compareKeys(point, upTo) < 0))
  // Behind the last one there may be nothing.
  if (page.next === undefined) hints.pop()
  const keysEach = keysPerSubdirectory(directory, range)
  const probed = new ProbedDirectory({ directory, upTo: page.next && hints.at(-1), keysEach })
  return { hints, probed }
}

function keysPerSubdirectory(directory: string, range: ProbingRange): number {
  const seen = new Set(range.keys.map((key) => subdirectoryOf(directory, key)))
  if (seen.size > 1 || range.previousCursor === undefined) return range.keyCount / Math.max(1, seen.size)
  const isLong = seen.has(subdirectoryOf(directory, range.previousCursor))
  // What has filled two pages is likely to fill more.
  return isLong ? 2 * range.keysSoFar : range.keyCount
}

/** The character after the delimiter. */
const behindDelimiter = '0'

function isIn(cursor: string, probed: ProbedDirectory): boolean {
  return cursor.startsWith(probed.directory) && (probed.upTo === undefined || compareKeys(cursor, probed.upTo) < 0)
}

function subdirectoryOf(directory: string, key: string): string | undefined {
  const slash = key.indexOf(directoryDelimiter, directory.length)
  return slash === -1 ? undefined : key.slice(0, slash + directoryDelimiter.length)
}

function commonUnits(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) if (a.charCodeAt(index) !== b.charCodeAt(index)) return index
  return length
}
