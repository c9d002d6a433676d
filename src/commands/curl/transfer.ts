import type { ByteSink } from '../../http/byte-sink.ts'
import { parseSetCookie } from '../../http/cookies.ts'
import {
  checkRedirectCount,
  isRedirect,
  isSameOrigin,
  kindAfterRedirect,
  resolveLocation,
} from '../../http/redirect.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import { Throttle } from '../../http/throttle.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import { headerValue } from '../../request/header.ts'
import { formatRequestUrl, type RequestUrl } from '../../request/request-url.ts'
import { hostInRegion, mayNameRegion, namedRegion } from '../../s3/region-mending.ts'
import { Answer, type Disposition, EnoughRead, HttpFailure } from './answer.ts'
import type { Hop } from './hop.ts'
import type { Measurements } from './measurements.ts'
import type { OutputTarget } from './output-target.ts'
import type { TransferPlan } from './plan.ts'
import { HopSender, type SentHop, type TransferWorld } from './sender.ts'

export interface TransferInput {
  readonly plan: TransferPlan
  readonly output: OutputTarget
  readonly headerDump: OutputTarget | undefined
  readonly measurements: Measurements
  /** Called when each request is about to be sent. */
  readonly ready: () => void
}

/** A transfer: its request, and every request that redirects lead to. Each is signed anew. */
export class Transfer {
  readonly #world: TransferWorld
  readonly #input: TransferInput
  readonly #sender: HopSender
  readonly #downloadThrottle: Throttle | undefined
  /** The URL that counts as the user's own: theirs, or after an S3 region redirect that of the right region. */
  #home: RequestUrl
  #mended = false
  /** The request that was sent last, for reports. */
  lastHop: Hop
  lastSent: SentHop | undefined

  constructor(world: TransferWorld, input: TransferInput) {
    this.#world = world
    this.#input = input
    this.#sender = new HopSender(world, input.plan)
    const { rateLimit } = world.options.connection
    this.#downloadThrottle = rateLimit === undefined ? undefined : new Throttle(rateLimit, world.clock)
    this.#home = input.plan.target.url
    this.lastHop = this.#firstHop()
  }

  /** What the last signed request was signed for. */
  get scope(): HopSender['scope'] {
    return this.#sender.scope
  }

  /** Where a redirect that was not followed leads. */
  get redirectUrl(): string | undefined {
    const head = this.lastSent?.answer.finalHead
    const location = head && headerValue(head.headers, 'location')
    if (!head || !isRedirect(head.status, location)) return undefined
    try {
      return formatRequestUrl(resolveLocation(this.lastHop.url, location))
    } catch {
      // Where nobody has to follow it, what it says is what was asked for.
      return this.#world.options.redirects.follow ? undefined : location
    }
  }

  /**
   * One try.
   * @throws TransferError and CliError with curl's exit codes; a failure under `-f` is one too, after its headers are shown
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#input.measurements.beginTry()
    for (let hop: Hop | undefined = this.#firstHop(); hop; hop = await this.#send(hop, signal)) this.lastHop = hop
  }

  /** Shows the first request as it would be sent, and sends nothing. */
  async rehearse(): Promise<void> {
    this.#world.messages.rehearsing(await this.#sender.prepare(this.#firstHop()))
  }

  #firstHop(): Hop {
    const { plan } = this.#input
    const { referer } = this.#world.options.request
    return { url: this.#home, kind: plan.kind, trusted: true, firstOrigin: true, referer, expectContinue: true }
  }

