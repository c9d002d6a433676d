import type { CredentialOptions } from '../../credentials/options.ts'
import { usageError } from '../../errors.ts'
import type { TransportOptions } from '../../http/transport.ts'
import { isDirectoryBucket, splitS3Target } from '../../s3/bucket-name.ts'
import type { Grouping } from '../../s3/entry-groups.ts'
import type { SortMember } from '../../s3/entry-sort.ts'
import { compileGlob, looksLikeGlob } from '../../s3/glob.ts'
import type { FilterOptions, FilterRule } from '../../s3/key-filter.ts'
import { parseCredentialOptions, type SharedValues } from '../shared-options.ts'
import { rejectContradictions } from './contradictions.ts'
import { parseCount, parseSize, parseWhen } from './quantities.ts'

export const listingFormats = ['text', 'json', 'ndjson', 'csv', 'tsv'] as const

export type ListingFormat = (typeof listingFormats)[number]

/** `ls`'s command line, parsed. */
export interface LsOptions {
  readonly credentials: CredentialOptions
  /** Undefined lists the buckets. */
  readonly bucket: string | undefined
  /** What is asked of the service: the prefix given, or what all keys that match a glob begin with. */
  readonly prefix: string
  /** Undefined for all keys below the prefix. */
  readonly delimiter: string | undefined
  readonly lists: 'objects' | 'versions'
  readonly startAfter: string | undefined
  readonly maxItems: number | undefined
  readonly filters: FilterOptions
  readonly sort: { readonly by: SortMember; readonly direction: 'ascending' | 'descending' } | undefined
  readonly groupBy: Grouping | undefined
  readonly format: ListingFormat
  readonly names: 'lines' | 'nul' | undefined
  readonly detail: 'usual' | 'long'
  readonly sizes: 'bytes' | 'human'
  readonly summarize: boolean
  readonly failEmpty: boolean
  readonly fetchOwner: boolean
  readonly requestPayer: boolean
  readonly pageSize: number | undefined
  readonly concurrency: number | undefined
  readonly parallel: boolean
  readonly healing: 'allowed' | 'forbidden'
  readonly style: 'path' | 'virtual-host' | undefined
  readonly dualstack: boolean
  readonly fips: boolean
  readonly accelerate: boolean
}

export type RunnableLsOptions = LsOptions & { readonly transport: TransportOptions }

/** What commander makes of the words. */
export interface LsValues extends SharedValues {
  readonly recursive?: true
  readonly versions?: true
  readonly startAfter?: string
  readonly maxItems?: string
  readonly delimiter?: string
  readonly glob: boolean
  readonly newer?: string
  readonly older?: string
  readonly larger?: string
  readonly smaller?: string
  readonly storageClass?: readonly string[]
  readonly sort?: SortMember
  readonly reverse?: true
  readonly groupBy?: Grouping
  readonly failEmpty?: true
  readonly l?: true
  readonly human?: true
  readonly humanReadable?: true
  readonly summarize?: true
  readonly 1?: true
  readonly 0?: true
  readonly format?: ListingFormat
  readonly fetchOwner?: true
  readonly pageSize?: string
  readonly concurrency?: string
  readonly parallel: boolean
  readonly heal: boolean
  readonly requestPayer?: true | string
  readonly pathStyle?: true
  readonly virtualHost?: true
  readonly dualstack?: true
  readonly fips?: true
  readonly accelerate?: true
}

export interface LsWords {
  readonly values: LsValues
  /** `--include` and `--exclude` in their order. */
  readonly rules: readonly FilterRule[]
  /** What durations such as `--newer 7d` are counted back from. */
  readonly now: Date
}

