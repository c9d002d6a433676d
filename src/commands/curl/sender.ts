import { usageError } from '../../errors.ts'
import { plainProxyFor } from '../../http/connect.ts'
import type { Acquired, ConnectionPool } from '../../http/connection-pool.ts'
import type { CookieJar } from '../../http/cookies.ts'
import { type ExchangeResult, exchange } from '../../http/exchange.ts'
import { proxyAuthorization } from '../../http/proxy.ts'
import { StaleConnection } from '../../http/stale-connection.ts'
import { Throttle } from '../../http/throttle.ts'
import { headerValue } from '../../request/header.ts'
import { serviceRules } from '../../request/service-rules.ts'
import type { SigningScope } from '../../request/signing-scope.ts'
import { urlWarnings } from '../../request/url-warnings.ts'
import type { CurlOptions } from '../curl.ts'
import type { Answer } from './answer.ts'
import { type Hop, type HopSigning, isToBeSigned, type PreparedHop, prepareHop } from './hop.ts'
import type { Identity } from './identity.ts'
import type { CurlInputs } from './inputs.ts'
import type { Measurements } from './measurements.ts'
import type { Messages } from './messages.ts'
import { type SignedPayload, signedPayload } from './payload.ts'
import type { TransferPlan } from './plan.ts'

/** What all transfers of a command line share. */
export interface TransferWorld {
  readonly options: CurlOptions
  readonly inputs: CurlInputs
  readonly identity: Identity
  readonly pool: ConnectionPool
  readonly cookies: CookieJar | undefined
  readonly messages: Messages
  /** `-w`, read from its file. */
  readonly writeOutFormat: string | undefined
  readonly now: () => Date
  /** Milliseconds on a clock that only runs forwards. */
  readonly clock: () => number
}

export interface SendOptions {
  /** Called before a connection is asked for, when nobody is asked for credentials any more. */
  readonly ready: () => void
  readonly signal: AbortSignal
  readonly measurements: Measurements
  /** Makes what takes the answer; again where a stale connection made another try necessary. */
  readonly answer: (prepared: PreparedHop) => Answer
}

export interface SentHop {
  readonly prepared: PreparedHop
  readonly answer: Answer
}

/** Signs and sends the requests of one transfer; the body is measured and hashed once for all of them. */
export class HopSender {
  readonly #world: TransferWorld
  readonly #plan: TransferPlan
  readonly #uploadThrottle: Throttle | undefined
  #payload: SignedPayload | undefined
  #scope: SigningScope | undefined
  #warned = false

  constructor(world: TransferWorld, plan: TransferPlan) {
    this.#world = world
    this.#plan = plan
    const { rateLimit } = world.options.connection
    this.#uploadThrottle = rateLimit === undefined ? undefined : new Throttle(rateLimit, world.clock)
  }

  /** What the last signed request was signed for. */
  get scope(): SigningScope | undefined {
    return this.#scope
  }

