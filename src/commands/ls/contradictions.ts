import { usageError } from '../../errors.ts'
import { isDirectoryBucket } from '../../s3/bucket-name.ts'
import type { LsValues, LsWords, ParsedTarget } from './options.ts'

/** @throws CliError (usage) for options that exclude each other, or would do nothing */
export function rejectContradictions({
  values,
  rules,
  target,
}: Pick<LsWords, 'values' | 'rules'> & { readonly target: ParsedTarget }): void {
  if (target.bucket === undefined) {
    if (rules[0] !== undefined) throw needsBucket(`--${rules[0].verdict}`)
    rejectWithoutBucket(values)
  }
  for (const [first, second] of exclusions) {
    if (isGiven(values, first) && isGiven(values, second)) {
      throw usageError(`${words[first]} and ${words[second]} exclude each other`, `leave out ${words[second]}`)
    }
  }
  if (target.glob !== undefined && values.delimiter !== undefined) {
    throw usageError('--delimiter does not go with a glob, which is matched against full keys', 'add --no-glob')
  }
  if (values.delimiter === '') throw usageError('--delimiter is empty', 'use --recursive to list without folders')
  if (values.startAfter !== undefined && isDirectoryBucket(target.bucket ?? '')) {
    throw usageError(
      `--start-after does not go with the directory bucket '${target.bucket}', whose keys have no order`,
      'list all of it, or only a folder',
    )
  }
  if (values.storageClass?.includes(''))
    throw usageError("--storage-class '' names no class", 'write --storage-class GLACIER')
  rejectFormats(values)
  if (values.groupBy !== undefined && values.sort === 'date') {
    throw usageError('--sort date does not go with --group-by', 'groups are sorted by key or by size')
  }
}

function rejectFormats(values: LsValues): void {
  const isText = values.format === undefined || values.format === 'text'
  for (const name of ['l', 'human', 'humanReadable', 1, 0] as const) {
    if (isGiven(values, name) && !isText)
      throw usageError(`${words[name]} is for --format text, not ${values.format}`, 'leave one of them out')
  }
  for (const name of ['l', 1, 0, 'fetchOwner'] as const) {
    if (isGiven(values, name) && values.groupBy !== undefined) {
      throw usageError(`${words[name]} does not go with --group-by, which lists no objects`, 'leave one of them out')
    }
  }
}

function rejectWithoutBucket(values: LsValues): void {
  const found = needBucket.find((name) => isGiven(values, name))
  if (found !== undefined) throw needsBucket(words[found])
  if (values.sort === 'size') throw usageError('buckets have no size to sort by', 'sort them by key or date')
}

function needsBucket(option: string): Error {
  return usageError(`${option} needs a bucket`, 'write s3://BUCKET')
}

function isGiven(values: LsValues, name: Word): boolean {
  return values[name] !== undefined
}

const words = {
  recursive: '--recursive',
  versions: '--versions',
  startAfter: '--start-after',
  delimiter: '--delimiter',
  newer: '--newer',
  older: '--older',
  larger: '--larger',
  smaller: '--smaller',
  storageClass: '--storage-class',
  groupBy: '--group-by',
  fetchOwner: '--fetch-owner',
  requestPayer: '--request-payer',
  concurrency: '--concurrency',
  pathStyle: '--path-style',
  virtualHost: '--virtual-host',
  accelerate: '--accelerate',
  human: '--human',
  humanReadable: '--human-readable',
  l: '-l',
  1: '-1',
  0: '-0',
} as const

type Word = keyof typeof words & keyof LsValues

const needBucket = [
  'recursive',
  'versions',
  'startAfter',
  'delimiter',
  'newer',
  'older',
  'larger',
  'smaller',
  'storageClass',
  'groupBy',
  'fetchOwner',
  'requestPayer',
  'concurrency',
  'pathStyle',
  'virtualHost',
  'accelerate',
  'human',
  'humanReadable',
] as const satisfies readonly Word[]

const exclusions: readonly (readonly [Word, Word])[] = [
  ['recursive', 'delimiter'],
  ['pathStyle', 'virtualHost'],
  ['groupBy', 'delimiter'],
  ['fetchOwner', 1],
  ['fetchOwner', 0],
]