/** @throws CliError (usage) for values that cannot be and options that contradict each other */
export async function parseLs(operand: string | undefined, { values, rules, now }: LsWords): Promise<LsOptions> {
  const { operand: target, requestPayer } = parseRequestPayer(operand, values.requestPayer)
  const parsed = parseTarget(target, values)
  rejectContradictions({ values, rules, target: parsed })
  const sort = values.sort ?? (values.reverse && values.groupBy === undefined ? 'key' : undefined)
  return {
    credentials: await parseCredentialOptions(values),
    ...parsed,
    lists: values.versions ? 'versions' : 'objects',
    startAfter: values.startAfter,
    maxItems: parseCount(values.maxItems, '--max-items'),
    filters: {
      glob: parsed.glob,
      rules: rules,
      newerThan: parseWhen(values.newer, '--newer', now),
      olderThan: parseWhen(values.older, '--older', now),
      largerThan: parseSize(values.larger, '--larger'),
      smallerThan: parseSize(values.smaller, '--smaller'),
      storageClasses: values.storageClass ?? [],
    },
    sort: sort && { by: sort, direction: values.reverse ? 'descending' : 'ascending' },
    groupBy: values.groupBy,
    format: values.format ?? 'text',
    names: values[0] ? 'nul' : values[1] ? 'lines' : undefined,
    detail: values.l ? 'long' : 'usual',
    sizes: values.human || values.humanReadable ? 'human' : 'bytes',
    summarize: values.summarize ?? false,
    failEmpty: values.failEmpty ?? false,
    fetchOwner: values.fetchOwner ?? false,
    requestPayer,
    pageSize: parseCount(values.pageSize, '--page-size'),
    concurrency: parseCount(values.concurrency, '--concurrency'),
    parallel: values.parallel,
    healing: values.heal ? 'allowed' : 'forbidden',
    style: values.pathStyle ? 'path' : values.virtualHost ? 'virtual-host' : undefined,
    dualstack: values.dualstack ?? false,
    fips: values.fips ?? false,
    accelerate: values.accelerate ?? false,
  }
}

export type ParsedTarget = Pick<LsOptions, 'bucket' | 'prefix' | 'delimiter'> & { readonly glob: FilterOptions['glob'] }

function parseTarget(target: string | undefined, values: LsValues): ParsedTarget {
  if (target === undefined || target === '' || target === 's3://') {
    return { bucket: undefined, prefix: '', delimiter: undefined, glob: undefined }
  }
  if (/^https?:\/\//i.test(target)) {
    throw usageError(`'${target}' is a URL`, 'write s3://BUCKET/PREFIX, and the endpoint as --endpoint-url')
  }
  const { bucket, key } = splitS3Target(target)
  const delimiter = values.recursive || values.groupBy !== undefined ? undefined : (values.delimiter ?? '/')
  if (!values.glob || !looksLikeGlob(key)) return { bucket, prefix: key, delimiter, glob: undefined }
  const glob = compileGlob(key)
  // Everything special in it was escaped: a prefix.
  if (glob.isFixed) return { bucket, prefix: glob.fixedPrefix, delimiter, glob: undefined }
  // Directory buckets take only folders for prefixes.
  const prefix = isDirectoryBucket(bucket) ? folderOf(glob.fixedPrefix, '/') : glob.fixedPrefix
  return { bucket, prefix, delimiter: undefined, glob }
}

/** The folder that a prefix stands in. */
export function folderOf(prefix: string, delimiter: string): string {
  const end = prefix.lastIndexOf(delimiter)
  return end < 0 ? '' : prefix.slice(0, end + delimiter.length)
}

/** `--request-payer` may be followed by `requester`, as in the AWS CLI; any other word behind it is the target. */
function parseRequestPayer(
  operand: string | undefined,
  value: LsValues['requestPayer'],
): { readonly operand: string | undefined; readonly requestPayer: boolean } {
  if (typeof value !== 'string' || value === 'requester') return { operand, requestPayer: value !== undefined }
  if (operand === undefined) return { operand: value, requestPayer: true }
  throw usageError(
    `--request-payer '${value}' is not requester`,
    'write --request-payer requester, or the option alone',
  )
}
