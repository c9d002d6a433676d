import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { getEventListeners, once, setMaxListeners } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import tls from 'node:tls'
import { CliError } from '../src/errors.ts'
import { NetworkError, type NetworkFailure } from '../src/http/network-error.ts'
import { bypassesProxy, parseProxy, proxyFor } from '../src/http/proxy.ts'
import { routeTo } from '../src/http/route.ts'
import { secure } from '../src/http/secure.ts'
import { throughSocks } from '../src/http/through-proxy.ts'
import { createTransport, type OutgoingRequest, readBody, type TransportOptions } from '../src/http/transport.ts'
import { answer, type Reply, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts'

const closers: (() => unknown)[] = []
after(() => Promise.all(closers.map((close) => close())))

const usual = { env: {}, tlsVerification: 'required', connectTimeoutMs: 5000, readTimeoutMs: 5000 } as const

function transport(options: Partial<TransportOptions> = {}) {
  const made = createTransport({ ...usual, ...options })
  closers.push(() => made.close())
  return made
}

type Wrap = Parameters<typeof startScriptedServer>[1]

async function serve(reply: Reply, wrap?: Wrap): Promise<ScriptedServer> {
  const server = await startScriptedServer(() => reply, wrap)
  closers.push(() => server.close())
  return server
}

/** A TCP server of one behaviour. */
async function listen(behave: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    behave(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function request(port: number, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'GET',
    scheme: 'http',
    hostname: '127.0.0.1',
    port,
    target: '/',
    headers: [{ name: 'Host', value: `127.0.0.1:${port}` }],
    ...more,
  }
}

async function failureOf(sending: Promise<unknown>): Promise<NetworkError> {
  const error = await sending.then(
    () => assert.fail('it did not fail'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof NetworkError, String(error))
  assert.equal(error.exitCode, 6)
  return error
}

const framing: readonly { method: string; body?: string | Buffer; ends: string }[] = [
  { method: 'GET', ends: 'Connection: keep-alive' },
  { method: 'DELETE', ends: 'Connection: keep-alive' },
  { method: 'HEAD', ends: 'Connection: keep-alive' },
  { method: 'POST', ends: 'Content-Length: 0\r\nConnection: keep-alive' },
  { method: 'PUT', body: '', ends: 'Content-Length: 0\r\nConnection: keep-alive' },
  { method: 'POST', body: 'é', ends: 'Content-Length: 2\r\nConnection: keep-alive' },
  { method: 'GET', body: Buffer.from([0, 0xff]), ends: 'Content-Length: 2\r\nConnection: keep-alive' },
]

for (const { method, body, ends } of framing) {
  test(`${method} with ${body === undefined ? 'no body' : `${Buffer.byteLength(body)} bytes`} goes out byte for byte`, async () => {
    const server = await serve(answer('200 OK'))
    const target = '/a%20b/../%zz//./+?b=2&a=1&&[]'
    const headers = [
      { name: 'Host', value: 'example.com' },
      { name: 'X-Text', value: 'é😀' },
      { name: 'x-two', value: '1' },
      { name: 'X-Two', value: '2' },
      { name: 'X-Empty', value: '' },
    ]
    await transport().send(request(server.port, { method, target, headers, ...(body === undefined ? {} : { body }) }))
    const [received] = server.take()
    const text = Buffer.from('é😀').toString('latin1')
    assert.equal(
      received?.head,
      `${method} ${target} HTTP/1.1\r\nHost: example.com\r\nX-Text: ${text}\r\nx-two: 1\r\nX-Two: 2\r\nX-Empty: \r\n${ends}`,
    )
    assert.deepEqual(received?.body, Buffer.from(body ?? ''))
  })
}

test('a given Content-Length is not doubled', async () => {
  const server = await serve(answer('200 OK'))
  const headers = [
    { name: 'Host', value: 'h' },
    { name: 'content-length', value: '2' },
  ]
  await transport().send(request(server.port, { method: 'PUT', headers, body: 'ab' }))
  assert.equal(server.take()[0]?.head.match(/content-length/gi)?.length, 1)
})

test('status, reason, repeated headers, UTF-8 values and the body come back as they were sent', async () => {
  const head = Buffer.from('HTTP/1.1 418 Tea\r\nX-A: é\r\nx-a: 2\r\nContent-Length: 3\r\n\r\n')
  const server = await serve(Buffer.concat([head, Buffer.from([0, 0xff, 0x21])]))
  const response = await transport().send(request(server.port))
  assert.deepEqual([response.status, response.statusText], [418, 'Tea'])
  assert.deepEqual(response.headers.slice(0, 2), [
    { name: 'X-A', value: 'é' },
    { name: 'x-a', value: '2' },
  ])
  assert.deepEqual(await readBody(response), Buffer.from([0, 0xff, 0x21]))
})

test('what HTTP cannot carry is a usage error, not an internal one', async () => {
  const server = await serve(answer('200 OK'))
  for (const more of [{ headers: [{ name: 'X-A', value: 'a\u0001' }] }, { target: '/a b' }, { method: 'GET X' }]) {
    const error = await transport()
      .send(request(server.port, more))
      .catch((thrown: unknown) => thrown)
    assert.ok(error instanceof CliError && error.exitCode === 2, String(error))
  }
  assert.equal(server.take().length, 0)
})

test('connections are kept and used again, and no more are opened than allowed', async () => {
  const ports = new Set<number | undefined>()
  const server = await serve((socket: Socket) => {
    ports.add(socket.remotePort)
    setTimeout(() => socket.write(answer('200 OK', 'x')), 5)
  })
  const limited = transport({ maxConnections: 2 })
  await Promise.all(Array.from({ length: 10 }, async () => readBody(await limited.send(request(server.port)))))
  assert.equal(ports.size, 2)
})

test('many connections are opened at once without a warning of node', async () => {
  const warnings: string[] = []
  const note = (warning: Error) => warnings.push(warning.message)
  process.on('warning', note)
  const server = await serve(answer('200 OK', 'x'))
  const { signal } = new AbortController()
  setMaxListeners(0, signal)
  const many = transport()
  await Promise.all(Array.from({ length: 40 }, async () => readBody(await many.send(request(server.port, { signal })))))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', note)
  assert.deepEqual(warnings, [])
})

test('what waits for one of the connections allowed is given up at once, and leaves it to those behind', async () => {
  const held: Socket[] = []
  const port = await listen((socket) => socket.on('data', () => held.push(socket)))
  const limited = transport({ maxConnections: 1 })
  const first = limited.send(request(port))
  const stopping = new AbortController()
  const second = limited.send(request(port, { signal: stopping.signal }))
  const third = limited.send(request(port))
  stopping.abort()
  assert.equal((await failureOf(second)).failure, 'aborted')
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve))
  held[0]?.write(answer('200 OK', 'a'))
  assert.equal(String(await readBody(await first)), 'a')
  while (held.length === 1) await new Promise((resolve) => setImmediate(resolve))
  held[1]?.write(answer('200 OK', 'c'))
  assert.equal(String(await readBody(await third)), 'c')
})

test('a body that nobody has asked for stays with the system, and waiting for it to be asked for is no timeout', async () => {
  const size = 16 * 1024 * 1024
  let sent = 0
  const port = await listen((socket) => {
    socket.on('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      const more = () => {
        while (sent < size) {
          sent += 65_536
          if (!socket.write(Buffer.alloc(65_536, 'x'))) return void socket.once('drain', more)
        }
      }
      more()
    })
  })
  const response = await transport({ readTimeoutMs: 100, connectTimeoutMs: 100 }).send(request(port))
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(sent < size, 'all of it was taken from the server')
  assert.equal((await readBody(response)).length, size)
})

