import type { LookupFunction } from 'node:net'
import net from 'node:net'
import type { TLSSocket } from 'node:tls'
import { reasonOf } from './abort-reason.ts'
import { type ConnectToRule, connectTo, type ResolveRule, resolvedAddresses } from './connection-rules.ts'
import { proxyAddress } from './proxy.ts'
import { curlCodes, TransferError, transferErrorOf } from './transfer-error.ts'

/** Where a request's bytes go. */
export interface Destination {
  readonly scheme: 'http' | 'https'
  readonly hostname: string
  readonly port: number
}

export interface TlsSettings {
  readonly verification: 'required' | 'off'
  /** PEM certificates that replace the built-in ones. */
  readonly caCertificates: string | undefined
  readonly clientCertificate: string | undefined
  readonly clientKey: string | undefined
}

export interface ConnectOptions {
  readonly family: 0 | 4 | 6
  /** @throws TransferError (49) where one is none */
  readonly resolve: () => readonly ResolveRule[]
  readonly connectTo: readonly ConnectToRule[]
  readonly unixSocket: string | undefined
  /** The proxy for a destination, if any. @throws TransferError (5, 7) for what is none */
  readonly proxyFor: (destination: Destination) => URL | undefined
  /** Asked for when TLS is spoken. @throws TransferError (58, 77) for files that cannot be read */
  readonly tls: () => Promise<TlsSettings>
  readonly timeoutMs: number | undefined
  readonly userAgent: string | undefined
  /** Milliseconds on a clock that only runs forwards. */
  readonly clock: () => number
  /** Takes a line about the connection, for `-v`, which is made where it is shown. */
  readonly trace: (line: () => string) => void
}

export interface Connection {
  readonly socket: net.Socket
  /** Status of the answer to CONNECT, 0 where none was asked for. */
  readonly tunnelStatus: number
  /** When each step was done, by `clock`; undefined for steps that were not taken. */
  readonly times: ConnectTimes
  readonly verifyResult: string | undefined
}

export interface ConnectTimes {
  lookup?: number
  connect?: number
  tls?: number
}

/**
 * Opens a connection: socket, proxy, TLS.
 * @throws TransferError (5, 6, 7, 28, 35, 49, 58, 60, 97); the signal's reason when it aborts
 */
export async function connect(
  destination: Destination,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const proxy = options.unixSocket === undefined ? options.proxyFor(destination) : undefined
  const { timeoutMs } = options
  if (timeoutMs === undefined) return establish(destination, { options, proxy, signal })
  const connecting = new AbortController()
  const cancel = () => connecting.abort(signal.reason)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  const timer = setTimeout(() => connecting.abort(connectTimeout(destination, timeoutMs)), timeoutMs)
  try {
    return await establish(destination, { options, proxy, signal: connecting.signal })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
  }
}

/** The HTTP proxy that gets the request itself, with the whole URL in its first line: for `http` URLs that go where they say. */
export function plainProxyFor(destination: Destination, options: ConnectOptions): URL | undefined {
  if (destination.scheme !== 'http' || options.unixSocket !== undefined) return undefined
  const proxy = options.proxyFor(destination)
  const target = connectTo(destination, options.connectTo)
  const direct = target.hostname === destination.hostname && target.port === destination.port
  return proxy && !isSocks(proxy) && direct ? proxy : undefined
}

interface Establishing {
  readonly options: ConnectOptions
  readonly proxy: URL | undefined
  readonly signal: AbortSignal
}

