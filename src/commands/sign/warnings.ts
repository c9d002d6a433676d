import { hasDotSegments, hasGlobs } from '../../output/request/curl-formats.ts'
import { headerValue } from '../../request/header.ts'
import { requestTarget } from '../../request/request-url.ts'
import { serviceRules } from '../../request/service-rules.ts'
import { urlWarnings } from '../../request/url-warnings.ts'
import type { SignOptions } from './options.ts'
import type { Signing } from './signing.ts'

/** What the user should know of a signature, a line each. */
export function signingWarnings(signing: Signing): readonly string[] {
  return [
    ...[...signing.described.warnings, ...signing.scope.warnings].map((text) => `warning: ${text}`),
    ...secretWarnings(signing),
    ...argumentWarnings(signing.options),
    ...characterWarnings(signing),
    ...headerWarnings(signing),
    ...payloadWarnings(signing),
    ...formatNotes(signing.options),
    ...clientNotes(signing),
    ...presignWarnings(signing),
  ]
}

/** Not refused: nobody but AWS knows the secret. */
function secretWarnings({ credentials: { secretAccessKey, source } }: Signing): readonly string[] {
  const secret = secretAccessKey.reveal()
  return secret !== secret.trim()
    ? [`warning: the secret access key of ${source.description} begins or ends with a blank or a line break`]
    : []
}

/** Node reads arguments as UTF-8; what is none has become U+FFFD before any of our code runs. */
function argumentWarnings({ target = '', path = '', query, headers, data }: SignOptions): readonly string[] {
  const texts = [target, path, ...query, ...headers, ...data.map(({ value }) => value)]
  return texts.some((text) => text.includes('\ufffd'))
    ? ['warning: an argument holds U+FFFD, which stands for bytes that are no UTF-8; write them as %FF, or give a file']
    : []
}

function characterWarnings({ described: { url }, options, scope }: Signing): readonly string[] {
  const pathEncoding = options.pathEncoding ?? serviceRules(scope.service.value).pathEncoding
  return urlWarnings(url, pathEncoding).map((text) => `warning: ${text}`)
}

/** Options that name headers and do nothing, or what AWS refuses. */
function headerWarnings({ options, signed }: Signing): readonly string[] {
  const sent = new Set(signed.headers.map(({ name }) => name.toLowerCase()))
  const absent = (option: string, names: ReadonlySet<string>) =>
    [...names]
      .filter((name) => !sent.has(name))
      .map((name) => `warning: ${option} ${name}: the request has no such header; give it with -H`)
  const required = [...options.unsignedHeaders].filter((name) => name.startsWith('x-amz-') && sent.has(name))
  return [
    ...absent('--signed-header', options.signedHeaders),
    ...absent('--unsigned-header', options.unsignedHeaders),
    ...required.map((name) => `warning: --unsigned-header ${name}: AWS wants every x-amz- header to be signed`),
  ]
}

/** A payload hash that the service would not come to by itself has to be told to it. */
function payloadWarnings({ options, scope, payload, signed }: Signing): readonly string[] {
  if (headerValue(signed.headers, 'x-amz-content-sha256') !== undefined) return []
  const unsigned = options.mode === 'presign' && serviceRules(scope.service.value).unsignedPayloadOnPresign
  const isExpected = unsigned ? payload.hash === 'UNSIGNED-PAYLOAD' : /^[0-9a-f]{64}$/.test(payload.hash)
  if (isExpected) return []
  return [`warning: nothing tells the service that the payload hash is '${payload.hash}'; --content-sha256 sends it`]
}

/** Formats that leave out the signature, where it is easily taken to be there. */
function formatNotes({ mode, format }: SignOptions): readonly string[] {
  if (mode === 'presign') {
    return format === 'headers' ? ['note: the signature is in the URL, which --format url prints'] : []
  }
  return format === 'url' ? ['note: the signature is in the headers, not in this URL; --presign puts it there'] : []
}

/** What curl does to a URL that it is given by hand; `--format curl` says so itself. */
function clientNotes({ described: { url }, options }: Signing): readonly string[] {
  if (options.format !== 'headers' && options.format !== 'url') return []
  const target = requestTarget(url)
  return [
    ...(hasDotSegments(target)
      ? ['note: clients take dot segments out of a path; curl sends them with --path-as-is']
      : []),
    ...(hasGlobs(target) ? ['note: curl reads []{} as a range or a list; -g sends them'] : []),
  ]
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