test('a connection on which more came than was asked for carries no other request', async () => {
  let connections = 0
  const port = await listen((socket) => {
    connections += 1
    socket.on('data', () => {
      socket.write(answer('200 OK', 'a'))
      setTimeout(() => socket.write(answer('200 OK', 'poison')), 5)
    })
  })
  const kept = transport()
  assert.equal(String(await readBody(await kept.send(request(port)))), 'a')
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(String(await readBody(await kept.send(request(port)))), 'a')
  assert.equal(connections, 2)
})

test('answers in chunks, without a length, and behind interim ones are read whole', async () => {
  const replies = [
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n',
      'abcde',
    ],
    ['HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
    ['HTTP/1.1 200 OK\r\nContent-Length: 00\r\n\r\n', ''],
    ['HTTP/1.1 200 in two\u2028lines\rthree\r\nContent-Length: 02\r\n\r\nok', 'ok'],
    ['HTTP/1.0 200 OK\r\n\r\nto the end', 'to the end'],
  ] as const
  for (const [reply, body] of replies) {
    const port = await listen((socket) =>
      socket.on('data', () => (reply.includes('1.0') ? socket.end(reply) : socket.write(reply))),
    )
    const kept = transport()
    for (let count = 0; count < 2; count += 1) {
      assert.equal(String(await readBody(await kept.send(request(port)))), body)
    }
  }
})

for (const keepAlive of ['timeout=1', 'max=100, timeout=1', 'Timeout=1, max=9']) {
  test(`a kept connection is closed before the server says that it will close it (${keepAlive})`, {
    timeout: 10_000,
  }, async () => {
    let closed: Promise<unknown> | undefined
    const port = await listen((socket) => {
      socket.on('data', () => socket.write(answer('200 OK', 'x', [`Keep-Alive: ${keepAlive}`])))
      closed = once(socket, 'close')
    })
    assert.equal(String(await readBody(await transport().send(request(port)))), 'x')
    await closed
  })
}

