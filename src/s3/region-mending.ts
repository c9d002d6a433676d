import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { isRegionName, partitionOf } from '../request/partition.ts'
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

const regionalHost = /^((?:.*\.)?s3(?:-fips)?(?:\.dualstack)?)(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.(amazonaws\.[a-z.]+)$/

/** The same S3 host in another region; a host that is not S3's own stays as it is. */
export function hostInRegion(hostname: string, region: string): string {
  return hostname.replace(regionalHost, `$1.${region}.$2`)
}
