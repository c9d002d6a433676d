import type { SigningSteps } from '../sign/sign-request.ts'
import { algorithmIdentifiers } from '../sign/sigv4.ts'

/** A value that was not given but found, and how. */
export interface InferredValue {
  readonly value: string
  readonly reason: string
}

/** Where every value of a signature came from. */
export interface InferredValues {
  readonly host: InferredValue
  readonly service: InferredValue
  readonly region: InferredValue
  readonly algorithm: InferredValue
  readonly time: InferredValue
  readonly credentials: InferredValue
  /** The canonical one. */
  readonly path: InferredValue
  readonly payloadHash: InferredValue
  /** What is done with it; missing where there is none. */
  readonly sessionToken?: InferredValue
}

/** The member `explain` of `sign --format json`. */
export function explanationMembers(steps: SigningSteps, inferred: InferredValues): Record<string, unknown> {
  return {
    algorithm: algorithmIdentifiers[steps.algorithm],
    service: steps.service,
    region: steps.region,
    credentialScope: steps.credentialScope,
    signedHeaders: steps.signedHeaders,
    canonicalRequest: steps.canonicalRequest,
    payloadHash: steps.payloadHash,
    stringToSign: steps.stringToSign,
    signature: steps.signature,
    inferred,
  }
}