async function establish(destination: Destination, establishing: Establishing): Promise<Connection> {
  const { options, proxy } = establishing
  const times: ConnectTimes = {}
  const target = connectTo(destination, options.connectTo)
  const rules = options.resolve()
  let socket = await openSocket(proxy ? proxyAddress(proxy) : target, { ...establishing, rules, times })
  let tunnelStatus = 0
  let verifyResult: string | undefined
  try {
    if (proxy?.protocol === 'https:')
      socket = (await startTls(socket, proxyAddress(proxy).hostname, establishing)).socket
    if (proxy && isSocks(proxy))
      await (await import('./through-proxy.ts')).throughSocks(socket, {
        proxy,
        target,
        options,
        signal: establishing.signal,
      })
    else if (proxy && !plainProxyFor(destination, options))
      tunnelStatus = await (await import('./through-proxy.ts')).openTunnel(socket, {
        proxy,
        target,
        options,
        signal: establishing.signal,
      })
    if (destination.scheme === 'https') {
      const secured = await startTls(socket, destination.hostname, establishing)
      socket = secured.socket
      verifyResult = secured.verifyResult
      times.tls = options.clock()
    }
    return { socket, tunnelStatus, times, verifyResult }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

interface Opening extends Establishing {
  readonly rules: readonly ResolveRule[]
  readonly times: ConnectTimes
}

function openSocket(
  target: { readonly hostname: string; readonly port: number },
  opening: Opening,
): Promise<net.Socket> {
  const { options, proxy, signal, rules, times } = opening
  const place = { where: `${proxy ? 'the proxy ' : ''}${target.hostname} port ${target.port}`, proxy }
  const path = options.unixSocket
  const version = net.isIP(target.hostname)
  if (path === undefined && version !== 0 && options.family !== 0 && version !== options.family) {
    throw new TransferError(curlCodes.connect, `${place.where} is no address of IPv${options.family}`)
  }
  const socket = net.connect(path === undefined ? tcpOptions(target, { options, rules }) : { path })
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(reasonOf(signal))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const settle = () => signal.removeEventListener('abort', abort)
    socket.once('lookup', () => {
      times.lookup ??= options.clock()
    })
    socket.on('connectionAttempt', (address, port) => options.trace(() => `  Trying ${address}:${port}...`))
    let slowAddress: string | undefined
    socket.on('connectionAttemptTimeout', (address) => {
      slowAddress ??= address
    })
    const fail = (error: Error) => {
      settle()
      // It was given up for the sake of the others: where none of them answers, it gets the time that there is.
      if (slowAddress !== undefined && !signal.aborted)
        resolve(openSocket({ ...target, hostname: slowAddress }, opening))
      else reject(signal.aborted ? reasonOf(signal) : connectFailure(error, place))
    }
    socket.on('error', fail)
    socket.once('connect', () => {
      settle()
      // From here on whoever uses the connection listens; between two uses nobody does.
      socket.on('error', () => {}).off('error', fail)
      times.lookup ??= options.clock()
      times.connect = options.clock()
      options.trace(() =>
        path === undefined
          ? `Connected to ${target.hostname} (${socket.remoteAddress}) port ${socket.remotePort}`
          : `Connected to ${path}`,
      )
      resolve(socket)
    })
  })
}

function tcpOptions(
  target: { readonly hostname: string; readonly port: number },
  { options, rules }: Pick<Opening, 'options' | 'rules'>,
): net.TcpNetConnectOpts {
  return {
    host: target.hostname,
    port: target.port,
    family: options.family,
    autoSelectFamily: true,
    // node's 250 ms gives up on addresses that are merely far away.
    autoSelectFamilyAttemptTimeout: 1000,
    ...lookupFor(target, rules),
    noDelay: true,
  }
}

function lookupFor(
  target: { readonly hostname: string; readonly port: number },
  rules: readonly ResolveRule[],
): { lookup?: LookupFunction } {
  const addresses = resolvedAddresses(target, rules) ?? loopbackAddresses(target.hostname)
  if (!addresses) return {}
  const entries = addresses.map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 }))
  return {
    lookup: (_hostname, { all, family }, callback) => {
      const fitting = entries.filter((entry) => !family || entry.family === Number(String(family).replace('IPv', '')))
      const [first] = fitting
      if (!first) callback(Object.assign(new Error('no address of that family'), { code: 'ENOTFOUND' }), '', 4)
      else if (all) callback(null, fitting)
      else callback(null, first.address, first.family)
    },
  }
}

/** Names under `localhost` need no resolver, and few resolvers know them (RFC 6761 6.3). */
function loopbackAddresses(hostname: string): readonly string[] | undefined {
  return hostname.endsWith('.localhost') ? ['127.0.0.1', '::1'] : undefined
}

async function startTls(
  socket: net.Socket,
  hostname: string,
  { options, signal }: Establishing,
): Promise<{ socket: TLSSocket; verifyResult: string | undefined }> {
  const { secure } = await import('./secure.ts')
  return secure(socket, { hostname, settings: await options.tls(), signal, trace: options.trace })
}

function connectFailure(error: unknown, { where, proxy }: { where: string } & Pick<Establishing, 'proxy'>): Error {
  const failed = transferErrorOf(error, where, 'connect')
  if (proxy && failed instanceof TransferError && failed.exitCode === curlCodes.resolveHost) {
    return new TransferError(curlCodes.resolveProxy, failed.message, { hint: 'check the proxy', cause: error })
  }
  return failed
}

function connectTimeout({ hostname, port }: Destination, timeoutMs: number): TransferError {
  return new TransferError(
    curlCodes.timeout,
    `could not connect to ${hostname} port ${port} within ${timeoutMs / 1000} s`,
  )
}

function isSocks(proxy: URL): boolean {
  return proxy.protocol.startsWith('socks')
}
