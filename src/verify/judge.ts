import type { Credentials } from '../credentials/credentials.ts'
import { shortenToken } from '../credentials/secret.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { acceptedDrafts, lacksBody, type Situation } from './base-draft.ts'
import { type Check, checkOf, failed } from './check.ts'
import { checkRequest } from './checks.ts'
import { formatCanonicalDraft, formatDraftToSign } from './draft-text.ts'
import type { Expectation } from './expectation.ts'
import { withoutHtmlEscapes } from './html-escapes.ts'
import { type NamedMistake, namedMistake, rank } from './ranking.ts'
import type { SearchLimits, SearchResult } from './search.ts'
import { isClaim, type NoClaim, readClaim, type SignatureClaim } from './signature-claim.ts'
import { isRight, judgeSignature, type SignatureJudgement } from './signature-judgement.ts'
import type { SigningDraft } from './signing-draft.ts'
import type { JudgingTime } from './time-checks.ts'

/** What came out. `undecided`: nothing is wrong that can be seen, but the signature could not be recomputed. */
export interface Verdict {
  readonly outcome: 'valid' | 'not valid' | 'undecided'
  readonly checks: readonly Check[]
  /** The likeliest first. */
  readonly mistakes: readonly NamedMistake[]
  /** How the request has to be signed, and how it was where that is known. */
  readonly signing: { readonly right: SigningSteps; readonly made: SigningSteps | undefined } | undefined
  readonly search: SearchResult | undefined
}

export interface SigningSteps {
  readonly canonicalRequest: string
  readonly stringToSign: string
}

export interface JudgeInput {
  readonly request: ReceivedRequest
  /** What the service expects of a request that claims this. */
  readonly expectationOf: (claim: SignatureClaim) => Expectation
  /** Undefined where there are none at hand: the signature is then not recomputed. */
  readonly credentials: Credentials | undefined
  readonly judged: JudgingTime
  readonly limits: SearchLimits
}

/** Judges a signed request: checks first, then, with the secret at hand, the signature and the mistake behind it. */
export async function judgeRequest(input: JudgeInput): Promise<Verdict> {
  const escaped = withoutHtmlEscapes(input.request)
  if (escaped === undefined) return judgeAsSent(input)
  const verdict = await judgeAsSent({ ...input, request: escaped.meant })
  const mistakes = [namedMistake(escaped.finding, 1), ...verdict.mistakes]
  return { ...verdict, outcome: 'not valid', mistakes, checks: marked(verdict.checks, mistakes) }
}

async function judgeAsSent(input: JudgeInput): Promise<Verdict> {
  const claim = readClaim(input.request)
  if (!isClaim(claim)) return withoutClaim(claim)
  const expectation = input.expectationOf(claim)
  const { claimedRules } = expectation
  const situation: Situation = { request: input.request, claim, expectation }
  // Who signs for another service than the right one, mostly signs by that one's rules: that is one mistake, not two.
  const bySignersRules = claimedRules && { ...situation, expectation: { ...expectation, ...claimedRules } }
  // Who wrote the right service's rules, and another name into the scope, made that one mistake only.
  if (bySignersRules && !isRight(bySignersRules, input.credentials) && isRight(situation, input.credentials)) {
    return assemble(await judgeBy(situation, input))
  }
  const first = await judgeBy(bySignersRules ?? situation, input)
  if (!bySignersRules || explains(first) || input.credentials === undefined) return assemble(first)
  const second = await judgeBy(situation, input)
  return assemble(explains(second) ? second : first)
}

async function judgeBy(situation: Situation, input: JudgeInput): Promise<Parts> {
  const accepted = acceptedDrafts(situation)
  const [base] = accepted
  const checks = [...checkRequest(situation, input.judged), ...ownTokenCheck(situation.claim, input.credentials)]
  const searched = { ...situation, base, ownToken: input.credentials?.sessionToken?.reveal() }
  return { checks, signature: await judgeSignature(searched, accepted, input), base, lacksBody: lacksBody(situation) }
}

const claimProblems = { unsigned: 'unsigned', sigv2: 'sigv2', malformed: 'authorization-malformed' } as const

