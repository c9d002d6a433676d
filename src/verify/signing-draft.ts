import { hash } from 'node:crypto'
import type { Header } from '../request/header.ts'
import { decodeText, recodePart } from '../request/percent-encoding.ts'
import type { QueryPart } from '../request/query-parts.ts'
import { canonicalHeaderValue, normalizedPath } from '../sign/canonical-request.ts'
import { algorithmIdentifiers, type SigningAlgorithm } from '../sign/sigv4.ts'

/**
 * How somebody may have signed a request: every choice on the way to a signature as a value of its own, so that a
 * mistake is one changed value, and two mistakes are two.
 */
export interface SigningDraft {
  readonly method: string
  readonly path: PathDraft
  readonly query: QueryDraft
  readonly headers: HeaderDraft
  readonly payloadHash: string
  readonly algorithm: SigningAlgorithm
  /** The second line of the string to sign. */
  readonly date: string
  /** The third line of the string to sign. */
  readonly scope: ScopeDraft
  readonly key: KeyDraft
}

export interface PathDraft {
  /** As sent. */
  readonly path: string
  readonly normalized: boolean
  readonly encode: (path: string) => string
}

export interface QueryDraft {
  /** As sent, in their order. */
  readonly parts: readonly QueryPart[]
  /** Encodes a name or a value that stands as it was sent. */
  readonly encode: (part: string) => string
  /** `by name and value` sorts what `encode` made, `as if encoded right` what it should have made. */
  readonly order:
    | 'by name and value'
    | 'as if encoded right'
    | 'as sent'
    | 'before encoding'
    | 'by name only'
    | 'as whole texts'
    | 'ignoring case'
  /** `always`: `acl=`; `as sent`: `acl`; `with a value`: `acl` even where `acl=` was sent. */
  readonly equalsSign: 'always' | 'as sent' | 'with a value'
}

export interface HeaderDraft {
  /** The signed ones, names and values as sent, in the order sent. */
  readonly entries: readonly Header[]
  /** Lower-case names of the last but one part, sorted. */
  readonly listed: readonly string[]
  /** The same part as the request has it. */
  readonly claimed: string
  readonly list: 'canonical' | 'as the lines' | 'as sent' | 'as claimed'
  readonly names: 'lower case' | 'as sent' | 'Title-Case'
  readonly order: 'by name' | 'as sent' | 'by name as sent' | readonly string[]
  readonly values: 'canonical' | 'ends trimmed' | 'as sent'
  /** What stands between a name and its value. */
  readonly separator: ':' | ': '
  readonly repeated: ',' | ', ' | 'first' | 'last' | 'lines of their own'
  readonly blankLine: boolean
}

export interface ScopeDraft {
  readonly date: string
  /** Empty for SigV4a. */
  readonly region: string
  readonly service: string
}

export interface KeyDraft {
  readonly secret: (secret: string) => string
  /** `AWS4`, or `AWS4A` for SigV4a. */
  readonly prefix: string
  /** What the key is derived over, one after the other; the string to sign keeps its own scope. */
  readonly steps: (scope: ScopeDraft) => readonly string[]
  readonly chain: 'bytes' | 'hex'
}

/** The canonical request of a draft. */
export function formatCanonicalDraft(draft: SigningDraft): string {
  return `${draft.method}\n${canonicalPathOf(draft.path)}\n${canonicalQueryOf(draft.query)}\n${canonicalHeaderBlock(draft.headers)}\n${draft.payloadHash}`
}

/** `20150830/us-east-1/iam/aws4_request`; without the region for SigV4a. */
export function formatScope(scope: ScopeDraft): string {
  return [scope.date, ...(scope.region === '' ? [] : [scope.region]), scope.service, 'aws4_request'].join('/')
}

/** The string to sign of a draft. */
export function formatDraftToSign(draft: SigningDraft): string {
  return `${algorithmIdentifiers[draft.algorithm]}\n${draft.date}\n${formatScope(draft.scope)}\n${hash('sha256', formatCanonicalDraft(draft))}`
}

const partNames = ['method', 'path', 'query', 'headers', 'payloadHash', 'date', 'scope', 'key'] as const

/** Two changes of one draft in one, where each changed other parts of it; undefined where both changed the same. */
export function mergeDrafts(base: SigningDraft, one: SigningDraft, other: SigningDraft): SigningDraft | undefined {
  if (partNames.some((part) => one[part] !== base[part] && other[part] !== base[part])) return undefined
  const pick = <Part extends keyof SigningDraft>(part: Part) => (other[part] === base[part] ? one[part] : other[part])
  return {
    method: pick('method'),
    path: pick('path'),
    query: pick('query'),
    headers: pick('headers'),
    payloadHash: pick('payloadHash'),
    algorithm: base.algorithm,
    date: pick('date'),
    scope: pick('scope'),
    key: pick('key'),
  }
}

