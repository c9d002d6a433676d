import { Handed } from '../http/handed.ts'
import type { IncomingResponse, Transport } from '../http/transport.ts'
import type { Header } from '../request/header.ts'
import { encodeText } from '../request/percent-encoding.ts'
import { destinationOf, parseRequestUrl, type RequestUrl } from '../request/request-url.ts'
import type { S3Endpoint } from './addressing.ts'
import { type BodyText, bodyText } from './body-text.ts'
import type { Footing } from './footing.ts'
import { S3Refusal } from './refusal.ts'
import { readServiceError } from './service-error.ts'
import { SessionSigner } from './session-signer.ts'
import { Turnstile } from './turnstile.ts'

/** A query parameter, unencoded. */
export type QueryParameter = readonly [name: string, value: string]

export interface SessionRequest {
  readonly query: readonly QueryParameter[]
  readonly headers: readonly Header[]
  readonly signal: AbortSignal
}

export interface Wire {
  readonly transport: Transport
  readonly now: () => Date
  /** Takes a line about every request and its answer. */
  readonly trace?: ((line: string) => void) | undefined
}

/** A page of a thousand keys of a thousand bytes, each written as three, is less. */
const bodyLimitBytes = 64 * 1024 * 1024
const errorLimitBytes = 1024 * 1024
/** Bodies read at once: further ones wait in the system's buffers instead of our memory. */
const maximumReaders = 12

/** Signs, sends and receives single GET requests to S3. */
export class SessionSender {
  readonly #wire: Wire
  readonly #signer = new SessionSigner()
  readonly #readers = new Turnstile(maximumReaders)
  /** Parsed once, not for every page. */
  #base: { readonly endpoint: S3Endpoint; readonly url: RequestUrl } | undefined

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /**
   * Sends one request, signed with what the footing says.
   * @returns the body's text
   * @throws S3Refusal, NetworkError, MalformedXml (a body that is no UTF-8), or the signal's reason
   */
  async send(footing: Footing, { query, headers, signal }: SessionRequest): Promise<Handed<BodyText>> {
    const url = this.#urlOf(footing.endpoint, query)
    const request = {
      method: 'GET',
      ...destinationOf(url),
      headers: await this.#signer.headers({ url, headers, footing, now: this.#wire.now() }),
      signal,
    }
    const response = await this.#wire.transport.send(request)
    this.#wire.trace?.(`GET ${url.scheme}://${url.host}${request.target}: ${response.status}`)
    const chunks = (await this.#receive(response)).take()
    if (response.status === 200) return new Handed(bodyText(chunks))
    const body = Buffer.concat(chunks).toString()
    throw new S3Refusal({ ...response, error: await readServiceError(body, response.headers), body, request })
  }

  async #receive({ body, status }: IncomingResponse): Promise<Handed<readonly Buffer[]>> {
    const leave = await this.#readers.enter()
    try {
      return await body.receive(status === 200 ? bodyLimitBytes : errorLimitBytes)
    } finally {
      leave()
    }
  }

  #urlOf(endpoint: S3Endpoint, query: readonly QueryParameter[]): RequestUrl {
    if (this.#base?.endpoint !== endpoint) this.#base = { endpoint, url: parseRequestUrl(endpoint.url) }
    const text = query.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&')
    return { ...this.#base.url, query: text === '' ? undefined : text }
  }
}
