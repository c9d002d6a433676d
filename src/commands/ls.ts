import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { groupings } from '../s3/entry-groups.ts'
import type { FilterRule } from '../s3/key-filter.ts'
import { setAction } from './action.ts'
import { type LsValues, listingFormats, parseLs } from './ls/options.ts'
import { addSharedOptions, parseTransportOptions } from './shared-options.ts'

const examples = `
Examples:
  $ sigv4 ls
  $ sigv4 ls s3://examplebucket/photos/
  $ sigv4 ls -r --human --summarize s3://examplebucket
  $ sigv4 ls 's3://examplebucket/logs/2026-*/**/*.gz' --sort date --reverse --max-items 10
  $ sigv4 ls -r --format ndjson --larger 100M --older 90d s3://examplebucket | jq -r .Key
  $ sigv4 ls -0r --exclude '*' --include '*.tmp' s3://examplebucket | xargs -0 -n 1 echo
  $ sigv4 ls --group-by extension s3://examplebucket
`

/** Adds `ls`'s words. */
export function registerLs(command: Command, context: Context): void {
  const rules: FilterRule[] = []
  command
    .argument(
      '[target]',
      's3://BUCKET, s3://BUCKET/PREFIX or a glob (s3:// may be left out); nothing lists the buckets',
    )
    .addHelpText('before', examples.trimStart())
  addSelectionOptions(command, rules)
  addOutputOptions(command)
  addRequestOptions(command)
  addSharedOptions(command)
  setAction(command, async ([target]) => {
    const values = command.opts<LsValues>()
    const options = await parseLs(target, { values, rules, now: context.now() })
    const transport = await parseTransportOptions(values, context)
    return (await import('./ls/run.ts')).runLs({ ...options, transport }, context)
  })
}

function addSelectionOptions(command: Command, rules: FilterRule[]): void {
  // Both in one list: the last that matches wins, whichever it is.
  const collectRule = (verdict: FilterRule['verdict']) => (pattern: string) => rules.push({ verdict, pattern })
  command
    .option('-r, --recursive', 'list all keys below the prefix, with their full names')
    .option('--versions', 'list every version and delete marker')
    .option('--start-after <key>', 'begin behind this key')
    .option('--max-items <number>', 'stop after so many rows')
    .option('--delimiter <text>', 'what ends a folder (default: /)')
    .option('--no-glob', 'take the characters *?[]{}\\ of the target literally')
    .option(
      '--include <glob>',
      'take keys that match; * crosses /, the last match wins (repeatable)',
      collectRule('include'),
    )
    .option('--exclude <glob>', 'leave out keys that match (repeatable)', collectRule('exclude'))
    .option('--newer <when>', 'modified within 7d, or after 2026-01-31 or 2026-01-31T12:00:00Z')
    .option('--older <when>', 'modified longer ago, or before')
    .option('--larger <size>', 'more bytes than 1M (K, M, G, T: powers of 1024)')
    .option('--smaller <size>', 'fewer bytes')
    .option('--storage-class <class>', 'of this storage class (repeatable)', collect)
    .addOption(new Option('--sort <by>', 'sort in place of the order of S3').choices(['key', 'size', 'date']))
    .option('--reverse', 'the other way round')
    .addOption(new Option('--group-by <what>', 'count objects and bytes by this (implies -r)').choices(groupings))
    .option('--fail-empty', 'exit 1 when nothing matched')
}

function addOutputOptions(command: Command): void {
  command
    .option('-l', 'add storage class and ETag; to buckets their region')
    .option('--human', 'sizes for people (1.5 KiB)')
    .option('--human-readable', 'the same')
    .option('--summarize', 'add count, bytes, and LIST requests made (on stderr unless the format is text)')
    .option('-1', 'print names only')
    .option('-0', 'print names only, exactly, each ended by NUL')
    .addOption(new Option('--format <format>', 'what to print (default: text)').choices(listingFormats))
    .option('--fetch-owner', 'add the owner of each object')
}

function addRequestOptions(command: Command): void {
  command
    .option('--page-size <number>', 'ask for so many keys at a time')
    .option('--concurrency <number>', 'send so many requests at once at most (default: 64)')
    .option('--no-parallel', 'ask for one page after the other')
    .option('--no-heal', 'do not repair a wrong region, clock or unknown parameter')
    .option('--request-payer [who]', 'pay for the requests (requester)')
    .option('--path-style', 'address the bucket in the path (default with --endpoint-url)')
    .option('--virtual-host', 'address the bucket in the host name')
    .option('--dualstack', 'use the hosts with IPv6')
    .option('--fips', 'use the hosts with FIPS cryptography')
    .option('--accelerate', 'use transfer acceleration')
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
