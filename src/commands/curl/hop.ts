import type { Credentials } from '../../credentials/credentials.ts'
import { usageError } from '../../errors.ts'
import type { WireRequest } from '../../http/send-request.ts'
import { transferChunks } from '../../http/transfer-chunks.ts'
import type { Body } from '../../request/body.ts'
import {
  type CustomHeaders,
  composeHeaders,
  isChunked,
  type RequestKind,
  withoutSecrets,
} from '../../request/curl-headers.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { formatRequestUrl, type RequestUrl, requestTarget } from '../../request/request-url.ts'
import type { SigningScope } from '../../request/signing-scope.ts'
import { chunkedPayload } from '../../sign/chunked-payload.ts'
import { type SignedRequest, type SigningSteps, signRequest } from '../../sign/sign-request.ts'
import { signingOptionsFor } from '../../sign/signing-options.ts'
import { parseLongDate } from '../../sign/signing-time.ts'
import { version } from '../../version.ts'
import type { SignedPayload } from './payload.ts'
import type { TransferPlan } from './plan.ts'
import type { RequestWords } from './request-words.ts'

/** What `--compressed` asks for, in curl's order: what `content-decoding.ts` can read. */
const acceptedEncodings = 'deflate, gzip, br'

/** One request of a transfer: the first, or where a redirect led. */
export interface Hop {
  readonly url: RequestUrl
  readonly kind: RequestKind
  /** Whether it goes to the host that the user named, or every host is trusted. */
  readonly trusted: boolean
  /** Whether it goes to the very URL's host, scheme and port: only there a `Host` of the user's counts. */
  readonly firstOrigin: boolean
  readonly referer: string | undefined
  readonly expectContinue: boolean
}

/** With what a hop is signed; undefined for one that is not. */
export interface HopSigning {
  readonly scope: SigningScope
  readonly credentials: Credentials
  readonly time: Date
}

export interface HopInput {
  readonly plan: TransferPlan
  readonly words: RequestWords
  readonly hop: Hop
  readonly payload: SignedPayload
  readonly signing: HopSigning | undefined
  /** Of the cookie engine. */
  readonly cookies: string | undefined
  /** Goes through a proxy that wants whole URLs. */
  readonly plainProxy: { readonly authorization: readonly string[] } | undefined
  readonly expectTimeoutMs: number
}

/** A request as it is sent, and how its signature came about. */
export interface PreparedHop {
  readonly wire: WireRequest
  readonly requestLine: string
  readonly headers: readonly Header[]
  readonly bodyLength: number | undefined
  /** Whether the connection may serve another request afterwards. */
  readonly reusable: boolean
  readonly steps: SigningSteps | undefined
}

/** Whether the request goes out signed: not one with an `Authorization` of the user's (or without one by `-H Authorization:`), nor a presigned URL. */
export function isToBeSigned(plan: TransferPlan, hop: Hop): boolean {
  const { lines, removed } = plan.custom
  const own = removed.has('authorization') || headerValue(lines, 'authorization') !== undefined
  return hop.trusted && !own && !isPresigned(hop.url)
}

export function isPresigned(url: RequestUrl): boolean {
  return `&${url.query ?? ''}`.toLowerCase().includes('&x-amz-signature=')
}

/** Puts a request together and signs it: what is signed is what is sent. */
export async function prepareHop(input: HopInput): Promise<PreparedHop> {
  const { plan, hop, payload, signing, plainProxy } = input
  const method = plan.method ?? hop.kind
  const headers = frameHeaders(input, customHeaders(input))
  const signed = signing ? await sign({ input, signing, method, headers }) : undefined
  const [host, ...others] = signed?.headers ?? headers
  const authorization = (plainProxy?.authorization ?? []).map((value) => ({ name: 'Proxy-Authorization', value }))
  const sent = host ? [host, ...authorization, ...others] : authorization
  const target = plainProxy ? formatRequestUrl(hop.url) : requestTarget(hop.url)
  const requestLine = `${method} ${target} HTTP/1.1`
  const body = sendsBody(hop) ? wireBody(payload, signed, signing) : undefined
  const expects = headerValue(sent, 'expect')?.toLowerCase() === '100-continue'
  return {
    wire: {
      // Of an answer to `-I` curl waits for no body, whatever the method.
      method: hop.kind === 'HEAD' ? 'HEAD' : method,
      head: Buffer.from(`${[requestLine, ...sent.map(formatHeader)].join('\r\n')}\r\n\r\n`),
      body: body && (isChunked(sent) ? transferChunks(body) : body),
      expectContinueMs: body && expects ? input.expectTimeoutMs : undefined,
    },
    requestLine,
    headers: sent,
    bodyLength: sendsBody(hop) ? payload.length : 0,
    reusable: hop.kind !== 'HEAD' || method === 'HEAD',
    steps: signed?.steps,
  }
}

