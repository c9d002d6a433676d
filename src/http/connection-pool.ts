import type { Socket } from 'node:net'
import { type Connection, type ConnectOptions, connect, type Destination } from './connect.ts'

export interface Acquired {
  readonly connection: Connection
  /** Whether it has carried a request before. */
  readonly reused: boolean
}

/** Keeps connections open between the requests of one run. */
export class ConnectionPool {
  readonly options: ConnectOptions
  readonly #idle = new Map<string, Connection>()

  constructor(options: ConnectOptions) {
    this.options = options
  }

  /** An idle connection, or a new one; always that with `fresh`. @throws what `connect` throws */
  async acquire(
    destination: Destination,
    { signal, fresh }: { readonly signal: AbortSignal; readonly fresh: boolean },
  ): Promise<Acquired> {
    const key = keyOf(destination)
    const idle = this.#idle.get(key)
    this.#idle.delete(key)
    if (fresh) idle?.socket.destroy()
    else if (idle && (await isSilent(idle.socket))) {
      this.options.trace(() => `Re-using existing connection with host ${destination.hostname}`)
      return { connection: idle, reused: true }
    }
    return { connection: await connect(destination, this.options, signal), reused: false }
  }

  /** Takes a connection back that can carry another request. */
  release(destination: Destination, connection: Connection): void {
    this.#idle.get(keyOf(destination))?.socket.destroy()
    this.#idle.set(keyOf(destination), connection)
  }

  /** Lets the process end, which closes what is idle: to destroy a socket sets up stderr as well, 2 % of a short run. */
  close(): void {
    for (const { socket } of this.#idle.values()) socket.unref()
    this.#idle.clear()
  }
}

/** Nobody listened to an idle connection: has it ended meanwhile, or said what nobody asked for? Then it is closed. */
async function isSilent(socket: Socket): Promise<boolean> {
  const close = () => socket.destroy()
  socket.on('data', close).on('end', close).on('error', close).resume()
  // The event loop looks at sockets between two of its turns.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
  socket.pause().off('data', close).off('end', close).off('error', close)
  return !socket.destroyed
}

function keyOf({ scheme, hostname, port }: Destination): string {
  return `${scheme}://${hostname}:${port}`
}
