import type { Situation } from '../base-draft.ts'
import type { HeaderDraft, KeyDraft, PathDraft, QueryDraft, ScopeDraft, SigningDraft } from '../signing-draft.ts'

/** One mistake that signers make: what it is called, what it does, how it is put right, and how it looks when made. */
export interface Mistake {
  readonly id: string
  /** Among mistakes that lead to the same signature the likelier is named first; 0 to 100, by experience. */
  readonly likelihood: number
  /** What was done wrong, as a sentence without its full stop. */
  readonly cause: string
  /** What to do, as a sentence without its full stop. */
  readonly fix: string
  /** It can be made twice at once, as with two headers. */
  readonly repeatable?: true
  /** The ways to make it with this request; none for a mistake that is seen and need not be searched. */
  readonly variants?: (situation: SearchedSituation) => readonly Variant[]
  /** So many more ways (seconds, orders, names) that they are tried alone, and only where nothing nearer fits. */
  readonly farVariants?: (situation: SearchedSituation) => readonly Variant[]
}

/** One way to make a mistake: a pure transformation of how the request is signed. */
export interface Variant {
  /** What exactly was done, for people. */
  readonly detail: string
  readonly apply: (draft: SigningDraft) => SigningDraft
}

export interface SearchedSituation extends Situation {
  /** The signature as it has to be. */
  readonly base: SigningDraft
  /** The token of the credentials at hand, which may be the one that the request lacks. */
  readonly ownToken: string | undefined
}

/** Each of these gives a draft with members of one of its parts changed, the rest as it is. */
export function changePath(change: Partial<PathDraft>): (draft: SigningDraft) => SigningDraft {
  return (draft) => ({ ...draft, path: { ...draft.path, ...change } })
}

export function changeQuery(change: Partial<QueryDraft>): (draft: SigningDraft) => SigningDraft {
  return (draft) => ({ ...draft, query: { ...draft.query, ...change } })
}

export function changeHeaders(change: Partial<HeaderDraft>): (draft: SigningDraft) => SigningDraft {
  return (draft) => ({ ...draft, headers: { ...draft.headers, ...change } })
}

export function changeKey(change: Partial<KeyDraft>): (draft: SigningDraft) => SigningDraft {
  return (draft) => ({ ...draft, key: { ...draft.key, ...change } })
}

export function changeScope(change: Partial<ScopeDraft>): (draft: SigningDraft) => SigningDraft {
  return (draft) => ({ ...draft, scope: { ...draft.scope, ...change } })
}

/** Signs another value for a header that the request has; its repetitions become that one. */
export function replaceHeader(name: string, value: string): (draft: SigningDraft) => SigningDraft {
  return (draft) => {
    const first = draft.headers.entries.find((entry) => entry.name.toLowerCase() === name)
    if (first === undefined) return draft
    const entries = draft.headers.entries
      .filter((entry) => entry === first || entry.name.toLowerCase() !== name)
      .map((entry) => (entry === first ? { name: entry.name, value } : entry))
    return { ...draft, headers: { ...draft.headers, entries } }
  }
}

/** Signs a header, listed with the others, that was not signed or not there. */
export function addHeader(name: string, value: string): (draft: SigningDraft) => SigningDraft {
  return (draft) => {
    const entries = [...draft.headers.entries, { name, value }]
    const listed = [...new Set([...draft.headers.listed, name.toLowerCase()])].sort()
    return { ...draft, headers: { ...draft.headers, entries, listed } }
  }
}

/** Leaves a header out of the signature; `listed` says whether the list still names it. */
export function dropHeader(name: string, { listed }: { listed: 'kept' | 'dropped' }): Variant['apply'] {
  return (draft) => ({
    ...draft,
    headers: {
      ...draft.headers,
      entries: draft.headers.entries.filter((entry) => entry.name.toLowerCase() !== name),
      listed: listed === 'kept' ? draft.headers.listed : draft.headers.listed.filter((other) => other !== name),
    },
  })
}

/** Every order of some things. */
export function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
