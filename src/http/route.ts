import type { Socket } from 'node:net'
import type { Environment } from '../context.ts'
import { withBrackets } from '../request/request-url.ts'
import { type ConnectOptions, connect, type Destination, plainProxyFor } from './connect.ts'
import { NetworkError, networkError } from './network-error.ts'
import { proxyFor } from './proxy.ts'
import { curlCodes, TransferError } from './transfer-error.ts'
import type { TransportOptions } from './transport.ts'

/** How a request reaches its server. */
export interface Route {
  readonly destination: Destination
  readonly connecting: ConnectOptions
  readonly proxy: URL | undefined
  /** The proxy, where it is a server that gets the request itself, with the whole URL in its first line. */
  readonly plainProxy: URL | undefined
  /** Requests with the same key may share connections. */
  readonly key: string
}

/** @throws UnusableProxy */
export function routeTo(destination: Destination, options: TransportOptions, env: Environment): Route {
  const proxy = proxyFor(destination, env)
  const connecting = connectOptions(proxy, options)
  const key = `${destination.scheme}://${destination.hostname}:${destination.port} ${proxy?.href ?? ''}`
  return { destination, connecting, proxy, plainProxy: plainProxyFor(destination, connecting), key }
}

/** Opens a connection on a route. @throws NetworkError; the signal's reason when it aborts */
export async function openSocket({ destination, connecting, proxy }: Route, signal: AbortSignal): Promise<Socket> {
  try {
    return (await connect(destination, connecting, signal)).socket
  } catch (error) {
    throw networkErrorOf(error, { where: placeOf(destination), proxy, timeoutMs: connecting.timeoutMs })
  }
}

/** Host and port of a request, for messages. */
export function placeOf({ hostname, port }: Destination): string {
  return `${withBrackets(hostname)}:${port}`
}

function connectOptions(proxy: URL | undefined, options: TransportOptions): ConnectOptions {
  const settings = {
    verification: options.tlsVerification,
    caCertificates: options.caCertificates,
    clientCertificate: undefined,
    clientKey: undefined,
  }
  return {
    family: 0,
    resolve: () => [],
    connectTo: [],
    unixSocket: undefined,
    proxyFor: () => proxy,
    tls: async () => settings,
    timeoutMs: options.connectTimeoutMs === 0 ? undefined : options.connectTimeoutMs,
    userAgent: undefined,
    clock: () => 0,
    trace: () => {},
  }
}

interface Connecting {
  readonly where: string
  readonly proxy: URL | undefined
  readonly timeoutMs: number | undefined
}

/** A failure to connect with the exit code of all commands but `curl`. */
function networkErrorOf(error: unknown, { where, proxy, timeoutMs = 0 }: Connecting): Error {
  if (!(error instanceof TransferError)) return error instanceof Error ? error : new Error(String(error))
  const told = error.cause === undefined ? undefined : networkError(error.cause, where)
  if (proxy === undefined) {
    return told ?? new NetworkError('timeout', `could not connect to ${where} within ${timeoutMs / 1000} s`, error)
  }
  // What the proxy says has no cause, and what broke may pass as it does without a proxy.
  const ownFailure = error.exitCode === curlCodes.timeout ? 'timeout' : 'proxy'
  return new NetworkError(told instanceof NetworkError ? told.failure : ownFailure, error.message, error)
}