export const canonicalPathOf = remembered((path: PathDraft): string =>
  path.encode(path.normalized ? normalizedPath(path.path) : path.path),
)

export const canonicalQueryOf = remembered(({ parts, encode, order, equalsSign }: QueryDraft): string => {
  const rendered = parts.map((part): RenderedPart => {
    const withEquals =
      equalsSign === 'always' || (equalsSign === 'as sent' ? part.value !== undefined : (part.value ?? '') !== '')
    const [name, value] = [encode(part.name), encode(part.value ?? '')]
    return { sent: part, name, value, text: withEquals ? `${name}=${value}` : name }
  })
  return sortedParts(rendered, order)
    .map((part) => part.text)
    .join('&')
})

/** The header lines, the blank line and the list of signed headers, as one text. */
export const canonicalHeaderBlock = remembered((draft: HeaderDraft): string => {
  const lines = orderedLines(draft)
  const text = lines.map((line) => `${line.shown}${draft.separator}${line.value}\n`).join('')
  return `${text}${draft.blankLine ? '\n' : ''}${listOf(draft, lines)}`
})

interface RenderedPart {
  readonly sent: QueryPart
  readonly name: string
  readonly value: string
  readonly text: string
}

function sortedParts(parts: readonly RenderedPart[], order: QueryDraft['order']): readonly RenderedPart[] {
  if (order === 'as sent') return parts
  return [...parts].sort((a, b) => {
    if (order === 'by name only') return compare(a.name, b.name)
    if (order === 'as whole texts') return compare(a.text, b.text)
    if (order === 'ignoring case') return compare(a.text.toLowerCase(), b.text.toLowerCase())
    if (order === 'as if encoded right') {
      return (
        compare(recodePart(a.sent.name), recodePart(b.sent.name)) ||
        compare(recodePart(a.sent.value ?? ''), recodePart(b.sent.value ?? ''))
      )
    }
    if (order === 'before encoding') {
      return (
        compare(decodeText(a.sent.name), decodeText(b.sent.name)) || compare(a.sent.value ?? '', b.sent.value ?? '')
      )
    }
    return compare(a.name, b.name) || compare(a.value, b.value)
  })
}

function listOf(draft: HeaderDraft, lines: readonly HeaderLine[]): string {
  if (draft.list === 'as claimed') return draft.claimed
  if (draft.list === 'as the lines') return [...new Set(lines.map((line) => line.shown))].join(';')
  if (draft.list === 'canonical') return draft.listed.join(';')
  const sentByName = new Map(lines.map((line) => [line.name, line.sent]))
  return draft.listed.map((name) => sentByName.get(name) ?? name).join(';')
}

interface HeaderLine {
  /** Lower case. */
  readonly name: string
  readonly sent: string
  readonly shown: string
  readonly value: string
}

function orderedLines(draft: HeaderDraft): readonly HeaderLine[] {
  const groups = new Map<string, { readonly sent: string; readonly values: string[] }>()
  for (const entry of draft.entries) {
    const name = entry.name.toLowerCase()
    const value = signedValue(entry.value, draft.values)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { sent: entry.name, values: [value] })
    else group.values.push(value)
  }
  const lines = [...groups].flatMap(([name, { sent, values }]) =>
    joinedValues(values, draft.repeated).map((value) => ({ name, sent, shown: shownName(sent, draft.names), value })),
  )
  return sortedLines(lines, draft.order)
}

function joinedValues(values: readonly string[], repeated: HeaderDraft['repeated']): readonly string[] {
  if (repeated === 'lines of their own') return values
  if (repeated === 'first') return values.slice(0, 1)
  if (repeated === 'last') return values.slice(-1)
  return [values.join(repeated)]
}

function sortedLines(lines: readonly HeaderLine[], order: HeaderDraft['order']): readonly HeaderLine[] {
  if (order === 'as sent') return lines
  if (order === 'by name') return [...lines].sort((a, b) => compare(a.name, b.name))
  if (order === 'by name as sent') return [...lines].sort((a, b) => compare(a.sent, b.sent))
  return [...lines].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

function signedValue(value: string, form: HeaderDraft['values']): string {
  if (form === 'canonical') return canonicalHeaderValue(value)
  return form === 'ends trimmed' ? value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') : value
}

function shownName(name: string, form: HeaderDraft['names']): string {
  if (form === 'as sent') return name
  const lower = name.toLowerCase()
  return form === 'lower case' ? lower : lower.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Thousands of drafts share most of their parts, so each part is rendered once. */
function remembered<Part extends object>(render: (part: Part) => string): (part: Part) => string {
  const known = new WeakMap<Part, string>()
  return (part) => {
    const before = known.get(part)
    if (before !== undefined) return before
    const text = render(part)
    known.set(part, text)
    return text
  }
}
