import { humanSize } from './human-size.ts'

export interface ListingSummary {
  readonly count: number
  readonly bytes: number
  readonly listRequests: number
}

/** The lines of `aws s3 ls --summarize`, and the number of LIST requests that it took. */
export function formatSummary(
  { count, bytes, listRequests }: ListingSummary,
  { sizes }: { readonly sizes: 'bytes' | 'human' },
): string {
  const size = sizes === 'human' ? humanSize(bytes) : String(bytes)
  return `\nTotal Objects: ${count}\n   Total Size: ${size}\nLIST requests: ${listRequests}\n`
}
