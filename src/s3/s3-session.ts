import { isAscii, isUtf8 } from 'node:buffer'
import type { Credentials } from '../credentials/credentials.ts'
import { type IncomingResponse, readBody, type Transport } from '../http/transport.ts'
import { type Header, headerValue } from '../request/header.ts'
import { isRegionName } from '../request/partition.ts'
import { encodeText } from '../request/percent-encoding.ts'
import { parseRequestUrl, type RequestUrl, requestTarget } from '../request/request-url.ts'
import { signRequest } from '../sign/sign-request.ts'
import { signingOptionsFor } from '../sign/signing-options.ts'
import { version } from '../version.ts'
import { type AddressingOptions, type S3Endpoint, s3Endpoint, s3ServiceEndpoint } from './addressing.ts'
import { createExpressSession, type ExpressSession } from './express-session.ts'
import { S3Refusal } from './refusal.ts'
import { readServiceError } from './service-error.ts'
import { Turnstile } from './turnstile.ts'
import { MalformedXml } from './xml.ts'

export interface S3SessionOptions {
  /** Undefined for requests that name no bucket. */
  readonly bucket: string | undefined
  readonly addressing: AddressingOptions
  /** Undefined where requests are not signed. */
  readonly credentials: Credentials | undefined
  /** Asks for the identity's credentials once more, when they have expired. */
  readonly renewCredentials: () => Promise<Credentials | undefined>
  readonly transport: Transport
  readonly now: () => Date
  /** Whether a wrong region or clock is put right. */
  readonly healing: 'allowed' | 'forbidden'
  /** Takes a line about what was put right. */
  readonly note: (line: string) => void
  /** Takes a line about every request and its answer. */
  readonly trace?: ((line: string) => void) | undefined
}

/** A query parameter, unencoded. */
export type QueryParameter = readonly [name: string, value: string]

/** What a request is signed with, as far as it may turn out wrong. */
interface Footing {
  readonly endpoint: S3Endpoint
  readonly credentials: Credentials | undefined
  readonly clockOffsetMs: number
  readonly expressSession: ExpressSession | undefined
}

/** A page of a thousand keys of a thousand bytes, each written as three, is less. */
const bodyLimitBytes = 64 * 1024 * 1024
const errorLimitBytes = 1024 * 1024
/** Bodies read at once: further ones wait in the system's buffers instead of our memory. */
const maximumReaders = 12

/** Sends GET requests to a bucket or to S3 itself, signed, and mends what S3 says is wrong with them. */
export class S3Session {
  readonly #options: S3SessionOptions
  #footing: Footing
  #repairs = new Set<string>()
  /** Under way, for all requests that wait for it. */
  #renewal: Promise<void> | undefined
  #sessionStart: Promise<void> | undefined
  /** Requests sent, also those that were refused. */
  requests = 0
  readonly #readers = new Turnstile(maximumReaders)

