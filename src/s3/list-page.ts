import { detachedText } from './detached.ts'
import { compareKeys } from './key-order.ts'

/** One line of a listing, in the service's own words; what the service did not say is undefined. */
export interface ListEntry {
  readonly kind: 'object' | 'prefix' | 'version' | 'delete-marker'
  /** Decoded; a common prefix's name with its delimiter. */
  readonly key: string
  /** As the service wrote it: `2013-09-02T21:37:53.000Z`. */
  readonly lastModified: string | undefined
  /** With its quotes. */
  readonly eTag: string | undefined
  /** Bytes. */
  readonly size: number | undefined
  readonly storageClass: string | undefined
  readonly checksumAlgorithm: readonly string[] | undefined
  readonly checksumType: string | undefined
  readonly owner: Owner | undefined
  readonly restoreStatus: RestoreStatus | undefined
  readonly versionId: string | undefined
  readonly isLatest: boolean | undefined
}

export interface Owner {
  readonly id: string | undefined
  readonly displayName: string | undefined
}

export interface RestoreStatus {
  readonly isRestoreInProgress: boolean | undefined
  readonly restoreExpiryDate: string | undefined
}

/** Where the next page begins: a token for ListObjectsV2, markers (decoded) for the two others. */
export type NextPage =
  | { readonly continuationToken: string }
  | { readonly marker: string }
  | { readonly keyMarker: string; readonly versionIdMarker: string | undefined }

export interface ListPage {
  /** In S3's order where the service keeps it: common prefixes stand among the keys. Otherwise as the document has them. */
  readonly entries: readonly ListEntry[]
  /** Whether the entries are in S3's order: keys never go back, and only versions of one key repeat it. */
  readonly isOrdered: boolean
  /** Undefined on the last page. */
  readonly next: NextPage | undefined
}

/** What a reader finds in a page before keys are decoded; the scanner and the XML parser both make one. */
export interface RawPage {
  readonly root: string
  /** The text of the members beside the lists, by name. */
  readonly members: ReadonlyMap<string, string>
  /** In the document's order. */
  readonly entries: readonly EntryDraft[]
}

export type EntryDraft = { -readonly [Member in keyof ListEntry]: ListEntry[Member] }

/** A page that cannot be trusted to be whole, or contradicts itself. */
export class MalformedPage extends Error {
  override readonly name = 'MalformedPage'
}

/** An entry of which nothing is known yet, all its members there. */
export function emptyDraft(kind: ListEntry['kind']): EntryDraft {
  return {
    kind,
    key: '',
    lastModified: undefined,
    eTag: undefined,
    size: undefined,
    storageClass: undefined,
    checksumAlgorithm: undefined,
    checksumType: undefined,
    owner: undefined,
    restoreStatus: undefined,
    versionId: undefined,
    isLatest: undefined,
  }
}

/**
 * Makes a page of what was read: decodes keys where the service says `<EncodingType>url`, and puts common prefixes in
 * their places. The drafts become the page's.
 * @throws MalformedPage where the page does not say whether or where the listing goes on, or a key is no encoded UTF-8
 */
export function finishPage(raw: RawPage): ListPage {
  if (isEncoded(raw)) for (const entry of raw.entries) entry.key = decodeKey(entry.key)
  const compare = raw.entries.some((entry) => hasLateUnit.test(entry.key)) ? compareKeys : compareUnits
  const { entries, isOrdered } = inOrder(raw.entries, compare)
  return { entries, isOrdered, next: nextPage(raw, entries) }
}

function isEncoded({ members }: RawPage): boolean {
  return members.get('EncodingType')?.trim().toLowerCase() === 'url'
}

/** Decodes `encoding-type=url`: percent escapes of UTF-8, and `+` for a space as AWS writes it. */
function decodeKey(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new MalformedPage(`the key ${text} is no encoded UTF-8`)
  }
}

type Compare = (a: string, b: string) => number

/** Where UTF-16's order may differ from UTF-8's. */
const hasLateUnit = /[\ud800-\uffff]/

