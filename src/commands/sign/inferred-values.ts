import type { InferredValues } from '../../output/explanation.ts'
import type { Signing } from './signing.ts'

/** Every value of a signature that the user did not have to give, and where it came from. */
export function inferredValues({ options, described, credentials, scope, payload, signed }: Signing): InferredValues {
  const { steps } = signed
  const single = scope.service.value.startsWith('s3')
  const pathReason =
    options.pathEncoding === undefined && options.normalizePath === undefined
      ? single
        ? 'S3 decodes the path and encodes it once, and keeps every segment'
        : 'dot and empty segments removed, then the path as sent is encoded once more'
      : '--path-encoding, --normalize-path'
  return {
    host: described.host,
    service: scope.service,
    region: scope.region,
    algorithm: scope.algorithm,
    time: { value: steps.time.longDate, reason: described.time.reason },
    credentials: { value: credentials.accessKeyId, reason: credentials.source.description },
    path: { value: steps.canonicalPath, reason: pathReason },
    'payload hash': { value: steps.payloadHash, reason: payload.reason },
    ...(credentials.sessionToken
      ? {
          'session token': {
            value:
              steps.signedHeaders.includes('x-amz-security-token') ||
              steps.canonicalQuery.includes('X-Amz-Security-Token=')
                ? 'signed'
                : 'added after signing',
            reason: options.sessionToken === 'appended' ? '--omit-session-token' : `the rule of ${scope.service.value}`,
          },
        }
      : {}),
  }
}
