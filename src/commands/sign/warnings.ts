import { headerValue } from '../../request/header.ts'
import { serviceRules } from '../../request/service-rules.ts'
import { urlWarnings } from '../../request/url-warnings.ts'
import type { Signing } from './signing.ts'

/** What the user should know of a signature, a line each. */
export function signingWarnings(signing: Signing): readonly string[] {
  return [
    ...[...signing.described.warnings, ...signing.scope.warnings].map((text) => `warning: ${text}`),
    ...characterWarnings(signing),
    ...presignWarnings(signing),
  ]
}

function characterWarnings({ described: { url }, options, scope }: Signing): readonly string[] {
  const pathEncoding = options.pathEncoding ?? serviceRules(scope.service.value).pathEncoding
  return urlWarnings(url, pathEncoding).map((text) => `warning: ${text}`)
}

function presignWarnings({ options, described, credentials, signed }: Signing): readonly string[] {
  if (options.mode !== 'presign') return []
  const warnings: string[] = []
  const names = signed.steps.signedHeaders.split(';').filter((name) => name !== 'host')
  if (names.length > 0)
    warnings.push(`note: whoever uses the URL has to send these headers as signed: ${names.join(', ')}`)
  if (headerValue(described.headers, 'host') !== undefined && described.host.value !== described.url.host) {
    warnings.push(`note: whoever uses the URL has to send the header Host: ${described.host.value}`)
  }
  const end = described.time.value.getTime() + options.expiresInSeconds * 1000
  if (credentials.expiration && credentials.expiration.getTime() < end) {
    warnings.push(
      `warning: the credentials expire at ${credentials.expiration.toISOString()}, before the URL does (${new Date(end).toISOString()})`,
    )
  } else if (!credentials.expiration && credentials.sessionToken) {
    warnings.push('note: the URL stops working when the session of its credentials ends, however long --expires is')
  }
  return warnings
}
