import type { PathEncoding } from '../sign/canonical-request.ts'

/** How the service that gets a request reads its signature: what a right one is measured by. */
export interface Expectation {
  /** Undefined where neither a flag nor the host says it: then what the request names is taken for right. */
  readonly service: Expected | undefined
  readonly region: Expected | undefined
  readonly pathEncoding: PathEncoding
  readonly normalizePath: boolean
  /** `x-amz-content-sha256` has to be there (header form), and what it says is what is signed. */
  readonly contentSha256Header: boolean
  /** What a presigned URL signs for the body where no header says otherwise. */
  readonly presignedPayload: 'UNSIGNED-PAYLOAD' | 'body hash'
  /** `UNSIGNED-PAYLOAD` is taken. */
  readonly unsignedPayload: 'accepted' | 'refused'
  /** `appended`: the token comes after the signature is made (query form). `either`: signed or not. */
  readonly sessionToken: 'signed' | 'appended' | 'either'
}

export interface Expected {
  readonly value: string
  /** Where that is known from: `--region`, `the host name`, `the service's answer`. */
  readonly reason: string
}
