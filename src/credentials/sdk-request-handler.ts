import { Readable } from 'node:stream'
import { fetchDocument } from '../http/document.ts'
import type { OutgoingRequest, Transport } from '../http/transport.ts'
import { encodeText } from '../request/percent-encoding.ts'
import { withoutBrackets } from '../request/request-url.ts'

/** A request as the SDK's clients describe it. */
interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}

/** What sends the SDK's requests: our transport, so that proxies, certificates and timeouts are the same everywhere. */
export interface SdkRequestHandler {
  handle(request: SdkRequest): Promise<{ readonly response: SdkResponse }>
  /** Why the last request got no response, before the SDK wrapped it. */
  lastFailure(): unknown
  /** The last response's. */
  lastStatus(): number | undefined
}

const answerLimitBytes = 1_048_576

/**
 * Makes the handler that the SDK's clients take as `requestHandler`.
 * @returns `handle` throws as `fetchDocument`: NetworkError, also for an answer of more than 1 MiB, or the signal's reason
 */
export function sdkRequestHandler(transport: Transport, signal: AbortSignal): SdkRequestHandler {
  let failed: unknown
  let answered: number | undefined
  return {
    lastFailure: () => failed,
    lastStatus: () => answered,
    async handle(request) {
      failed = undefined
      answered = undefined
      try {
        const { status, headers, body } = await fetchDocument(transport, outgoing(request, signal), answerLimitBytes)
        answered = status
        const named = headers.map(({ name, value }) => [name.toLowerCase(), value] as const)
        return { response: { statusCode: status, headers: Object.fromEntries(named), body: Readable.from([body]) } }
      } catch (error) {
        failed = error
        throw error
      }
    },
  }
}

function outgoing(request: SdkRequest, signal: AbortSignal): OutgoingRequest {
  const scheme = request.protocol === 'http:' ? 'http' : 'https'
  return {
    method: request.method,
    scheme,
    hostname: withoutBrackets(request.hostname),
    port: request.port ?? (scheme === 'http' ? 80 : 443),
    target: targetOf(request),
    headers: headersOf(request),
    body: typeof request.body === 'string' || request.body instanceof Uint8Array ? request.body : undefined,
    signal,
  }
}

function headersOf({ headers, hostname, port }: SdkRequest): readonly { name: string; value: string }[] {
  const given = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const hasHost = given.some(({ name }) => name.toLowerCase() === 'host')
  return hasHost ? given : [{ name: 'Host', value: port === undefined ? hostname : `${hostname}:${port}` }, ...given]
}

function targetOf({ path, query = {} }: SdkRequest): string {
  const parts = Object.entries(query).flatMap(([name, value]) => {
    const values = value === null ? [null] : typeof value === 'string' ? [value] : value
    return values.map((text) => (text === null ? encodeText(name) : `${encodeText(name)}=${encodeText(text)}`))
  })
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}