test('a kept connection that the server has closed meanwhile is replaced without a word', async () => {
  let connections = 0
  const port = await listen((socket) => {
    const first = ++connections === 1
    let count = 0
    socket.on('data', () => {
      if (first && ++count > 1) socket.destroy()
      else socket.write(answer('200 OK', String(connections)))
    })
  })
  const kept = transport()
  assert.equal(String(await readBody(await kept.send(request(port)))), '1')
  assert.equal(String(await readBody(await kept.send(request(port)))), '2')
})

test('a POST is not sent again by itself', async () => {
  let requests = 0
  const port = await listen((socket) => {
    socket.on('data', () => {
      if (++requests === 1) socket.write(answer('200 OK'))
      else socket.destroy()
    })
  })
  const kept = transport()
  await readBody(await kept.send(request(port)))
  const failed = await failureOf(kept.send(request(port, { method: 'POST', body: 'x' })))
  assert.deepEqual([failed.failure, requests], ['reset', 2])
})

test('a new connection that breaks is not tried again', async () => {
  let connections = 0
  const port = await listen((socket) => {
    connections++
    socket.on('data', () => socket.destroy())
  })
  assert.equal((await failureOf(transport().send(request(port)))).failure, 'reset')
  assert.equal(connections, 1)
})

const broken: readonly { name: string; behave: (socket: Socket) => void; failure: NetworkFailure; says: RegExp }[] = [
  {
    name: 'answers with something else than HTTP',
    behave: (socket) => socket.on('data', () => socket.write('SSH-2.0-OpenSSH\r\n')),
    failure: 'protocol',
    says: /127\.0\.0\.1:\d+ does not speak HTTP properly: the answer is not HTTP/,
  },
  {
    name: 'closes without an answer',
    behave: (socket) => socket.on('data', () => socket.end()),
    failure: 'reset',
    says: /the connection to 127\.0\.0\.1:\d+ broke/,
  },
  { name: 'says nothing', behave: () => {}, failure: 'timeout', says: /127\.0\.0\.1:\d+ sent nothing for 0\.2 s/ },
]

for (const { name, behave, failure, says } of broken) {
  test(`a server that ${name} is a ${failure} failure`, async () => {
    const failed = await failureOf(transport({ readTimeoutMs: 200 }).send(request(await listen(behave))))
    assert.equal(failed.failure, failure)
    assert.match(failed.message, says)
  })
}

test('a body that stops arriving, or ends early, is a failure while it is read', async () => {
  const begun = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'
  const stalls = await listen((socket) => socket.on('data', () => socket.write(begun)))
  const ends = await listen((socket) => socket.on('data', () => socket.end(begun)))
  for (const [port, failure] of [
    [stalls, 'timeout'],
    [ends, 'reset'],
  ] as const) {
    const response = await transport({ readTimeoutMs: 200 }).send(request(port))
    assert.equal(response.status, 200)
    assert.equal((await failureOf(readBody(response))).failure, failure)
  }
})

test('a head or a body that comes byte by byte ends, too, though no read timeout ever passes', async () => {
  const drip = (text: string) => (socket: Socket) => {
    socket.on('error', () => {})
    const timer = setInterval(() => socket.write('x'), 20)
    socket.on('data', () => socket.write(text)).on('close', () => clearInterval(timer))
  }
  const inHead = await listen(drip('HTTP/1.1 200 OK\r\nX-Long: '))
  const limits = { readTimeoutMs: 300, connectTimeoutMs: 300 }
  const headless = await failureOf(transport(limits).send(request(inHead)))
  assert.equal(headless.failure, 'timeout')
  assert.match(headless.message, /^127\.0\.0\.1:\d+ did not complete the head of its answer within 0\.6 s$/)
  const inBody = await listen(drip('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'))
  const slow = await failureOf(readBody(await transport(limits).send(request(inBody))))
  assert.equal(slow.failure, 'timeout')
  assert.match(slow.message, /^the server sent less than 1000 bytes of its answer in 0\.3 s$/)
})

test('a body that takes longer than the read timeout is whole, as long as enough of it arrives', async () => {
  const port = await listen((socket) => {
    socket.on('error', () => {})
    let sent = 0
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n')
      const timer = setInterval(() => {
        socket.write('x'.repeat(2000))
        sent += 2000
        if (sent === 60_000) clearInterval(timer)
      }, 50)
    })
  })
  const response = await transport({ readTimeoutMs: 1000 }).send(request(port))
  assert.equal((await readBody(response)).length, 60_000)
})

