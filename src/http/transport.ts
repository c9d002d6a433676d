import { setMaxListeners } from 'node:events'
import type { Environment } from '../context.ts'
import type { Header } from '../request/header.ts'
import type { Handed } from './handed.ts'
import { KeptConnections } from './kept-connections.ts'
import { NetworkError } from './network-error.ts'
import { openSocket, type Route, routeTo } from './route.ts'
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
  readonly body: IncomingBody
}

export interface IncomingBody {
  /**
   * The body in the chunks that came, once; until it is asked for most of it stays with the system.
   * @throws NetworkError when the connection breaks, more than `limitBytes` arrive, or less than 1000 bytes within a read timeout
   */
  receive(limitBytes: number): Promise<Handed<readonly Buffer[]>>
}

export interface Transport {
  /** @throws NetworkError (exit 6) when no response arrives. */
  send(request: OutgoingRequest): Promise<IncomingResponse>
  /** How long a small answer may take as a whole; 0 waits without end. */
  readonly documentTimeoutMs: number
  /** Closes all connections, so that the process can end; requests under way fail. */
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

/**
 * Requests over kept connections of our own: node:http took a third of a listing's processor time, and `fetch` starts six times
 * slower and rewrites paths.
 */
export function createTransport(options: TransportOptions): Transport {
  const pools: Pools = { connections: new Map(), closing: new AbortController() }
  // One for each connection that is being opened.
  setMaxListeners(0, pools.closing.signal)
  return {
    send: (request) => send(request, options, pools),
    documentTimeoutMs: documentTimeoutMs(options),
    close: () => {
      const reason = new NetworkError('aborted', 'the connections were closed')
      pools.closing.abort(reason)
      for (const connections of pools.connections.values()) connections.close(reason)
    },
  }
}

/** The whole body. @throws what `IncomingBody.receive` throws */
export async function readBody({ body }: IncomingResponse, limitBytes?: number): Promise<Buffer> {
  return Buffer.concat((await body.receive(limitBytes ?? Number.POSITIVE_INFINITY)).take())
}

async function send(request: OutgoingRequest, options: TransportOptions, pools: Pools): Promise<IncomingResponse> {
  request.signal?.throwIfAborted()
  const { scheme, hostname, port } = request
  const route = routeTo({ scheme, hostname, port }, options, options.env)
  const connections = pools.connections.get(route.key) ?? remembered(route, options, pools)
  for (;;) {
    try {
      return await sendOnce(request, { route, connections, options })
    } catch (error) {
      // Each time one of the kept connections is used up.
      if (!(error instanceof StaleConnection)) throw error
    }
  }
}

interface Pools {
  /** By route. */
  readonly connections: Map<string, KeptConnections>
  /** Ends connections that are being opened. */
  readonly closing: AbortController
}

function remembered(route: Route, { maxConnections }: TransportOptions, pools: Pools): KeptConnections {
  const open = () => openSocket(route, pools.closing.signal)
  const connections = new KeptConnections(open, maxConnections ?? Number.POSITIVE_INFINITY)
  pools.connections.set(route.key, connections)
  return connections
}
