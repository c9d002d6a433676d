import type { Credentials } from '../credentials/credentials.ts'
import type { Header } from '../request/header.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { type Alignment, align } from './alignment.ts'
import { type AnswerReading, readAnswerFindings } from './answer-findings.ts'
import { type ExpectationOptions, expectationFor } from './expectation.ts'
import { judgeRequest, type Verdict } from './judge.ts'
import { withAdditions } from './merged-verdict.ts'
import { namedMistake } from './ranking.ts'
import type { Evidence } from './read-input.ts'
import { rebuildRequest } from './rebuilt-request.ts'
import type { SearchLimits } from './search.ts'
import type { ServiceAnswer } from './service-answer.ts'
import type { JudgingTime } from './time-checks.ts'

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
  const { credentials } = options
  return { ...withAdditions(verdict, { reading, alignment, request, answer, credentials }), request, alignment, answer }
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
  const time = judgingTime({ evidence, options })
  const judged = (subject: ReceivedRequest) =>
    judgeRequest({
      request: subject,
      expectationOf: (claim) => expectationFor(subject, claim, expectation),
      credentials,
      judged: time,
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

/** Where a refusal comes without any time, what it says of time is taken from its words alone. */
function judgingTime({ evidence, options }: Pick<JudgeSettings, 'evidence' | 'options'>): JudgingTime {
  const { answer, time } = evidence
  if (options.date) return { time: options.date, event: '--date' }
  if (answer?.time) return { time: answer.time, event: 'the answer' }
  if (time) return { time, event: 'the exchange' }
  return { time: answer ? undefined : options.now, event: undefined }
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