  /** Sends a request and delivers its answer; the next one, where the answer asks for it. */
  async #send(hop: Hop, signal: AbortSignal): Promise<Hop | undefined> {
    const { measurements, ready } = this.#input
    let answer: Answer | undefined
    try {
      await this.#sender.send(hop, {
        signal,
        measurements,
        ready,
        answer: (prepared) => {
          answer = this.#answer(hop, signal)
          this.lastSent = { prepared, answer }
          return answer
        },
      })
    } catch (error) {
      // Under `-f` curl is done with the head: what becomes of the body changes nothing.
      const isOver = answer?.disposition === 'fail' && error instanceof TransferError
      if (!isOver && !(error instanceof EnoughRead)) throw error
    }
    return answer && this.#conclude(hop, answer)
  }

  async #conclude(hop: Hop, answer: Answer): Promise<Hop | undefined> {
    const head = answer.finalHead
    if (!head) return undefined
    this.#keepCookies(hop, head)
    if (answer.disposition === 'hold') {
      const mended = await this.#mend(hop, answer)
      if (mended) return mended
      await answer.release(this.#fails(head) ? 'fail' : 'deliver')
    }
    if (answer.disposition === 'deliver') await answer.complete()
    if (answer.disposition === 'fail') throw new HttpFailure(head)
    return this.#withoutExpect(hop, head) ?? this.#redirected(hop, head)
  }

  #answer(hop: Hop, signal: AbortSignal): Answer {
    const { options, messages } = this.#world
    const { output, headerDump, measurements } = this.#input
    return new Answer({
      output,
      headerDump,
      includeHeaders: options.output.includeHeaders,
      maxFileSize: options.output.maxFileSize,
      throttle: this.#downloadThrottle,
      signal,
      measurements,
      disposition: (head) => this.#disposition(hop, head),
      through: (sink, head) => this.#through(sink, head),
      show: (head) => messages.received(head),
      captureErrors: messages.shown,
    })
  }

  #disposition(hop: Hop, head: ResponseHead): Disposition {
    if (this.#mayMend(hop, head)) return 'hold'
    const { follow } = this.#world.options.redirects
    if (follow && isRedirect(head.status, headerValue(head.headers, 'location'))) return 'headers-only'
    if (this.#retriesWithoutExpect(hop, head)) return 'headers-only'
    return this.#fails(head) ? 'fail' : 'deliver'
  }

  #fails(head: ResponseHead): boolean {
    return this.#world.options.output.httpErrors === 'fail' && head.status >= 400
  }

  async #through(sink: ByteSink, head: ResponseHead): Promise<ByteSink> {
    const { request, output } = this.#world.options
    const type = output.eventStream ? (headerValue(head.headers, 'content-type') ?? '').toLowerCase() : ''
    const inner = type.startsWith('application/vnd.amazon.eventstream')
      ? (await import('../../http/event-stream.ts')).eventStreamInto(sink)
      : sink
    const encoding = headerValue(head.headers, 'content-encoding')
    if (!request.compressed || encoding === undefined) return inner
    return (await import('../../http/content-decoding.ts')).decodedInto(inner, encoding)
  }

  #keepCookies(hop: Hop, head: ResponseHead): void {
    const { cookies, now } = this.#world
    if (!cookies) return
    for (const { name, value } of head.headers) {
      const cookie = name.toLowerCase() === 'set-cookie' ? parseSetCookie(value, hop.url, now()) : undefined
      if (cookie) cookies.set(cookie, now())
    }
  }

  #mayMend(hop: Hop, head: ResponseHead): boolean {
    const scope = this.#sender.scope
    const isS3 = scope?.service.value === 's3' && scope.algorithm.value === 'sigv4'
    return isS3 && hop.firstOrigin && !this.#mended && mayNameRegion(head.status) && this.#canSendAgain(hop)
  }

  /** S3 says that the bucket is elsewhere: the request is signed once more, for that region and on its host. */
  async #mend(hop: Hop, answer: Answer): Promise<Hop | undefined> {
    const scope = this.#sender.scope
    if (!scope || !answer.finalHead) return undefined
    const { headers } = answer.finalHead
    const region = await namedRegion({ headers, body: answer.errorText }, scope.region.value)
    if (region === undefined) return undefined
    this.#mended = true
    this.#sender.mendRegion(region)
    this.#world.messages.note(`the bucket is in ${region}, not in ${scope.region.value}: signing again for that region`)
    const hostname = hostInRegion(hop.url.hostname, region)
    if (hostname !== hop.url.hostname) {
      this.#home = { ...this.#home, hostname, host: hop.url.host.replace(/^[^:]*/, hostname) }
    }
    return { ...hop, url: { ...hop.url, hostname: this.#home.hostname, host: this.#home.host } }
  }

  #retriesWithoutExpect(hop: Hop, head: ResponseHead): boolean {
    const refused = this.lastSent?.prepared.wire.expectContinueMs !== undefined && !this.lastSent.answer.continued
    return head.status === 417 && hop.expectContinue && refused && this.#canSendAgain(hop)
  }

  /** @see RFC 9110 10.1.1 */
  #withoutExpect(hop: Hop, head: ResponseHead): Hop | undefined {
    return this.#retriesWithoutExpect(hop, head) ? { ...hop, expectContinue: false } : undefined
  }

  /** @throws TransferError (1, 3, 47, 65) */
  #redirected(hop: Hop, head: ResponseHead): Hop | undefined {
    const rules = this.#world.options.redirects
    const location = headerValue(head.headers, 'location')
    if (!rules.follow || !isRedirect(head.status, location)) return undefined
    checkRedirectCount(this.#input.measurements.redirects, rules)
    const url = resolveLocation(hop.url, location)
    const kind = kindAfterRedirect(head.status, hop.kind, rules)
    if (kind !== 'GET' && !this.#canSendAgain(hop)) {
      throw new TransferError(curlCodes.cannotRewind, 'the redirect wants the body again, but it came from a pipe', {
        hint: 'give the body as a file',
      })
    }
    this.#input.measurements.redirects += 1
    const firstOrigin = isSameOrigin(url, this.#home)
    const referer = this.#world.options.request.refererFollows ? formatRequestUrl(hop.url) : hop.referer
    return { ...hop, url, kind, firstOrigin, trusted: firstOrigin || rules.trust === 'every-host', referer }
  }

  /** Whether another try could send the same body. */
  get canStartAgain(): boolean {
    return this.#sender.canSendAgain
  }

  #canSendAgain(hop: Hop): boolean {
    const { body } = this.#input.plan.content
    return hop.kind === 'GET' || hop.kind === 'HEAD' || body === undefined || this.#sender.canSendAgain
  }
}
