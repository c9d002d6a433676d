import type { Context } from '../../context.ts'
import { formatBuckets } from '../../output/listing/bucket-rows.ts'
import { type Bucket, listBuckets } from '../../s3/buckets.ts'
import { compareKeys } from '../../s3/key-order.ts'
import type { S3Session } from '../../s3/s3-session.ts'
import type { LsOptions } from './options.ts'
import type { StatusLine } from './status-line.ts'

export interface ListingInput {
  readonly options: LsOptions
  readonly context: Context
  readonly session: S3Session
  readonly status: StatusLine
  /** Requests at once, at most. */
  readonly concurrency: number
}

/** Lists the account's buckets: all of them are in memory, at most some ten thousand. */
export async function listAllBuckets(input: ListingInput): Promise<{ readonly rows: number }> {
  const { options, context, session, status } = input
  const { maxItems, sort } = options
  const buckets: Bucket[] = []
  let hasThrottled = false
  const pages = listBuckets({
    session,
    pageSize: options.pageSize,
    headers: [],
    retries: {
      signal: context.interrupt,
      random: context.random,
      hasAnswered: () => session.requests > 0,
      onThrottle: () => {
        if (!hasThrottled) status.note('S3 asks to slow down: waiting')
        hasThrottled = true
      },
    },
  })
  for await (const page of pages) {
    buckets.push(...page)
    if (sort === undefined && maxItems !== undefined && buckets.length >= maxItems) break
  }
  const shown = sorted(buckets, sort).slice(0, maxItems)
  await status.clear()
  await context.stdout.write(
    formatBuckets(shown, {
      format: options.format,
      detail: options.detail,
      names: options.names,
      isTerminal: context.stdout.isTerminal,
    }),
  )
  if (options.summarize) await writeBucketSummary(input, shown.length)
  return { rows: shown.length }
}

function sorted(buckets: readonly Bucket[], sort: LsOptions['sort']): readonly Bucket[] {
  if (sort === undefined) return buckets
  const sign = sort.direction === 'ascending' ? 1 : -1
  const timeOf = (bucket: Bucket) => Date.parse(bucket.creationDate ?? '') || 0
  return [...buckets].sort((a, b) => {
    const byDate = sort.by === 'date' ? sign * (timeOf(a) - timeOf(b)) : 0
    return byDate || (sort.by === 'date' ? 1 : sign) * compareKeys(a.name, b.name)
  })
}

async function writeBucketSummary({ options, context, session }: ListingInput, count: number): Promise<void> {
  const isText = options.format === 'text' && options.names === undefined
  const output = isText ? context.stdout : context.stderr
  await output.write(`\nTotal Buckets: ${count}\nLIST requests: ${session.requests}\n`)
}
