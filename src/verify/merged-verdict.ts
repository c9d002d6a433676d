import type { Credentials } from '../credentials/credentials.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import type { Alignment } from './alignment.ts'
import type { AnswerReading } from './answer-findings.ts'
import { canonicalDifferences } from './canonical-difference.ts'
import { type Check, type Finding, passed } from './check.ts'
import { marked, type Verdict } from './judge.ts'
import { type NamedMistake, namedMistake, timelyMistakes } from './ranking.ts'
import type { ServiceAnswer } from './service-answer.ts'
import { isClaim, readClaim } from './signature-claim.ts'
import { unexplainedRefusal } from './unexplained-refusal.ts'

interface Additions {
  readonly reading: AnswerReading
  readonly alignment: Alignment | undefined
  readonly request: ReceivedRequest
  readonly answer: ServiceAnswer | undefined
  readonly credentials: Credentials | undefined
}

/**
 * What a search proved stays first; else what the alignment shows and what the service says go before what the
 * request alone gives away.
 */
export function withAdditions(
  verdict: Verdict,
  { reading, alignment, request, answer, credentials }: Additions,
): Verdict {
  const proved = (verdict.search?.explanations.length ?? 0) > 0 || !isClaim(readClaim(request))
  // A service looks at the time first: what it refuses for its signature, came in time.
  const wasInTime = reading.subject === 'signature'
  const known = verdict.mistakes.filter(({ id }) => id !== 'unknown' && !(wasInTime && timelyMistakes.has(id)))
  const explained = proved ? [] : (alignment?.findings ?? [])
  const said = reading.findings.map((finding) => refined(finding, request)).filter(({ id }) => !covered(id, known))
  const added = [...explained, ...said].map((finding) => namedMistake(finding, 1))
  const own = added.length > 0 ? known : [...known, ...verdict.mistakes.filter(({ id }) => id === 'unknown')]
  const refused = own.length === 0 && added.length === 0 && reading.subject === 'signature'
  const mistakes = [
    ...(proved ? [...own, ...added] : [...added, ...own.filter(({ id }) => !added.some((other) => other.id === id))]),
    ...(refused ? [unexplainedRefusal({ outcome: verdict.outcome, alignment, credentials, request })] : []),
  ]
  const checks = [...marked(verdict.checks, mistakes), ...alignmentCheck(alignment), ...answerCheck(answer, reading)]
  return { ...verdict, checks, mistakes, outcome: mistakes.length > 0 ? 'not valid' : verdict.outcome }
}

function alignmentCheck(alignment: Alignment | undefined): readonly Check[] {
  if (alignment === undefined) return []
  const { actual, actualIs, expected, expectedIs } = alignment
  const [first] = canonicalDifferences(actual, expected)
  if (first === undefined)
    return [passed('canonical request', `${actualIs} and ${expectedIs}: the same, byte for byte`)]
  const shown = (line: string | undefined) => (line === undefined ? 'no such line' : `'${line}'`)
  const detail = `line ${first.line}, column ${first.column} (${first.part}): ${actualIs}: ${shown(first.actual)}, ${expectedIs}: ${shown(first.expected)}`
  return [{ name: 'canonical request', ok: false, detail, findings: [] }]
}

function answerCheck(answer: ServiceAnswer | undefined, { subject }: AnswerReading): readonly Check[] {
  if (answer === undefined) return []
  const said = [answer.status, answer.code, answer.message]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
  if (answer.code === '' && answer.message === '') {
    const detail = `${said} (its text is not in the input; --response FILE gives it)`
    return [{ name: "the service's answer", ok: false, detail, findings: [], undecided: true }]
  }
  const note = subject === 'other' ? ' (not about the signature)' : ''
  return [{ name: "the service's answer", ok: subject === 'other', detail: `${said}${note}`, findings: [] }]
}

/** The service's message for both forms of a signature; in a presigned URL it means the expiry. */
function refined(finding: Finding, request: ReceivedRequest): Finding {
  const claim = readClaim(request)
  if (finding.id !== 'clock-skew' || !isClaim(claim) || claim.form === 'header') return finding
  return { ...finding, id: /not yet/i.test(finding.detail) ? 'not-yet-valid' : 'expired' }
}

/** Whether something known already says the same, or says it more exactly. */
function covered(id: string, known: readonly NamedMistake[]): boolean {
  const has = (test: (other: string) => boolean) => known.some((mistake) => test(mistake.id))
  if (has((other) => other === id || other === 'sigv2' || other === 'unsigned')) return true
  if (id === 'payload-other') return has((other) => other.startsWith('payload-'))
  if (timelyMistakes.has(id)) return has((other) => timelyMistakes.has(other))
  if (id === 'access-key-unknown' || id === 'token-invalid') return has((other) => other.startsWith('token-'))
  if (id === 'content-sha256-missing' || id === 'header-unsigned') return has((other) => other === 'token-unsigned')
  return id === 'authorization-malformed' && known.length > 0
}
