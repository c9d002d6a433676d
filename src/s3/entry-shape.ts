import type { EntryDraft, ListEntry, Owner, RestoreStatus } from './list-page.ts'
import { decodeReferences } from './xml.ts'

/**
 * How one service writes one kind of entry: which members, in which order, with which blanks between. A page's entries
 * nearly all have the same shape, so it is learnt from the first and turned into one regular expression, which V8 runs
 * as machine code: 0.6 ms for a thousand entries, where looking for each tag in turn takes 2 to 6 ms.
 */
export interface EntryShape {
  readonly kind: ListEntry['kind']
  /** Sticky; a group for every member that matters. */
  readonly pattern: RegExp
  /** The group of each member; 0 where the shape has none, or it is not wanted. */
  readonly groups: Readonly<Record<EntryMember, number>>
  readonly checksumGroups: readonly number[]
  readonly hasOwner: boolean
  readonly hasRestoreStatus: boolean
}

/** The elements of a list page that are entries. */
export const entryKinds: ReadonlyMap<string, ListEntry['kind']> = new Map([
  ['Contents', 'object'],
  ['Version', 'version'],
  ['DeleteMarker', 'delete-marker'],
  ['CommonPrefixes', 'prefix'],
])

/** One element that holds only text, from `at`: its name, and the text unless it is empty. */
export const leafPattern = /<([A-Za-z][A-Za-z0-9]*)(?:\/>|>([^<]*)<\/\1>)/y

/** What an entry can say; a reader may leave out what it does not want, which saves a third of the time. */
export type EntryMember = keyof typeof noGroups

const noGroups = {
  key: 0,
  lastModified: 0,
  eTag: 0,
  size: 0,
  storageClass: 0,
  checksumAlgorithm: 0,
  checksumType: 0,
  versionId: 0,
  isLatest: 0,
  ownerId: 0,
  ownerName: 0,
  restoreInProgress: 0,
  restoreExpiry: 0,
}

const slots: ReadonlyMap<string, EntryMember> = new Map([
  ['Key', 'key'],
  ['LastModified', 'lastModified'],
  ['ETag', 'eTag'],
  ['Size', 'size'],
  ['StorageClass', 'storageClass'],
  ['ChecksumAlgorithm', 'checksumAlgorithm'],
  ['ChecksumType', 'checksumType'],
  ['VersionId', 'versionId'],
  ['IsLatest', 'isLatest'],
  ['Owner/ID', 'ownerId'],
  ['Owner/DisplayName', 'ownerName'],
  ['RestoreStatus/IsRestoreInProgress', 'restoreInProgress'],
  ['RestoreStatus/RestoreExpiryDate', 'restoreExpiry'],
])

const parents = ['Owner', 'RestoreStatus'] as const

export const allMembers: ReadonlySet<EntryMember> = new Set(slots.values())

/**
 * Learns the shape of the entry `<name>` that begins at `at`.
 * @param wanted members to read; the others come out undefined
 * @returns undefined for what no service writes plainly: comments, CDATA, attributes, a member twice, nesting of its own
 */
export function learnShape(
  { text, at, name }: { text: string; at: number; name: string },
  wanted: ReadonlySet<EntryMember>,
): EntryShape | undefined {
  const kind = entryKinds.get(name)
  if (kind === undefined || !text.startsWith(`<${name}>`, at)) return undefined
  const learner = new ShapeLearner({ text, at: at + name.length + 2, kind, wanted })
  if (!learner.members(`</${name}>`, '') || learner.groups.key === 0) return undefined
  return {
    kind,
    pattern: new RegExp(`<${name}>${learner.pattern}[ \\n\\t]*`, 'y'),
    groups: learner.groups,
    checksumGroups: learner.checksumGroups,
    hasOwner: learner.seen.has('Owner') && wanted.has('ownerId'),
    hasRestoreStatus: learner.seen.has('RestoreStatus') && wanted.has('restoreInProgress'),
  }
}

/**
 * Reads the entries of this shape that follow one another from `at`, and adds them to `into`.
 * @returns where they end, behind the blanks that follow
 */
export function readEntries(
  shape: EntryShape,
  { text, at, into }: { text: string; at: number; into: EntryDraft[] },
): number {
  const { pattern } = shape
  let end = at
  pattern.lastIndex = at
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    into.push(draftOf(shape, match))
    end = pattern.lastIndex
  }
  return end
}

