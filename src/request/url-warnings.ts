import type { RequestUrl } from './request-url.ts'

/** What in a URL probably does not mean what was meant. `pathEncoding` is the service's: S3's is `single`. */
export function urlWarnings(
  url: Pick<RequestUrl, 'path' | 'query'>,
  pathEncoding: 'single' | 'double',
): readonly string[] {
  const single = pathEncoding === 'single'
  const warnings: string[] = []
  if (url.query?.includes('+')) {
    warnings.push("'+' in the query means a space to AWS and is signed as %20; write %2B for a plus sign")
  }
  if (single && url.path.includes('+')) {
    warnings.push("'+' in the path means a space to S3 and is signed as %20; write %2B for a plus sign")
  }
  if (single && /%2[Ff]/.test(url.path)) warnings.push("'%2F' in the path is a '/' to S3 and is signed as such")
  return warnings
}
