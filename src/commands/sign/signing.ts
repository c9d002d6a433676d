import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { configuredRegion } from '../../credentials/settings.ts'
import { usageError } from '../../errors.ts'
import type { PrintableRequest } from '../../output/request/printable-request.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { formatRequestUrl, requestTarget } from '../../request/request-url.ts'
import { serviceRules } from '../../request/service-rules.ts'
import { resolveSigningScope, type SigningScope } from '../../request/signing-scope.ts'
import {
  payloadHashOf,
  presignRequest,
  type SignedRequest,
  type SigningOptions,
  signRequest,
  type UnsignedRequest,
} from '../../sign/sign-request.ts'
import { signingOptionsFor } from '../../sign/signing-options.ts'
import type { DescribedRequest } from './describe.ts'
import type { SignOptions } from './options.ts'

/** Everything that one signature came from. */
export interface Signing {
  readonly options: SignOptions
  readonly described: DescribedRequest
  readonly credentials: Credentials
  readonly scope: SigningScope
  readonly payload: { readonly hash: string; readonly reason: string }
  /** What the signer was given, and how. */
  readonly request: UnsignedRequest
  readonly signingOptions: SigningOptions
  readonly signed: SignedRequest
}

interface SigningInput {
  readonly options: SignOptions
  readonly described: DescribedRequest
  readonly credentials: Credentials
  readonly context: Context
}

/** Signs a described request. @throws CliError (usage) where service or region stay unknown, or options contradict */
export async function makeSigning({ options, described, credentials, context }: SigningInput): Promise<Signing> {
  const scope = await resolveSigningScope({
    host: described.host.value,
    path: described.url.path,
    service: described.service,
    region: described.region,
    algorithm: described.algorithm,
    regionSet: options.regionSet,
    configuredRegion: () => configuredRegion(options.credentials, context),
  })
  const payload = await payloadOf({ options, described, scope })
  const presigned = options.mode === 'presign'
  const request = {
    method: described.method,
    host: described.url.host,
    path: described.url.path,
    query: described.url.query,
    headers:
      presigned && options.contentSha256 ? withContentSha256(described.headers, payload.hash) : described.headers,
    payload: { payloadHash: payload.hash },
  }
  const signingOptions = signingOptionsFor({
    scope,
    credentials,
    time: described.time.value,
    form: presigned ? 'presigned' : 'header',
    overrides: {
      pathEncoding: options.pathEncoding,
      normalizePath: options.normalizePath,
      contentSha256Header: options.contentSha256,
      sessionToken: options.sessionToken,
      alsoSigned: options.signedHeaders,
      notSigned: options.unsignedHeaders,
    },
  })
  const signed = presigned
    ? await presignRequest(request, { ...signingOptions, expiresInSeconds: options.expiresInSeconds })
    : await signRequest(request, signingOptions)
  return { options, described, credentials, scope, payload, request, signingOptions, signed }
}

async function payloadOf({
  options,
  described,
  scope,
}: Pick<Signing, 'options' | 'described' | 'scope'>): Promise<Signing['payload']> {
  const header = headerValue(described.headers, 'x-amz-content-sha256')
  if (header !== undefined) {
    if (options.payloadHash !== undefined && options.payloadHash !== header) {
      throw usageError(
        `the payload hash '${options.payloadHash}' contradicts the header x-amz-content-sha256: '${header}'`,
      )
    }
    return { hash: header, reason: 'the given x-amz-content-sha256 header' }
  }
  if (options.payloadHash !== undefined) {
    return {
      hash: options.payloadHash,
      reason: options.payloadHash === 'UNSIGNED-PAYLOAD' ? '--unsigned-payload' : '--payload-hash',
    }
  }
  const rules = serviceRules(scope.service.value)
  if (rules.unsignedPayload) return { hash: 'UNSIGNED-PAYLOAD', reason: `${scope.service.value} signs no body` }
  if (options.mode === 'presign' && rules.unsignedPayloadOnPresign) {
    return { hash: 'UNSIGNED-PAYLOAD', reason: `presigned URLs of ${scope.service.value} sign no body` }
  }
  if (!described.body) return { hash: payloadHashOf({ body: '' }), reason: 'SHA-256 of the empty body' }
  const { sha256, size } = await described.body.digest()
  return { hash: sha256, reason: `SHA-256 of the body's ${size} bytes` }
}

function withContentSha256(headers: readonly Header[], hash: string): readonly Header[] {
  const given = headerValue(headers, 'x-amz-content-sha256') !== undefined
  return given ? headers : [...headers, { name: 'x-amz-content-sha256', value: hash }]
}

/** The request as the formats print it. */
export function printableRequest(
  described: DescribedRequest,
  { headers, query }: Pick<SignedRequest, 'headers' | 'query'>,
): PrintableRequest {
  const url = { ...described.url, query }
  return {
    method: described.method,
    url: formatRequestUrl(url),
    headers,
    urlHost: url.host,
    target: requestTarget(url),
    body: described.body?.bytes,
    bodyFile: described.body?.file,
  }
}
