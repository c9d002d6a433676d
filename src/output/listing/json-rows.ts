import type { ListEntry } from '../../s3/list-page.ts'
import { jsonText } from './json-text.ts'
import type { ListingRenderer, RowOptions } from './listing-renderer.ts'
import { sizeDigits } from './size-digits.ts'

/**
 * One document of the shape of `aws s3api list-objects-v2` or `list-object-versions` output, an entry a line. Every list
 * is there, also an empty one.
 */
export function jsonRenderer({ lists }: Pick<RowOptions, 'lists'>): ListingRenderer {
  const sections = [
    ...(lists === 'versions' ? (['version', 'delete-marker'] as const) : (['object'] as const)),
    'prefix' as const,
  ]
  return {
    frame: [...sections.map((kind, index) => `${index === 0 ? '{' : '\n],'}"${sectionNames[kind]}":[`), '\n]}\n'],
    separator: ',',
    render: (entries) =>
      sections.map((kind) => {
        let text = ''
        for (const entry of entries) if (entry.kind === kind) text += `,\n${jsonObject(entry)}`
        return text
      }),
  }
}

const sectionNames = {
  object: 'Contents',
  version: 'Versions',
  'delete-marker': 'DeleteMarkers',
  prefix: 'CommonPrefixes',
} as const

/** One object a line, with the same members; `"DeleteMarker":true` says what the document says by its place. */
export function ndjsonRenderer(): ListingRenderer {
  return {
    frame: ['', ''],
    separator: '',
    render: (entries) => {
      let text = ''
      for (const entry of entries) {
        const object = jsonObject(entry)
        text += entry.kind === 'delete-marker' ? `${object.slice(0, -1)},"DeleteMarker":true}\n` : `${object}\n`
      }
      return [text]
    },
  }
}

/** What the service did not say is left out, as in the AWS CLI. */
function jsonObject(entry: ListEntry): string {
  if (entry.kind === 'prefix') return `{"Prefix":${jsonText(entry.key)}}`
  let text = `{"Key":${jsonText(entry.key)}`
  if (entry.lastModified !== undefined) text += `,"LastModified":${jsonText(entry.lastModified)}`
  if (entry.eTag !== undefined) text += `,"ETag":${jsonText(entry.eTag)}`
  if (entry.size !== undefined) text += `,"Size":${sizeDigits(entry.size)}`
  if (entry.storageClass !== undefined) text += `,"StorageClass":${jsonText(entry.storageClass)}`
  if (entry.versionId !== undefined) text += `,"VersionId":${jsonText(entry.versionId)}`
  if (entry.isLatest !== undefined) text += `,"IsLatest":${entry.isLatest}`
  return `${text}${rareMembers(entry)}}`
}

function rareMembers({ checksumAlgorithm, checksumType, owner, restoreStatus }: ListEntry): string {
  let text = ''
  if (checksumAlgorithm !== undefined) text += `,"ChecksumAlgorithm":[${checksumAlgorithm.map(jsonText).join()}]`
  if (checksumType !== undefined) text += `,"ChecksumType":${jsonText(checksumType)}`
  if (owner !== undefined) text += `,"Owner":${jsonMembers({ DisplayName: owner.displayName, ID: owner.id })}`
  if (restoreStatus !== undefined) {
    const { isRestoreInProgress, restoreExpiryDate } = restoreStatus
    const members = { IsRestoreInProgress: isRestoreInProgress, RestoreExpiryDate: restoreExpiryDate }
    text += `,"RestoreStatus":${jsonMembers(members)}`
  }
  return text
}

function jsonMembers(members: Readonly<Record<string, string | boolean | undefined>>): string {
  const texts = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`"${name}":${typeof value === 'string' ? jsonText(value) : value}`],
  )
  return `{${texts.join()}}`
}
