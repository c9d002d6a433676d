import { inferScope } from '../request/infer-scope.ts'
import { hostOf, type ReceivedRequest } from '../request/received-request.ts'
import { knownSigningName, signingNameOf } from '../request/service-names.ts'
import { serviceRules } from '../request/service-rules.ts'
import type { PathEncoding } from '../sign/canonical-request.ts'
import type { SignatureClaim } from './signature-claim.ts'

/** How a service reads a signature: what a right one is measured by. */
export interface SignatureRules {
  readonly pathEncoding: PathEncoding
  /** `either` for a service that nobody knows. */
  readonly normalizePath: boolean | 'either'
  /** `x-amz-content-sha256` has to be there (header form), and what it says is what is signed. */
  readonly contentSha256Header: boolean
  /** What a presigned URL signs for the body where no header says otherwise. */
  readonly presignedPayload: 'UNSIGNED-PAYLOAD' | 'body hash'
  /** Whether a request may say `UNSIGNED-PAYLOAD`. */
  readonly unsignedPayload: 'accepted' | 'refused'
  /** `appended`: the token comes after the signature is made. `either` for a service that nobody knows. */
  readonly sessionToken: 'signed' | 'appended' | 'either'
}

export interface Expectation extends SignatureRules {
  /** Undefined where neither a flag nor the host says it: then what the request names is taken for right. */
  readonly service: Expected | undefined
  readonly region: Expected | undefined
  /** The rules of the service that the request names, where that is another one. */
  readonly claimedRules: SignatureRules | undefined
}

export interface Expected {
  readonly value: string
  /** Where that is known from: `--region`, `label 'eu-west-1' of the host`. */
  readonly reason: string
}

/** What the user says of the service; it goes before what is inferred. */
export interface ExpectationOptions {
  readonly service?: Expected | undefined
  readonly region?: Expected | undefined
  readonly pathEncoding?: PathEncoding | undefined
  readonly normalizePath?: boolean | undefined
  readonly sessionToken?: 'appended' | undefined
}

/** Operations of these services take unsigned bodies (`v4-unsigned-body` in botocore's models); S3's family all. */
const unsignedBodies = new Set(['lex', 'mediastore', 'ebs', 'omics'])

/** Service, region and rules by which a request is judged: flags, then its host, then what it claims itself. */
export function expectationFor(
  request: ReceivedRequest,
  claim: SignatureClaim,
  options: ExpectationOptions,
): Expectation {
  const inferred = inferScope(hostOf(request) ?? '', request.path)
  const service = options.service
    ? { ...options.service, value: signingNameOf(options.service.value) }
    : knownOnly(inferred.service)
  // Services that only imitate S3 take more than one name for their region.
  const region = options.region ?? (inferred.partition === undefined ? undefined : inferred.region)
  const name = service?.value ?? claim.scope.service
  return {
    service,
    region,
    ...rulesOf(name, claim, options),
    claimedRules: name === claim.scope.service ? undefined : rulesOf(claim.scope.service, claim, options),
  }
}

function rulesOf(service: string, claim: SignatureClaim, options: ExpectationOptions): SignatureRules {
  const rules = serviceRules(service)
  const known = knownSigningName(service) !== undefined || rules !== serviceRules('')
  const appended = claim.form === 'query' && rules.tokenAfterSigning
  const unsigned = !known || rules.unsignedPayloadOnPresign || rules.unsignedPayload || unsignedBodies.has(service)
  return {
    pathEncoding: options.pathEncoding ?? rules.pathEncoding,
    normalizePath: options.normalizePath ?? (known ? rules.normalizePath : 'either'),
    contentSha256Header: rules.contentSha256Header,
    presignedPayload: rules.unsignedPayloadOnPresign ? 'UNSIGNED-PAYLOAD' : 'body hash',
    unsignedPayload: unsigned ? 'accepted' : 'refused',
    sessionToken: options.sessionToken ?? (appended ? 'appended' : known ? 'signed' : 'either'),
  }
}

/** A first label that the service table does not have may be anything. */
function knownOnly(service: Expected | undefined): Expected | undefined {
  return service && knownSigningName(service.value) !== undefined ? service : undefined
}
