import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { ConnectionPool } from '../src/http/connection-pool.ts'

const neverAborted = { signal: new AbortController().signal, fresh: false }

for (const [what, leave, reused] of [
  ['is used again', async () => {}, true],
  [
    'that its server has closed is not used again: a POST would be sent twice',
    async (socket: Socket) => {
      socket.end()
      await once(socket, 'finish')
    },
    false,
  ],
  [
    'that said what nobody asked for is not used again',
    (socket: Socket) => new Promise<void>((resolve) => socket.write('HTTP/1.1 408 Timeout\r\n\r\n', () => resolve())),
    false,
  ],
] as const) {
  test(`an idle connection ${what}`, async (t) => {
    const server = net.createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const pool = new ConnectionPool({
      family: 0,
      resolve: () => [],
      connectTo: [],
      unixSocket: undefined,
      proxyFor: () => undefined,
      tls: () => Promise.reject(new Error('no TLS here')),
      timeoutMs: undefined,
      userAgent: undefined,
      clock: () => 0,
      trace: () => {},
    })
    const destination = { scheme: 'http', hostname: '127.0.0.1', port } as const
    const accepted = once(server, 'connection')
    const first = await pool.acquire(destination, neverAborted)
    const [socket] = await accepted
    first.connection.socket.pause()
    pool.release(destination, first.connection)
    await leave(socket)
    const second = await pool.acquire(destination, neverAborted)
    t.after(() => {
      second.connection.socket.destroy()
      socket.destroy()
      server.close()
    })
    assert.equal(second.reused, reused)
  })
}
