import http from 'node:http'
import type { Duplex } from 'node:stream'
import { type ConnectOptions, connect, type Destination } from './connect.ts'
import { NetworkError, type NetworkFailure } from './network-error.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

export interface TunnelAgentOptions extends http.AgentOptions {
  readonly scheme: Destination['scheme']
  readonly connecting: ConnectOptions
}

type Created = (error: Error | null, socket?: Duplex) => void

/** Keeps connections that go through a proxy (CONNECT or SOCKS), with TLS to the target where it is spoken. */
export class TunnelAgent extends http.Agent {
  readonly #scheme: Destination['scheme']
  readonly #connecting: ConnectOptions
  readonly #closing = new AbortController()

  constructor({ scheme, connecting, ...options }: TunnelAgentOptions) {
    super(options)
    this.#scheme = scheme
    this.#connecting = connecting
  }

  /** Called by node for each new connection; the callback gets the socket, or a NetworkError. */
  override createConnection({ host, port }: http.ClientRequestArgs, created: Created): undefined {
    const destination = { scheme: this.#scheme, hostname: host ?? '', port: Number(port) }
    connect(destination, this.#connecting, this.#closing.signal).then(
      ({ socket }) => {
        // Nothing is to be read before the request has been sent: the tunnel's end left it paused.
        socket.resume()
        created(null, socket)
      },
      (error) => created(networkErrorOf(error)),
    )
  }

  override destroy(): void {
    this.#closing.abort(new NetworkError('aborted', 'the connections were closed'))
    super.destroy()
  }
}

const failures: ReadonlyMap<number, NetworkFailure> = new Map([
  [curlCodes.resolveProxy, 'name-not-found'],
  [curlCodes.resolveHost, 'name-not-found'],
  [curlCodes.connect, 'refused'],
  [curlCodes.timeout, 'timeout'],
  [curlCodes.tls, 'tls'],
  [curlCodes.certificate, 'certificate'],
  [curlCodes.proxy, 'proxy'],
  [curlCodes.receive, 'proxy'],
])

/** A failure to connect with the exit code of all commands but `curl`. */
function networkErrorOf(error: unknown): Error {
  if (!(error instanceof TransferError)) return error instanceof Error ? error : new Error(String(error))
  return new NetworkError(failures.get(error.exitCode) ?? 'reset', error.message, error)
}
