import { headerValue } from '../request/header.ts'
import { queryParts } from '../request/query-parts.ts'
import { headersAsSent, isParameter, type Situation } from './base-draft.ts'
import { type Check, checkOf, type Finding } from './check.ts'

const tokenName = 'x-amz-security-token'

/** What of the headers is signed, and what has to be there. */
export function headerChecks(situation: Situation): readonly Check[] {
  return [signedHeadersCheck(situation), requiredHeadersCheck(situation), tokenCheck(situation)]
}

function signedHeadersCheck(situation: Situation): Check {
  const { claim } = situation
  const { signedHeaders } = claim
  const lower = signedHeaders.map((name) => name.toLowerCase())
  const sent = new Set(headersAsSent(situation.request).map((header) => header.name.toLowerCase()))
  const findings: Finding[] = []
  if (signedHeaders.some((name, index) => name !== lower[index])) {
    findings.push({ id: 'header-case', detail: `SignedHeaders has upper-case letters: ${signedHeaders.join(';')}` })
  } else if ([...lower].sort().join(';') !== lower.join(';')) {
    findings.push({ id: 'header-order', detail: `SignedHeaders is not sorted: ${signedHeaders.join(';')}` })
  }
  const lost = lower.filter((name) => !sent.has(name) && name !== tokenName && name !== 'x-amz-content-sha256')
  if (lost.length > 0) {
    findings.push({ id: 'header-missing', detail: `signed, but not in the request: ${lost.join(', ')}` })
  }
  const unsigned = unsignedHeaders(situation, lower)
  if (unsigned.length > 0) {
    findings.push({ id: 'header-unsigned', detail: `in the request, but not signed: ${unsigned.join(', ')}` })
  }
  return checkOf('signed headers', findings, signedHeaders.join(';'))
}

/**
 * Every service wants `host`, S3 also each `x-amz-*` header that is sent ("headers present in the request which were not
 * signed"); the payload hash, which the signature holds anyway, it takes unsigned.
 */
function unsignedHeaders({ request, expectation }: Situation, signed: readonly string[]): readonly string[] {
  const host = signed.includes('host') || signed.includes(':authority') ? [] : ['host']
  if (!expectation.contentSha256Header) return host
  const names = request.headers.map((header) => header.name.toLowerCase())
  const wanted = names.filter(
    (name) => name.startsWith('x-amz-') && name !== tokenName && name !== 'x-amz-content-sha256',
  )
  return [...host, ...new Set(wanted.filter((name) => !signed.includes(name)))]
}

function requiredHeadersCheck({ request, claim, expectation }: Situation): Check {
  const findings: Finding[] = []
  const needed = claim.form === 'header' && expectation.contentSha256Header
  if (needed && headerValue(request.headers, 'x-amz-content-sha256') === undefined) {
    const listed = claim.signedHeaders.some((name) => name.toLowerCase() === 'x-amz-content-sha256')
    if (!listed) findings.push({ id: 'content-sha256-missing', detail: 'no x-amz-content-sha256 header' })
  }
  return checkOf('required headers', findings, needed ? 'x-amz-content-sha256 is there' : 'all there')
}

function tokenCheck({ request, claim, expectation }: Situation): Check {
  const listed = claim.signedHeaders.some((name) => name.toLowerCase() === tokenName)
  if (claim.sessionToken === undefined) {
    // Temporary keys begin with ASIA (IAM User Guide, "Unique identifiers").
    const why = listed
      ? 'x-amz-security-token is among the signed headers, but not in the request'
      : claim.accessKeyId.startsWith('ASIA')
        ? `${claim.accessKeyId} is a temporary key, and the request has no session token`
        : undefined
    return checkOf('session token', why === undefined ? [] : [{ id: 'token-missing', detail: why }], 'none')
  }
  const inQuery = queryParts(request.query).some((part) => isParameter(part, tokenName))
  const signed = inQuery || listed
  if (!signed && expectation.sessionToken === 'signed') {
    return checkOf(
      'session token',
      [{ id: 'token-unsigned', detail: 'x-amz-security-token is sent, but not among the signed headers' }],
      '',
    )
  }
  return checkOf('session token', [], signed ? 'sent' : 'sent, not signed')
}