function withoutClaim({ problem, detail }: NoClaim): Verdict {
  const findings = [{ id: claimProblems[problem], detail }]
  return {
    outcome: 'not valid',
    checks: [failed('algorithm', findings)],
    mistakes: findings.map((finding) => namedMistake(finding, 1)),
    signing: undefined,
    search: undefined,
  }
}

/** A key of temporary credentials goes with one token only. */
function ownTokenCheck(claim: SignatureClaim, credentials: Credentials | undefined): readonly Check[] {
  if (credentials?.sessionToken === undefined || claim.accessKeyId !== credentials.accessKeyId) return []
  const own = credentials.sessionToken.reveal()
  if (claim.sessionToken === own) return []
  const finding =
    claim.sessionToken === undefined
      ? { id: 'token-missing', detail: 'the key at hand has a session token, the request has none' }
      : { id: 'token-invalid', detail: `the token sent (${shortenToken(claim.sessionToken)}) is not the one at hand` }
  return [failed('session token', [finding])]
}

interface Parts {
  readonly checks: readonly Check[]
  readonly signature: SignatureJudgement
  readonly base: SigningDraft
  readonly lacksBody: boolean
}

function explains({ signature }: Parts): boolean {
  return (
    signature.state === 'right' || (signature.state === 'wrong' && (signature.search?.explanations.length ?? 0) > 0)
  )
}

function assemble({ checks, signature, base, lacksBody }: Parts): Verdict {
  const search = signature.state === 'wrong' ? signature.search : undefined
  // Who signs an absent header as an empty one is understood by S3: what is missing was never there.
  const taken = signature.state === 'right' ? checks.map(withoutMissingHeader) : checks
  const seen = [...taken, signature.check].flatMap((check) => check.findings)
  const mistakes = rank(seen, search, { lacksBody, changeable: base.headers.listed.filter(isChangeable) })
  const made = search?.explanations[0]?.draft
  const shown = search ? { ...signature.check, ok: false } : signature.check
  return {
    outcome: outcomeOf(mistakes, signature),
    checks: [...marked(taken, mistakes), shown],
    mistakes,
    signing: { right: stepsOf(base), made: made && stepsOf(made) },
    search,
  }
}

/** What signers write themselves arrives as it was signed; all other headers are rewritten by libraries and proxies. */
function isChangeable(name: string): boolean {
  return !/^(host|x-amz-(date|content-sha256|security-token))$/i.test(name)
}

function withoutMissingHeader(check: Check): Check {
  const findings = check.findings.filter(({ id }) => id !== 'header-missing')
  return findings.length === check.findings.length
    ? check
    : checkOf(check.name, findings, `${check.detail} (signed as empty)`)
}

function outcomeOf(mistakes: readonly NamedMistake[], signature: SignatureJudgement): Verdict['outcome'] {
  if (mistakes.length > 0) return 'not valid'
  return signature.state === 'right' ? 'valid' : 'undecided'
}

const checkByPrefix: readonly (readonly [RegExp, Check['name']])[] = [
  [/^path-/, 'path encoding'],
  [/^query-/, 'query encoding'],
  [/^content-sha256-/, 'required headers'],
  [/^(header|host|signed-headers)-/, 'signed headers'],
  [/^payload-/, 'payload hash'],
  [/^token-/, 'session token'],
  [/^(wrong-|scope-)/, 'scope'],
  [/^(date-|clock-skew|not-yet-valid)/, 'date'],
  [/^expire/, 'expiry'],
]

/** Turns the checks to failed whose part a mistake is about. */
export function marked(checks: readonly Check[], mistakes: readonly NamedMistake[]): readonly Check[] {
  const wrong = mistakes.filter(({ group }) => group === 1)
  return checks.map((check) => {
    const mistake = wrong.find(({ id }) => checkByPrefix.some(([ids, name]) => name === check.name && ids.test(id)))
    return check.ok && mistake ? { ...check, ok: false, detail: mistake.detail } : check
  })
}

function stepsOf(draft: SigningDraft): SigningSteps {
  return { canonicalRequest: formatCanonicalDraft(draft), stringToSign: formatDraftToSign(draft) }
}
