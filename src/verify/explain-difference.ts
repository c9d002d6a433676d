import { type CanonicalParts, canonicalDifferences, splitCanonicalRequest } from './canonical-difference.ts'
import type { Finding } from './check.ts'
import { canonicalHeaderBlock, canonicalPathOf, canonicalQueryOf, formatCanonicalDraft } from './draft-text.ts'
import type { Mistake, SearchedSituation, Variant } from './mistakes/mistake.ts'
import { mistakes } from './mistakes/table.ts'
import type { SigningDraft } from './signing-draft.ts'

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
  return [unmatched(name, { ...search, ...texts })]
}

function findingOf({ mistake, variant }: Candidate): Finding {
  return { id: mistake.id, detail: variant.detail }
}

/** A part that no variant leads to: what can be said of it all the same. */
function unmatched(
  name: PartName,
  { wanted, base, signed, expected }: PartSearch & { readonly signed: string; readonly expected: string },
): Finding {
  const right = partOf(base, name)
  if (name === 'query' && isReordered(wanted, right, '&')) return { id: 'query-unsorted', detail: `signed '${wanted}'` }
  if (name === 'headerBlock' && isReordered(headerLines(wanted), headerLines(right), '\n')) {
    return {
      id: 'header-order',
      detail: `signed in the order ${headerLines(wanted).replace(/:.*/g, '').replaceAll('\n', ', ')}`,
    }
  }
  if (name === 'query' && partsOf(wanted, '&').every((part) => partsOf(right, '&').includes(part))) {
    return { id: 'query-missing', detail: `signed '${wanted}', expected '${right}'` }
  }
  if (name !== 'headerBlock') return { id: idByPart[name], detail: `signed '${wanted}', expected '${right}'` }
  const [first] = canonicalDifferences(signed, expected).filter(
    ({ part }) => part === 'headers' || part === 'signed headers',
  )
  return headerFinding(first?.actual, first?.expected)
}

const idByPart = {
  method: 'method-other',
  path: 'path-other',
  query: 'query-other',
  payloadHash: 'payload-other',
} as const

function partsOf(text: string, separator: string): readonly string[] {
  return text.split(separator).filter((part) => part !== '')
}

function isReordered(one: string, other: string, separator: string): boolean {
  const sorted = (text: string) => [...partsOf(text, separator)].sort().join(separator)
  return one !== other && sorted(one) === sorted(other)
}

function headerLines(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.includes(':'))
    .join('\n')
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
