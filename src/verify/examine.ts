import type { Credentials } from '../credentials/credentials.ts'
import type { Header } from '../request/header.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { parseLongDate } from '../sign/signing-time.ts'
import { type Alignment, align } from './alignment.ts'
import { type AnswerReading, readAnswerFindings } from './answer-findings.ts'
import { canonicalDifferences } from './canonical-difference.ts'
import { type Check, type Finding, passed } from './check.ts'
import { type ExpectationOptions, expectationFor } from './expectation.ts'
import { judgeRequest, type Verdict } from './judge.ts'
import { type NamedMistake, namedMistake, timelyMistakes } from './ranking.ts'
import type { Evidence } from './read-input.ts'
import { rebuildRequest } from './rebuilt-request.ts'
import type { SearchLimits } from './search.ts'
import type { ServiceAnswer } from './service-answer.ts'
import { isClaim, readClaim } from './signature-claim.ts'

export interface ExamineOptions {
  readonly credentials: Credentials | undefined
  readonly expectation: ExpectationOptions
  /** The time as of which dates are judged; where it is not given, the answer's, the log's, or `now`. */
  readonly date: Date | undefined
  readonly now: Date
  readonly limits: SearchLimits
}

/** A verdict with what the service's answer and the signer's log add to it. */
export interface Examination extends Verdict {
  /** The request that was judged: the given one, or rebuilt from answer or log. */
  readonly request: ReceivedRequest | undefined
  readonly alignment: Alignment | undefined
  readonly answer: ServiceAnswer | undefined
}

/** Judges everything that is known of one signed request. */
export async function examine(evidence: Evidence, options: ExamineOptions): Promise<Examination> {
  const { answer } = evidence
  const reading: AnswerReading = answer ? readAnswerFindings(answer) : { findings: [], subject: 'other' }
  const facts = factsOf(evidence, options.credentials)
  const found = evidence.request ?? rebuildRequest({ ...facts, signature: facts.signature ?? noSignature })
  if (found === undefined) return { ...ofAnswerAlone(reading), request: undefined, alignment: undefined, answer }
  const request = withWholeToken(found, options.credentials)
  const expectation = withAnswer(options.expectation, answer)
  const alignment = align({ request, answer, signer: evidence.signer, expectation })
  const isJudged = evidence.request !== undefined || facts.signature !== undefined
  const verdict = isJudged ? await judge(request, { evidence, options, expectation, alignment }) : notJudged
  return { ...merge(verdict, { reading, alignment, request, answer }), request, alignment, answer }
}

/** Stands in a rebuilt request whose signature neither answer nor log shows. */
const noSignature = '0'.repeat(64)

const notJudged: Verdict = { outcome: 'undecided', checks: [], mistakes: [], signing: undefined, search: undefined }

interface JudgeSettings {
  readonly evidence: Evidence
  readonly options: ExamineOptions
  readonly expectation: ExpectationOptions
  readonly alignment: Alignment | undefined
}

async function judge(
  request: ReceivedRequest,
  { evidence, options, expectation, alignment }: JudgeSettings,
): Promise<Verdict> {
  const { credentials, limits } = options
  const now = judgingTime(request, { evidence, options })
  const judged = (subject: ReceivedRequest) =>
    judgeRequest({
      request: subject,
      expectationOf: (claim) => expectationFor(subject, claim, expectation),
      credentials,
      now,
      limits,
    })
  const verdict = await judged(request)
  const changed = alignment !== undefined && alignment.actual !== alignment.expected
  if (!isUnknown(verdict) || !changed || evidence.answer?.canonicalRequest === undefined) return verdict
  // What arrived may not be what the client shows: the service's own view may still give the mistake away.
  const arrived = rebuildRequest(factsOf({ ...evidence, signer: undefined }, credentials))
  const second = arrived && (await judged(arrived))
  return second && !isUnknown(second) && second.mistakes.length > 0 ? second : verdict
}

function isUnknown({ mistakes }: Verdict): boolean {
  return mistakes.some(({ id }) => id === 'unknown')
}

