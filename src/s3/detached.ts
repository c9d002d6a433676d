import type { ListEntry } from './list-page.ts'

/**
 * The same text with memory of its own. V8 keeps a text that was cut out of another one as a window on it: a key that outlives
 * its page would keep the page's 300 KB.
 */
export function detachedText(text: string): string {
  return JSON.parse(JSON.stringify(text))
}

/** An entry that may outlive its page. */
export function detachedEntry(entry: ListEntry): ListEntry {
  return {
    ...entry,
    key: detachedText(entry.key),
    lastModified: detachedOrNot(entry.lastModified),
    eTag: detachedOrNot(entry.eTag),
    storageClass: detachedOrNot(entry.storageClass),
    versionId: detachedOrNot(entry.versionId),
    checksumType: detachedOrNot(entry.checksumType),
    checksumAlgorithm: entry.checksumAlgorithm?.map(detachedText),
    owner: entry.owner && { id: detachedOrNot(entry.owner.id), displayName: detachedOrNot(entry.owner.displayName) },
  }
}

function detachedOrNot(text: string | undefined): string | undefined {
  return text === undefined ? undefined : detachedText(text)
}