  /** @throws CliError (usage) for a bucket or region that cannot be */
  constructor(options: S3SessionOptions) {
    this.#options = options
    this.#footing = {
      endpoint: this.#endpointIn(options.addressing.region),
      credentials: options.credentials,
      clockOffsetMs: 0,
      expressSession: undefined,
    }
  }

  get endpoint(): S3Endpoint {
    return this.#footing.endpoint
  }

  /**
   * Sends one request; a refusal that can be repaired (region, clock, expired credentials) is, and the request sent again.
   * @returns the body's text
   * @throws S3Refusal, NetworkError, MalformedXml (a body that is no UTF-8), or the signal's reason
   */
  async get(
    query: readonly QueryParameter[],
    request: { headers: readonly Header[]; signal: AbortSignal },
  ): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      const footing = await this.#currentFooting(request.signal)
      this.requests += 1
      try {
        return await abortable(request.signal, (signal) =>
          this.#send({ query, headers: request.headers, signal, footing }),
        )
      } catch (error) {
        request.signal.throwIfAborted()
        if (!(error instanceof S3Refusal) || attempt >= 4 || !(await this.#repair(error, footing))) throw error
      }
    }
  }

  /** A directory bucket wants a session of its own, made before the first request and whenever it ends. */
  async #currentFooting(signal: AbortSignal): Promise<Footing> {
    const { endpoint, credentials, expressSession } = this.#footing
    if (endpoint.kind !== 'directory' || credentials === undefined) return this.#footing
    const isFresh =
      expressSession !== undefined && expressSession.expiration.getTime() > this.#time().getTime() + 60_000
    if (!isFresh) {
      this.#sessionStart ??= this.#startExpressSession(signal).finally(() => {
        this.#sessionStart = undefined
      })
      await this.#sessionStart
    }
    return this.#footing
  }

  async #startExpressSession(signal: AbortSignal): Promise<void> {
    const footing = this.#footing
    const headers = [{ name: 'x-amz-create-session-mode', value: 'ReadOnly' }]
    const plain = { ...footing, expressSession: undefined }
    const text = await this.#send({ query: [['session', '']], headers, signal, footing: plain })
    this.#footing = { ...this.#footing, expressSession: await createExpressSession(text, footing.credentials?.source) }
  }

  async #send(input: {
    query: readonly QueryParameter[]
    headers: readonly Header[]
    signal: AbortSignal
    footing: Footing
  }): Promise<string> {
    const { transport } = this.#options
    const url = urlOf(input.footing.endpoint, input.query)
    const request = {
      method: 'GET',
      scheme: url.scheme,
      hostname: url.hostname,
      port: url.port,
      target: requestTarget(url),
      headers: await this.#headers(url, input.headers, input.footing),
      signal: input.signal,
    }
    const response = await transport.send(request)
    this.#options.trace?.(`GET ${url.scheme}://${url.host}${requestTarget(url)}: ${response.status}`)
    const body = await this.#receive(response)
    if (response.status === 200) return textOf(body)
    const error = await readServiceError(body.toString(), response.headers)
    throw new S3Refusal({ ...response, error, body: body.toString(), request })
  }

  async #receive(response: IncomingResponse): Promise<Buffer> {
    const leave = await this.#readers.enter()
    try {
      return await readBody(response, response.status === 200 ? bodyLimitBytes : errorLimitBytes)
    } finally {
      leave()
    }
  }

  async #headers(url: RequestUrl, given: readonly Header[], footing: Footing): Promise<readonly Header[]> {
    const agent = { name: 'User-Agent', value: `sigv4/${version}` }
    const { endpoint, expressSession } = footing
    const credentials = expressSession?.credentials ?? footing.credentials
    if (credentials === undefined) return [{ name: 'Host', value: url.host }, ...given, agent]
    const token =
      expressSession === undefined ? [] : [{ name: 'x-amz-s3session-token', value: expressSession.token.reveal() }]
    const reason = "the bucket's address"
    const signed = await signRequest(
      {
        method: 'GET',
        host: url.host,
        path: url.path,
        query: url.query,
        headers: [...given, ...token],
        payload: { body: '' },
      },
      signingOptionsFor({
        scope: {
          service: { value: endpoint.service, reason },
          region: { value: endpoint.region, reason },
          algorithm: { value: endpoint.algorithm, reason },
          warnings: [],
        },
        credentials,
        time: new Date(this.#options.now().getTime() + footing.clockOffsetMs),
        form: 'header',
      }),
    )
    return [...signed.headers, agent]
  }

  /** Mends what a refusal says is wrong; true where it is worth sending the request again. */
  async #repair(refusal: S3Refusal, used: Footing): Promise<boolean> {
    // Another request was refused for the same reason a moment ago.
    if (used !== this.#footing) return true
    if (refusal.error?.code === 'ExpiredToken') return this.#renewCredentials(used)
    if (this.#options.healing === 'forbidden') return false
    return this.#correctClock(refusal) || this.#correctRegion(refusal)
  }

  #correctRegion(refusal: S3Refusal): boolean {
    const { region } = refusal
    const current = this.#footing.endpoint
    if (region === undefined || region === current.region || !isRegionName(region)) return false
    if (!this.#isNew(`region ${region}`)) return false
    const endpoint = this.#endpointIn(region)
    if (endpoint.region !== region) return false
    this.#options.note(`the bucket is in ${region}, not in ${current.region}: signing for ${region}`)
    this.#footing = { ...this.#footing, endpoint, expressSession: undefined }
    return true
  }

  #correctClock(refusal: S3Refusal): boolean {
    const { serverDate } = refusal
    if (refusal.error?.code !== 'RequestTimeTooSkewed' || serverDate === undefined || !this.#isNew('clock'))
      return false
    const clockOffsetMs = serverDate.getTime() - this.#options.now().getTime()
    const seconds = Math.round(Math.abs(clockOffsetMs) / 1000)
    const direction = clockOffsetMs > 0 ? 'behind' : 'ahead of'
    this.#options.note(`the clock is ${seconds} s ${direction} the server's: signing with the server's time`)
    this.#footing = { ...this.#footing, clockOffsetMs }
    return true
  }

  async #renewCredentials(used: Footing): Promise<boolean> {
    this.#renewal ??= this.#options
      .renewCredentials()
      .then((credentials) => {
        if (credentials === undefined || credentials.accessKeyId === used.credentials?.accessKeyId) return
        this.#footing = { ...this.#footing, credentials, expressSession: undefined }
      })
      // Where there are no new ones, what S3 said of the old ones is the news.
      .catch(() => {})
      .finally(() => {
        this.#renewal = undefined
      })
    await this.#renewal
    return this.#footing !== used
  }

  /** Each repair is tried once: what comes back after it would come back for ever. */
  #isNew(repair: string): boolean {
    if (this.#repairs.has(repair)) return false
    this.#repairs.add(repair)
    return true
  }

  #time(): Date {
    return new Date(this.#options.now().getTime() + this.#footing.clockOffsetMs)
  }

  #endpointIn(region: string): S3Endpoint {
    const { bucket, addressing } = this.#options
    const options = { ...addressing, region }
    return bucket === undefined ? s3ServiceEndpoint(options) : s3Endpoint(bucket, options)
  }
}

/** How long the service asks to wait, in milliseconds. */
export function retryAfterMs(headers: readonly Header[]): number | undefined {
  const seconds = headerValue(headers, 'retry-after')
  return seconds !== undefined && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}

/** Gives a signal of its own to each request: what listens to it may stay on it longer than the request lasts. */
async function abortable<Result>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await run(controller.signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function urlOf(endpoint: S3Endpoint, query: readonly QueryParameter[]): RequestUrl {
  const text = query.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&')
  const base = parseRequestUrl(endpoint.url)
  return { ...base, query: text === '' ? undefined : text }
}

/** Nearly all bodies are ASCII, which is read ten times as fast. */
function textOf(body: Buffer): string {
  if (isAscii(body)) return body.toString('latin1')
  if (isUtf8(body)) return body.toString()
  throw new MalformedXml('the answer is not UTF-8')
}
