import type { Finding } from './check.ts'
import { mistakeOf } from './mistakes/table.ts'
import type { SearchResult } from './search.ts'

export interface NamedMistake {
  readonly id: string
  /** What was done wrong, as a sentence. */
  readonly cause: string
  /** The values in question. */
  readonly detail: string
  readonly fix: string
  /** Mistakes of one group were made together; other groups are other explanations. Counted from 1. */
  readonly group: number
}

/** Time alone says little of a request that was pasted from yesterday's log. */
export const timelyMistakes: ReadonlySet<string> = new Set([
  'expired',
  'not-yet-valid',
  'clock-skew',
  'expires-too-long',
])

/** Seen defects that change a signature in a way that cannot be recomputed. */
const unsearchable = new Set([
  'header-missing',
  'token-missing',
  'date-format',
  'authorization-malformed',
  'signature-form',
  'content-sha256-missing',
  'access-key-other',
])

/** What a search cannot find: values that nobody can guess. */
interface Unsearched {
  readonly lacksBody: boolean
  /** Signed headers that may have had another value. */
  readonly changeable: readonly string[]
}

/**
 * Proved mistakes first, then those that were seen, then those of time. What was seen belongs to the first
 * explanation; other explanations are other groups.
 */
export function rank(
  seen: readonly Finding[],
  search: SearchResult | undefined,
  { lacksBody, changeable }: Unsearched,
): readonly NamedMistake[] {
  const [first, ...others] = (search?.explanations ?? []).map(({ made }) =>
    made.map(({ mistake, detail }) => ({ id: mistake.id, detail })),
  )
  const definite = [...seen]
    .filter(({ id }) => !timelyMistakes.has(id))
    .sort((a, b) => mistakeOf(b.id).likelihood - mistakeOf(a.id).likelihood)
  const ofTime = seen.filter(({ id }) => timelyMistakes.has(id))
  const needsUnknown = search !== undefined && first === undefined && !definite.some(({ id }) => unsearchable.has(id))
  const unseen = lacksBody ? 'the body is signed and not in the input (--body FILE gives it); without it, ' : ''
  const suspects =
    changeable.length === 0
      ? ''
      : `; a value that was changed on its way is not guessed: signed are ${changeable.join(', ')}`
  const unknown = needsUnknown ? [{ id: 'unknown', detail: `${unseen}${searchedText(search)}${suspects}` }] : []
  const together = firstOfEachId([...(first ?? []), ...definite, ...unknown, ...ofTime])
  return [
    ...together.map((finding) => namedMistake(finding, 1)),
    ...others.flatMap((made, index) => made.map((finding) => namedMistake(finding, index + 2))),
  ]
}

/** How far a search went, in words. */
export function searchedText({ singlesTried, pairsTried, complete }: SearchResult): string {
  const pairs =
    pairsTried === 0 ? '' : ` and ${pairsTried} pairs${complete ? '' : ' (the likelier ones; time ran out)'}`
  return `tried ${singlesTried} ways to make one mistake${pairs}`
}

function firstOfEachId(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding, index) => findings.findIndex(({ id }) => id === finding.id) === index)
}

/** A finding with the words of the table. */
export function namedMistake({ id, detail }: Finding, group: number): NamedMistake {
  const { cause, fix } = mistakeOf(id)
  return { id, cause, detail, fix, group }
}