test('a body larger than the limit is given up', async () => {
  const server = await serve(answer('200 OK', 'x'.repeat(1000)))
  const response = await transport().send(request(server.port))
  assert.equal((await failureOf(readBody(response, 999))).failure, 'too-large')
})

test('a port where nobody listens refuses, a name that is none is not found, each with a hint', async () => {
  const port = await listen(() => {})
  await closers.pop()?.()
  const refused = await failureOf(transport().send(request(port)))
  assert.deepEqual([refused.failure, refused.message], ['refused', `127.0.0.1:${port} refused the connection`])
  const missing = await failureOf(transport().send(request(80, { hostname: 'name.invalid' })))
  assert.equal(missing.failure, 'name-not-found')
  assert.ok(refused.hint && missing.hint)
})

test('an address of version 6 is connected to, and written in brackets', async (context) => {
  const port = await listen((socket) => socket.on('data', () => socket.write(answer('200 OK', 'six'))), '::1').catch(
    () => undefined,
  )
  if (port === undefined) return context.skip('no IPv6 here')
  assert.equal(String(await readBody(await transport().send(request(port, { hostname: '::1' })))), 'six')
  await closers.pop()
  const failed = await failureOf(transport().send(request(1, { hostname: '::1' })))
  assert.match(failed.message, /\[::1\]:1/)
})

test('an address that node gives up for the sake of another gets all its time where that one fails', async (context) => {
  const server = await serve(answer('200 OK', 'late'))
  const connect = net.connect
  const asked: unknown[] = []
  context.mock.method(net, 'connect', (options: net.TcpNetConnectOpts) => {
    asked.push(options.host)
    if (asked.length > 1) return connect(options)
    const socket = new net.Socket()
    setImmediate(() => {
      socket.emit('connectionAttemptTimeout', '127.0.0.1', server.port, 4)
      socket.destroy(Object.assign(new Error('connect'), { code: 'ENETUNREACH' }))
    })
    return socket
  })
  const sent = request(server.port, { hostname: 'two.example' })
  assert.equal(String(await readBody(await transport().send(sent))), 'late')
  assert.deepEqual(asked, ['two.example', '127.0.0.1'])
})

test('an abort ends a request that waits, one that has begun to answer, and one not yet sent', async () => {
  const silent = await listen(() => {})
  const waiting = new AbortController()
  const sending = transport().send(request(silent, { signal: waiting.signal }))
  setTimeout(() => waiting.abort(), 20)
  assert.equal((await failureOf(sending)).failure, 'aborted')

  const begun = await listen((socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
  )
  const reading = new AbortController()
  const response = await transport().send(request(begun, { signal: reading.signal }))
  setTimeout(() => reading.abort(), 20)
  await failureOf(readBody(response))

  const reason = new Error('stop')
  await assert.rejects(transport().send(request(silent, { signal: AbortSignal.abort(reason) })), reason)
})

test('a signal that many requests share is left alone by those that are over', async () => {
  const server = await serve(answer('200 OK', 'done'))
  const refusing = await listen((socket) => socket.destroy())
  const { signal } = new AbortController()
  const shared = transport()
  for (let count = 0; count < 3; count += 1) {
    assert.equal(String(await readBody(await shared.send(request(server.port, { signal })))), 'done')
    await failureOf(shared.send(request(refusing, { signal })))
  }
  // A connection that broke says so a few turns later.
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setTimeout(resolve))
  assert.deepEqual(getEventListeners(signal, 'abort'), [])
})

