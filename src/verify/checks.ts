import { algorithmIdentifiers } from '../sign/sigv4.ts'
import type { Situation } from './base-draft.ts'
import { type Check, checkOf, type Finding, passed } from './check.ts'
import { headerChecks } from './header-checks.ts'
import { payloadCheck } from './payload-check.ts'
import { type JudgingTime, timeChecks } from './time-checks.ts'

/** Everything that can be seen without the secret, in the order in which a service looks at it. */
export function checkRequest(situation: Situation, judged: JudgingTime): readonly Check[] {
  return [
    algorithmCheck(situation),
    scopeCheck(situation),
    ...timeChecks(situation.claim, judged),
    ...headerChecks(situation),
    payloadCheck(situation),
    pathCheck(situation),
    queryCheck(situation),
  ]
}

function algorithmCheck({ claim }: Situation): Check {
  const place = claim.form === 'header' ? 'in the Authorization header' : 'in the query (presigned)'
  return checkOf(
    'algorithm',
    signatureForm(claim.signature.trim(), claim.algorithm),
    `${algorithmIdentifiers[claim.algorithm]} ${place}`,
  )
}

function signatureForm(signature: string, algorithm: 'sigv4' | 'sigv4a'): readonly Finding[] {
  const { hex, slips } = readSignature(signature, algorithm)
  if (hex === undefined) {
    const wanted = algorithm === 'sigv4' ? '64 hex digits' : 'a DER-encoded ECDSA signature in hex'
    return [
      {
        id: 'signature-form',
        detail: `the signature has ${signature.length} characters and is not ${wanted}`,
      },
    ]
  }
  return slips
}

/** The signature as lower-case hex, and what is wrong with how it is written; no `hex` where it is none at all. */
export function readSignature(
  signature: string,
  algorithm: 'sigv4' | 'sigv4a',
): { readonly hex: string | undefined; readonly slips: readonly Finding[] } {
  const isRightLength = (hex: string) =>
    algorithm === 'sigv4' ? hex.length === 64 : hex.startsWith('30') && hex.length <= 144
  if (/^[0-9a-fA-F]+$/.test(signature) && isRightLength(signature.toLowerCase())) {
    const lower = signature.toLowerCase()
    const slips =
      lower === signature ? [] : [{ id: 'signature-case', detail: 'the signature has upper-case hex digits' }]
    return { hex: lower, slips }
  }
  const bytes = /^[A-Za-z0-9+/_-]+={0,2}$/.test(signature) ? Buffer.from(signature, 'base64').toString('hex') : ''
  if (!isRightLength(bytes)) return { hex: undefined, slips: [] }
  return { hex: bytes, slips: [{ id: 'signature-base64', detail: 'the signature is base64 text' }] }
}

function scopeCheck({ claim, expectation }: Situation): Check {
  const { region, service } = expectation
  const findings: Finding[] = []
  if (region && claim.algorithm === 'sigv4' && claim.scope.region !== region.value) {
    findings.push({
      id: 'wrong-region',
      detail: `the scope names the region '${claim.scope.region}', expected is '${region.value}' (${region.reason})`,
    })
  }
  if (service && claim.scope.service !== service.value) {
    findings.push({
      id: 'wrong-service',
      detail: `the scope names the service '${claim.scope.service}', expected is '${service.value}' (${service.reason})`,
    })
  }
  const day = claim.longDate?.slice(0, 8)
  if (day !== undefined && /^\d{8}$/.test(day) && day !== claim.scope.date) {
    findings.push({
      id: 'scope-date',
      detail: `the scope is of the day ${claim.scope.date}, but the signing time is ${claim.longDate}`,
    })
  }
  return checkOf('scope', findings, claim.scope.text)
}

/** What is striking about a path; whether it was signed as it has to be shows in the signature. */
function pathCheck({ request, expectation }: Situation): Check {
  const notes = [
    expectation.pathEncoding === 'single' ? 'signed encoded once' : 'signed encoded once more than it is sent',
    { true: 'dot and empty segments removed', false: 'kept as it is', either: 'dot segments removed or kept' }[
      `${expectation.normalizePath}`
    ],
  ]
  const { path } = request
  if (expectation.pathEncoding === 'single' && path.includes('+')) notes.push('a raw + counts as a space')
  if (expectation.pathEncoding === 'single' && /%2f/i.test(path)) notes.push('%2F counts as /')
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) notes.push('a % that begins no escape counts as %25')
  return passed('path encoding', `${path} (${notes.join('; ')})`)
}

function queryCheck({ request }: Situation): Check {
  const { query } = request
  if (query === undefined || query === '') return passed('query encoding', 'none')
  const own = query.split('&').filter((part) => part !== '' && !/^x-amz-/i.test(part))
  const notes = [`${own.length} parameter${own.length === 1 ? '' : 's'} besides the signature's own`]
  if (own.some((part) => part.includes('+'))) notes.push('a raw + counts as a space')
  if (own.some((part) => !part.includes('='))) notes.push('a name without = counts as name=')
  return passed('query encoding', notes.join('; '))
}
