import type { Socket } from 'node:net'
import { KeptConnection } from './kept-connection.ts'

type Waiting = (connection: KeptConnection | undefined) => void

/** The connections to one server by one route, no more than allowed; what waits for one gets it in turn. */
export class KeptConnections {
  readonly #open: () => Promise<Socket>
  readonly #maximum: number
  readonly #all = new Set<KeptConnection>()
  readonly #idle: KeptConnection[] = []
  readonly #waiting: Waiting[] = []
  #opening = 0

  /** @param open opens a connection; what it throws, `acquire` throws */
  constructor(open: () => Promise<Socket>, maximum: number) {
    this.#open = open
    this.#maximum = maximum
  }

  /** An idle connection, the one used last first. */
  takeIdle(): KeptConnection | undefined {
    let idle = this.#idle.pop()
    while (idle?.isOpen === false) idle = this.#idle.pop()
    return idle
  }

  /** A new connection, or where no more are allowed one that becomes idle. */
  async acquire(): Promise<KeptConnection> {
    if (this.#all.size + this.#opening >= this.#maximum) {
      const given = await new Promise<KeptConnection | undefined>((resolve) => this.#waiting.push(resolve))
      return given?.isOpen ? given : (this.takeIdle() ?? this.acquire())
    }
    this.#opening += 1
    try {
      const socket = await this.#open()
      const connection = new KeptConnection(socket, () => this.#forget(connection))
      this.#all.add(connection)
      return connection
    } finally {
      this.#opening -= 1
      if (this.#all.size + this.#opening < this.#maximum) this.#waiting.shift()?.(undefined)
    }
  }

  /** Takes a connection back that can carry another request. */
  release(connection: KeptConnection, limitMs: number): void {
    connection.rest(limitMs)
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(connection)
    else next(connection)
  }

  /** Requests under way fail with the reason. */
  close(reason: Error): void {
    for (const connection of this.#all) connection.destroy(reason)
  }

  #forget(connection: KeptConnection): void {
    this.#all.delete(connection)
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    this.#waiting.shift()?.(undefined)
  }
}
