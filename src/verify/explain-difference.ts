import { type CanonicalParts, canonicalDifferences, splitCanonicalRequest } from './canonical-difference.ts'
import type { Finding } from './check.ts'
import type { Mistake, SearchedSituation, Variant } from './mistakes/mistake.ts'
import { mistakes } from './mistakes/table.ts'
import {
  canonicalHeaderBlock,
  canonicalPathOf,
  canonicalQueryOf,
  formatCanonicalDraft,
  type SigningDraft,
} from './signing-draft.ts'

/**
 * Names the mistakes by which a signer came to its canonical request, part by part, where the right one is known: no
 * secret is needed. Empty where both are equal.
 * @param signed the canonical request that was signed
 */
export function explainDifference(signed: string, situation: SearchedSituation): readonly Finding[] {
  const expected = formatCanonicalDraft(situation.base)
  if (signed === expected) return []
  const parts = splitCanonicalRequest(signed)
  const candidates = [...mistakes]
    .sort((a, b) => b.likelihood - a.likelihood)
    .flatMap((mistake) => (mistake.variants?.(situation) ?? []).map((variant) => ({ mistake, variant })))
  return partNames
    .filter((name) => parts[name] !== partOf(situation.base, name))
    .flatMap((name) =>
      explainPart({ name, wanted: parts[name], candidates, base: situation.base }, { signed, expected }),
    )
}

type PartName = keyof CanonicalParts

const partNames: readonly PartName[] = ['method', 'path', 'query', 'headerBlock', 'payloadHash']

function partOf(draft: SigningDraft, name: PartName): string {
  if (name === 'path') return canonicalPathOf(draft.path)
  if (name === 'query') return canonicalQueryOf(draft.query)
  return name === 'headerBlock' ? canonicalHeaderBlock(draft.headers) : draft[name]
}

interface Candidate {
  readonly mistake: Mistake
  readonly variant: Variant
}

interface PartSearch {
  readonly name: PartName
  readonly wanted: string
  readonly candidates: readonly Candidate[]
  readonly base: SigningDraft
}

function explainPart(
  search: PartSearch,
  texts: { readonly signed: string; readonly expected: string },
): readonly Finding[] {
  const { name, wanted, base } = search
  const changing = search.candidates.filter(({ variant }) => partOf(variant.apply(base), name) !== partOf(base, name))
  const single = changing.find(({ variant }) => partOf(variant.apply(base), name) === wanted)
  if (single) return [findingOf(single)]
  for (const one of changing) {
    const draft = one.variant.apply(base)
    const other = changing.find(({ variant }) => partOf(variant.apply(draft), name) === wanted)
    if (other) return [findingOf(one), findingOf(other)]
  }
  return [unmatched(name, texts)]
}

function findingOf({ mistake, variant }: Candidate): Finding {
  return { id: mistake.id, detail: variant.detail }
}

const byPart = {
  method: 'method-other',
  path: 'path-other',
  query: 'query-other',
  headerBlock: 'header-altered',
  payloadHash: 'payload-other',
} as const

/** A part that differs by no known mistake: what stands there on both sides. */
function unmatched(
  name: PartName,
  { signed, expected }: { readonly signed: string; readonly expected: string },
): Finding {
  const differing = canonicalDifferences(signed, expected).filter(({ part }) =>
    name === 'headerBlock'
      ? part === 'headers' || part === 'signed headers'
      : part === name || (name === 'payloadHash' && part === 'payload hash'),
  )
  const [first] = differing
  if (!first) return { id: byPart[name], detail: `the ${name} differs` }
  const { actual, expected: right } = first
  if (name === 'headerBlock') return headerFinding(actual, right)
  return { id: byPart[name], detail: `signed '${actual ?? ''}', expected '${right ?? ''}'` }
}

function headerFinding(actual: string | undefined, expected: string | undefined): Finding {
  const line = actual ?? expected ?? ''
  const name = line.split(':', 1)[0]?.toLowerCase() ?? ''
  const detail = `signed ${actual === undefined ? 'nothing' : `'${actual}'`}, expected ${expected === undefined ? 'nothing' : `'${expected}'`}`
  if (name === 'host') return { id: isPortOnly(actual, expected) ? 'host-port' : 'host-other', detail }
  if (actual === undefined || expected === undefined || !line.includes(':'))
    return { id: 'signed-headers-other', detail }
  return { id: 'header-altered', detail }
}

function isPortOnly(actual: string | undefined, expected: string | undefined): boolean {
  return actual?.replace(/:\d+$/, '') === expected?.replace(/:\d+$/, '')
}