/** A refusal without a time of its own was given right away. */
function judgingTime(
  request: ReceivedRequest,
  { evidence, options }: Pick<JudgeSettings, 'evidence' | 'options'>,
): Date {
  const known = options.date ?? evidence.answer?.time ?? evidence.time
  if (known !== undefined) return known
  const claim = readClaim(request)
  const signed = isClaim(claim) && claim.longDate !== undefined ? parseLongDate(claim.longDate) : undefined
  return (evidence.answer && signed) ?? options.now
}

function factsOf({ answer, signer }: Pick<Evidence, 'answer' | 'signer'>, credentials: Credentials | undefined) {
  const accessKeyId = answer?.details.get('AWSAccessKeyId') ?? credentials?.accessKeyId
  if (answer?.canonicalRequest !== undefined) {
    return {
      canonicalRequest: answer.canonicalRequest,
      stringToSign: answer.stringToSign ?? signer?.stringToSign,
      signature: answer.details.get('SignatureProvided') ?? signer?.signature,
      accessKeyId,
    }
  }
  const { canonicalRequest = '', stringToSign, signature } = signer ?? {}
  return { canonicalRequest, stringToSign, signature, accessKeyId }
}

/** What the service says of itself goes before what its host name says. */
function withAnswer(expectation: ExpectationOptions, answer: ServiceAnswer | undefined): ExpectationOptions {
  const region = answer?.region ?? /expecting '([^']+)'/.exec(answer?.message ?? '')?.[1]
  const service = /correct service: '([^']+)'/.exec(answer?.message ?? '')?.[1]
  const said = (value: string | undefined) =>
    value === undefined ? undefined : { value, reason: 'the service says so' }
  return { ...expectation, region: expectation.region ?? said(region), service: expectation.service ?? said(service) }
}

/** `-v` and logs show the first characters of a token only; the rest is at hand. */
function withWholeToken(request: ReceivedRequest, credentials: Credentials | undefined): ReceivedRequest {
  const token = credentials?.sessionToken?.reveal()
  if (token === undefined) return request
  const whole = (header: Header): Header => {
    const shown = /^([^.]{1,6})\.\.\.$/.exec(header.value)?.[1]
    const isShortened = header.name.toLowerCase() === 'x-amz-security-token' && shown !== undefined
    return isShortened && token.startsWith(shown) ? { ...header, value: token } : header
  }
  return { ...request, headers: request.headers.map(whole) }
}

function ofAnswerAlone({ findings, subject }: AnswerReading): Verdict {
  const unnamed = { id: 'unknown', detail: 'the answer does not say what was received: give the request, too' }
  const mistakes = findings.length === 0 && subject === 'signature' ? [unnamed] : findings
  return {
    outcome: mistakes.length === 0 ? 'undecided' : 'not valid',
    checks: [],
    mistakes: mistakes.map((finding) => namedMistake(finding, 1)),
    signing: undefined,
    search: undefined,
  }
}

interface Additions {
  readonly reading: AnswerReading
  readonly alignment: Alignment | undefined
  readonly request: ReceivedRequest
  readonly answer: ServiceAnswer | undefined
}

/**
 * What a search proved stays first; else what the alignment shows and what the service says go before what the
 * request alone gives away.
 */
function merge(verdict: Verdict, { reading, alignment, request, answer }: Additions): Verdict {
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
    ...(refused ? [namedMistake({ id: 'unknown', detail: refusedAlthough(verdict, alignment) }, 1)] : []),
  ]
  const checks = [...verdict.checks, ...alignmentCheck(alignment), ...answerCheck(answer, reading)]
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
  const note = subject === 'other' ? ' (not about the signature)' : ''
  return [{ name: "the service's answer", ok: subject === 'other', detail: `${said}${note}`, findings: [] }]
}

/** Why a refused signature cannot be explained. */
function refusedAlthough({ outcome }: Verdict, alignment: Alignment | undefined): string {
  const same = alignment !== undefined && alignment.findings.length === 0
  if (outcome === 'valid') {
    return same
      ? 'the signature is right for the secret at hand, and the service read the request as it is: it has another secret for this key'
      : 'the signature is right for the secret at hand: the service has another secret for this key, or the request changed on its way'
  }
  return same
    ? 'the service read the request as it is given: the secret differs, or the signer built another canonical request (its log or the secret would tell)'
    : 'the service refuses the signature; the secret, or a canonical request from the signer or the service, would tell why'
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
