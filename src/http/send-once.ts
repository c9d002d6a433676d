import http from 'node:http'
import type https from 'node:https'
import { usageError } from '../errors.ts'
import { withBrackets } from '../request/request-url.ts'
import { NetworkError, networkError } from './network-error.ts'
import { proxyAddress, proxyAuthorization } from './proxy.ts'
import { maxInterimAnswers } from './response-head.ts'
import { StaleConnection } from './stale-connection.ts'
import type { IncomingResponse, OutgoingRequest, Route, TransportOptions } from './transport.ts'
import { receivedHeaders, wireHeaders } from './wire-headers.ts'

/** RFC 9110 9.2.2: what may be sent again without being asked. */
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

interface Sending {
  readonly route: Route
  readonly agent: http.Agent
  readonly options: TransportOptions
}

/**
 * Sends a request over a connection of the agent's.
 * @throws NetworkError, or StaleConnection where the request may go again
 */
export async function sendOnce(
  request: OutgoingRequest,
  { route, agent, options }: Sending,
): Promise<IncomingResponse> {
  const where = placeOf(request)
  const requestOptions: http.RequestOptions = {
    method: request.method,
    host: request.hostname,
    port: request.port,
    path: request.target,
    headers: wireHeaders(request),
    agent,
  }
  if (route.proxy && route.isPlain) throughPlainProxy(requestOptions, route.proxy, request)
  // A tunnel speaks TLS itself.
  const client = route.scheme === 'https' && !route.isTunnel ? await import('node:https') : http
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(client, requestOptions, where)
    outgoing.on('response', (response) => {
      resolve({
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        headers: receivedHeaders(response.rawHeaders),
        body: response,
        readTimeoutMs: options.readTimeoutMs,
      })
    })
    // Nobody asked for another protocol. Without a listener node closes the connection and says nothing.
    outgoing.on('upgrade', (response) => {
      reject(new NetworkError('protocol', `${where} answered ${response.statusCode} to what was no upgrade`))
      outgoing.destroy()
    })
    outgoing.on('error', (error) => {
      const failed = networkError(error, where)
      const isStale = outgoing.reusedSocket && failed instanceof NetworkError && failed.failure === 'reset'
      reject(isStale && idempotent.has(request.method) ? new StaleConnection() : failed)
    })
    if (request.signal) giveUpOn(request.signal, outgoing, where)
    limitWaiting(outgoing, where, options)
    limitInterimAnswers(outgoing, where)
    // As bytes: node would write the headers in the encoding of a text behind them.
    outgoing.end(typeof request.body === 'string' ? Buffer.from(request.body) : request.body)
  })
}

/** Both timeouts together; 0 where one of them waits without end. */
export function documentTimeoutMs({ connectTimeoutMs, readTimeoutMs }: TransportOptions): number {
  return readTimeoutMs === 0 || connectTimeoutMs === 0 ? 0 : connectTimeoutMs + readTimeoutMs
}

/** Host and port of a request, for messages. */
export function placeOf({ hostname, port }: OutgoingRequest): string {
  return `${withBrackets(hostname)}:${port}`
}

function startRequest(client: typeof http | typeof https, options: http.RequestOptions, where: string) {
  try {
    return client.request(options)
  } catch (error) {
    // node refuses controls in headers and targets.
    throw usageError(`no such request can be sent to ${where}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Each answer of 1xx would start the read timeout anew, without end. */
function limitInterimAnswers(outgoing: http.ClientRequest, where: string): void {
  let count = 0
  outgoing.on('information', () => {
    count += 1
    if (count > maxInterimAnswers) {
      outgoing.destroy(
        new NetworkError('protocol', `${where} sent more than ${maxInterimAnswers} interim answers (1xx)`),
      )
    }
  })
}

/** Node's own `signal` option sets up more for a request than all else here, and stays on a signal that lasts longer than it. */
function giveUpOn(signal: AbortSignal, outgoing: http.ClientRequest, where: string): void {
  const giveUp = (): void => {
    outgoing.destroy(new NetworkError('aborted', `the request to ${where} was given up`, signal.reason))
  }
  signal.addEventListener('abort', giveUp)
  outgoing.once('close', () => signal.removeEventListener('abort', giveUp))
}

function limitWaiting(outgoing: http.ClientRequest, where: string, options: TransportOptions): void {
  let answer: http.IncomingMessage | undefined
  outgoing.on('response', (response) => {
    answer = response
  })
  outgoing.setTimeout(options.readTimeoutMs, () => {
    const error = new NetworkError('timeout', `${where} sent nothing for ${options.readTimeoutMs / 1000} s`)
    if (answer === undefined) outgoing.destroy(error)
    else answer.destroy(error)
  })
  outgoing.once('socket', () => limitHead(outgoing, where, documentTimeoutMs(options)))
  outgoing.on('socket', (socket) => {
    if (!socket.connecting || options.connectTimeoutMs === 0) return
    const timer = setTimeout(() => {
      const seconds = options.connectTimeoutMs / 1000
      outgoing.destroy(new NetworkError('timeout', `could not connect to ${where} within ${seconds} s`))
    }, options.connectTimeoutMs)
    socket.once(outgoing.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer))
    outgoing.once('close', () => clearTimeout(timer))
  })
}

/** A head that comes byte by byte never lets a read timeout pass. */
function limitHead(outgoing: http.ClientRequest, where: string, limitMs: number): void {
  if (limitMs === 0) return
  const timer = setTimeout(() => {
    const message = `${where} did not complete the head of its answer within ${limitMs / 1000} s`
    outgoing.destroy(new NetworkError('timeout', message))
  }, limitMs)
  outgoing.once('response', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
}

/** An HTTP proxy takes the whole URL in the request line. */
function throughPlainProxy(options: http.RequestOptions, proxy: URL, request: OutgoingRequest): void {
  const { hostname, port, target } = request
  const address = proxyAddress(proxy)
  options.path = `http://${withBrackets(hostname)}${port === 80 ? '' : `:${port}`}${target}`
  options.host = address.hostname
  options.port = address.port
  const headers = proxyAuthorization(proxy).flatMap((value) => ['Proxy-Authorization', value])
  if (Array.isArray(options.headers)) options.headers.push(...headers)
}
