import { Handed } from '../../src/http/handed.ts'
import { compareKeys } from '../../src/s3/key-order.ts'
import { emptyDraft, type ListEntry, type ListPage, type NextPage } from '../../src/s3/list-page.ts'
import type { FetchPage, PageRequest } from '../../src/s3/listing/fetch-page.ts'

/** An object in a simulated bucket; several with one key are its versions, the newest first. */
export interface StoredObject {
  readonly key: string
  readonly size: number
  readonly versionId?: string
  readonly isDeleted?: boolean
}

export interface PagingRules {
  readonly maxKeys: number
  readonly lists: 'objects' | 'versions'
}

/** Sorted as S3 sorts. */
export function inKeyOrder(objects: readonly StoredObject[]): readonly StoredObject[] {
  return [...objects].sort((a, b) => compareKeys(a.key, b.key))
}

/**
 * Pages as S3 makes them, written from its documentation and without our listing's code: a common prefix counts as one
 * key and stands where its keys would; a token goes on behind the last entry.
 * @param stored in key order
 */
export function pageOf(stored: readonly StoredObject[], request: PageRequest, rules: PagingRules): ListPage {
  const { prefix, delimiter } = request
  const start = startOf(request, rules)
  const entries: ListEntry[] = []
  let skipped = start.prefix
  let index = lowerBound(stored, start.key ?? prefix)
  for (; index < stored.length; index += 1) {
    const object = stored[index]
    if (object === undefined || !object.key.startsWith(prefix)) {
      if (object !== undefined && compareKeys(object.key, prefix) < 0) continue
      break
    }
    if (isPassed(object, start) || (skipped !== undefined && object.key.startsWith(skipped))) continue
    const cut = delimiter === undefined ? -1 : object.key.indexOf(delimiter, prefix.length)
    const entry =
      delimiter === undefined || cut === -1
        ? entryOf(object, rules)
        : { ...emptyDraft('prefix'), key: object.key.slice(0, cut + delimiter.length) }
    if (entries.length === rules.maxKeys) return { entries, isOrdered: true, next: nextOf(entries, rules) }
    entries.push(entry)
    if (entry.kind === 'prefix') skipped = entry.key
  }
  return { entries, isOrdered: true, next: undefined }
}

interface Start {
  /** Keys up to this one have been passed; with a version, that version has. */
  readonly key: string | undefined
  readonly versionId: string | undefined
  /** A common prefix that has been given. */
  readonly prefix: string | undefined
}

function startOf({ from }: PageRequest, rules: PagingRules): Start {
  if ('after' in from) return { key: from.after, versionId: undefined, prefix: undefined }
  const { next } = from
  if ('keyMarker' in next) {
    return {
      key: next.keyMarker,
      versionId: next.versionIdMarker,
      prefix: prefixOf(next.versionIdMarker, next.keyMarker, rules),
    }
  }
  if ('marker' in next) throw new Error('the simulation speaks version 2')
  const [kind = '', key = ''] = [next.continuationToken.slice(0, 1), next.continuationToken.slice(1)]
  return { key, versionId: undefined, prefix: kind === 'p' ? key : undefined }
}

function prefixOf(versionId: string | undefined, key: string, rules: PagingRules): string | undefined {
  return rules.lists === 'versions' && versionId === undefined ? key : undefined
}

function isPassed(object: StoredObject, start: Start): boolean {
  if (start.key === undefined) return false
  const order = compareKeys(object.key, start.key)
  if (order !== 0 || start.versionId === undefined) return order <= 0
  return Number(object.versionId) <= Number(start.versionId)
}

function nextOf(entries: readonly ListEntry[], rules: PagingRules): NextPage {
  const last = entries.at(-1)
  if (last === undefined) throw new Error('a truncated page has entries')
  if (rules.lists === 'versions') return { keyMarker: last.key, versionIdMarker: last.versionId }
  return { continuationToken: (last.kind === 'prefix' ? 'p' : 'k') + last.key }
}

function entryOf(object: StoredObject, rules: PagingRules): ListEntry {
  const { key, size } = object
  if (rules.lists === 'objects') return { ...emptyDraft('object'), key, size }
  const kind = object.isDeleted ? 'delete-marker' : 'version'
  return { ...emptyDraft(kind), key, size, versionId: object.versionId }
}

function lowerBound(stored: readonly StoredObject[], key: string): number {
  let low = 0
  let high = stored.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(stored[middle]?.key ?? '', key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The pages one after the other: what any listing has to be equal to. */
export function listSerially(
  stored: readonly StoredObject[],
  request: PageRequest,
  rules: PagingRules,
): readonly ListEntry[] {
  const entries: ListEntry[] = []
  for (let from = request.from; ; ) {
    const page = pageOf(stored, { ...request, from }, rules)
    entries.push(...page.entries)
    if (page.next === undefined) return entries
    from = { next: page.next }
  }
}

/** Counts a virtual time in which every answer takes one unit. */
export class VirtualS3 {
  readonly #stored: readonly StoredObject[]
  readonly #rules: PagingRules
  #waiting: (() => void)[] = []
  requests = 0
  emptyAnswers = 0
  rounds = 0
  mostAtOnce = 0

  constructor(stored: readonly StoredObject[], rules: PagingRules) {
    this.#stored = stored
    this.#rules = rules
  }

  readonly fetchPage: FetchPage = async (request) => {
    this.requests += 1
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) setImmediate(() => this.#answerAll())
    })
    const page = pageOf(this.#stored, request, this.#rules)
    if (page.entries.length === 0) this.emptyAnswers += 1
    return new Handed(page)
  }

  #answerAll(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.rounds += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, waiting.length)
    for (const answer of waiting) answer()
  }
}
