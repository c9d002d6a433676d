import { usageError } from '../errors.ts'
import type { RequestKind } from '../request/curl-headers.ts'
import { parseRequestUrl, type RequestUrl, withTwoSlashes } from '../request/request-url.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

export interface RedirectRules {
  readonly follow: boolean
  /** Who gets signatures, credentials and the user's secret headers. */
  readonly trust: 'same-host' | 'every-host'
  readonly max: number
  /** Statuses after which a POST stays one. */
  readonly keepPost: ReadonlySet<number>
}

/** Whether the status asks for another request, with a `Location` that says where; to curl an empty one is none. */
export function isRedirect(status: number, location: string | undefined): location is string {
  return status >= 300 && status < 400 && location !== undefined && location !== ''
}

/**
 * The kind of the request after a redirect: curl turns a POST into GET after 301 and 302 as browsers do, and anything
 * but HEAD after 303. `-X` keeps its word over all of them.
 */
export function kindAfterRedirect(status: number, kind: RequestKind, { keepPost }: RedirectRules): RequestKind {
  if (kind === 'HEAD') return kind
  if (keepPost.has(status) && kind === 'POST') return kind
  if (status === 303) return 'GET'
  return (status === 301 || status === 302) && kind === 'POST' ? 'GET' : kind
}

/**
 * The URL that a `Location` means, seen from the URL that was asked (RFC 3986 5.2, without squashing what stands in it).
 * @throws TransferError (1) for another scheme than http and https, (3) for what is no URL
 */
export function resolveLocation(base: RequestUrl, location: string): RequestUrl {
  const text = withTwoSlashes(location.trim())
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    throw new TransferError(
      curlCodes.unsupportedAnswer,
      `the redirect to '${scheme}:' is not followed: only http and https are`,
    )
  }
  try {
    return parseRequestUrl(absoluteUrl(base, text))
  } catch (error) {
    throw new TransferError(
      curlCodes.malformedUrl,
      `the redirect's Location ${JSON.stringify(text.slice(0, 200))} is not a URL`,
      { cause: error },
    )
  }
}

/** Whether two URLs lie on one host, scheme and port: the only case in which credentials go along. */
export function isSameOrigin(a: RequestUrl, b: RequestUrl): boolean {
  return a.scheme === b.scheme && a.hostname === b.hostname && a.port === b.port
}

/** @throws TransferError (47) */
export function checkRedirectCount(followed: number, { max }: RedirectRules): void {
  if (followed >= max)
    throw new TransferError(curlCodes.tooManyRedirects, `more than ${max} redirects`, { hint: 'raise --max-redirs' })
}

function absoluteUrl(base: RequestUrl, reference: string): string {
  if (/^https?:\/\//i.test(reference)) return reference
  if (/^https?:/i.test(reference)) throw usageError('a URL without a host')
  const origin = `${base.scheme}://${base.host}`
  if (reference.startsWith('//')) return `${base.scheme}:${reference}`
  if (reference.startsWith('/')) return `${origin}${reference}`
  if (reference.startsWith('?')) return `${origin}${base.path}${reference}`
  if (reference === '' || reference.startsWith('#')) {
    return `${origin}${base.path}${base.query === undefined ? '' : `?${base.query}`}`
  }
  return `${origin}${mergePath(base.path, reference)}`
}

/** Only the reference's leading `./` and `../` are walked; what stands behind them is a name, dots and all. */
function mergePath(basePath: string, reference: string): string {
  const folders = basePath.split('/').slice(1, -1)
  let rest = reference
  for (;;) {
    const step = /^(\.\.?)(\/|$)/.exec(rest)
    if (!step) break
    if (step[1] === '..') folders.pop()
    rest = rest.slice(step[0].length)
  }
  return `/${[...folders, rest].join('/')}`
}
