import type { Context } from '../../context.ts'
import { exitCodes, usageError } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { delimitedRow } from '../../output/listing/delimited.ts'
import { jsonText } from '../../output/listing/json-text.ts'
import { LocalTime } from '../../output/listing/local-time.ts'
import { type Bucket, listBuckets } from '../../s3/buckets.ts'
import { compareKeys } from '../../s3/key-order.ts'
import type { LsOptions } from '../ls.ts'
import { openS3 } from './access.ts'

/** Lists the account's buckets: creation date and name. */
export async function runBuckets(options: LsOptions, context: Context): Promise<number> {
  rejectBucketOptions(options)
  const note = (line: string): void => {
    context.stderr.write(`note: ${escapeForTerminal(line)}\n`).catch(() => {})
  }
  const { session, transport } = await openS3(undefined, { options, context, note })
  const document = bucketDocument(options, context)
  let count = 0
  let isThrottled = false
  try {
    const pages = listBuckets({
      session,
      pageSize: options.pageSize,
      headers: [],
      retries: {
        signal: context.interrupt,
        random: context.random,
        hasAnswered: () => session.requests > 0,
        onThrottle: () => {
          if (!isThrottled) note('S3 asks to slow down: waiting')
          isThrottled = true
        },
      },
    })
    for await (const page of inOrder(pages, options)) {
      const wanted = page.slice(0, (options.maxItems ?? Number.POSITIVE_INFINITY) - count)
      const text = wanted.map((bucket, index) => document.row(bucket, count + index)).join('')
      await context.stdout.write((count === 0 ? document.head : '') + text)
      count += wanted.length
      if (count === options.maxItems) break
    }
    await context.stdout.write(count === 0 ? document.head + document.tail : document.tail)
    if (options.summarize) {
      const text = `Total Buckets: ${count}\nLIST Requests: ${session.requests}\n`
      await (options.format === 'text' && options.names === undefined
        ? context.stdout.write(`\n${text}`)
        : context.stderr.write(text))
    }
  } finally {
    transport.close()
  }
  return count === 0 && options.failEmpty ? exitCodes.failure : exitCodes.done
}

/** Pages as they come, or all buckets sorted. */
async function* inOrder(
  pages: AsyncGenerator<readonly Bucket[]>,
  { sort }: LsOptions,
): AsyncGenerator<readonly Bucket[]> {
  if (sort === undefined) {
    yield* pages
    return
  }
  const all: Bucket[] = []
  for await (const page of pages) all.push(...page)
  const sign = sort.direction === 'ascending' ? 1 : -1
  const dateOf = ({ creationDate }: Bucket): number => Date.parse(creationDate ?? '') || 0
  yield all.sort((a, b) => {
    const byDate = sort.field === 'date' ? dateOf(a) - dateOf(b) : 0
    return sign * (byDate || compareKeys(a.name, b.name))
  })
}

interface BucketDocument {
  readonly head: string
  readonly row: (bucket: Bucket, index: number) => string
  readonly tail: string
}

function bucketDocument(options: LsOptions, context: Context): BucketDocument {
  const target = context.stdout.isTerminal ? 'terminal' : 'program'
  const plain = (row: (bucket: Bucket) => string): BucketDocument => ({ head: '', row, tail: '' })
  if (options.names !== undefined) {
    const end = options.names === 'nul' ? '\0' : '\n'
    return plain(({ name }) => `${escapeForTerminal(name)}${end}`)
  }
  switch (options.format) {
    case 'text': {
      const times = new LocalTime()
      return plain(({ name, creationDate = '' }) => {
        const date = times.format(creationDate) ?? escapeForTerminal(creationDate)
        return `${date.padEnd(19)} ${escapeForTerminal(name)}\n`
      })
    }
    case 'json':
      return {
        head: '{"Buckets":[',
        row: (bucket, index) => `${index === 0 ? '' : ','}\n${bucketJson(bucket)}`,
        tail: ']}\n',
      }
    case 'ndjson':
      return plain((bucket) => `${bucketJson(bucket)}\n`)
    case 'csv':
    case 'tsv': {
      const { format } = options
      const row = (fields: readonly string[]): string => delimitedRow(fields, { format, target })
      return {
        head: row(['Name', 'CreationDate', 'BucketRegion']),
        row: ({ name, creationDate, region }) => row([name, creationDate ?? '', region ?? '']),
        tail: '',
      }
    }
  }
}

function bucketJson({ name, creationDate, region, arn }: Bucket): string {
  return jsonText({ Name: name, CreationDate: creationDate, BucketRegion: region, BucketArn: arn })
}

/** @throws CliError (usage) for what only makes sense inside a bucket */
function rejectBucketOptions(options: LsOptions): void {
  const given: readonly (readonly [boolean, string])[] = [
    [options.versions, '--versions'],
    [options.recursive, '--recursive'],
    [options.groupBy !== undefined, '--group-by'],
    [options.filters.length > 0, '--include and --exclude'],
    [options.newerThan !== undefined, '--newer'],
    [options.olderThan !== undefined, '--older'],
    [options.largerThan !== undefined, '--larger'],
    [options.smallerThan !== undefined, '--smaller'],
    [options.storageClasses.size > 0, '--storage-class'],
    [options.startAfter !== undefined, '--start-after'],
    [options.delimiter !== undefined, '--delimiter'],
    [options.details === 'long', '-l'],
    [options.fetchOwner, '--fetch-owner'],
    [options.requestPayer !== undefined, '--request-payer'],
    [options.sort?.field === 'size', '--sort size'],
    [options.accelerate, '--accelerate'],
  ]
  const first = given.find(([isGiven]) => isGiven)?.[1]
  if (first !== undefined) throw usageError(`${first} needs a bucket`, 'name it: sigv4 ls s3://BUCKET')
}
