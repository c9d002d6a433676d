import { usageError } from '../../errors.ts'
import { splitS3Target } from '../../s3/bucket-name.ts'
import { compileFilter, type EntryFilter, filterMembers } from '../../s3/entry-filter.ts'
import type { EntryMember } from '../../s3/entry-shape.ts'
import { compileGlob } from '../../s3/glob.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import type { LsOptions } from '../ls.ts'

/** What is to be listed of a bucket. */
export interface ListingPlan {
  readonly bucket: string
  readonly lists: 'objects' | 'versions'
  readonly prefix: string
  /** Undefined for all keys below the prefix. */
  readonly delimiter: string | undefined
  /** Names are shown from here: behind the listed folder. */
  readonly nameStart: number
  /** The listed folder: the prefix up to its last delimiter. */
  readonly folder: string
  /** Undefined where everything is wanted. */
  readonly isWanted: ((entry: ListEntry) => boolean) | undefined
  /** The members that `isWanted` looks at. */
  readonly filterMembers: readonly EntryMember[]
}

/** Undefined where no bucket is named: the buckets are to be listed. @throws CliError (usage) */
export function planListing(options: LsOptions): ListingPlan | undefined {
  if (options.target === undefined || options.target === 's3://' || options.target === '') return undefined
  const { bucket, key } = splitS3Target(options.target)
  if (bucket === '') throw usageError(`'${options.target}' names no bucket`, 'write s3://BUCKET or s3://BUCKET/PREFIX')
  const glob = options.glob ? compileGlob(key, { slashes: 'stop', syntax: 'full' }) : undefined
  const isPattern = glob?.isPattern ?? false
  const prefix = glob?.fixedPrefix ?? key
  const isRecursive = options.recursive || isPattern || options.groupBy !== undefined || options.delimiter === ''
  const delimiter = options.delimiter || '/'
  const folderEnd = prefix.lastIndexOf(delimiter)
  const folder = folderEnd === -1 ? '' : prefix.slice(0, folderEnd + delimiter.length)
  const filter: EntryFilter = {
    glob: isPattern ? glob : undefined,
    rules: options.filters,
    newerThan: options.newerThan,
    olderThan: options.olderThan,
    largerThan: options.largerThan,
    smallerThan: options.smallerThan,
    storageClasses: options.storageClasses,
  }
  return {
    bucket,
    lists: options.versions ? 'versions' : 'objects',
    prefix,
    delimiter: isRecursive ? undefined : delimiter,
    nameStart: isRecursive ? 0 : folder.length,
    folder,
    isWanted: compileFilter(filter),
    filterMembers: filterMembers(filter),
  }
}
