import { Handed } from '../http/handed.ts'
import type { BodyText } from './body-text.ts'
import { allMembers, type EntryMember, entryKinds } from './entry-shape.ts'
import {
  type EntryDraft,
  emptyDraft,
  finishPage,
  type ListEntry,
  type ListPage,
  MalformedPage,
  type Owner,
  type RawPage,
  type RestoreStatus,
} from './list-page.ts'
import { PageScanner } from './page-scanner.ts'
import { childOf, childrenOf, childText, parseXml, type XmlElement } from './xml.ts'

/**
 * Makes a reader for the pages of one listing (ListObjectsV2, ListObjects or ListObjectVersions): the scanner's, or where
 * that gives up the XML parser's.
 * @param wanted the members that entries need to have; others may be left undefined
 * @returns a function that throws MalformedXml or MalformedPage: a page that was cut off is never a short listing
 */
export function pageReader(
  wanted: ReadonlySet<EntryMember> = allMembers,
): (body: BodyText) => Promise<Handed<ListPage>> {
  const scanner = new PageScanner(wanted)
  return async (body) => new Handed(finishPage(scanner.scan(body) ?? rawPageOf(await parseXml(body.join('')))))
}

/**
 * What the scanner gives, from a parsed document.
 * @throws MalformedPage for another document than a list, an entry without a name, or a size that is no number
 */
export function rawPageOf(root: XmlElement): RawPage {
  if (root.name !== 'ListBucketResult' && root.name !== 'ListVersionsResult') {
    throw new MalformedPage(`the service answered with <${root.name}> in place of a list`)
  }
  const members = new Map<string, string>()
  const entries: EntryDraft[] = []
  for (const child of root.children) {
    const kind = entryKinds.get(child.name)
    if (kind !== undefined) entries.push(entryOf(child, kind))
    else if (!members.has(child.name)) members.set(child.name, child.text)
  }
  return { root: root.name, members, entries }
}

function entryOf(element: XmlElement, kind: ListEntry['kind']): EntryDraft {
  const key = childText(element, kind === 'prefix' ? 'Prefix' : 'Key')
  if (key === undefined) throw new MalformedPage(`the page has an entry without a name in <${element.name}>`)
  if (kind === 'prefix') return { ...emptyDraft(kind), key }
  const checksums = childrenOf(element, 'ChecksumAlgorithm').map((child) => child.text)
  return {
    kind,
    key,
    lastModified: childText(element, 'LastModified'),
    eTag: childText(element, 'ETag'),
    size: sizeOf(childText(element, 'Size')),
    storageClass: childText(element, 'StorageClass'),
    checksumAlgorithm: checksums.length === 0 ? undefined : checksums,
    checksumType: childText(element, 'ChecksumType'),
    owner: ownerOf(childOf(element, 'Owner')),
    restoreStatus: restoreStatusOf(childOf(element, 'RestoreStatus')),
    versionId: childText(element, 'VersionId'),
    isLatest: booleanOf(childText(element, 'IsLatest')),
  }
}

function ownerOf(element: XmlElement | undefined): Owner | undefined {
  if (element === undefined) return undefined
  return { id: childText(element, 'ID'), displayName: childText(element, 'DisplayName') }
}

function restoreStatusOf(element: XmlElement | undefined): RestoreStatus | undefined {
  if (element === undefined) return undefined
  return {
    isRestoreInProgress: booleanOf(childText(element, 'IsRestoreInProgress')),
    restoreExpiryDate: childText(element, 'RestoreExpiryDate'),
  }
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true'
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[0-9]{1,15}$/.test(text)) throw new MalformedPage(`the page has an object of the size '${text}'`)
  return Number(text)
}
