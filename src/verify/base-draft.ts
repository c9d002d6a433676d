import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { decodeText, encodePathText, recodePart, recodePath } from '../request/percent-encoding.ts'
import { type QueryPart, queryParts } from '../request/query-parts.ts'
import { emptyBody, hostOf, type ReceivedRequest } from '../request/received-request.ts'
import type { Expectation } from './expectation.ts'
import type { SignatureClaim } from './signature-claim.ts'
import type { HeaderDraft, KeyDraft, QueryDraft, SigningDraft } from './signing-draft.ts'

/** A signed request, what it claims, and what the service expects of it. */
export interface Situation {
  readonly request: ReceivedRequest
  readonly claim: SignatureClaim
  readonly expectation: Expectation
}

/** What a URL that is given alone may have been made for. */
const presignedMethods = ['GET', 'PUT', 'HEAD', 'DELETE', 'POST']

/**
 * The signatures that the service would take for this request, the usual one first: one, but for a service that nobody
 * knows, whose rules are not known either.
 */
export function acceptedDrafts(situation: Situation): readonly [SigningDraft, ...SigningDraft[]] {
  const { expectation, claim } = situation
  const ruled = (normalizePath: boolean, sessionToken: 'signed' | 'appended', method = situation.request.method) =>
    baseDraft({
      request: { ...situation.request, method },
      claim,
      expectation: { ...expectation, normalizePath, sessionToken },
    })
  const normalize = expectation.normalizePath
  const token = expectation.sessionToken
  const paths = normalize === 'either' ? [true, false] : [normalize]
  const tokens: readonly ('signed' | 'appended')[] =
    token === 'either' && claim.form === 'query' ? ['signed', 'appended'] : [token === 'appended' ? token : 'signed']
  const { method, methodIsAssumed } = situation.request
  const methods = methodIsAssumed ? presignedMethods : [method]
  const [first, ...others] = methods.flatMap((name) =>
    paths.flatMap((path) => tokens.map((form) => ruled(path, form, name))),
  )
  return [first ?? ruled(true, 'signed'), ...others]
}

/** The signature as it has to be made for this request: what the service does with what it received. */
function baseDraft(situation: Situation): SigningDraft {
  const { request, claim, expectation } = situation
  return {
    method: request.method,
    path: {
      path: request.path === '' ? '/' : request.path,
      normalized: expectation.normalizePath !== false,
      encode: expectation.pathEncoding === 'single' ? recodePath : encodePathText,
    },
    query: baseQuery(situation),
    headers: baseHeaders(request, claim),
    payloadHash: expectedPayloadHash(situation),
    algorithm: claim.algorithm,
    date: claim.longDate ?? '',
    scope: { date: claim.scope.date, region: claim.scope.region, service: claim.scope.service },
    key: baseKey(claim),
  }
}

/** The last line of the canonical request, as the service takes it. */
export function expectedPayloadHash({ request, claim, expectation }: Situation): string {
  const declared = declaredPayloadHash(request)
  const body = request.body ?? emptyBody
  if (declared?.startsWith('STREAMING-')) return declared
  if (declared === 'UNSIGNED-PAYLOAD' && expectation.unsignedPayload === 'accepted') return declared
  if (declared !== undefined && (expectation.contentSha256Header || request.body === undefined)) return declared
  return claim.form === 'query' && declared === undefined && expectation.presignedPayload === 'UNSIGNED-PAYLOAD'
    ? 'UNSIGNED-PAYLOAD'
    : body.sha256
}

/** What `x-amz-content-sha256` says, as a header or, in a presigned URL, as a parameter. */
export function declaredPayloadHash(request: ReceivedRequest): string | undefined {
  const part = queryParts(request.query).find(({ name }) => decodeText(name).toLowerCase() === 'x-amz-content-sha256')
  return headerValue(request.headers, 'x-amz-content-sha256')?.trim() ?? (part && decodeText(part.value ?? ''))
}

/** Whether the signature covers a body that the input does not show: `curl -v` prints none. */
export function lacksBody({ request, claim, expectation }: Situation): boolean {
  const unsigned = claim.form === 'query' && expectation.presignedPayload === 'UNSIGNED-PAYLOAD'
  if (request.body !== undefined || unsigned || declaredPayloadHash(request) !== undefined) return false
  const length = headerValue(request.headers, 'content-length')?.trim() ?? '0'
  return length !== '0' || headerValue(request.headers, 'transfer-encoding') !== undefined
}

/** Whether it has this name, once decoded, in any case. */
export function isParameter(part: QueryPart, name: string): boolean {
  return decodeText(part.name).toLowerCase() === name.toLowerCase()
}

function baseQuery({ request, claim, expectation }: Situation): QueryDraft {
  const unsigned = (part: QueryPart) =>
    claim.form === 'query' &&
    (isParameter(part, 'X-Amz-Signature') ||
      (expectation.sessionToken === 'appended' && isParameter(part, 'X-Amz-Security-Token')))
  return {
    parts: queryParts(request.query).filter((part) => !unsigned(part)),
    encode: recodePart,
    order: 'by name and value',
    equalsSign: 'always',
  }
}

function baseHeaders(request: ReceivedRequest, claim: SignatureClaim): HeaderDraft {
  const listed = [...new Set(claim.signedHeaders.map((name) => name.toLowerCase()))].sort()
  const present = headersAsSent(request).filter((header) => listed.includes(header.name.toLowerCase()))
  const names = new Set(present.map((header) => header.name.toLowerCase()))
  // S3 takes a listed header that is not there for an empty one; libs3 signs that way.
  const absent = listed.filter((name) => !names.has(name)).map((name) => ({ name, value: '' }))
  return {
    entries: [...present, ...absent],
    listed,
    claimed: claim.signedHeaders.join(';'),
    list: 'canonical',
    names: 'lower case',
    order: 'by name',
    values: 'canonical',
    separator: ':',
    repeated: ',',
    blankLine: true,
  }
}

/** The headers with the host among them, which a URL or HTTP/2 names elsewhere. */
export function headersAsSent(request: ReceivedRequest): readonly Header[] {
  const host = hostOf(request)
  if (host === undefined || headerValue(request.headers, 'host') !== undefined) return request.headers
  return [{ name: 'Host', value: host }, ...request.headers]
}

function baseKey(claim: SignatureClaim): KeyDraft {
  return {
    secret: (secret) => secret,
    prefix: claim.algorithm === 'sigv4' ? 'AWS4' : 'AWS4A',
    steps: ({ date, region, service }) => [date, region, service, 'aws4_request'],
    chain: 'bytes',
  }
}
