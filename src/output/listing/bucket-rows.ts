import type { Bucket } from '../../s3/buckets.ts'
import { escapeForTerminal } from '../escape.ts'
import { csvLine, csvLineForTerminal, type LineWriter, tsvLine } from './delimited-text.ts'
import { jsonText } from './json-text.ts'
import { localTimes } from './local-time.ts'

export interface BucketFormat {
  readonly format: 'text' | 'json' | 'ndjson' | 'csv' | 'tsv'
  /** `long` adds the region to text. */
  readonly detail: 'usual' | 'long'
  /** `lines` and `nul` print names alone. */
  readonly names: 'lines' | 'nul' | undefined
  readonly isTerminal: boolean
}

/** A list of buckets: text as `aws s3 ls` prints it, JSON in the shape of `aws s3api list-buckets`. */
export function formatBuckets(buckets: readonly Bucket[], options: BucketFormat): string {
  if (options.names === 'nul') return buckets.map(({ name }) => `${name}\0`).join('')
  if (options.names === 'lines') return buckets.map(({ name }) => `${escapeForTerminal(name)}\n`).join('')
  switch (options.format) {
    case 'text':
      return textRows(buckets, options.detail)
    case 'json': {
      const rows = buckets.map((bucket) => `\n${jsonBucket(bucket)}`)
      return `{"Buckets":[${rows.join()}\n]}\n`
    }
    case 'ndjson':
      return buckets.map((bucket) => `${jsonBucket(bucket)}\n`).join('')
    case 'csv':
      return table(buckets, options.isTerminal ? csvLineForTerminal : csvLine)
    case 'tsv':
      return table(buckets, tsvLine)
  }
}

function textRows(buckets: readonly Bucket[], detail: BucketFormat['detail']): string {
  const localTime = localTimes()
  const regionWidth = Math.max(1, ...buckets.map(({ region }) => region?.length ?? 0))
  return buckets
    .map(({ name, creationDate, region }) => {
      const time = localTime(creationDate) ?? escapeForTerminal(creationDate ?? '').padEnd(19)
      const where = detail === 'long' ? `${escapeForTerminal(region ?? '-').padEnd(regionWidth)} ` : ''
      return `${time} ${where}${escapeForTerminal(name)}\n`
    })
    .join('')
}

function jsonBucket({ name, creationDate, region, arn }: Bucket): string {
  const members = [
    ['Name', name],
    ['CreationDate', creationDate],
    ['BucketRegion', region],
    ['BucketArn', arn],
  ] as const
  const texts = members.flatMap(([member, value]) => (value === undefined ? [] : [`"${member}":${jsonText(value)}`]))
  return `{${texts.join()}}`
}

function table(buckets: readonly Bucket[], line: LineWriter): string {
  const rows = buckets.map(({ name, creationDate, region }) => line([name, creationDate ?? '', region ?? '']))
  return line(['Name', 'CreationDate', 'BucketRegion']) + rows.join('')
}
