/**
 * The canonical request, in the words and the order of AWS's page "Create a signed AWS API request" (IAM User Guide):
 * method, canonical URI, canonical query string, canonical headers, signed headers, hashed payload.
 */
import type { Header } from '../request/header.ts'
import { encodePathText, recodePart, recodePath } from '../request/percent-encoding.ts'
import { queryParts } from '../request/query-parts.ts'

export type PathEncoding = 'single' | 'double'

export interface PathRules {
  /** `single` (S3 family): decode, then encode once. `double` (all others): encode the path as sent once more. */
  readonly pathEncoding: PathEncoding
  /** Remove dot segments and empty segments first. */
  readonly normalizePath: boolean
}

export interface CanonicalRequestParts {
  readonly method: string
  readonly canonicalPath: string
  readonly canonicalQuery: string
  /** Sorted by name; names in lower case, values trimmed and joined. */
  readonly canonicalHeaders: readonly Header[]
  /** Hex SHA-256, or a literal such as `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string
}

/**
 * The lines that are hashed into the string to sign, parts given in their canonical form.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 1
 */
export function formatCanonicalRequest(parts: CanonicalRequestParts): string {
  const headerLines = parts.canonicalHeaders.map((header) => `${header.name}:${header.value}\n`).join('')
  return `${parts.method}\n${parts.canonicalPath}\n${parts.canonicalQuery}\n${headerLines}\n${signedHeaderList(parts.canonicalHeaders)}\n${parts.payloadHash}`
}

/** `host;x-amz-date` */
export function signedHeaderList(canonicalHeaders: readonly Header[]): string {
  return canonicalHeaders.map((header) => header.name).join(';')
}

/** The canonical URI of a path as it is sent (without query). */
export function canonicalPath(path: string, rules: PathRules): string {
  const absolute = path === '' ? '/' : path
  const normalized = rules.normalizePath ? normalizedPath(absolute) : absolute
  return rules.pathEncoding === 'single' ? recodePath(normalized) : encodePathText(normalized)
}

/** The canonical query string of a query as it is sent (without `?`): each part decoded and encoded once, then sorted. */
export function canonicalQuery(query: string): string {
  if (query === '') return ''
  return sortedPairs(queryPairs(query))
}

/** Name and value of each part, canonically encoded, in the order they are sent; no `=` is an empty value. */
export function queryPairs(query: string): readonly (readonly [string, string])[] {
  return queryParts(query).map(({ name, value }) => [recodePart(name), recodePart(value ?? '')] as const)
}

/**
 * Names in lower case, values trimmed and inner runs of blanks folded to one space, repeated names joined by a comma
 * in their order; sorted by name.
 */
export function canonicalHeaders(headers: readonly Header[]): readonly Header[] {
  const valuesByName = new Map<string, string>()
  for (const header of headers) {
    const name = header.name.toLowerCase()
    const value = canonicalHeaderValue(header.value)
    const before = valuesByName.get(name)
    valuesByName.set(name, before === undefined ? value : `${before},${value}`)
  }
  return [...valuesByName]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Blanks are space, tab and the line breaks of folded headers; non-breaking and other Unicode spaces stay. */
export function canonicalHeaderValue(value: string): string {
  return /^[ \t\r\n]|[ \t\r\n]$|[\t\r\n]| {2}/.test(value)
    ? value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
    : value
}

function sortedPairs(pairs: readonly (readonly [string, string])[]): string {
  return [...pairs]
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** RFC 3986 5.2.4 on segments, but a `..` takes no trailing slash with it (`get-relative-relative-normalized`), and empty segments go. */
export function normalizedPath(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.' && segment !== '') segments.push(segment)
  }
  const trailingSlash = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${trailingSlash}`
}