  /** Whether the body, if there is one, can be read once more. */
  get canSendAgain(): boolean {
    return (this.#payload?.body ?? this.#plan.content.body)?.replayable ?? true
  }

  /** From now on requests to the first host are signed for this region. */
  mendRegion(region: string): void {
    if (this.#scope) this.#scope = { ...this.#scope, region: { value: region, reason: 'the region that S3 named' } }
  }

  /** A request as it would be sent. */
  async prepare(hop: Hop): Promise<PreparedHop> {
    const { options, cookies, now } = this.#world
    const signing = await this.#signing(hop)
    const payload = await this.#payloadFor(signing)
    const proxy = plainProxyFor(hop.url, this.#world.pool.options)
    return prepareHop({
      plan: this.#plan,
      words: options.request,
      hop,
      payload,
      signing,
      cookies: cookies?.headerFor(hop.url, now()),
      plainProxy: proxy && { authorization: proxyAuthorization(proxy) },
      expectTimeoutMs: options.connection.expectTimeoutMs,
    })
  }

  /** @throws what connecting, exchanging and the answer's receiver throw */
  async send(hop: Hop, sending: SendOptions): Promise<SentHop> {
    const { pool } = this.#world
    // Files are hashed and credentials resolved before a server has to wait for us.
    await this.#payloadFor(await this.#signing(hop))
    sending.ready()
    const body = this.#payload?.body
    for (;;) {
      const fresh = body !== undefined && !body.replayable
      const acquired = await pool.acquire(hop.url, { signal: sending.signal, fresh })
      sending.measurements.connected(acquired)
      try {
        return await this.#exchange(hop, sending, acquired)
      } catch (error) {
        acquired.connection.socket.destroy()
        if (!(error instanceof StaleConnection)) throw error
      }
    }
  }

  async #exchange(hop: Hop, sending: SendOptions, { connection, reused }: Acquired): Promise<SentHop> {
    const { pool, messages, options } = this.#world
    const { measurements, signal } = sending
    const prepared = await this.prepare(hop)
    messages.sending(prepared)
    const answer = sending.answer(prepared)
    measurements.beginHop(prepared.bodyLength)
    measurements.requestSent(prepared.wire.head.length)
    let result: ExchangeResult
    try {
      result = await exchange(connection.socket, prepared.wire, {
        receiver: answer,
        where: `${hop.url.hostname} port ${hop.url.port}`,
        reused,
        signal,
        started: (stop) => {
          answer.stopExchange = stop
        },
        idleTimeoutMs: options.connection.idleTimeoutMs,
        sent: (bytes) => {
          measurements.uploaded += bytes
          return this.#uploadThrottle?.pass(bytes, signal)
        },
      })
    } finally {
      answer.dispose()
    }
    if (result.reusable && prepared.reusable) pool.release(hop.url, connection)
    else connection.socket.destroy()
    return { prepared, answer }
  }

  async #signing(hop: Hop): Promise<HopSigning | undefined> {
    const { identity, now, options, messages } = this.#world
    if (!isToBeSigned(this.#plan, hop)) return undefined
    const credentials = await identity.credentials()
    if (!credentials) return undefined
    const scope = await this.#scopeOf(hop)
    if (!this.#warned) {
      this.#warned = true
      for (const text of [...this.#plan.target.warnings, ...scope.warnings]) messages.warn(text)
      const typed = options.urls[this.#plan.number] ?? ''
      const { path, query } = { ...hop.url, query: typed.includes('?') ? typed.slice(typed.indexOf('?')) : undefined }
      for (const text of urlWarnings({ path, query }, serviceRules(scope.service.value).pathEncoding))
        messages.warn(text)
      messages.debug(`credentials ${credentials.accessKeyId} from ${credentials.source.description}`)
      messages.debug(
        `service ${scope.service.value} (${scope.service.reason}), region ${scope.region.value} (${scope.region.reason})`,
      )
    }
    return { scope, credentials, time: now() }
  }

  /** Service and region of the first host; `--location-trusted` signs for each host what that host says. */
  async #scopeOf(hop: Hop): Promise<SigningScope> {
    const { identity } = this.#world
    const { target, custom } = this.#plan
    if (!hop.firstOrigin) {
      const first = this.#scope
      const fallback = first && {
        ...target,
        service: target.service ?? first.service,
        region: target.region ?? first.region,
      }
      return identity.scope(fallback ?? target, hop.url)
    }
    const host = headerValue(custom.lines, 'host') ?? hop.url.host
    this.#scope ??= await identity.scope(target, { host, path: hop.url.path })
    return this.#scope
  }

  async #payloadFor(signing: HopSigning | undefined): Promise<SignedPayload> {
    if (this.#payload) return this.#payload
    const { inputs, options } = this.#world
    const { signChunks, checksum } = options.request.aws
    if (signing) {
      this.#payload = await signedPayload({ plan: this.#plan, scope: signing.scope, inputs, signChunks, checksum })
      return this.#payload
    }
    if (signChunks || checksum !== undefined) {
      throw usageError(
        `${signChunks ? '--sign-chunks' : '--checksum'} needs a signed request`,
        'leave out --no-sign-request and Authorization',
      )
    }
    const { body } = this.#plan.content
    this.#payload = { hash: '', body, length: body?.length, chunked: undefined, headers: [] }
    return this.#payload
  }
}
