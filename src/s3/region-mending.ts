import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { dnsSuffixOf, isRegionName, partitionOf } from '../request/partition.ts'
import { readServiceError } from './service-error.ts'

/** S3's ways to say that a bucket is in another region: no redirect, a temporary one, `AuthorizationHeaderMalformed`. */
export function mayNameRegion(status: number): boolean {
  return status === 301 || status === 307 || status === 400
}

/**
 * The region that a refusal names for a bucket, where it is another than the one that was signed for.
 * @param body the beginning of the answer's body
 */
export async function namedRegion(
  answer: { readonly headers: readonly Header[]; readonly body: string },
  signedFor: string,
): Promise<string | undefined> {
  const region =
    headerValue(answer.headers, 'x-amz-bucket-region') ?? (await readServiceError(answer.body, answer.headers))?.region
  if (region === undefined || region === signedFor || !isRegionName(region)) return undefined
  return partitionOf(region).id === partitionOf(signedFor).id ? region : undefined
}

/** What stands before the partition's suffix: a bucket, `s3`, its variants, the region. */
const s3Labels = /^((?:.*\.)?s3(?:-fips)?(?:\.dualstack)?)(?:[.-][a-z]{2,4}(?:-[a-z]+)+-\d{1,2})?$/

/** The same S3 host in another region of its partition; a host that is not S3's own stays as it is. */
export function hostInRegion(hostname: string, region: string): string {
  const suffix = `.${dnsSuffixOf(region)}`
  if (!hostname.endsWith(suffix)) return hostname
  return hostname.slice(0, -suffix.length).replace(s3Labels, `$1.${region}`) + suffix
}
