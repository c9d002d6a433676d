import http from 'node:http'
import { finished, type Readable } from 'node:stream'
import type { Environment } from '../context.ts'
import type { Header } from '../request/header.ts'
import type { ConnectOptions } from './connect.ts'
import { Handed } from './handed.ts'
import { NetworkError, networkError } from './network-error.ts'
import { proxyFor } from './proxy.ts'
import { documentTimeoutMs, sendOnce } from './send-once.ts'
import { StaleConnection } from './stale-connection.ts'

/** A request as it goes on the wire. Nothing is added to it but `Connection`, and `Content-Length` where there may be a body. */
export interface OutgoingRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** Where to connect; an IPv6 address without brackets. */
  readonly hostname: string
  readonly port: number
  /** Path and query, byte for byte. */
  readonly target: string
  /** All headers with `Host`, in order; values are sent as UTF-8. */
  readonly headers: readonly Header[]
  readonly body?: Uint8Array | string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface IncomingResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly Header[]
  /** The body's bytes; ends in an error when the connection breaks early. */
  readonly body: Readable
  /** The transport's; 0 waits without end. */
  readonly readTimeoutMs: number
}

export interface Transport {
  /** @throws NetworkError (exit 6) when no response arrives. */
  send(request: OutgoingRequest): Promise<IncomingResponse>
  /** How long a small answer may take as a whole; 0 waits without end. */
  readonly documentTimeoutMs: number
  /** Closes idle connections, so that the process can end. */
  close(): void
}

export interface TransportOptions {
  readonly env: Environment
  /** PEM certificates that replace the built-in ones. */
  readonly caCertificates?: string | undefined
  readonly tlsVerification: 'required' | 'off'
  /** 0 waits without end. */
  readonly connectTimeoutMs: number
  /** For the next byte; 0 waits without end. */
  readonly readTimeoutMs: number
  readonly maxConnections?: number | undefined
}

/** Requests over node:http(s) with keep-alive: `fetch` starts six times slower and rewrites paths. */
export function createTransport(options: TransportOptions): Transport {
  const agents: Agents = new Map()
  return {
    send: (request) => send(request, options, agents),
    documentTimeoutMs: documentTimeoutMs(options),
    close: () => {
      for (const agent of agents.values()) agent.then((made) => made.destroy()).catch(() => {})
    },
  }
}

/** Who sends less within the read timeout could go on so without end, and never be silent for as long. */
const leastBytes = 1000

/**
 * The whole body.
 * @throws NetworkError when the connection breaks, more than `limitBytes` arrive, or less than 1000 bytes within a read timeout
 */
export async function readBody(response: IncomingResponse, limitBytes?: number): Promise<Buffer> {
  return Buffer.concat((await receiveBody(response, limitBytes)).take())
}

/** The same in chunks, for bodies that are large and many. By events: to iterate makes some promises for every piece. */
export function receiveBody(
  response: IncomingResponse,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<Handed<readonly Buffer[]>> {
  const { body } = response
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stopWatching = watchSpeed(response, () => size)
    finished(body, (error) => {
      stopWatching()
      if (error) reject(networkError(error, 'the server'))
      else resolve(new Handed(chunks.splice(0)))
    })
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= limitBytes) return
      body.destroy(new NetworkError('too-large', `the response is larger than ${limitBytes} bytes`))
    })
  })
}

function watchSpeed({ body, readTimeoutMs }: IncomingResponse, sizeNow: () => number): () => void {
  if (readTimeoutMs === 0) return () => {}
  let before = 0
  let watching = true
  const check = () => {
    if (!watching) return
    const size = sizeNow()
    const message = `the server sent less than ${leastBytes} bytes of its answer in ${readTimeoutMs / 1000} s`
    if (size - before < leastBytes) body.destroy(new NetworkError('timeout', message))
    before = size
  }
  // What has arrived while this program stood still is read first.
  const timer = setInterval(() => setImmediate(check), readTimeoutMs)
  return () => {
    watching = false
    clearInterval(timer)
  }
}

async function send(request: OutgoingRequest, options: TransportOptions, agents: Agents): Promise<IncomingResponse> {
  request.signal?.throwIfAborted()
  const route = routeOf(request, options.env)
  const agent = await (agents.get(route.key) ?? remembered(agents, route, options))
  for (;;) {
    try {
      return await sendOnce(request, { route, agent, options })
    } catch (error) {
      // Each time one of the kept connections is used up.
      if (!(error instanceof StaleConnection)) throw error
    }
  }
}

type Agents = Map<string, Promise<http.Agent>>

/** Remembered before it is made: requests that start together share it. */
function remembered(agents: Agents, route: Route, options: TransportOptions): Promise<http.Agent> {
  const agent = createAgent(route, options)
  agents.set(route.key, agent)
  return agent
}

/** How a request reaches its server. */
export interface Route {
  readonly scheme: 'http' | 'https'
  readonly proxy: URL | undefined
  /** Whether the proxy is a server that gets the request itself, with the whole URL in its first line. */
  readonly isPlain: boolean
  /** Whether connections have to be opened step by step: TLS to the proxy, or a tunnel. */
  readonly isTunnel: boolean
  /** Requests with the same key may share connections. */
  readonly key: string
}

function routeOf(request: OutgoingRequest, env: Environment): Route {
  const { scheme } = request
  const proxy = proxyFor(request, env)
  const isPlain = scheme === 'http' && proxy !== undefined && !proxy.protocol.startsWith('socks')
  const isTunnel = proxy !== undefined && !(isPlain && proxy.protocol === 'http:')
  return { scheme, proxy, isPlain, isTunnel, key: `${scheme} ${proxy?.href ?? ''}` }
}

async function createAgent({ scheme, proxy, isTunnel }: Route, options: TransportOptions): Promise<http.Agent> {
  const agentOptions = { keepAlive: true, maxSockets: options.maxConnections ?? Number.POSITIVE_INFINITY }
  if (proxy && isTunnel) {
    const { TunnelAgent } = await import('./tunnel-agent.ts')
    return new TunnelAgent({ ...agentOptions, scheme, connecting: connectOptions(proxy, options) })
  }
  if (scheme === 'http') return new http.Agent(agentOptions)
  const { Agent } = await import('node:https')
  return new Agent({
    ...agentOptions,
    rejectUnauthorized: options.tlsVerification === 'required',
    ...(options.caCertificates === undefined ? {} : { ca: options.caCertificates }),
  })
}

function connectOptions(proxy: URL, options: TransportOptions): ConnectOptions {
  return {
    family: 0,
    resolve: () => [],
    connectTo: [],
    unixSocket: undefined,
    proxyFor: () => proxy,
    tls: async () => ({
      verification: options.tlsVerification,
      caCertificates: options.caCertificates,
      clientCertificate: undefined,
      clientKey: undefined,
    }),
    timeoutMs: options.connectTimeoutMs === 0 ? undefined : options.connectTimeoutMs,
    userAgent: undefined,
    clock: () => 0,
    trace: () => {},
  }
}