/** The order of UTF-16 units, four times as fast as `compareKeys` and the same below U+D800. */
function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1
}

function inOrder(entries: readonly EntryDraft[], compare: Compare): Pick<ListPage, 'entries' | 'isOrdered'> {
  const ascends = (some: readonly EntryDraft[]) =>
    some.every((entry, index) => follows(some[index - 1], entry, compare))
  if (ascends(entries)) return { entries, isOrdered: true }
  const prefixes = entries.filter((entry) => entry.kind === 'prefix')
  const others = entries.filter((entry) => entry.kind !== 'prefix')
  if (prefixes.length === 0 || !ascends(prefixes) || !ascends(others)) return { entries, isOrdered: false }
  const merged = merge(others, prefixes, compare)
  return ascends(merged) ? { entries: merged, isOrdered: true } : { entries, isOrdered: false }
}

function follows(previous: EntryDraft | undefined, entry: EntryDraft, compare: Compare): boolean {
  if (previous === undefined) return true
  const order = compare(previous.key, entry.key)
  return order < 0 || (order === 0 && isVersion(previous) && isVersion(entry))
}

function isVersion(entry: EntryDraft): boolean {
  return entry.kind === 'version' || entry.kind === 'delete-marker'
}

function merge(keys: readonly EntryDraft[], prefixes: readonly EntryDraft[], compare: Compare): readonly EntryDraft[] {
  const merged: EntryDraft[] = []
  let taken = 0
  for (const entry of keys) {
    for (let prefix = prefixes[taken]; prefix !== undefined; prefix = prefixes[taken]) {
      if (compare(prefix.key, entry.key) > 0) break
      merged.push(prefix)
      taken += 1
    }
    merged.push(entry)
  }
  return [...merged, ...prefixes.slice(taken)]
}

function nextPage(raw: RawPage, entries: readonly EntryDraft[]): NextPage | undefined {
  const isTruncated = raw.members.get('IsTruncated')?.trim()
  if (isTruncated === 'false') return undefined
  if (isTruncated !== 'true') throw new MalformedPage('the page does not say whether it is the last one')
  const marker = (name: string): string | undefined => {
    const text = raw.members.get(name)
    // OpenStack Swift encodes keys, and not the marker.
    const isPlain = !isEncoded(raw) || text === entries.at(-1)?.key
    return text === undefined ? undefined : detachedText(isPlain ? text : decodeKey(text))
  }
  if (raw.root === 'ListVersionsResult') {
    const keyMarker = marker('NextKeyMarker')
    if (keyMarker === undefined) throw noWayOn('NextKeyMarker')
    const named = raw.members.get('NextVersionIdMarker') || undefined
    return { keyMarker, versionIdMarker: named === 'null' ? lastVersionOf(keyMarker, entries) : named }
  }
  const continuationToken = raw.members.get('NextContinuationToken')
  if (continuationToken !== undefined && continuationToken !== '') {
    return { continuationToken: detachedText(continuationToken) }
  }
  if (raw.members.has('KeyCount')) throw noWayOn('NextContinuationToken')
  // Version 1 names a marker only where there is a delimiter; otherwise the last key is the marker.
  const last = marker('NextMarker') ?? entries.at(-1)?.key
  if (last === undefined || last === '') throw noWayOn('NextMarker')
  return { marker: detachedText(last) }
}

/**
 * What to go on behind where the service names the version `null`: OpenStack Swift does whatever the last version was, and
 * then leaves out the rest. A common prefix has no version, and an entry whose version was not read is taken for `null`.
 */
function lastVersionOf(keyMarker: string, entries: readonly ListEntry[]): string | undefined {
  const last = entries.findLast(({ key }) => key === keyMarker)
  return last?.kind === 'prefix' ? undefined : detachedText(last?.versionId ?? 'null')
}

function noWayOn(member: string): MalformedPage {
  return new MalformedPage(`the page says that more follows, but has no ${member}`)
}
