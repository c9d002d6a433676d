import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { usageError } from '../errors.ts'
import type { TransportOptions } from '../http/transport.ts'
import type { ColorMode } from '../output/style.ts'
import { compileFilterRule, type FilterRule } from '../s3/entry-filter.ts'
import type { Grouping } from '../s3/entry-groups.ts'
import type { SortField, SortOrder } from '../s3/entry-sort.ts'
import { setAction } from './action.ts'
import { parseCount, parseMoment, parseSize } from './ls/values.ts'
import { addSharedOptions, parseCredentialOptions, parseTransportOptions, type SharedValues } from './shared-options.ts'

export const listFormats = ['text', 'json', 'ndjson', 'csv', 'tsv'] as const

export type ListFormat = (typeof listFormats)[number]

/** `ls`'s command line, parsed. */
export interface LsOptions {
  readonly credentials: CredentialOptions
  readonly transport: TransportOptions
  readonly color: ColorMode | undefined
  readonly target: string | undefined
  readonly format: ListFormat
  /** Only names: one a line, or each ended by NUL. */
  readonly names: 'lines' | 'nul' | undefined
  readonly details: 'usual' | 'long'
  readonly sizes: 'bytes' | 'human'
  readonly summarize: boolean
  readonly recursive: boolean
  readonly versions: boolean
  readonly delimiter: string | undefined
  readonly startAfter: string | undefined
  readonly maxItems: number | undefined
  readonly pageSize: number | undefined
  readonly fetchOwner: boolean
  readonly requestPayer: string | undefined
  readonly filters: readonly FilterRule[]
  readonly newerThan: number | undefined
  readonly olderThan: number | undefined
  readonly largerThan: number | undefined
  readonly smallerThan: number | undefined
  readonly storageClasses: ReadonlySet<string>
  readonly sort: SortOrder | undefined
  readonly groupBy: Grouping | undefined
  readonly glob: boolean
  /** Requests at once, at most. */
  readonly concurrency: number
  readonly healing: 'allowed' | 'forbidden'
  readonly failEmpty: boolean
  readonly style: 'path' | 'virtual-host' | undefined
  readonly dualstack: boolean
  readonly fips: boolean
  readonly accelerate: boolean
}

interface LsValues extends SharedValues {
  readonly recursive?: true
  readonly l?: true
  readonly '0'?: true
  readonly '1'?: true
  readonly human?: true
  readonly humanReadable?: true
  readonly summarize?: true
  readonly format?: ListFormat
  readonly versions?: true
  readonly delimiter?: string
  readonly startAfter?: string
  readonly maxItems?: string
  readonly pageSize?: string
  readonly fetchOwner?: true
  readonly requestPayer?: string | true
  readonly newer?: string
  readonly older?: string
  readonly larger?: string
  readonly smaller?: string
  readonly storageClass?: readonly string[]
  readonly sort?: SortField
  readonly reverse?: true
  readonly groupBy?: Grouping
  readonly glob: boolean
  readonly concurrency?: string
  readonly parallel: boolean
  readonly heal: boolean
  readonly failEmpty?: true
  readonly pathStyle?: true
  readonly virtualHost?: true
  readonly dualstack?: true
  readonly fips?: true
  readonly accelerate?: true
}

/** Beyond this a page's way through our one thread is what takes the time, whatever the latency. */
const defaultConcurrency = 64

const examples = `
Examples:
  $ sigv4 ls
  $ sigv4 ls s3://examplebucket/logs/
  $ sigv4 ls 's3://examplebucket/logs/2026-*/**/*.gz' --larger 1M
  $ sigv4 ls -r s3://examplebucket --sort date --reverse --max-items 10
  $ sigv4 ls -r0 s3://examplebucket | xargs -0 -n 1 echo
  $ sigv4 ls s3://examplebucket --group-by prefix --human
`

/** Adds `ls`'s words. */
export function registerLs(command: Command, context: Context): void {
  const filters: FilterRule[] = []
  const collectFilter = (effect: FilterRule['effect']) => (pattern: string) =>
    filters.push(compileFilterRule(effect, pattern))
  command
    .argument('[target]', 's3://BUCKET[/PREFIX or glob]; s3:// may be left out; nothing lists the buckets')
    .addHelpText('before', examples.trimStart())
    .option('-r, --recursive', 'all keys below, in full, and no PRE')
    .option('-l', 'storage class and ETag before the name')
    .option('-1', 'names only, one a line')
    .option('-0', 'names only, exact, each ended by NUL')
    .option('--human', 'sizes as 3.1 KiB')
    .option('--human-readable', 'the same')
    .option('--summarize', 'count, bytes and LIST requests, at the end')
    .addOption(new Option('--format <format>', 'what to print').choices(listFormats))
    .option('--versions', 'versions of keys, and delete markers')
    .option('--delimiter <text>', 'what ends a common prefix (default: /)')
    .option('--start-after <key>', 'begin behind this key')
    .option('--max-items <count>', 'print no more than this')
    .option('--page-size <count>', 'keys to ask for in one request')
    .option('--fetch-owner', 'with owners')
    .option('--request-payer [who]', 'pay for the requests (requester)')
    .option(
      '--include <glob>',
      'keep keys that match, after an --exclude (repeatable; * crosses /)',
      collectFilter('include'),
    )
    .option('--exclude <glob>', 'leave out keys that match (repeatable; the last match wins)', collectFilter('exclude'))
    .option('--newer <time>', 'modified after this: a date, or 7d, 12h ago')
    .option('--older <time>', 'modified before this')
    .option('--larger <size>', 'more than this: bytes, or 100K, 1.5M, 2G')
    .option('--smaller <size>', 'less than this')
    .option('--storage-class <class>', 'of this storage class (repeatable)', collect)
    .addOption(new Option('--sort <field>', 'sort by (default: as S3 lists them)').choices(['key', 'size', 'date']))
    .option('--reverse', 'the other way round')
    .addOption(
      new Option('--group-by <what>', 'count and bytes of each group').choices(['prefix', 'class', 'age', 'extension']),
    )
    .option('--no-glob', 'take * ? [ ] { } in the target literally')
    .option('--concurrency <count>', 'requests at once, at most (default: chosen while listing)')
    .option('--no-parallel', 'one request after the other')
    .option('--no-heal', 'do not correct region, clock or parameters')
    .option('--fail-empty', 'exit 1 when nothing matched')
    .option('--path-style', 'the bucket in the path')
    .option('--virtual-host', 'the bucket in the host name')
    .option('--dualstack', 'the IPv6 endpoint')
    .option('--fips', 'the FIPS endpoint')
    .option('--accelerate', 'the transfer acceleration endpoint')
  addSharedOptions(command)
  setAction(command, async ([target]) => {
    const options = await parseLs(target, { values: command.opts<LsValues>(), filters, context })
    return (await import('./ls/run.ts')).runLs(options, context)
  })
}