function sendsBody({ kind }: Hop): boolean {
  return kind === 'POST' || kind === 'PUT'
}

/** The user's headers as this hop sends them: secrets for trusted hosts only, `Host` for its own host only. */
function customHeaders({ plan, hop, payload, signing }: HopInput): CustomHeaders {
  const custom = hop.trusted ? plan.custom : withoutSecrets(plan.custom)
  const implied = plan.content.headers.filter(({ name }) => !custom.removed.has(name.toLowerCase()))
  const added = [...implied, ...(sendsBody(hop) && signing ? payload.headers : [])]
  const replaced = new Set(
    sendsBody(hop) && payload.chunked ? ['content-encoding', 'content-length', 'x-amz-content-sha256'] : [],
  )
  if (!hop.firstOrigin) replaced.add('host')
  const kept = custom.lines.filter(({ name }) => !replaced.has(name.toLowerCase()))
  const given = new Set(kept.map(({ name }) => name.toLowerCase()))
  return { ...custom, lines: [...kept, ...added.filter(({ name }) => !given.has(name.toLowerCase()))] }
}

function frameHeaders(input: HopInput, custom: CustomHeaders): readonly Header[] {
  const { plan, words, hop, payload, cookies, plainProxy } = input
  const { content } = plan
  const userAgent = words.userAgent ?? `sigv4/${version}`
  const givenCookies =
    hop.firstOrigin || hop.trusted ? words.cookies.filter((text) => text.includes('=')).join(';') : ''
  const allCookies = [cookies, givenCookies].filter((text) => text !== undefined && text !== '').join('; ')
  const body = sendsBody(hop) ? content.body : undefined
  const expect = hop.expectContinue && (payload.length ?? Number.POSITIVE_INFINITY) >= content.expectFrom
  return composeHeaders(
    {
      host: hop.url.host,
      range: rangeOf(input, body),
      userAgent: userAgent === '' ? undefined : userAgent,
      accept: '*/*',
      acceptEncoding: words.compressed ? acceptedEncodings : undefined,
      referer: hop.referer || undefined,
      proxied: plainProxy !== undefined,
      cookies: allCookies === '' ? undefined : allCookies,
      body: body ? { length: payload.length, contentType: content.contentType, expect } : undefined,
    },
    custom,
  )
}

/** `-r`: what is wanted of an answer; beside a body, unless it is a form, which part of the whole is sent (RFC 9110 14.4). */
function rangeOf({ words: { range, content } }: HopInput, body: Body | undefined): Header | undefined {
  if (range === undefined || (body && content.kind === 'form')) return undefined
  if (!body) return { name: 'Range', value: `bytes=${range}` }
  return { name: 'Content-Range', value: `bytes ${range}/${body.length ?? '*'}` }
}

interface SignInput {
  readonly input: HopInput
  readonly signing: HopSigning
  readonly method: string
  readonly headers: readonly Header[]
}

function sign({ input, signing, method, headers }: SignInput): Promise<SignedRequest> {
  const { plan, words, hop, payload } = input
  const given = headerValue(headers, 'x-amz-date')
  const time = given === undefined ? signing.time : parseLongDate(given)
  if (!time) throw usageError(`the header X-Amz-Date: '${given}' is not a time`, 'write it as 20150830T123600Z')
  return signRequest(
    {
      method,
      host: hop.url.host,
      path: hop.url.path,
      query: hop.url.query,
      headers,
      payload: sendsBody(hop) ? { payloadHash: payload.hash } : { body: '' },
    },
    signingOptionsFor({
      scope: signing.scope,
      credentials: signing.credentials,
      time,
      form: 'header',
      overrides: {
        contentSha256Header: plan.custom.removed.has('x-amz-content-sha256') ? false : undefined,
        notSigned: ownHeaders(plan.custom, words),
      },
    }),
  )
}

/** Headers of curl's own making, which nobody asked for and a proxy may change; the user's are signed. */
function ownHeaders(custom: CustomHeaders, words: RequestWords): ReadonlySet<string> {
  const given = new Set(custom.lines.map(({ name }) => name.toLowerCase()))
  const own = ['accept', 'content-length', ...(words.cookies.length === 0 ? ['cookie'] : [])]
  return new Set(own.filter((name) => !given.has(name)))
}

function wireBody(
  { body, chunked }: SignedPayload,
  signed: SignedRequest | undefined,
  signing: HopSigning | undefined,
): AsyncIterable<Uint8Array> | undefined {
  if (!body) return undefined
  if (!chunked || !signed || !signing) return body.chunks()
  return chunkedPayload(body.chunks(), chunked, { steps: signed.steps, credentials: signing.credentials })
}

/** `Name: value`, and as curl an empty value without a blank. */
function formatHeader({ name, value }: Header): string {
  return value === '' ? `${name}:` : `${name}: ${value}`
}