function draftOf(shape: EntryShape, match: RegExpExecArray): EntryDraft {
  const { groups } = shape
  return {
    kind: shape.kind,
    key: textOf(match, groups.key) ?? '',
    lastModified: textOf(match, groups.lastModified),
    eTag: groups.eTag === 0 ? undefined : eTagOf(match[groups.eTag] ?? ''),
    size: groups.size === 0 ? undefined : Number(match[groups.size]),
    storageClass: textOf(match, groups.storageClass),
    checksumAlgorithm: shape.checksumGroups.length === 0 ? undefined : checksumsOf(shape, match),
    checksumType: textOf(match, groups.checksumType),
    owner: shape.hasOwner ? ownerOf(shape, match) : undefined,
    restoreStatus: shape.hasRestoreStatus ? restoreStatusOf(shape, match) : undefined,
    versionId: textOf(match, groups.versionId),
    isLatest: booleanOf(textOf(match, groups.isLatest)),
  }
}

class ShapeLearner {
  readonly #text: string
  readonly #kind: ListEntry['kind']
  readonly #wanted: ReadonlySet<EntryMember>
  #at: number
  #groupCount = 0
  pattern = ''
  readonly seen = new Set<string>()
  readonly groups = { ...noGroups }
  readonly checksumGroups: number[] = []

  constructor(from: { text: string; at: number; kind: ListEntry['kind']; wanted: ReadonlySet<EntryMember> }) {
    this.#text = from.text
    this.#at = from.at
    this.#kind = from.kind
    this.#wanted = from.wanted
  }

  /** Reads members up to and with the closing tag; false where something unexpected stands. */
  members(closingTag: string, path: string): boolean {
    for (;;) {
      this.#blanks()
      if (this.#take(closingTag)) return true
      const parent = path === '' ? parents.find((name) => this.#take(`<${name}>`)) : undefined
      if (parent !== undefined) {
        if (this.seen.has(parent)) return false
        this.seen.add(parent)
        if (!this.members(`</${parent}>`, `${parent}/`)) return false
      } else if (!this.#leaf(path)) return false
    }
  }

  #leaf(path: string): boolean {
    leafPattern.lastIndex = this.#at
    const [, name = '', value] = leafPattern.exec(this.#text) ?? []
    if (name === '') return false
    const member = path + name
    this.#at = leafPattern.lastIndex
    if (member !== 'ChecksumAlgorithm' && this.seen.has(member)) return false
    this.seen.add(member)
    const inside = this.#group(member)
    this.pattern +=
      value === undefined ? `<${name}/>${inside === '' ? '' : '()'}` : `<${name}>${inside || '[^<]*'}</${name}>`
    return true
  }

  /** The group that captures a member; empty for members that nobody asks for. */
  #group(member: string): string {
    const slot = this.#kind === 'prefix' && member === 'Prefix' ? 'key' : slots.get(member)
    if (slot === undefined || !(this.#wanted.has(slot) || slot === 'key')) return ''
    this.#groupCount += 1
    if (slot === 'checksumAlgorithm') this.checksumGroups.push(this.#groupCount)
    else this.groups[slot] = this.#groupCount
    return slot === 'size' ? '([0-9]{1,15})' : '([^<]*)'
  }

  #take(tag: string): boolean {
    if (!this.#text.startsWith(tag, this.#at)) return false
    this.#at += tag.length
    this.pattern += tag
    return true
  }

  #blanks(): void {
    const from = this.#at
    this.#at = skipBlanks(this.#text, from)
    this.pattern += this.#text.slice(from, this.#at)
  }
}

/** The index of the next character that is no blank, tab or line feed. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x09; code = text.charCodeAt(at))
    at += 1
  return at
}

function textOf(match: RegExpExecArray, group: number): string | undefined {
  if (group === 0) return undefined
  const value = match[group]
  return value?.includes('&') ? decodeReferences(value) : value
}

/** S3 writes `&quot;fba9dede5f27731c9771645a39863328&quot;` in every entry, so that form has its own way. */
function eTagOf(value: string): string {
  if (!value.includes('&')) return value
  const isPlain = value.length === 44 && value.startsWith('&quot;') && value.indexOf('&', 1) === 38
  return isPlain && value.endsWith('&quot;') ? `"${value.slice(6, 38)}"` : decodeReferences(value)
}

function checksumsOf(shape: EntryShape, match: RegExpExecArray): readonly string[] {
  return shape.checksumGroups.map((group) => textOf(match, group) ?? '')
}

function ownerOf({ groups }: EntryShape, match: RegExpExecArray): Owner {
  return { id: textOf(match, groups.ownerId), displayName: textOf(match, groups.ownerName) }
}

function restoreStatusOf({ groups }: EntryShape, match: RegExpExecArray): RestoreStatus {
  return {
    isRestoreInProgress: booleanOf(textOf(match, groups.restoreInProgress)),
    restoreExpiryDate: textOf(match, groups.restoreExpiry),
  }
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true'
}
