import { hash } from 'node:crypto'
import type { Header } from '../request/header.ts'
import type { QueryPart } from '../request/received-request.ts'
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
  readonly order: 'by name' | 'as sent' | 'by name as sent'
  /** `always`: `acl=`; `as sent`: `acl`; `with a value`: `acl` even where `acl=` was sent. */
  readonly equalsSign: 'always' | 'as sent' | 'with a value'
}

export interface HeaderDraft {
  /** The signed ones, names and values as sent, in the order sent. */
  readonly entries: readonly Header[]
  /** Lower-case names of the last but one part. */
  readonly listed: readonly string[]
  readonly names: 'lower case' | 'as sent' | 'Title-Case'
  readonly listedNames: 'lower case' | 'as the lines'
  readonly order: 'by name' | 'as sent' | 'by name as sent' | readonly string[]
  readonly listedOrder: 'by name' | 'as the lines'
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
  readonly chain: 'bytes' | 'hex'
  /** Changes the scope that the key is derived for; the string to sign keeps its own. */
  readonly scope: (scope: ScopeDraft) => ScopeDraft
}

export function formatCanonicalDraft(draft: SigningDraft): string {
  return `${draft.method}\n${canonicalPathOf(draft.path)}\n${canonicalQueryOf(draft.query)}\n${canonicalHeaderBlock(draft.headers)}\n${draft.payloadHash}`
}

export function formatScope(scope: ScopeDraft): string {
  return [scope.date, ...(scope.region === '' ? [] : [scope.region]), scope.service, 'aws4_request'].join('/')
}

/** The string to sign of a draft. */
export function formatDraftToSign(draft: SigningDraft): string {
  return `${algorithmIdentifiers[draft.algorithm]}\n${draft.date}\n${formatScope(draft.scope)}\n${hash('sha256', formatCanonicalDraft(draft))}`
}

export const canonicalPathOf = remembered((path: PathDraft): string =>
  path.encode(path.normalized ? normalizedPath(path.path) : path.path),
)

export const canonicalQueryOf = remembered(({ parts, encode, order, equalsSign }: QueryDraft): string => {
  const rendered = parts.map((part) => {
    const withEquals =
      equalsSign === 'always' || (equalsSign === 'as sent' ? part.value !== undefined : (part.value ?? '') !== '')
    const [name, value] = [encode(part.name), encode(part.value ?? '')]
    const sortKey = order === 'by name as sent' ? [part.name, part.value ?? ''] : [name, value]
    return { sortKey, text: withEquals ? `${name}=${value}` : name }
  })
  if (order !== 'as sent') rendered.sort((a, b) => compareKeys(a.sortKey, b.sortKey))
  return rendered.map((part) => part.text).join('&')
})

/** The header lines, the blank line and the list of signed headers, as one text. */
export const canonicalHeaderBlock = remembered((draft: HeaderDraft): string => {
  const lines = orderedLines(draft)
  const text = lines.map((line) => `${line.shown}${draft.separator}${line.value}\n`).join('')
  const shownByName = new Map(lines.map((line) => [line.name, line.shown]))
  const order = draft.listedOrder === 'by name' ? draft.listed : unique(lines.map((line) => line.name))
  const list = order.map((name) => (draft.listedNames === 'lower case' ? name : (shownByName.get(name) ?? name)))
  return `${text}${draft.blankLine ? '\n' : ''}${list.join(';')}`
})

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
    const value = valueOf(entry.value, draft.values)
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

function valueOf(value: string, form: HeaderDraft['values']): string {
  if (form === 'canonical') return canonicalHeaderValue(value)
  return form === 'ends trimmed' ? value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') : value
}

function shownName(name: string, form: HeaderDraft['names']): string {
  if (form === 'as sent') return name
  const lower = name.toLowerCase()
  return form === 'lower case' ? lower : lower.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  return compare(a[0] ?? '', b[0] ?? '') || compare(a[1] ?? '', b[1] ?? '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
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
