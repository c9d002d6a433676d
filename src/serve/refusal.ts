import type { ReceivedRequest } from '../request/received-request.ts'
import type { Verdict } from '../verify/judge.ts'
import type { SignatureClaim } from '../verify/signature-claim.ts'
import type { XmlNode } from './s3-document.ts'

/** An error answer: its status, and the members of S3's `<Error>`. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly members: readonly XmlNode[]
}

interface RefusalRule {
  readonly ids: readonly string[]
  readonly status: number
  readonly code: string
  readonly message: string
}

/** S3's answers in the order in which S3 looks (API reference, "Error responses"); the first with one of its mistakes counts. */
const rules: readonly RefusalRule[] = [
  { ids: ['unsigned'], status: 403, code: 'AccessDenied', message: 'Access Denied' },
  {
    ids: ['sigv2'],
    status: 400,
    code: 'InvalidRequest',
    message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  },
  {
    ids: ['query-html-escaped'],
    status: 400,
    code: 'AuthorizationQueryParametersError',
    message:
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  },
  {
    ids: ['authorization-malformed', 'date-format'],
    status: 400,
    code: 'AuthorizationHeaderMalformed',
    message: 'The authorization header that you provided is not valid.',
  },
  {
    ids: ['expires-too-long'],
    status: 400,
    code: 'AuthorizationQueryParametersError',
    message:
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
  },
  {
    ids: ['access-key-unknown', 'access-key-other', 'token-missing'],
    status: 403,
    code: 'InvalidAccessKeyId',
    message: 'The AWS Access Key Id you provided does not exist in our records.',
  },
  {
    ids: ['token-invalid'],
    status: 400,
    code: 'InvalidToken',
    message: 'The provided token is malformed or otherwise invalid.',
  },
  {
    ids: ['clock-skew'],
    status: 403,
    code: 'RequestTimeTooSkewed',
    message: 'The difference between the request time and the current time is too large.',
  },
  { ids: ['expired'], status: 403, code: 'AccessDenied', message: 'Request has expired' },
  { ids: ['not-yet-valid'], status: 403, code: 'AccessDenied', message: 'Request is not yet valid' },
  {
    ids: ['header-unsigned'],
    status: 403,
    code: 'AccessDenied',
    message: 'There were headers present in the request which were not signed',
  },
  {
    ids: ['content-sha256-missing'],
    status: 400,
    code: 'InvalidRequest',
    message: 'Missing required header for this request: x-amz-content-sha256',
  },
]

const signatureMessage =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.'

/** What S3 would answer to a request with this verdict; the diagnosis stands in members of its own. */
export function refusalFor(
  verdict: Verdict,
  context: { readonly request: ReceivedRequest; readonly claim: SignatureClaim | undefined },
): Refusal {
  const ids = new Set(verdict.mistakes.map(({ id }) => id))
  const diagnosis = diagnosisOf(verdict)
  if (ids.has('wrong-region') && context.claim && mismatched(verdict, 'scope'))
    return scopeRefusal(verdict, context.claim, diagnosis)
  const rule = rules.find((candidate) => candidate.ids.some((id) => ids.has(id)))
  if (rule) return { ...rule, members: [...factsFor(rule, verdict, context.claim), ...diagnosis] }
  if (!mismatched(verdict, 'signature')) return payloadRefusal(context.request, diagnosis)
  return {
    status: 403,
    code: 'SignatureDoesNotMatch',
    message: signatureMessage,
    members: [...signatureMembers(verdict, context.claim), ...diagnosis],
  }
}

function mismatched({ checks }: Verdict, name: 'scope' | 'signature'): boolean {
  return checks.some((check) => check.name === name && !check.ok)
}

function scopeRefusal(verdict: Verdict, claim: SignatureClaim, diagnosis: readonly XmlNode[]): Refusal {
  const detail = verdict.mistakes.find(({ id }) => id === 'wrong-region')?.detail ?? ''
  const expected = /expected is '([^']*)'/.exec(detail)?.[1] ?? ''
  return {
    status: 400,
    code: 'AuthorizationHeaderMalformed',
    message: `The authorization header is malformed; the region '${claim.scope.region}' is wrong; expecting '${expected}'`,
    members: [['Region', expected], ...diagnosis],
  }
}

function payloadRefusal(request: ReceivedRequest, diagnosis: readonly XmlNode[]): Refusal {
  const declared = request.headers.find(({ name }) => name.toLowerCase() === 'x-amz-content-sha256')?.value
  return {
    status: 400,
    code: 'XAmzContentSHA256Mismatch',
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
    members: [
      ['ClientComputedContentSHA256', declared],
      ['S3ComputedContentSHA256', request.body?.sha256],
      ...diagnosis,
    ],
  }
}

function factsFor({ code }: RefusalRule, verdict: Verdict, claim: SignatureClaim | undefined): readonly XmlNode[] {
  const detail = (id: string) => verdict.mistakes.find((mistake) => mistake.id === id)?.detail
  if (code === 'InvalidAccessKeyId') return [['AWSAccessKeyId', claim?.accessKeyId]]
  if (code === 'RequestTimeTooSkewed')
    return [
      ['RequestTime', claim?.longDate],
      ['MaxAllowedSkewMilliseconds', 900_000],
    ]
  const unsigned = detail('header-unsigned')
  return unsigned === undefined || code !== 'AccessDenied'
    ? []
    : [['HeadersNotSigned', unsigned.replace(/^[^:]*: /, '')]]
}

function signatureMembers(verdict: Verdict, claim: SignatureClaim | undefined): readonly XmlNode[] {
  const { canonicalRequest = '', stringToSign = '' } = verdict.signing?.right ?? {}
  return [
    ['AWSAccessKeyId', claim?.accessKeyId],
    ['StringToSign', stringToSign],
    ['SignatureProvided', claim?.signature],
    ['StringToSignBytes', spacedHex(stringToSign)],
    ['CanonicalRequest', canonicalRequest],
    ['CanonicalRequestBytes', spacedHex(canonicalRequest)],
  ]
}

/** `47 45 54 0a` */
function spacedHex(text: string): string {
  return Buffer.from(text)
    .toString('hex')
    .replace(/..(?!$)/g, '$& ')
}

/** Beyond S3: the first mistake, for whoever reads the answer. */
function diagnosisOf({ mistakes }: Verdict): readonly XmlNode[] {
  const [first] = mistakes
  if (first === undefined) return []
  return [
    [
      'Diagnosis',
      [
        ['Mistake', first.id],
        ['Cause', first.cause],
        ['Fix', first.fix],
      ],
    ],
  ]
}
