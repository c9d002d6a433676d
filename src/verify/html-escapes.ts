import type { ReceivedRequest } from '../request/received-request.ts'
import type { Finding } from './check.ts'

/** The signature's own parameters in a URL that was copied from HTML or XML: `&amp;X-Amz-Date=` sends `amp;X-Amz-Date`. */
const escapedOwn = /^amp(?:;|%3b)x-amz-/i
const escaped = /^amp(?:;|%3b)/i

/** A URL that is still escaped for HTML, as it was meant; undefined for all others. */
export function withoutHtmlEscapes(
  request: ReceivedRequest,
): { readonly meant: ReceivedRequest; readonly finding: Finding } | undefined {
  const parts = request.query?.split('&') ?? []
  const own = parts.find((part) => escapedOwn.test(part))
  if (own === undefined) return undefined
  const count = parts.filter((part) => escaped.test(part)).length
  return {
    meant: { ...request, query: parts.map((part) => part.replace(escaped, '')).join('&') },
    finding: {
      id: 'query-html-escaped',
      detail: `${count} parameter${count === 1 ? '' : 's'} would arrive with amp; before the name, as ${own.replace(/=.*$/s, '')}`,
    },
  }
}
