import type { ListEntry } from '../../s3/list-page.ts'
import type { LineWriter } from './delimited-text.ts'
import type { ListingRenderer, RowOptions } from './listing-renderer.ts'
import { sizeDigits } from './size-digits.ts'

type Column = readonly [name: string, value: (entry: ListEntry) => string]

/** A line for each entry under a line of the member names, as csv or tsv; what the service did not say is empty. */
export function tableRenderer(line: LineWriter, options: RowOptions): ListingRenderer {
  const columns = columnsFor(options)
  const values = columns.map(([, value]) => value)
  return {
    frame: [line(columns.map(([name]) => name)), ''],
    separator: '',
    render: (entries) => {
      let text = ''
      for (const entry of entries) text += line(values.map((value) => value(entry)))
      return [text]
    },
  }
}

function columnsFor({ lists, isDelimited, hasOwner }: RowOptions): readonly Column[] {
  return [
    ['Key', (entry) => (entry.kind === 'prefix' ? '' : entry.key)],
    ['LastModified', (entry) => entry.lastModified ?? ''],
    ['ETag', (entry) => entry.eTag ?? ''],
    ['Size', (entry) => (entry.size === undefined ? '' : sizeDigits(entry.size))],
    ['StorageClass', (entry) => entry.storageClass ?? ''],
    ...(lists === 'versions' ? versionColumns : []),
    ...(hasOwner ? ownerColumns : []),
    ...(isDelimited ? prefixColumns : []),
  ]
}

const versionColumns: readonly Column[] = [
  ['VersionId', (entry) => entry.versionId ?? ''],
  ['IsLatest', (entry) => (entry.isLatest === undefined ? '' : String(entry.isLatest))],
  ['DeleteMarker', (entry) => (entry.kind === 'prefix' ? '' : String(entry.kind === 'delete-marker'))],
]

const ownerColumns: readonly Column[] = [
  ['OwnerDisplayName', (entry) => entry.owner?.displayName ?? ''],
  ['OwnerID', (entry) => entry.owner?.id ?? ''],
]

const prefixColumns: readonly Column[] = [['Prefix', (entry) => (entry.kind === 'prefix' ? entry.key : '')]]
