/** What a service wants of a signature, apart from SigV4 itself. */
export interface ServiceRules {
  /** How the canonical path is encoded: once, or the path as sent once more. */
  readonly pathEncoding: 'single' | 'double'
  /** Whether dot segments and empty segments leave the canonical path. */
  readonly normalizePath: boolean
  /** Whether a request with signed headers has to carry `x-amz-content-sha256`. */
  readonly contentSha256Header: boolean
  /** Whether a presigned URL signs `UNSIGNED-PAYLOAD`: whoever uses it brings the body. */
  readonly unsignedPayloadOnPresign: boolean
  /** Whether no body is ever signed: every request says `UNSIGNED-PAYLOAD`. */
  readonly unsignedPayload: boolean
  /** Whether a presigned URL gets its session token after signing, outside the signature. */
  readonly tokenAfterSigning: boolean
}

const usual: ServiceRules = {
  pathEncoding: 'double',
  normalizePath: true,
  contentSha256Header: false,
  unsignedPayloadOnPresign: false,
  unsignedPayload: false,
  tokenAfterSigning: false,
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html; `disableDoubleEncoding` in S3's endpoint rules. */
const s3Family: Partial<ServiceRules> = {
  pathEncoding: 'single',
  normalizePath: false,
  contentSha256Header: true,
  unsignedPayloadOnPresign: true,
}

const exceptions: Readonly<Record<string, Partial<ServiceRules>>> = {
  s3: s3Family,
  s3express: s3Family,
  's3-object-lambda': s3Family,
  's3-outposts': s3Family,
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html
  aoss: { contentSha256Header: true },
  // Required for uploads, harmless elsewhere: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-common-request-headers.html
  glacier: { contentSha256Header: true },
  // "If you use temporary credentials, do not include X-Amz-Security-Token in the canonical query string":
  // https://docs.aws.amazon.com/iot/latest/developerguide/iam-users-groups-roles.html; older device SDKs sign as iotdata.
  iotdevicegateway: { tokenAfterSigning: true },
  iotdata: { tokenAfterSigning: true },
  // "VPC Lattice does not support payload signing": https://docs.aws.amazon.com/vpc-lattice/latest/ug/sigv4-authenticated-requests.html
  'vpc-lattice-svcs': { contentSha256Header: true, unsignedPayload: true, unsignedPayloadOnPresign: true },
}

/** The rules of a signing name; one that is not in the table (also a new service) follows the usual ones. */
export function serviceRules(signingName: string): ServiceRules {
  return Object.hasOwn(exceptions, signingName) ? { ...usual, ...exceptions[signingName] } : usual
}
