import type { Credentials } from '../credentials/credentials.ts'
import type { Handed } from '../http/handed.ts'
import type { Header } from '../request/header.ts'
import { type AddressingOptions, type S3Endpoint, s3Endpoint, s3ServiceEndpoint } from './addressing.ts'
import type { BodyText } from './body-text.ts'
import { createExpressSession } from './express-session.ts'
import { type Footing, timeOn } from './footing.ts'
import { S3Refusal } from './refusal.ts'
import { SessionRepairs } from './session-repairs.ts'
import { type QueryParameter, SessionSender, type Wire } from './session-sender.ts'

export interface S3SessionOptions extends Wire {
  /** Undefined for requests that name no bucket. */
  readonly bucket: string | undefined
  readonly addressing: AddressingOptions
  /** Undefined where requests are not signed. */
  readonly credentials: Credentials | undefined
  /** Asks for the identity's credentials once more, when they have expired. */
  readonly renewCredentials: () => Promise<Credentials | undefined>
  /** Whether a wrong region or clock is put right. */
  readonly healing: 'allowed' | 'forbidden'
  /** Takes a line about what was put right. */
  readonly note: (line: string) => void
}

/** Sends GET requests to a bucket or to S3 itself, signed, and mends what S3 says is wrong with them. */
export class S3Session {
  readonly #options: S3SessionOptions
  #footing: Footing
  readonly #sender: SessionSender
  readonly #repairs: SessionRepairs
  /** Under way, for all requests that wait for it. */
  #renewal: Promise<void> | undefined
  #sessionStart: Promise<void> | undefined
  /** Requests sent, also those that were refused. */
  requests = 0

  /** @throws CliError (usage) for a bucket or region that cannot be */
  constructor(options: S3SessionOptions) {
    this.#options = options
    this.#sender = new SessionSender(options)
    this.#repairs = new SessionRepairs({ ...options, endpointIn: (region) => this.#endpointIn(region) })
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

  /** The identity's own, not those of a directory bucket's session; undefined where requests are not signed. */
  get credentials(): Credentials | undefined {
    return this.#footing.credentials
  }

  /**
   * Sends one request; a refusal that can be repaired (region, clock, expired credentials) is, and the request sent again.
   * @returns the body's text
   * @throws S3Refusal, NetworkError, MalformedXml (a body that is no UTF-8), or the signal's reason
   */
  async get(
    query: readonly QueryParameter[],
    request: { headers: readonly Header[]; signal: AbortSignal },
  ): Promise<Handed<BodyText>> {
    for (let attempt = 0; ; attempt += 1) {
      // What was refused may be the start of a session, before there is a footing of its own.
      let used = this.#footing
      try {
        used = await this.#currentFooting(request.signal)
        this.requests += 1
        return await this.#sender.send(used, { query, ...request })
      } catch (error) {
        request.signal.throwIfAborted()
        if (!(error instanceof S3Refusal) || attempt >= 4 || !(await this.#repair(error, used))) throw error
      }
    }
  }

  /** A directory bucket wants a session of its own, made before the first request and whenever it ends. */
  async #currentFooting(signal: AbortSignal): Promise<Footing> {
    const { endpoint, credentials, expressSession } = this.#footing
    if (endpoint.kind !== 'directory' || credentials === undefined) return this.#footing
    const isFresh =
      expressSession !== undefined &&
      expressSession.expiration.getTime() > timeOn(this.#footing, this.#options.now()).getTime() + 60_000
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
    const body = await this.#sender.send(plain, { query: [['session', '']], headers, signal })
    this.#footing = {
      ...this.#footing,
      expressSession: await createExpressSession(body.take().join(''), footing.credentials?.source),
    }
  }

  /** Mends what a refusal says is wrong; true where it is worth sending the request again. */
  async #repair(refusal: S3Refusal, used: Footing): Promise<boolean> {
    // Another request was refused for the same reason a moment ago.
    if (used !== this.#footing) return true
    if (refusal.error?.code === 'ExpiredToken') return this.#renewCredentials(used)
    const repaired = this.#options.healing === 'allowed' ? this.#repairs.repaired(this.#footing, refusal) : undefined
    if (repaired === undefined) return false
    this.#footing = repaired
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

  #endpointIn(region: string): S3Endpoint {
    const { bucket, addressing } = this.#options
    const options = { ...addressing, region }
    return bucket === undefined ? s3ServiceEndpoint(options) : s3Endpoint(bucket, options)
  }
}
