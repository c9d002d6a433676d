import { hash } from 'node:crypto'
import type { Credentials } from '../credentials/credentials.ts'
import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { encodeText } from '../request/percent-encoding.ts'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  formatCanonicalRequest,
  type PathEncoding,
  signedHeaderList,
} from './canonical-request.ts'
import { type SigningTime, signingTime } from './signing-time.ts'
import { algorithmIdentifiers, type SignatureInput, type SigningAlgorithm, signSigV4 } from './sigv4.ts'

/** A request as it will be sent, not yet signed. */
export interface UnsignedRequest {
  readonly method: string
  /** What the `Host` header will say, where `headers` holds none. */
  readonly host: string
  /** On the wire, percent-encoded as sent; begins with `/`. */
  readonly path: string
  /** On the wire, without `?`; undefined where there is none. */
  readonly query: string | undefined
  /** In the order they are sent; a `Host` here replaces ours. */
  readonly headers: readonly Header[]
  readonly payload: Payload
}

/** What is known of the body: its bytes, or the last line of the canonical request as it is (hex or a literal). */
export type Payload = { readonly body: Uint8Array | string } | { readonly payloadHash: string }

export interface SigningOptions {
  readonly algorithm: SigningAlgorithm
  readonly service: string
  /** For SigV4a the region set, `*` or a list joined by commas. */
  readonly region: string
  readonly credentials: Credentials
  readonly time: Date
  readonly pathEncoding: PathEncoding
  readonly normalizePath: boolean
  /** Add `x-amz-content-sha256` (header form only). */
  readonly contentSha256Header: boolean
  /** `signed` is the rule; `appended` leaves the token out of the signature and adds it afterwards. */
  readonly sessionToken: 'signed' | 'appended'
  /** Lower-case names signed although they usually are not. */
  readonly alsoSigned?: ReadonlySet<string> | undefined
  /** Lower-case names left out of the signature. */
  readonly notSigned?: ReadonlySet<string> | undefined
}

export interface SignedRequest {
  /** Header form: all headers to send, `Host` first, `Authorization` last. Presigned form: the given ones, with `Host`. */
  readonly headers: readonly Header[]
  /** The query to send: changed only by presigning. */
  readonly query: string | undefined
  readonly steps: SigningSteps
}

/** Every step of a signature. */
export interface SigningSteps {
  readonly algorithm: SigningAlgorithm
  readonly time: SigningTime
  readonly service: string
  readonly region: string
  readonly credentialScope: string
  readonly canonicalPath: string
  readonly canonicalQuery: string
  readonly canonicalHeaders: readonly Header[]
  readonly signedHeaders: string
  readonly payloadHash: string
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
}

/** Headers that are never signed unless asked: they change on the way, or belong to one hop. */
const unsignedHeaders = new Set([
  'authorization',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'user-agent',
  'accept-encoding',
  'x-amzn-trace-id',
])

/** Whether a header (lower-case name) is part of the signature by these options. */
export function isSignedHeader(name: string, options: Pick<SigningOptions, 'alsoSigned' | 'notSigned'>): boolean {
  if (options.notSigned?.has(name)) return false
  if (options.alsoSigned?.has(name)) return true
  return !unsignedHeaders.has(name) && !name.startsWith('proxy-')
}

/** The credential scope: `20150830/us-east-1/s3/aws4_request`; SigV4a's has no region. */
export function credentialScope(
  options: Pick<SigningOptions, 'algorithm' | 'region' | 'service'>,
  time: SigningTime,
): string {
  const region = options.algorithm === 'sigv4a' ? '' : `/${options.region}`
  return `${time.shortDate}${region}/${options.service}/aws4_request`
}

/** The hash of a payload as it stands in the canonical request. */
export function payloadHashOf(payload: Payload): string {
  return 'payloadHash' in payload ? payload.payloadHash : hash('sha256', payload.body)
}

