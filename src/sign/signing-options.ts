import type { Credentials } from '../credentials/credentials.ts'
import { serviceRules } from '../request/service-rules.ts'
import type { SigningScope } from '../request/signing-scope.ts'
import type { SigningOptions } from './sign-request.ts'

/** What may differ from the service's own rules; undefined leaves them. */
export type RuleOverrides = {
  readonly [Rule in
    | 'pathEncoding'
    | 'normalizePath'
    | 'contentSha256Header'
    | 'sessionToken'
    | 'alsoSigned'
    | 'notSigned']?: SigningOptions[Rule] | undefined
}

export interface SigningOptionsInput {
  readonly scope: SigningScope
  readonly credentials: Credentials
  readonly time: Date
  readonly form: 'header' | 'presigned'
  readonly overrides?: RuleOverrides
}

/** How a request to a service is signed: the service's rules, and what overrides them. */
export function signingOptionsFor({
  scope,
  credentials,
  time,
  form,
  overrides = {},
}: SigningOptionsInput): SigningOptions {
  const rules = serviceRules(scope.service.value)
  const appended = form === 'presigned' && rules.tokenAfterSigning
  return {
    algorithm: scope.algorithm.value,
    service: scope.service.value,
    region: scope.region.value,
    credentials,
    time,
    pathEncoding: overrides.pathEncoding ?? rules.pathEncoding,
    normalizePath: overrides.normalizePath ?? rules.normalizePath,
    contentSha256Header: overrides.contentSha256Header ?? rules.contentSha256Header,
    sessionToken: overrides.sessionToken ?? (appended ? 'appended' : 'signed'),
    alsoSigned: overrides.alsoSigned,
    notSigned: overrides.notSigned,
  }
}
