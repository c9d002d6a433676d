import { hash } from 'node:crypto'
import { decodeText, recodePart } from '../request/percent-encoding.ts'
import type { QueryPart } from '../request/query-parts.ts'
import { canonicalHeaderValue, normalizedPath } from '../sign/canonical-request.ts'
import { algorithmIdentifiers } from '../sign/sigv4.ts'
import type { HeaderDraft, PathDraft, QueryDraft, ScopeDraft, SigningDraft } from './signing-draft.ts'

/** The canonical request of a draft. */
export function formatCanonicalDraft(draft: SigningDraft): string {
  return `${draft.method}\n${canonicalPathOf(draft.path)}\n${canonicalQueryOf(draft.query)}\n${canonicalHeaderBlock(draft.headers)}\n${draft.payloadHash}`
}

/** `20150830/us-east-1/iam/aws4_request`; without the region for SigV4a. */
function formatScope(scope: ScopeDraft): string {
  return [scope.date, ...(scope.region === '' ? [] : [scope.region]), scope.service, 'aws4_request'].join('/')
}

/** The string to sign of a draft. */
export function formatDraftToSign(draft: SigningDraft): string {
  return `${algorithmIdentifiers[draft.algorithm]}\n${draft.date}\n${formatScope(draft.scope)}\n${hash('sha256', formatCanonicalDraft(draft))}`
}

/** The canonical URI. */
export const canonicalPathOf = remembered((path: PathDraft): string =>
  path.encode(path.normalized ? normalizedPath(path.path) : path.path),
)

/** The canonical query string. */
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