/** Signs with the `Authorization` header. A user's `X-Amz-*` headers stay in place of ours. */
export async function signRequest(request: UnsignedRequest, options: SigningOptions): Promise<SignedRequest> {
  const time = signingTime(options.time)
  const payloadHash = headerValue(request.headers, 'x-amz-content-sha256') ?? payloadHashOf(request.payload)
  const token = options.credentials.sessionToken?.reveal()
  const tokenHeader: readonly Header[] = token === undefined ? [] : [{ name: 'X-Amz-Security-Token', value: token }]
  const wanted: readonly Header[] = [
    { name: 'X-Amz-Date', value: time.longDate },
    ...(options.algorithm === 'sigv4a' ? [{ name: 'X-Amz-Region-Set', value: options.region }] : []),
    ...(options.contentSha256Header ? [{ name: 'x-amz-content-sha256', value: payloadHash }] : []),
    ...(options.sessionToken === 'signed' ? tokenHeader : []),
  ]
  const headers = withHost(request, wanted)
  const steps = await takeSteps(request, options, { time, headers, query: request.query ?? '', payloadHash })
  const credential = `${options.credentials.accessKeyId}/${steps.credentialScope}`
  const authorization = `${algorithmIdentifiers[options.algorithm]} Credential=${credential}, SignedHeaders=${steps.signedHeaders}, Signature=${steps.signature}`
  return {
    headers: [
      ...headers,
      ...(options.sessionToken === 'appended' ? missing(headers, tokenHeader) : []),
      { name: 'Authorization', value: authorization },
    ],
    query: request.query,
    steps,
  }
}

/** Signs with query parameters, valid for a time. Nothing of the headers is moved into the query. */
export async function presignRequest(
  request: UnsignedRequest,
  options: SigningOptions & { readonly expiresInSeconds: number },
): Promise<SignedRequest> {
  const time = signingTime(options.time)
  const headers = withHost(request, [])
  const signed = canonicalHeaders(headers.filter((header) => isSignedHeader(header.name.toLowerCase(), options)))
  const ownToken = headerValue(headers, 'x-amz-security-token') !== undefined
  const token = ownToken ? undefined : options.credentials.sessionToken?.reveal()
  const tokenPart = token === undefined ? [] : [`X-Amz-Security-Token=${encodeText(token)}`]
  const credential = `${options.credentials.accessKeyId}/${credentialScope(options, time)}`
  const query = [
    ...(request.query ? [request.query] : []),
    `X-Amz-Algorithm=${algorithmIdentifiers[options.algorithm]}`,
    `X-Amz-Credential=${encodeText(credential)}`,
    `X-Amz-Date=${time.longDate}`,
    ...(options.sessionToken === 'signed' ? tokenPart : []),
    `X-Amz-SignedHeaders=${encodeText(signedHeaderList(signed))}`,
    `X-Amz-Expires=${options.expiresInSeconds}`,
    ...(options.algorithm === 'sigv4a' ? [`X-Amz-Region-Set=${encodeText(options.region)}`] : []),
  ].join('&')
  const payloadHash = headerValue(headers, 'x-amz-content-sha256') ?? payloadHashOf(request.payload)
  const steps = await takeSteps(request, options, { time, headers, query, payloadHash })
  const appended = options.sessionToken === 'appended' ? tokenPart : []
  return { headers, query: [query, `X-Amz-Signature=${steps.signature}`, ...appended].join('&'), steps }
}

interface StepInput {
  readonly time: SigningTime
  readonly headers: readonly Header[]
  readonly query: string
  readonly payloadHash: string
}

async function takeSteps(
  request: UnsignedRequest,
  options: SigningOptions,
  { time, headers, query, payloadHash }: StepInput,
): Promise<SigningSteps> {
  const parts = {
    method: request.method,
    canonicalPath: canonicalPath(request.path, options),
    canonicalQuery: canonicalQuery(query),
    canonicalHeaders: canonicalHeaders(headers.filter((header) => isSignedHeader(header.name.toLowerCase(), options))),
    payloadHash,
  }
  const input: SignatureInput = {
    canonicalRequest: formatCanonicalRequest(parts),
    credentialScope: credentialScope(options, time),
    time,
    service: options.service,
    region: options.region,
    credentials: options.credentials,
  }
  const signed =
    options.algorithm === 'sigv4' ? await signSigV4(input) : (await import('./sigv4a.ts')).signSigV4a(input)
  return {
    algorithm: options.algorithm,
    time,
    service: options.service,
    region: options.region,
    credentialScope: input.credentialScope,
    ...parts,
    signedHeaders: signedHeaderList(parts.canonicalHeaders),
    canonicalRequest: input.canonicalRequest,
    ...signed,
  }
}

/** `Host` first, then the given headers, then of the wanted ones those that were not given. */
function withHost(request: UnsignedRequest, wanted: readonly Header[]): readonly Header[] {
  const host = missing(request.headers, [{ name: 'Host', value: request.host }])
  return [...host, ...request.headers, ...missing(request.headers, wanted)]
}

function missing(headers: readonly Header[], wanted: readonly Header[]): readonly Header[] {
  return wanted.filter((header) => headerValue(headers, header.name.toLowerCase()) === undefined)
}