test('closing ends every request at once: one that waits for its answer, its body, a connection, or a handshake', async () => {
  const silent = await listen(() => {})
  const begun = await listen((socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
  )
  const patient = createTransport({ ...usual, connectTimeoutMs: 0, readTimeoutMs: 0, maxConnections: 1 })
  const response = await patient.send(request(begun))
  const requests = [
    patient.send(request(silent)),
    patient.send(request(silent)),
    patient.send(request(silent, { scheme: 'https' })),
    readBody(response),
  ].map(failureOf)
  await new Promise((resolve) => setTimeout(resolve, 20))
  patient.close()
  for (const { failure, message } of await Promise.all(requests)) {
    assert.deepEqual([failure, message], ['aborted', 'the connections were closed'])
  }
  assert.equal((await failureOf(patient.send(request(silent)))).failure, 'aborted')
})

const proxyTargets = [
  { env: { http_proxy: 'http://p:1' }, scheme: 'http', proxy: 'http://p:1/' },
  { env: { HTTP_PROXY: 'http://p:1' }, scheme: 'http', proxy: undefined },
  { env: { http_proxy: 'http://p:1' }, scheme: 'https', proxy: undefined },
  { env: { HTTPS_PROXY: 'p' }, scheme: 'https', proxy: 'http://p:1080/' },
  { env: { https_proxy: '', HTTPS_PROXY: 'http://q:80' }, scheme: 'https', proxy: 'http://q/' },
  { env: { ALL_PROXY: 'socks5h://s' }, scheme: 'http', proxy: 'socks5h://s:1080' },
  { env: { all_proxy: 'http://[::1]:3128', no_proxy: 'other' }, scheme: 'https', proxy: 'http://[::1]:3128/' },
  { env: { all_proxy: 'http://p:1', NO_PROXY: '*' }, scheme: 'https', proxy: undefined },
] as const

for (const { env, scheme, proxy } of proxyTargets) {
  test(`${JSON.stringify(env)} sends ${scheme} ${proxy ? `through ${proxy}` : 'straight'}`, () => {
    assert.equal(proxyFor({ scheme, hostname: 'example.com', port: 443 }, env)?.href, proxy)
  })
}

const exceptions: readonly (readonly [list: string, hostname: string, bypasses: boolean])[] = [
  ['example.com', 'example.com', true],
  ['example.com', 'API.Example.com.', true],
  ['.example.com', 'example.com', true],
  ['example.com', 'notexample.com', false],
  ['example.com:443', 'example.com', true],
  ['a b,example.com', 'example.com', true],
  ['10.0.0.0/8', '10.255.1.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.1', '10.0.0.1', true],
  ['::1', '::1', true],
  ['[::1]', '::1', true],
  ['[::1]:443', '::1', true],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['0:0:0:0:0:0:0:1', '::1', true],
  ['10.0.0.0/33', '10.0.0.0', false],
  ['10.0.0.0/8', 'ten.example.com', false],
  ['', 'example.com', false],
]

for (const [list, hostname, bypasses] of exceptions) {
  test(`no_proxy '${list}' ${bypasses ? 'spares' : 'does not spare'} ${hostname}`, () => {
    assert.equal(bypassesProxy(hostname, list), bypasses)
  })
}

test('a proxy that is none is a usage error without its password', () => {
  for (const text of ['http://me:secret@', 'ftp://me:secret@p', 'me:secret@:x']) {
    assert.throws(
      () => parseProxy(text),
      (error) => error instanceof CliError && error.exitCode === 2 && !error.message.includes('secret'),
    )
  }
})

test('an HTTP proxy gets the whole URL, of the server and not of the Host header, with its own credentials', async () => {
  const proxy = await serve(answer('200 OK', 'by proxy'))
  const env = { http_proxy: `http://me:p%40ss%zz@127.0.0.1:${proxy.port}` }
  const sent = request(8080, {
    hostname: 'inner.example',
    target: '/a/../b?x',
    headers: [{ name: 'Host', value: 'other.example' }],
  })
  assert.equal(String(await readBody(await transport({ env }).send(sent))), 'by proxy')
  const six = request(80, { hostname: '::1' })
  await transport({ env }).send(six)
  const [first, second] = proxy.take()
  assert.equal(first?.target, 'http://inner.example:8080/a/../b?x')
  assert.equal(second?.target, 'http://[::1]/')
  const headers = new Map(first?.headers)
  assert.equal(headers.get('Host'), 'other.example')
  assert.equal(headers.get('Proxy-Authorization'), `Basic ${Buffer.from('me:p@ss%zz').toString('base64')}`)
})

test('a proxy at an address of version 6 is reached', async (context) => {
  const port = await listen((socket) => socket.on('data', () => socket.write(answer('200 OK', 'six'))), '::1').catch(
    () => undefined,
  )
  if (port === undefined) return context.skip('no IPv6 here')
  const env = { http_proxy: `http://[::1]:${port}` }
  assert.equal(String(await readBody(await transport({ env }).send(request(80, { hostname: 'x.example' })))), 'six')
})

// TLS

const openssl = spawnSync('openssl', ['version']).status === 0
const skip = openssl ? false : 'openssl is not installed'
if (skip) console.error('\n*** openssl IS NOT INSTALLED: THE TLS TESTS OF THE TRANSPORT ARE NOT RUN ***\n')

function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-tls-'))
  try {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const names = ['-subj', '/CN=test', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync('openssl', [...kind, ...names, ...files], { stdio: 'ignore' })
    return { key: readFileSync(join(folder, 'key'), 'utf8'), cert: readFileSync(join(folder, 'cert'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const identity = skip ? { key: '', cert: '' } : certificate()
const names: (string | false)[] = []

const secured: Wrap = (listener) =>
  tls.createServer(identity, (socket) => {
    names.push((socket as tls.TLSSocket & { servername: string | false }).servername)
    listener(socket)
  })

/** Opens tunnels to wherever it is asked, and keeps what it was asked. */
async function tunnel(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const port = await listen((socket) => {
    socket.once('data', (head) => {
      asked.push(String(head))
      const target = /^CONNECT \S+:(\d+) /.exec(String(head))?.[1]
      const inner = net.connect(Number(target), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(inner).pipe(socket)
      })
      inner.on('error', () => socket.destroy())
    })
  })
  return { port, asked }
}

test('a certificate of an authority of one’s own is trusted with the bundle, and refused without', {
  skip,
}, async () => {
  const server = await serve(answer('200 OK', 'secure'), secured)
  const sent = request(server.port, { scheme: 'https', hostname: 'localhost' })
  const refused = await failureOf(transport().send(sent))
  assert.equal(refused.failure, 'certificate')
  assert.match(refused.hint ?? '', /--ca-bundle/)
  assert.equal(server.take().length, 0)
  const trusted = await transport({ caCertificates: identity.cert }).send(sent)
  assert.equal(String(await readBody(trusted)), 'secure')
  assert.equal(names.at(-1), 'localhost')
  const unchecked = await transport({ tlsVerification: 'off' }).send(sent)
  assert.equal(String(await readBody(unchecked)), 'secure')
})

test('the certificates are read once for all connections', { skip }, async (context) => {
  const server = await serve(answer('200 OK', 'secure'), secured)
  const made = context.mock.method(tls, 'createSecureContext')
  const trusting = transport({ caCertificates: identity.cert })
  const sent = request(server.port, { scheme: 'https', hostname: 'localhost' })
  const before = names.length
  await Promise.all([1, 2, 3].map(async () => readBody(await trusting.send(sent))))
  assert.equal(names.length - before, 3)
  assert.equal(made.mock.callCount(), 1)
})

test('further connections resume the TLS session of the first, as long as the certificate is judged alike', {
  skip,
}, async () => {
  const resumed: boolean[] = []
  const server = await serve(answer('200 OK', 'secure'), (listener) =>
    tls.createServer(identity, (socket) => {
      resumed.push(socket.isSessionReused())
      listener(socket)
    }),
  )
  const sent = request(server.port, { scheme: 'https', hostname: 'localhost' })
  const trusting = transport({ caCertificates: identity.cert })
  await readBody(await trusting.send(sent))
  await Promise.all([1, 2, 3].map(async () => readBody(await trusting.send(sent))))
  assert.deepEqual(resumed, [false, true, true])
  const careless = transport({ tlsVerification: 'off' })
  await readBody(await careless.send(sent))
  await Promise.all([1, 2].map(async () => readBody(await careless.send(sent))))
  assert.deepEqual(resumed.slice(3), [false, true])
  assert.equal((await failureOf(transport().send(sent))).failure, 'certificate')
})

test('a session that the server has forgotten ends in a handshake like the first', { skip }, async () => {
  const resumed: boolean[] = []
  const secureServer = tls.createServer(identity, (socket) => {
    resumed.push(socket.isSessionReused())
    socket.on('data', () => socket.end(answer('200 OK', 'secure', ['Connection: close'])))
  })
  await new Promise<void>((resolve) => secureServer.listen(0, '127.0.0.1', resolve))
  closers.push(() => secureServer.close())
  const { port } = secureServer.address() as AddressInfo
  const trusting = transport({ caCertificates: identity.cert })
  const get = async () => readBody(await trusting.send(request(port, { scheme: 'https', hostname: 'localhost' })))
  for (let count = 0; count < 3; count += 1) {
    if (count === 2) secureServer.setTicketKeys(Buffer.alloc(48, 'k'))
    assert.equal(String(await get()), 'secure')
  }
  assert.deepEqual(resumed, [false, true, false])
})

test('a certificate for another name is refused, an address needs none', { skip }, async () => {
  const server = await serve(answer('200 OK', 'secure'), secured)
  const trusting = { caCertificates: identity.cert }
  const asIs = await transport(trusting).send(request(server.port, { scheme: 'https' }))
  assert.equal(String(await readBody(asIs)), 'secure')
  const proxy = await tunnel()
  const env = { https_proxy: `http://127.0.0.1:${proxy.port}` }
  const wrong = request(server.port, { scheme: 'https', hostname: 'other.example' })
  assert.equal((await failureOf(transport({ ...trusting, env }).send(wrong))).failure, 'certificate')
})

test('TLS to a server that speaks none is a TLS failure, with a hint at its scheme', { skip }, async () => {
  const port = await listen((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')))
  const failed = await failureOf(transport().send(request(port, { scheme: 'https' })))
  assert.equal(failed.failure, 'tls')
  assert.match(failed.hint ?? '', /http:\/\//)
})

test('a handshake that never ends is a timeout of connecting', { skip }, async () => {
  const port = await listen(() => {})
  const failed = await failureOf(transport({ connectTimeoutMs: 200 }).send(request(port, { scheme: 'https' })))
  assert.equal(failed.failure, 'timeout')
  assert.match(failed.message, /could not connect to 127\.0\.0\.1:\d+ within 0\.2 s/)
})

for (const { name, behave } of [
  { name: 'hangs up in the middle of', behave: (socket: Socket) => socket.once('data', () => socket.end()) },
  { name: 'resets instead of', behave: (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()) },
  { name: 'closes before', behave: (socket: Socket) => socket.end() },
]) {
  test(`a server that ${name} the TLS handshake is a connection that broke, and nothing worse`, async () => {
    const failed = await failureOf(transport().send(request(await listen(behave), { scheme: 'https' })))
    assert.match(failed.message, /^the connection to 127\.0\.0\.1:\d+ broke \(ECONNRESET\)$/)
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
}

async function closedSocket(): Promise<Socket> {
  const socket = net.connect(await listen(() => {}), '127.0.0.1')
  await once(socket, 'connect')
  await once(socket.destroy(), 'close')
  return socket
}

test('a connection that is gone before TLS begins is a failure at once', { timeout: 10_000 }, async () => {
  const socket = await closedSocket()
  const settings = { verification: 'required', caCertificates: undefined } as const
  const none = { clientCertificate: undefined, clientKey: undefined }
  const { signal } = new AbortController()
  const securing = secure(socket, { hostname: 'h', settings: { ...settings, ...none }, signal, trace: () => {} })
  await assert.rejects(securing, /the connection to h broke \(ECONNRESET\)/)
})

test('HTTPS goes through a tunnel, whose connection is kept', { skip }, async () => {
  const server = await serve(answer('200 OK', 'through'), secured)
  const proxy = await tunnel()
  const env = { HTTPS_PROXY: `http://me:pass@127.0.0.1:${proxy.port}` }
  const through = transport({ env, caCertificates: identity.cert })
  const sent = request(server.port, { scheme: 'https', hostname: 'localhost', target: '/a/../b' })
  for (let count = 0; count < 3; count++) assert.equal(String(await readBody(await through.send(sent))), 'through')
  assert.deepEqual(
    server.take().map(({ target }) => target),
    ['/a/../b', '/a/../b', '/a/../b'],
  )
  assert.equal(proxy.asked.length, 1)
  assert.match(proxy.asked[0] ?? '', new RegExp(`^CONNECT localhost:${server.port} HTTP/1.1\r\n`))
  assert.match(proxy.asked[0] ?? '', /\r\nProxy-Authorization: Basic bWU6cGFzcw==\r\n/)
  assert.equal(names.at(-1), 'localhost')
})

test('a tunnel to a server whose certificate nobody knows is refused', { skip }, async () => {
  const server = await serve(answer('200 OK'), secured)
  const proxy = await tunnel()
  const env = { https_proxy: `http://127.0.0.1:${proxy.port}` }
  const failed = await failureOf(
    transport({ env }).send(request(server.port, { scheme: 'https', hostname: 'localhost' })),
  )
  assert.equal(failed.failure, 'certificate')
  assert.equal(server.take().length, 0)
})

const badProxies: readonly { name: string; behave: (socket: Socket) => void; failure: NetworkFailure; says: RegExp }[] =
  [
    {
      name: 'refuses',
      behave: (socket) =>
        socket.on('data', () =>
          socket.write('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'),
        ),
      failure: 'proxy',
      says: /the proxy refused the tunnel to localhost:443: status 407/,
    },
    {
      name: 'never answers',
      behave: () => {},
      failure: 'timeout',
      says: /could not connect to localhost port 443 within 0\.2 s/,
    },
    {
      name: 'hangs up',
      behave: (socket) => socket.on('data', () => socket.end()),
      failure: 'proxy',
      says: /proxy closed/,
    },
    {
      name: 'speaks something else',
      behave: (socket) => socket.on('data', () => socket.write('SSH-2.0-OpenSSH\r\n')),
      failure: 'proxy',
      says: /the answer is not HTTP/,
    },
    {
      name: 'resets the connection',
      behave: (socket) => socket.on('data', () => socket.resetAndDestroy()),
      failure: 'reset',
      says: /the connection to the proxy broke/,
    },
    {
      name: 'closes a tunnel that it has opened',
      behave: (socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')),
      failure: 'reset',
      says: /the connection to localhost broke/,
    },
  ]

for (const { name, behave, failure, says } of badProxies) {
  test(`a proxy that ${name} is a failure of the network, not an answer of the service`, async () => {
    const env = { https_proxy: `http://127.0.0.1:${await listen(behave)}` }
    const through = transport({ env, connectTimeoutMs: 200 })
    const failed = await failureOf(through.send(request(443, { scheme: 'https', hostname: 'localhost' })))
    assert.equal(failed.failure, failure)
    assert.match(failed.message, says)
  })
}

test('a plain proxy that wants a password is a failure of the network, too', async () => {
  const proxy = await serve(answer('407 Proxy Authentication Required', 'who are you?'))
  const env = { http_proxy: `http://127.0.0.1:${proxy.port}` }
  const failed = await failureOf(transport({ env }).send(request(80, { hostname: 'inner.example' })))
  assert.equal(failed.failure, 'proxy')
  assert.equal(failed.message, 'the proxy refused the request to inner.example:80: status 407')
})

test('a proxy that is not there is named', async () => {
  const env = { https_proxy: 'http://127.0.0.1:1' }
  const failed = await failureOf(transport({ env }).send(request(443, { scheme: 'https', hostname: 'localhost' })))
  assert.match(failed.message, /the proxy 127\.0\.0\.1 port 1 refused/)
})

test('a SOCKS proxy is told the name, and carries HTTP', async () => {
  const server = await serve(answer('200 OK', 'by socks'))
  const asked: string[] = []
  const port = await listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', (chunk) => {
        asked.push(chunk.subarray(5, 5 + (chunk[4] ?? 0)).toString())
        const inner = net.connect(server.port, '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
          socket.pipe(inner).pipe(socket)
        })
      })
    })
  })
  const env = { ALL_PROXY: `socks5h://127.0.0.1:${port}` }
  const response = await transport({ env }).send(request(80, { hostname: 'inner.example', target: '/x/../y' }))
  assert.equal(String(await readBody(response)), 'by socks')
  assert.deepEqual(asked, ['inner.example'])
  assert.equal(server.take()[0]?.target, '/x/../y')
})

/** What follows the fixed start of a SOCKS 5 request (RFC 1928, 4): type and bytes of the address, the port. */
for (const [hostname, bytes] of [
  ['192.0.2.1', '01 c0000201'],
  ['2001:db8::1', '04 20010db8000000000000000000000001'],
  ['::', '04 00000000000000000000000000000000'],
  ['::ffff:192.0.2.1', '04 00000000000000000000ffffc0000201'],
  ['64:ff9b::192.0.2.33', '04 0064ff9b0000000000000000c0000221'],
] as const) {
  test(`a SOCKS 5 proxy is told the address ${hostname} in bytes`, async () => {
    const asked: Buffer[] = []
    const port = await listen((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]))
        socket.once('data', (chunk) => {
          asked.push(chunk)
          socket.write(Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]))
        })
      })
    })
    const env = { ALL_PROXY: `socks5://127.0.0.1:${port}` }
    const failed = await failureOf(transport({ env }).send(request(8080, { hostname })))
    assert.match(failed.message, /host unreachable/)
    assert.equal(asked[0]?.toString('hex'), `050100${bytes.replace(' ', '')}1f90`)
  })
}

