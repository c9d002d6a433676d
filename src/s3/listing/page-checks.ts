import { failure } from '../../errors.ts'
import { compareKeys } from '../key-order.ts'
import type { ListEntry } from '../list-page.ts'

/** A service that cannot be asked to start after a key. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

/** @throws CliError where a page has something that was not asked for */
export function refuseStrangers(entries: readonly ListEntry[], prefix: string): void {
  const stranger = entries.find((entry) => !entry.key.startsWith(prefix))
  if (stranger === undefined) return
  throw failure(`the service answers with the key '${stranger.key}', which does not begin with '${prefix}'`)
}

/** A hostile service could send empty pages for ever. */
const maximumEmptyPages = 10_000

/** Counts the pages without entries that follow one another. */
export class EmptyPages {
  #count = 0

  /** @throws CliError where there are too many */
  note(isFruitful: boolean): void {
    this.#count = isFruitful ? 0 : this.#count + 1
    if (this.#count > maximumEmptyPages) throw failure('the service sends one empty page after the other')
  }
}

/** What has not been given: some services begin behind a common prefix with that common prefix. */
export function newEntries(
  entries: readonly ListEntry[],
  { skipThrough, cursor }: { skipThrough: string | undefined; cursor: string | undefined },
): readonly ListEntry[] {
  if (skipThrough !== undefined) return entries.slice(countUpTo(entries, skipThrough))
  const [first] = entries
  return first?.kind === 'prefix' && first.key === cursor ? entries.slice(1) : entries
}

/** How many of the entries (in order) are not beyond a key. */
export function countUpTo(entries: readonly ListEntry[], key: string): number {
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
export function isBehind(
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