/** @throws CliError (usage) for values that cannot be and options that contradict each other */
export async function parseLs(
  target: string | undefined,
  {
    values,
    filters,
    context,
  }: { readonly values: LsValues; readonly filters: readonly FilterRule[]; readonly context: Context },
): Promise<LsOptions> {
  rejectContradictions(values)
  const moment = (text: string | undefined, option: string) =>
    text === undefined ? undefined : parseMoment(text, option, context.now())
  const size = (text: string | undefined, option: string) => (text === undefined ? undefined : parseSize(text, option))
  const count = (text: string | undefined, option: string) =>
    text === undefined ? undefined : parseCount(text, option, 1)
  return {
    credentials: await parseCredentialOptions(values),
    transport: await parseTransportOptions(values, context),
    color: values.color,
    target: target ?? misplacedTarget(values),
    format: values.format ?? 'text',
    names: values['0'] ? 'nul' : values['1'] ? 'lines' : undefined,
    details: values.l ? 'long' : 'usual',
    sizes: values.human || values.humanReadable ? 'human' : 'bytes',
    summarize: values.summarize ?? false,
    recursive: values.recursive ?? false,
    versions: values.versions ?? false,
    delimiter: values.delimiter,
    startAfter: values.startAfter,
    maxItems: count(values.maxItems, '--max-items'),
    pageSize: count(values.pageSize, '--page-size'),
    fetchOwner: values.fetchOwner ?? false,
    requestPayer: parsePayer(values),
    filters,
    newerThan: moment(values.newer, '--newer'),
    olderThan: moment(values.older, '--older'),
    largerThan: size(values.larger, '--larger'),
    smallerThan: size(values.smaller, '--smaller'),
    storageClasses: new Set((values.storageClass ?? []).map((name) => name.toUpperCase())),
    sort: sortOrder(values),
    groupBy: values.groupBy,
    glob: values.glob,
    concurrency: values.parallel ? (count(values.concurrency, '--concurrency') ?? defaultConcurrency) : 1,
    healing: values.heal ? 'allowed' : 'forbidden',
    failEmpty: values.failEmpty ?? false,
    style: values.pathStyle ? 'path' : values.virtualHost ? 'virtual-host' : undefined,
    dualstack: values.dualstack ?? false,
    fips: values.fips ?? false,
    accelerate: values.accelerate ?? false,
  }
}

const exclusive: readonly (readonly [keyof LsValues, string])[][] = [
  [
    ['0', '-0'],
    ['1', '-1'],
    ['l', '-l'],
    ['groupBy', '--group-by'],
  ],
  [
    ['0', '-0'],
    ['format', '--format'],
  ],
  [
    ['1', '-1'],
    ['format', '--format'],
  ],
  [
    ['pathStyle', '--path-style'],
    ['virtualHost', '--virtual-host'],
  ],
  [
    ['recursive', '--recursive'],
    ['delimiter', '--delimiter'],
  ],
  [
    ['groupBy', '--group-by'],
    ['delimiter', '--delimiter'],
  ],
]

function rejectContradictions(values: LsValues): void {
  for (const group of exclusive) {
    const [first, second] = group.filter(([name]) => values[name] !== undefined).map(([, option]) => option)
    if (second !== undefined) throw usageError(`${first} and ${second} exclude each other`, 'give one of them')
  }
  if (!values.parallel && values.concurrency !== undefined) {
    throw usageError('--no-parallel and --concurrency exclude each other', 'give one of them')
  }
  if (values.groupBy !== undefined && values.sort === 'date') {
    throw usageError('--group-by cannot be sorted by date', 'groups have a name and a size: --sort key or size')
  }
}

/** Backwards without a field is backwards by key. */
function sortOrder({ sort, reverse }: LsValues): SortOrder | undefined {
  if (sort === undefined && !reverse) return undefined
  return { field: sort ?? 'key', direction: reverse ? 'descending' : 'ascending' }
}

function parsePayer({ requestPayer }: LsValues): string | undefined {
  return requestPayer === undefined ? undefined : 'requester'
}

/** `--request-payer` may be followed by `requester`, as in the AWS CLI, or by the target. */
function misplacedTarget({ requestPayer }: LsValues): string | undefined {
  return requestPayer === true || requestPayer === 'requester' ? undefined : requestPayer
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
