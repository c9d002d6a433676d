import type { InferredValue, InferredValues } from '../../output/explanation.ts'
import { serviceRules } from '../../request/service-rules.ts'
import type { Signing } from './signing.ts'

/** Every value of a signature that the user did not have to give, and where it came from. */
export function inferredValues(signing: Signing): InferredValues {
  const { described, credentials, scope, payload, signed } = signing
  const { steps } = signed
  return {
    host: described.host,
    service: scope.service,
    region: scope.region,
    algorithm: scope.algorithm,
    time: { value: steps.time.longDate, reason: described.time.reason },
    credentials: { value: credentials.accessKeyId, reason: credentials.source.description },
    path: { value: steps.canonicalPath, reason: pathReason(signing) },
    payloadHash: { value: steps.payloadHash, reason: payload.reason },
    ...(credentials.sessionToken ? { sessionToken: sessionToken(signing) } : {}),
  }
}

function pathReason({ options, scope }: Signing): string {
  const rules = serviceRules(scope.service.value)
  const given = [
    ...(options.pathEncoding === undefined ? [] : ['--path-encoding']),
    ...(options.normalizePath === undefined ? [] : ['--[no-]normalize-path']),
  ]
  const segments =
    (options.normalizePath ?? rules.normalizePath) ? 'dot and empty segments removed' : 'all segments kept'
  const single = (options.pathEncoding ?? rules.pathEncoding) === 'single'
  const encoding = single ? 'decoded and encoded once' : 'encoded once more'
  return `${segments}, ${encoding}: ${given.length > 0 ? given.join(', ') : `the rule of ${scope.service.value}`}`
}

function sessionToken({ options, scope, signed: { steps } }: Signing): InferredValue {
  const isSigned =
    steps.canonicalHeaders.some(({ name }) => name === 'x-amz-security-token') ||
    steps.canonicalQuery.includes('X-Amz-Security-Token=')
  return {
    value: isSigned ? 'signed' : 'added after signing',
    reason: options.sessionToken === 'appended' ? '--omit-session-token' : `the rule of ${scope.service.value}`,
  }
}