test('a SOCKS 5 proxy is told no name that does not fit', async () => {
  const asked: Buffer[] = []
  const port = await listen((socket) => {
    socket.on('data', (chunk) => {
      asked.push(chunk)
      socket.write(Buffer.from([5, 0]))
    })
  })
  const env = { ALL_PROXY: `socks5h://127.0.0.1:${port}` }
  const failed = await failureOf(transport({ env }).send(request(80, { hostname: 'x'.repeat(300) })))
  assert.match(failed.message, /a host name takes at most 255 bytes/)
  assert.equal(asked.length, 1)
})

test('a proxy whose connection broke while the name was looked up is a failure at once', {
  timeout: 10_000,
}, async () => {
  const socket = await closedSocket()
  const target = { hostname: 'h', port: 80 }
  const { connecting } = routeTo({ scheme: 'http', ...target }, usual, {})
  const proxy = new URL('socks5h://127.0.0.1:1080')
  const { signal } = new AbortController()
  const asking = throughSocks(socket, { proxy, target, options: connecting, signal })
  await assert.rejects(asking, /the connection to the proxy broke \(ECONNRESET\)/)
})

test('a proxy that is spoken to in TLS gets the whole URL as well', { skip }, async () => {
  const proxy = await serve(answer('200 OK', 'by TLS'), secured)
  const env = { http_proxy: `https://localhost:${proxy.port}` }
  const through = transport({ env, caCertificates: identity.cert })
  const response = await through.send(request(80, { hostname: 'inner.example', target: '/x' }))
  assert.equal(String(await readBody(response)), 'by TLS')
  assert.equal(proxy.take()[0]?.target, 'http://inner.example/x')
})
