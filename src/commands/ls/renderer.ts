import { csvLine, csvLineForTerminal, tsvLine } from '../../output/listing/delimited-text.ts'
import { jsonRenderer, ndjsonRenderer } from '../../output/listing/json-rows.ts'
import type { ListingRenderer } from '../../output/listing/listing-renderer.ts'
import { tableRenderer } from '../../output/listing/table-rows.ts'
import { namesRenderer, textRenderer } from '../../output/listing/text-rows.ts'
import { allMembers, type EntryMember } from '../../s3/entry-shape.ts'
import { folderOf, type LsOptions } from './options.ts'

/** How the rows of a listing are to be written. */
export function rendererFor(options: LsOptions, { isTerminal }: { readonly isTerminal: boolean }): ListingRenderer {
  const { names, lists, delimiter } = options
  const folderLength = delimiter === undefined ? 0 : folderOf(options.prefix, delimiter).length
  if (names !== undefined) {
    const escaping = names === 'lines' || isTerminal ? 'terminal' : 'none'
    return namesRenderer({ ending: names === 'nul' ? '\0' : '\n', folderLength, escaping })
  }
  const rows = { lists, isDelimited: delimiter !== undefined, hasOwner: options.fetchOwner }
  switch (options.format) {
    case 'text':
      return textRenderer({
        detail: options.detail,
        sizes: options.sizes,
        lists,
        owners: options.fetchOwner ? 'shown' : 'hidden',
        folderLength,
      })
    case 'json':
      return jsonRenderer(rows)
    case 'ndjson':
      return ndjsonRenderer()
    case 'csv':
      return tableRenderer(isTerminal ? csvLineForTerminal : csvLine, rows)
    case 'tsv':
      return tableRenderer(tsvLine, rows)
  }
}

/** What has to be read of each entry: the rest need not be taken out of the pages. */
export function neededMembers(options: LsOptions): ReadonlySet<EntryMember> {
  if (options.format !== 'text' && options.groupBy === undefined) return allMembers
  const { filters, groupBy, sort, lists } = options
  const isText = options.names === undefined && groupBy === undefined
  const isLong = isText && options.detail === 'long'
  const byTime = filters.newerThan ?? filters.olderThan
  const needs: readonly (readonly [EntryMember, boolean])[] = [
    ['lastModified', isText || byTime !== undefined || sort?.by === 'date' || groupBy === 'age'],
    // Counted for the summary, in any case.
    ['size', true],
    ['storageClass', isLong || filters.storageClasses.length > 0 || groupBy === 'class'],
    ['eTag', isLong],
    ['ownerId', isText && options.fetchOwner],
    ['ownerName', isText && options.fetchOwner],
    // Where the next page begins may depend on it.
    ['versionId', lists === 'versions'],
    ['isLatest', isText && lists === 'versions'],
  ]
  return new Set(needs.flatMap(([member, isNeeded]) => (isNeeded ? [member] : [])))
}
