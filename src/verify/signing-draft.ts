import type { Header } from '../request/header.ts'
import type { QueryPart } from '../request/query-parts.ts'
import type { SigningAlgorithm } from '../sign/sigv4.ts'

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
