import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { configuredRegion } from '../../credentials/settings.ts'
import { exitCodes, usageError } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { explanationMembers, formatExplanation } from '../../output/explanation.ts'
import { formatRequest } from '../../output/request/format-request.ts'
import type { PrintableRequest } from '../../output/request/printable-request.ts'
import { loadStyle } from '../../output/style.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { formatRequestUrl, requestTarget } from '../../request/request-url.ts'
import { serviceRules } from '../../request/service-rules.ts'
import { resolveSigningScope, type SigningScope } from '../../request/signing-scope.ts'
import { payloadHashOf, presignRequest, type SignedRequest, signRequest } from '../../sign/sign-request.ts'
import { signingOptionsFor } from '../../sign/signing-options.ts'
import { createInputReader } from '../input-reader.ts'
import type { SignOptions } from '../sign.ts'
import { type DescribedRequest, describeRequest } from './describe.ts'
import { inferredValues } from './inferred-values.ts'
import { signingWarnings } from './warnings.ts'

/** Everything that one signature came from. */
export interface Signing {
  readonly options: SignOptions
  readonly described: DescribedRequest
  readonly credentials: Credentials
  readonly scope: SigningScope
  readonly payload: { readonly hash: string; readonly reason: string }
  readonly signed: SignedRequest
}

/** Signs one request and prints it. */
export async function runSign(options: SignOptions, context: Context): Promise<number> {
  const reader = createInputReader(context, { unreadableExitCode: exitCodes.failure })
  const described = await describeRequest(options, context, reader)
  const credentials = await resolveCredentials(options.credentials, context)
  if (!credentials) return printUnsigned(options, described, context)
  const scope = await resolveSigningScope({
    host: described.host.value,
    path: described.url.path,
    service: described.service,
    region: described.region,
    algorithm: described.algorithm,
    regionSet: options.regionSet,
    configuredRegion: () => configuredRegion(options.credentials, context),
  })
  const signing = await sign({ options, described, credentials, scope })
  const inferred = inferredValues(signing)
  const printed = formatRequest(printableRequest(described, signing.signed), {
    format: options.format,
    extraMembers: options.explain ? { explain: explanationMembers(signing.signed.steps, inferred) } : {},
  })
  const notes = signingWarnings(signing).map((line) => `${escapeForTerminal(line)}\n`)
  if (options.explain && options.format !== 'json') {
    const style = await loadStyle({
      mode: options.color,
      isTerminal: () => context.stderr.isTerminal,
      env: context.env,
    })
    notes.unshift(formatExplanation(signing.signed.steps, inferred, style))
  }
  if (notes.length > 0) await context.stderr.write(notes.join(''))
  await context.stdout.write(printed)
  await writeBodyInPieces(options, described, context)
  return exitCodes.done
}

/** A raw request whose body is a file ends with the file's bytes, however many. */
async function writeBodyInPieces(options: SignOptions, { body }: DescribedRequest, context: Context): Promise<void> {
  if (options.format !== 'http' || !body || body.bytes) return
  for await (const chunk of body.chunks()) await context.stdout.write(chunk)
}

async function sign(input: Omit<Signing, 'payload' | 'signed'>): Promise<Signing> {
  const { options, described, credentials, scope } = input
  const payload = await payloadOf(input)
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
  return { ...input, payload, signed }
}

async function payloadOf({
  options,
  described,
  scope,
}: Omit<Signing, 'payload' | 'signed'>): Promise<Signing['payload']> {
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

/** `--no-sign-request`: the request as it is. */
async function printUnsigned(options: SignOptions, described: DescribedRequest, context: Context): Promise<number> {
  if (options.explain) throw usageError('--explain has nothing to explain with --no-sign-request')
  const ownHost = headerValue(described.headers, 'host') !== undefined
  const headers = ownHost ? described.headers : [{ name: 'Host', value: described.host.value }, ...described.headers]
  const printable = printableRequest(described, { headers, query: described.url.query })
  await context.stdout.write(formatRequest(printable, { format: options.format, extraMembers: {} }))
  await writeBodyInPieces(options, described, context)
  return exitCodes.done
}

function printableRequest(
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
