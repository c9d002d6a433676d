import { failure } from '../errors.ts'
import type { Header } from '../request/header.ts'
import { S3Refusal } from './refusal.ts'
import { type RetryOptions, withRetries } from './retries.ts'
import type { S3Session } from './s3-session.ts'
import type { QueryParameter } from './session-sender.ts'
import { childOf, childrenOf, childText, MalformedXml, parseXml, type XmlElement } from './xml.ts'

export interface Bucket {
  readonly name: string
  /** As the service wrote it. */
  readonly creationDate: string | undefined
  /** Where the service says it. */
  readonly region: string | undefined
  readonly arn: string | undefined
}

export interface BucketListingOptions {
  readonly session: S3Session
  readonly pageSize: number | undefined
  readonly headers: readonly Header[]
  readonly retries: RetryOptions
}

/** A page as large as the service allows; asking for pages at all is what makes S3 tell the regions. */
const usualPageSize = 1000

/**
 * Lists the buckets of an account, page by page.
 * @throws what `S3Session.get` throws, MalformedXml, or CliError (failure) for a service that gives one page for ever
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export async function* listBuckets(options: BucketListingOptions): AsyncGenerator<readonly Bucket[]> {
  const { session, headers, retries } = options
  let paging: readonly QueryParameter[] = [['max-buckets', String(options.pageSize ?? usualPageSize)]]
  for (let token: string | undefined; ; ) {
    const query: readonly QueryParameter[] = token === undefined ? paging : [...paging, ['continuation-token', token]]
    try {
      const page = await withRetries(
        async () => readBuckets((await session.get(query, { headers, signal: retries.signal })).take().join('')),
        retries,
      )
      yield page.buckets
      if (page.next === undefined) return
      if (page.next === token) throw failure('the service repeats its continuation token for buckets')
      token = page.next
    } catch (error) {
      // Services that know no paging of buckets give all of them at once.
      const isRefused = error instanceof S3Refusal && error.status === 400 && paging.length > 0 && token === undefined
      if (!isRefused) throw error
      paging = []
    }
  }
}

async function readBuckets(text: string): Promise<{ buckets: readonly Bucket[]; next: string | undefined }> {
  const root = await parseXml(text)
  const list = childOf(root, 'Buckets')
  if (root.name !== 'ListAllMyBucketsResult' || list === undefined) {
    throw new MalformedXml(`the service answered with <${root.name}> in place of a list of buckets`)
  }
  const next = childText(root, 'ContinuationToken')
  return { buckets: childrenOf(list, 'Bucket').map(bucketOf), next: next === '' ? undefined : next }
}

function bucketOf(element: XmlElement): Bucket {
  const name = childText(element, 'Name')
  if (name === undefined) throw new MalformedXml('the list has a bucket without a name')
  return {
    name,
    creationDate: childText(element, 'CreationDate'),
    region: childText(element, 'BucketRegion'),
    arn: childText(element, 'BucketArn'),
  }
}
