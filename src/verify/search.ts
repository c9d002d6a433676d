import type { Mistake, SearchedSituation, Variant } from './mistakes/mistake.ts'
import { mistakes } from './mistakes/table.ts'
import type { Goal } from './signature-goal.ts'
import { mergeDrafts, type SigningDraft } from './signing-draft.ts'

/** What a search found and how far it went. */
export interface SearchResult {
  /** The likeliest first; empty where nothing leads to the signature. Each is one mistake, or a pair. */
  readonly explanations: readonly Explanation[]
  readonly singlesTried: number
  readonly pairsTried: number
  /** Every pair was tried, or none had to be. */
  readonly complete: boolean
}

export interface Explanation {
  readonly made: readonly MadeMistake[]
  /** How the request was signed. */
  readonly draft: SigningDraft
}

export interface MadeMistake {
  readonly mistake: Mistake
  readonly detail: string
}

export interface SearchLimits {
  /** Milliseconds of any clock. */
  readonly clock: () => number
  /** By that clock: no pair is begun after it. */
  readonly deadline: number
}

interface Candidate {
  readonly mistake: Mistake
  readonly variant: Variant
  readonly draft: SigningDraft
  readonly outcome: string
}

/**
 * Tries the known mistakes, alone and then in pairs, until one leads to the goal. All that lead there are found, but a
 * pair is looked for only where no single mistake explains the signature.
 */
export async function searchMistakes(
  situation: SearchedSituation,
  goal: Goal,
  limits: SearchLimits,
): Promise<SearchResult> {
  const { base } = situation
  const rightOutcome = goal.outcomeOf(base)
  const usual = variantsOf(situation, 'variants').map(candidateIn(base, goal))
  const candidates = usual.filter(({ outcome }) => outcome !== rightOutcome)
  const found = candidates.filter(({ draft, outcome }) => goal.isReached(draft, outcome))
  if (found.length > 0) return singlesResult(found, candidates.length)
  const far = await searchFar(situation, { goal, limits })
  const singlesTried = candidates.length + far.tried
  if (far.found.length > 0) return singlesResult(far.found, singlesTried)
  return { singlesTried, ...(await searchPairs({ candidates, goal, limits, base })) }
}

/** The thousands of ways that are tried alone: as far as the time goes. */
async function searchFar(
  situation: SearchedSituation,
  { goal, limits }: { readonly goal: Goal; readonly limits: SearchLimits },
): Promise<{ readonly found: readonly Candidate[]; readonly tried: number }> {
  const variants = variantsOf(situation, 'farVariants')
  const found: Candidate[] = []
  let tried = 0
  for (const variant of variants) {
    const candidate = candidateIn(situation.base, goal)(variant)
    if (goal.isReached(candidate.draft, candidate.outcome)) found.push(candidate)
    tried++
    if (tried % triesAtOnce !== 0) continue
    if (limits.clock() > limits.deadline) break
    await new Promise(setImmediate)
  }
  return { found, tried }
}

function singlesResult(found: readonly Candidate[], singlesTried: number): SearchResult {
  return {
    explanations: firstOfEach(found.map((single) => explanationOf([single], single.draft))),
    singlesTried,
    pairsTried: 0,
    complete: true,
  }
}

interface NamedVariant {
  readonly mistake: Mistake
  readonly variant: Variant
}

function variantsOf(situation: SearchedSituation, kind: 'variants' | 'farVariants'): readonly NamedVariant[] {
  return byLikelihood.flatMap((mistake) => (mistake[kind]?.(situation) ?? []).map((variant) => ({ mistake, variant })))
}

const byLikelihood = [...mistakes].sort((a, b) => b.likelihood - a.likelihood)

function candidateIn(base: SigningDraft, goal: Goal): (named: NamedVariant) => Candidate {
  return ({ mistake, variant }) => {
    const draft = variant.apply(base)
    return { mistake, variant, draft, outcome: goal.outcomeOf(draft) }
  }
}

interface PairSearch {
  readonly candidates: readonly Candidate[]
  readonly goal: Goal
  readonly limits: SearchLimits
  readonly base: SigningDraft
}

/** Tries between looks at the clock and at the other work of the process. */
const triesAtOnce = 250

async function searchPairs({
  candidates,
  goal,
  limits,
  base,
}: PairSearch): Promise<Omit<SearchResult, 'singlesTried'>> {
  const classes = classesOf(candidates)
  const found: Explanation[] = []
  let pairsTried = 0
  for (let second = 1; second < classes.length; second++) {
    for (let first = 0; first < second; first++) {
      const pair = [classes[first], classes[second]]
      const [one, other] = pair.map((members) => members?.[0])
      if (!one || !other || excludeEachOther(one, other)) continue
      const draft = both(one, other, base)
      if (goal.isReached(draft, goal.outcomeOf(draft))) found.push(...expand(pair, { base, goal }))
      pairsTried++
      if (pairsTried % triesAtOnce !== 0) continue
      if (limits.clock() > limits.deadline) return { explanations: ranked(found), pairsTried, complete: false }
      await new Promise(setImmediate)
    }
  }
  return { explanations: ranked(found), pairsTried, complete: true }
}

/** Both mistakes made: parts that only one of them changed are taken over, rendered as they are already. */
function both(one: Candidate, other: Candidate, base: SigningDraft): SigningDraft {
  return mergeDrafts(base, one.draft, other.draft) ?? other.variant.apply(one.draft)
}

/** Mistakes that come to the same are tried once, under the likeliest name. */
function classesOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const classes = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const members = classes.get(candidate.outcome)
    if (members === undefined) classes.set(candidate.outcome, [candidate])
    else members.push(candidate)
  }
  return [...classes.values()]
}

function excludeEachOther(one: Candidate, other: Candidate): boolean {
  return one.mistake === other.mistake && !one.mistake.repeatable
}

/** All names of a pair that was found, one variant for each combination of mistakes. */
function expand(
  [first, second]: readonly (readonly Candidate[] | undefined)[],
  { base, goal }: Pick<PairSearch, 'base' | 'goal'>,
): readonly Explanation[] {
  const combinations = (first ?? []).flatMap((one) => (second ?? []).map((other) => [one, other] as const))
  return combinations
    .filter(([one, other]) => !excludeEachOther(one, other))
    .map((pair) => explanationOf(pair, both(...pair, base)))
    .filter(({ draft }) => goal.isReached(draft, goal.outcomeOf(draft)))
}

function explanationOf(candidates: readonly Candidate[], draft: SigningDraft): Explanation {
  return {
    made: [...candidates]
      .sort((a, b) => b.mistake.likelihood - a.mistake.likelihood)
      .map(({ mistake, variant }) => ({ mistake, detail: variant.detail })),
    draft,
  }
}

function ranked(explanations: readonly Explanation[]): readonly Explanation[] {
  const likelihood = ({ made }: Explanation) => made.reduce((sum, { mistake }) => sum + mistake.likelihood, 0)
  return firstOfEach([...explanations].sort((a, b) => likelihood(b) - likelihood(a)))
}

/** One explanation for each set of mistakes. */
function firstOfEach(explanations: readonly Explanation[]): readonly Explanation[] {
  const seen = new Set<string>()
  return explanations.filter(({ made }) => {
    const ids = made.map(({ mistake }) => mistake.id).join(' ')
    return seen.has(ids) ? false : seen.add(ids)
  })
}
