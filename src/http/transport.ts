import http from 'node:http'
import type https from 'node:https'
import type { Readable } from 'node:stream'
import type { Environment } from '../context.ts'
import type { Header } from '../request/header.ts'
import { NetworkError, networkError } from './network-error.ts'
import { proxyFor } from './proxy.ts'

/** A request as it goes on the wire. Nothing is added to it but, where it has a body of known size, `Content-Length`. */
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
}

export interface Transport {
  /** @throws NetworkError (exit 6) when no response arrives. */
  send(request: OutgoingRequest): Promise<IncomingResponse>
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
  const agents = new Map<string, http.Agent>()
  return {
    send: (request) => send(request, options, agents),
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

/** The whole body. @throws NetworkError when the connection breaks, or more than `limitBytes` arrive. */
export async function readBody(response: IncomingResponse, limitBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      const bytes: Buffer = chunk
      chunks.push(bytes)
      size += bytes.length
      if (size > limitBytes) {
        response.body.destroy()
        throw new NetworkError('too-large', `the response is larger than ${limitBytes} bytes`)
      }
    }
  } catch (error) {
    throw networkError(error, 'the response')
  }
  return Buffer.concat(chunks)
}

async function send(
  request: OutgoingRequest,
  options: TransportOptions,
  agents: Map<string, http.Agent>,
): Promise<IncomingResponse> {
  const where = `${request.hostname}:${request.port}`
  request.signal?.throwIfAborted()
  const proxy = proxyFor(request, options.env)
  const plainProxy = proxy?.protocol === 'http:' && request.scheme === 'http' ? proxy : undefined
  const agentKey = `${request.scheme} ${proxy?.href ?? ''}`
  const agent = agents.get(agentKey) ?? (await createAgent(request.scheme, plainProxy ? undefined : proxy, options))
  agents.set(agentKey, agent)
  const requestOptions: https.RequestOptions = {
    method: request.method,
    host: request.hostname,
    port: request.port,
    path: request.target,
    headers: wireHeaders(request),
    agent,
    ...(request.signal ? { signal: request.signal } : {}),
  }
  if (plainProxy) throughPlainProxy(requestOptions, plainProxy, request)
  const client = request.scheme === 'https' ? await import('node:https') : http
  return new Promise((resolve, reject) => {
    const outgoing = client.request(requestOptions, (response) => {
      outgoing.setTimeout(0)
      response.setTimeout(options.readTimeoutMs, () => {
        response.destroy(new NetworkError('timeout', `${where} sent nothing for ${options.readTimeoutMs / 1000} s`))
      })
      resolve({
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        headers: receivedHeaders(response.rawHeaders),
        body: response,
      })
    })
    outgoing.on('error', (error) => reject(networkError(error, where)))
    limitWaiting(outgoing, where, options)
    outgoing.end(request.body)
  })
}

function limitWaiting(outgoing: http.ClientRequest, where: string, options: TransportOptions): void {
  outgoing.setTimeout(options.readTimeoutMs, () => {
    outgoing.destroy(new NetworkError('timeout', `${where} sent nothing for ${options.readTimeoutMs / 1000} s`))
  })
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

async function createAgent(
  scheme: 'http' | 'https',
  proxy: URL | undefined,
  options: TransportOptions,
): Promise<http.Agent> {
  const agentOptions: https.AgentOptions = {
    keepAlive: true,
    maxSockets: options.maxConnections ?? Number.POSITIVE_INFINITY,
    ...(scheme === 'https' ? tlsOptions(options) : {}),
  }
  if (proxy) {
    const { HttpsProxyAgent, SocksProxyAgent } = await import('./proxy-agents.ts')
    return proxy.protocol.startsWith('socks')
      ? new SocksProxyAgent(proxy, agentOptions)
      : new HttpsProxyAgent(proxy, agentOptions)
  }
  if (scheme === 'http') return new http.Agent(agentOptions)
  const { Agent } = await import('node:https')
  return new Agent(agentOptions)
}

function tlsOptions(options: TransportOptions): https.AgentOptions {
  return {
    rejectUnauthorized: options.tlsVerification === 'required',
    ...(options.caCertificates === undefined ? {} : { ca: options.caCertificates }),
  }
}

/** An HTTP proxy takes the whole URL in the request line; the proxy agents would rewrite its path. */
function throughPlainProxy(options: http.RequestOptions, proxy: URL, request: OutgoingRequest): void {
  const host = request.headers.find((header) => header.name.toLowerCase() === 'host')?.value ?? request.hostname
  options.host = proxy.hostname
  // `parseProxy` has written curl's default port; the URL class drops an explicit 80.
  options.port = proxy.port || '80'
  options.path = `http://${host}${request.target}`
  if (proxy.username !== '' && Array.isArray(options.headers)) {
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    options.headers.push('Proxy-Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`)
  }
}

/** A flat list, so that node adds no header of its own; node takes only latin1, so UTF-8 bytes are given as such. */
export function wireHeaders(request: OutgoingRequest): string[] {
  const flat = request.headers.flatMap(({ name, value }) => [name, latin1OfUtf8(value)])
  const hasLength = request.headers.some(({ name }) => /^(content-length|transfer-encoding)$/i.test(name))
  if (request.body === undefined || hasLength) return flat
  return [...flat, 'Content-Length', String(Buffer.byteLength(request.body))]
}

/** The headers as text: UTF-8 where they are. */
export function receivedHeaders(rawHeaders: readonly string[]): readonly Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push({ name: rawHeaders[index] ?? '', value: utf8OfLatin1(rawHeaders[index + 1] ?? '') })
  }
  return headers
}

function latin1OfUtf8(value: string): string {
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value).toString('latin1')
}

function utf8OfLatin1(value: string): string {
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString()
}
