import { decodeText } from '../request/percent-encoding.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { acceptedDrafts } from './base-draft.ts'
import { splitCanonicalRequest } from './canonical-difference.ts'
import type { Finding } from './check.ts'
import { formatCanonicalDraft } from './draft-text.ts'
import { type ExpectationOptions, expectationFor } from './expectation.ts'
import { explainDifference } from './explain-difference.ts'
import type { SearchedSituation } from './mistakes/mistake.ts'
import type { SignerLog } from './read-input.ts'
import { rebuildRequest } from './rebuilt-request.ts'
import type { ServiceAnswer } from './service-answer.ts'
import { isClaim, readClaim } from './signature-claim.ts'

/** Two canonical requests of one request, and the mistakes that lie between them. */
export interface Alignment {
  readonly actual: string
  /** Whose that is: `signed`, `sent`. */
  readonly actualIs: string
  readonly expected: string
  readonly expectedIs: string
  readonly findings: readonly Finding[]
}

export interface AlignInput {
  readonly request: ReceivedRequest
  readonly answer: ServiceAnswer | undefined
  readonly signer: SignerLog | undefined
  readonly expectation: ExpectationOptions
}

/**
 * Lays canonical requests side by side, as far as there are two: the signer's own beside the service's, or beside the
 * one that the request has to have; the request's beside the service's. No secret is needed.
 */
export function align({ request, answer, signer, expectation }: AlignInput): Alignment | undefined {
  const own = situationOf(request, expectation)
  const arrived = answer && arrivedSituation(answer, { request, expectation })
  if (signer !== undefined) return alignSigner(signer, arrived ?? own, arrived ? 'the service expects' : 'expected')
  if (own === undefined || arrived === undefined) return undefined
  const expected = formatCanonicalDraft(arrived.base)
  const accepted = acceptedDrafts(own).map(formatCanonicalDraft)
  const actual = accepted.includes(expected) ? expected : (accepted[0] ?? '')
  const findings = explainDifference(actual, arrived).filter((finding) => isRealChange(finding, actual, expected))
  return { actual, actualIs: 'the request as given', expected, expectedIs: 'the service received', findings }
}

function alignSigner(
  { canonicalRequest }: SignerLog,
  situation: SearchedSituation | undefined,
  expectedIs: string,
): Alignment | undefined {
  if (situation === undefined) return undefined
  const accepted = acceptedDrafts(situation).map(formatCanonicalDraft)
  const right = formatCanonicalDraft(situation.base)
  const expected = accepted.includes(canonicalRequest) ? canonicalRequest : right
  const findings = expected === canonicalRequest ? [] : explainDifference(canonicalRequest, situation)
  return { actual: canonicalRequest, actualIs: 'signed', expected, expectedIs, findings }
}

function situationOf(request: ReceivedRequest, options: ExpectationOptions): SearchedSituation | undefined {
  const claim = readClaim(request)
  if (!isClaim(claim)) return undefined
  const situation = { request, claim, expectation: expectationFor(request, claim, options) }
  return { ...situation, base: acceptedDrafts(situation)[0], ownToken: undefined }
}

/** The service's view of the request, with its canonical request taken for right, word for word. */
function arrivedSituation(
  answer: ServiceAnswer,
  { request, expectation }: Pick<AlignInput, 'request' | 'expectation'>,
): SearchedSituation | undefined {
  if (answer.canonicalRequest === undefined) return undefined
  const claim = readClaim(request)
  const arrived = rebuildRequest({
    canonicalRequest: answer.canonicalRequest,
    stringToSign: answer.stringToSign ?? claimedString(request),
    signature: isClaim(claim) ? claim.signature : answer.details.get('SignatureProvided'),
    accessKeyId: isClaim(claim) ? claim.accessKeyId : answer.details.get('AWSAccessKeyId'),
  })
  // The body is known from the request, where the service only knows its hash.
  const body = request.body?.sha256 === arrived?.body?.sha256 ? request.body : arrived?.body
  const situation = arrived && situationOf({ ...arrived, body: body ?? request.body }, expectation)
  if (situation === undefined) return undefined
  const parts = splitCanonicalRequest(answer.canonicalRequest)
  const base = {
    ...situation.base,
    method: parts.method,
    path: {
      ...situation.base.path,
      encode: (path: string) => (path === situation.base.path.path ? parts.path : situation.base.path.encode(path)),
    },
    payloadHash: parts.payloadHash,
  }
  return { ...situation, base }
}

function claimedString(request: ReceivedRequest): string | undefined {
  const claim = readClaim(request)
  return isClaim(claim) ? `AWS4-HMAC-SHA256\n${claim.longDate ?? ''}\n${claim.scope.text}\n` : undefined
}

/** The same path or query, only written otherwise by services with rules of their own, is no change on the way. */
function isRealChange({ id }: Finding, actual: string, expected: string): boolean {
  const [one, other] = [splitCanonicalRequest(actual), splitCanonicalRequest(expected)]
  const plain = (text: string) => decodeText(decodeText(text)).split('&').sort().join('&')
  if (id.startsWith('path-')) return plain(one.path) !== plain(other.path)
  return !id.startsWith('query-') || plain(one.query) !== plain(other.query)
}
