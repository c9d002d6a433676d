import { contentsXml } from './loopback-xml.ts'

/** An object; several with one key are its versions, the newest first. */
export interface LoopbackObject {
  readonly key: string
  readonly size?: number
  readonly lastModified?: string
  readonly storageClass?: string
  readonly versionId?: string
  readonly isDeleteMarker?: boolean
}

/** A bucket in memory: its objects in order, and each one's XML with its key encoded, ready to be sent. */
export interface Bucket {
  readonly objects: readonly LoopbackObject[]
  readonly keys: readonly string[]
  readonly xml: Buffer
  readonly ends: Float64Array
}

export function prepareBucket(
  objects: readonly LoopbackObject[],
  { keepsOrder }: { readonly keepsOrder?: boolean },
): Bucket {
  const ordered = keepsOrder === false ? [...objects] : [...objects].sort((a, b) => byteOrder(a.key, b.key))
  const isVersioned = ordered.some((object) => object.versionId !== undefined)
  const ends = new Float64Array(ordered.length)
  const pieces: Buffer[] = []
  let size = 0
  for (const [index, object] of ordered.entries()) {
    const piece = Buffer.from(isVersioned ? '' : contentsXml(object, 'url'))
    pieces.push(piece)
    size += piece.length
    ends[index] = size
  }
  return { objects: ordered, keys: ordered.map((object) => object.key), xml: Buffer.concat(pieces), ends }
}

/** Keys are compared by their UTF-8 bytes; below U+D800 that is the order of JavaScript's strings. */
export function byteOrder(a: string, b: string): number {
  if (!/[\ud800-\uffff]/.test(a) && !/[\ud800-\uffff]/.test(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Where the XML of this object ends. */
export function endOf(bucket: Bucket, index: number): number {
  return bucket.ends[index] ?? 0
}

export interface FoundEntries {
  /** Where the entries are one run of objects. */
  readonly run: { readonly from: number; readonly to: number } | undefined
  readonly objects: () => readonly LoopbackObject[]
  readonly prefixes: readonly string[]
  readonly count: number
  readonly isTruncated: boolean
  /** The last key or common prefix given. */
  readonly last: string | undefined
}

/** The objects and common prefixes of one page. */
export function entriesAfter(input: {
  bucket: Bucket
  prefix: string
  delimiter: string
  after: string | undefined
  maxKeys: number
  sorted: boolean
}): FoundEntries {
  const { bucket, prefix, delimiter, after, maxKeys } = input
  const { keys, objects } = bucket
  if (!input.sorted) return unsortedEntries(input)
  const start = Math.max(firstFrom(keys, prefix), after === undefined ? 0 : firstBeyond(keys, after))
  const end = prefix === '' ? keys.length : endOfPrefix(keys, prefix)
  if (delimiter === '') {
    const to = Math.max(start, Math.min(start + maxKeys, end))
    return {
      run: { from: start, to },
      objects: () => objects.slice(start, to),
      prefixes: [],
      count: to - start,
      isTruncated: to < end && to > start,
      last: keys[to - 1],
    }
  }
  const found: LoopbackObject[] = []
  const prefixes: string[] = []
  let last: string | undefined
  let at = start
  // A common prefix given as the place to go on is past, with all that is in it; one given by a user is not.
  const passed = after?.endsWith(delimiter) && after.length > prefix.length ? after : undefined
  if (passed !== undefined) at = Math.max(at, endOfPrefix(keys, passed))
  while (at < end && found.length + prefixes.length < maxKeys) {
    const key = keys[at] ?? ''
    const cut = key.indexOf(delimiter, prefix.length)
    if (cut === -1) {
      const object = objects[at]
      if (object) found.push(object)
      last = key
      at += 1
    } else {
      const name = key.slice(0, cut + delimiter.length)
      prefixes.push(name)
      last = name
      at = endOfPrefix(keys, name)
    }
  }
  const count = found.length + prefixes.length
  return { run: undefined, objects: () => found, prefixes, count, isTruncated: at < end && count > 0, last }
}

/** A directory bucket: no order; a token says where to go on. */
function unsortedEntries({ bucket, prefix, after, maxKeys }: Parameters<typeof entriesAfter>[0]): FoundEntries {
  const { keys, objects } = bucket
  const start = after === undefined ? 0 : keys.indexOf(after) + 1
  const found: LoopbackObject[] = []
  let at = start
  for (; at < keys.length && found.length < maxKeys; at += 1) {
    const object = objects[at]
    if (object?.key.startsWith(prefix)) found.push(object)
  }
  const isTruncated = keys.slice(at).some((key) => key.startsWith(prefix))
  return {
    run: undefined,
    objects: () => found,
    prefixes: [],
    count: found.length,
    isTruncated,
    last: found.at(-1)?.key,
  }
}

/** The index of the first key that is not before this one. */
function firstFrom(keys: readonly string[], key: string): number {
  return search(keys, (other) => byteOrder(other, key) >= 0)
}

function firstBeyond(keys: readonly string[], key: string): number {
  return search(keys, (other) => byteOrder(other, key) > 0)
}

function endOfPrefix(keys: readonly string[], prefix: string): number {
  return search(keys, (other) => byteOrder(other, prefix) > 0 && !other.startsWith(prefix))
}

function search(keys: readonly string[], isFound: (key: string) => boolean): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isFound(keys[middle] ?? '')) high = middle
    else low = middle + 1
  }
  return low
}
