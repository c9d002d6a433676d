import type { Finding } from './check.ts'
import type { ServiceAnswer } from './service-answer.ts'

/** What a refusal says outright, without any secret. */
export interface AnswerReading {
  /** The mistakes that the service names. */
  readonly findings: readonly Finding[]
  /** `signature`: it refuses the signature without saying why. `other`: the refusal is about something else. */
  readonly subject: 'named' | 'signature' | 'other'
}

interface Rule {
  /** Matches `CODE: MESSAGE`. */
  readonly pattern: RegExp
  readonly id: string
}

/** The services' own words, from S3's and IAM's error pages and from recorded refusals; the first that fits counts. */
const rules: readonly Rule[] = [
  { pattern: /^ExpiredToken|token included in the request is expired|token has expired/i, id: 'token-expired' },
  { pattern: /region '[^']*' is wrong; expecting/i, id: 'wrong-region' },
  { pattern: /Credential should be scoped to a valid region/i, id: 'wrong-region' },
  {
    pattern: /Credential should be scoped to (?:the )?correct service/i,
    id: 'wrong-service',
  },
  { pattern: /incorrect service "[^"]*"\. This endpoint belongs to/i, id: 'wrong-service' },
  {
    pattern: /Date in Credential scope does not match|incorrect date format|Invalid credential date|Credential date/i,
    id: 'scope-date',
  },
  { pattern: /Credential should be scoped with a valid terminator/i, id: 'authorization-malformed' },
  { pattern: /^RequestTimeTooSkewed/i, id: 'clock-skew' },
  { pattern: /Signature expired:|^RequestExpired/i, id: 'clock-skew' },
  { pattern: /Signature not yet current/i, id: 'clock-skew' },
  {
    pattern: /X-Amz-Date must be in|Date must be in ISO-?8601|^AccessDenied: AWS authentication requires a valid Date/i,
    id: 'date-format',
  },
  { pattern: /Request has expired|Request is expired|has expired\. .*presigned/i, id: 'expired' },
  { pattern: /Request is not yet valid|Request is not valid yet/i, id: 'not-yet-valid' },
  { pattern: /X-Amz-Expires must be less than a week|must be less than 604800/i, id: 'expires-too-long' },
  { pattern: /^XAmzContentSHA256Mismatch/i, id: 'payload-other' },
  {
    pattern: /Missing required header for this request: x-amz-content-sha256|^MissingSecurityHeader/i,
    id: 'content-sha256-missing',
  },
  { pattern: /x-amz-content-sha256 must be UNSIGNED-PAYLOAD/i, id: 'content-sha256-missing' },
  {
    pattern: /headers present in the request which were not signed|must be a 'SignedHeader'|must be signed/i,
    id: 'header-unsigned',
  },
  { pattern: /Please use AWS4-HMAC-SHA256|requires? (?:AWS )?Signature Version 4/i, id: 'sigv2' },
  { pattern: /^InvalidToken/i, id: 'token-invalid' },
  { pattern: /^InvalidAccessKeyId|^InvalidClientTokenId|^UnrecognizedClientException/i, id: 'access-key-unknown' },
  { pattern: /^MissingAuthenticationToken|Missing Authentication Token/i, id: 'unsigned' },
  {
    pattern: /^IncompleteSignature|^AuthorizationHeaderMalformed|^AuthorizationQueryParametersError/i,
    id: 'authorization-malformed',
  },
  { pattern: /Authorization header requires|equal-sign|equal sign/i, id: 'authorization-malformed' },
]

const aboutSignature = /^SignatureDoesNotMatch|^InvalidSignature|signature we calculated does not match/i

/** The mistake that an answer names, in the service's own words. */
export function readAnswerFindings(answer: ServiceAnswer): AnswerReading {
  const text = `${answer.code}: ${answer.message}`
  const rule = rules.find(({ pattern }) => pattern.test(text))
  if (rule !== undefined) return { findings: [{ id: rule.id, detail: saying(answer) }], subject: 'named' }
  return { findings: [], subject: aboutSignature.test(text) ? 'signature' : 'other' }
}

function saying({ code, message, region, details }: ServiceAnswer): string {
  const facts = [
    'HeadersNotSigned',
    'RequestTime',
    'ServerTime',
    'ClientComputedContentSHA256',
    'S3ComputedContentSHA256',
  ]
  const named = facts.flatMap((name) => (details.has(name) ? [`${name} ${details.get(name)}`] : []))
  const expected = region === undefined || message.includes(region) ? [] : [`expected region ${region}`]
  const more = [...named, ...expected].join(', ')
  return `the service says${code === '' ? '' : ` ${code}`}: ${message.replace(/\s*\n\s*/g, ' ').slice(0, 300)}${more === '' ? '' : ` (${more})`}`
}
