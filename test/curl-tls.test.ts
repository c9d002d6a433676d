import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import { exampleKeys, run } from './support/run.ts'
import { answer, type RecordedRequest, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed'
if (skip) console.error('\n*** openssl IS NOT INSTALLED: THE TLS TESTS OF curl ARE NOT RUN ***\n')

let folder: string
let server: ScriptedServer
let clientNames: string[]

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-tls-'))
  if (skip) return
  for (const name of ['server', 'client']) {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:made.up,DNS:*.s3.us-east-1.amazonaws.com'],
        ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
      ],
      { stdio: 'ignore' },
    )
  }
  const options = {
    key: readFileSync(join(folder, 'server.key')),
    cert: readFileSync(join(folder, 'server.pem')),
    requestCert: true,
    rejectUnauthorized: false,
  }
  server = await startScriptedServer(
    () => answer('200 OK', 'secure'),
    (listener) =>
      tls.createServer(options, (socket) => {
        clientNames.push(String(socket.getPeerCertificate().subject?.CN ?? ''))
        listener(socket)
      }),
  )
})

after(async () => {
  if (!skip) await server.close()
  rmSync(folder, { recursive: true })
})

async function curl(args: readonly string[], stdin = '') {
  server.take()
  clientNames = []
  const words = ['curl', '-sS', '--region', 'us-east-1', '--service', 's3', '--resolve', `*:${server.port}:127.0.0.1`]
  return run([...words, ...args.map((word) => word.replace('{F}', folder))], { env: exampleKeys, stdin })
}

const url = (path = '/key') => `https://made.up:${server.port}${path}`

function header(request: RecordedRequest | undefined, name: string): string | undefined {
  return request?.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

test('a certificate nobody vouches for ends with 60, and nothing is sent', { skip }, async () => {
  const { exitCode, stderr } = await curl([url()])
  assert.equal(exitCode, 60)
  assert.match(stderr, /not trusted .*\nhint: .*--cacert/)
  assert.equal(server.take().length, 0)
})

for (const args of [['--cacert', '{F}/server.pem'], ['-k'], ['--no-verify-ssl'], ['--ca-bundle', '{F}/server.pem']]) {
  test(`${args[0]} lets it pass`, { skip }, async () => {
    const { exitCode, stdout } = await curl([...args, url()])
    assert.equal(exitCode, 0)
    assert.equal(stdout, 'secure')
  })
}

test('a trusted certificate of another name ends with 60', { skip }, async () => {
  const { exitCode } = await curl(['--cacert', '{F}/server.pem', `https://else.where:${server.port}/`])
  assert.equal(exitCode, 60)
})

test('-E and --key show a client certificate', { skip }, async () => {
  const { exitCode, stderr } = await curl(['-k', '-E', '{F}/client.pem', '--key', '{F}/client.key', url()])
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(clientNames, ['client'])
})

for (const [args, code] of [
  [['--cacert', '{F}/none.pem'], 77],
  [['--cacert', '{F}/client.key'], 77],
  [['-k', '-E', '{F}/none.pem'], 58],
  [['-k', '-E', '{F}/client.pem', '--key', '{F}/server.key'], 58],
  [['-k', '-E', '{F}/client.pem:password'], 2],
] as const) {
  test(`${args.join(' ')} ends with ${code}`, { skip }, async () => {
    assert.equal((await curl([...args, url()])).exitCode, code)
    assert.equal(server.take().length, 0)
  })
}

test('a server that speaks no TLS ends with 35', { skip }, async () => {
  const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n').on('error', () => {}))
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  const address = plain.address()
  assert.ok(address !== null && typeof address === 'object')
  const { exitCode } = await curl([`https://127.0.0.1:${address.port}/`])
  plain.close()
  assert.equal(exitCode, 35)
})

test('a pipe goes to S3 over TLS with an unsigned payload, as it comes', { skip }, async () => {
  const { exitCode, stderr } = await curl(['-k', '-T', '-', url()], 'from a pipe')
  assert.equal(exitCode, 0, stderr)
  const [request] = server.take()
  assert.equal(header(request, 'x-amz-content-sha256'), 'UNSIGNED-PAYLOAD')
  assert.equal(header(request, 'transfer-encoding'), 'chunked')
  assert.equal(request?.body.toString(), 'from a pipe')
})

test("a pipe to AWS's own S3 states its length, which S3 insists on", { skip }, async () => {
  await curl(['-k', '-T', '-', `https://b.s3.us-east-1.amazonaws.com:${server.port}/key`], 'from a pipe')
  const [request] = server.take()
  assert.equal(header(request, 'x-amz-content-sha256'), 'UNSIGNED-PAYLOAD')
  assert.equal(header(request, 'content-length'), '11')
})

test('a pipe of known length gets its checksum as a trailer, unsigned over TLS', { skip }, async () => {
  const { exitCode, stderr } = await curl(
    ['-k', '-T', '-', '-H', 'Content-Length: 9', '--checksum', 'crc32', url()],
    '123456789',
  )
  assert.equal(exitCode, 0, stderr)
  const [request] = server.take()
  assert.equal(header(request, 'x-amz-content-sha256'), 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
  assert.equal(header(request, 'x-amz-trailer'), 'x-amz-checksum-crc32')
  assert.equal(header(request, 'x-amz-decoded-content-length'), '9')
  assert.equal(request?.rawBody.toString(), '9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n')
})

test('a redirect from https to http of the same host takes nothing secret along', { skip }, async () => {
  const plain = await startScriptedServer(() => answer('200 OK', 'plain'))
  const options = { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) }
  const redirecting = await startScriptedServer(
    () => answer('302 Found', '', [`Location: http://made.up:${plain.port}/`]),
    (listener) => tls.createServer(options, listener),
  )
  const resolve = ['--resolve', `made.up:${plain.port}:127.0.0.1`, '--resolve', `made.up:${redirecting.port}:127.0.0.1`]
  const { stdout } = await curl(['-kL', ...resolve, '-H', 'Cookie: c=1', `https://made.up:${redirecting.port}/`])
  const [request] = plain.take()
  await plain.close()
  await redirecting.close()
  assert.equal(stdout, 'plain')
  assert.deepEqual(
    request?.headers.map(([name]) => name),
    ['Host', 'User-Agent', 'Accept'],
  )
})

test('https goes through a tunnel of an HTTP proxy, and a refused tunnel ends with 56', { skip }, async () => {
  const seen: string[] = []
  const proxy = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (head) => {
      seen.push(head.toString())
      if (head.toString().includes('refuse.me'))
        return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      const upstream = net.connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      return upstream.on('error', () => {})
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  assert.ok(address !== null && typeof address === 'object')
  const through = ['-k', '-x', `http://user:pa%20ss@127.0.0.1:${address.port}`, '-w', '|%{http_connect}']
  const good = await curl([...through, url()])
  const bad = await curl([...through, 'https://refuse.me/'])
  proxy.close()
  assert.equal(good.stdout, 'secure|200')
  assert.match(
    seen[0] ?? '',
    new RegExp(`^CONNECT made.up:${server.port} HTTP/1.1\r\nHost: made.up:${server.port}\r\n`),
  )
  assert.match(seen[0] ?? '', /Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n/)
  assert.doesNotMatch(seen[0] ?? '', /AWS4|Amz/)
  assert.equal(bad.exitCode, 56)
})

test('SOCKS 4a and 5 carry https, the name resolved by the proxy', { skip }, async () => {
  const seen: Buffer[] = []
  const proxy = net.createServer((socket) => {
    socket.on('error', () => {})
    const upgrade = (answerBytes: Buffer) => {
      const upstream = net.connect(server.port, '127.0.0.1', () => {
        socket.write(answerBytes)
        socket.pipe(upstream).pipe(socket)
      })
      upstream.on('error', () => {})
    }
    socket.once('data', (first) => {
      seen.push(first)
      if (first[0] === 4) return upgrade(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]))
      socket.write(Buffer.from([5, 2]))
      return socket.once('data', (login) => {
        seen.push(login)
        socket.write(Buffer.from([1, 0]))
        socket.once('data', (request) => {
          seen.push(request)
          upgrade(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        })
      })
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  assert.ok(address !== null && typeof address === 'object')
  const four = await curl(['-k', '-x', `socks4a://me@127.0.0.1:${address.port}`, url()])
  const five = await curl(['-k', '-x', `socks5h://me:pw@127.0.0.1:${address.port}`, url()])
  proxy.close()
  assert.equal(four.stdout, 'secure')
  assert.equal(five.stdout, 'secure')
  const port = [server.port >> 8, server.port & 255]
  assert.deepEqual(seen[0], Buffer.from([4, 1, ...port, 0, 0, 0, 1, ...Buffer.from('me\0made.up\0')]))
  assert.deepEqual(seen[2], Buffer.from([1, 2, ...Buffer.from('me'), 2, ...Buffer.from('pw')]))
  assert.deepEqual(seen[3], Buffer.from([5, 1, 0, 3, 7, ...Buffer.from('made.up'), ...port]))
})

test('a Netscape cookie marked secure stays on TLS', { skip }, async () => {
  const file = join(folder, 'cookies')
  writeFileSync(file, 'made.up\tFALSE\t/\tTRUE\t0\tsafe\t1\n')
  await curl(['-k', '-b', file, url()])
  assert.equal(header(server.take()[0], 'cookie'), 'safe=1')
})

describe('TLS fails and succeeds as with curl', { skip: skip || !hasCurl }, () => {
  const silent = net.createServer((socket) => socket.on('error', () => {}))
  const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n').on('error', () => {}))
  const portOf = (listening: net.Server) => (listening.address() as net.AddressInfo).port

  before(async () => {
    for (const each of [silent, plain]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
    writeFileSync(join(folder, 'both.pem'), readFileSync(join(folder, 'client.pem'), 'utf8'))
    writeFileSync(join(folder, 'both.pem'), readFileSync(join(folder, 'client.key')), { flag: 'a' })
    writeFileSync(join(folder, 'rubbish.pem'), 'no certificate\n')
  })

  after(() => {
    silent.close()
    plain.close()
  })

  for (const words of [
    '{U}',
    '-k {U}',
    '-w %{ssl_verify_result}|%{scheme}|%{num_connects} -k {U}',
    '-w %{num_connects} -k {U} {U}',
    '-k --no-insecure {U}',
    '--cacert {F}/server.pem {U}',
    '--cacert {F}/client.pem {U}',
    '--cacert {F}/none.pem {U}',
    '--cacert {F}/rubbish.pem {U}',
    '-k --cacert {F}/none.pem {U}',
    '-k --cacert {F}/rubbish.pem {U}',
    '--cacert {F}/server.pem https://else.where:{P}/',
    '--cacert {F}/server.pem https://127.0.0.1:{P}/',
    '-k -E {F}/client.pem --key {F}/client.key {U}',
    '-k -E {F}/both.pem {U}',
    '-k -E {F}/client.pem {U}',
    '-k -E {F}/none.pem {U}',
    '-k -E {F}/rubbish.pem {U}',
    '-k -E {F}/client.pem --key {F}/server.key {U}',
    '-k -E {F}/client.pem --key {F}/none.pem {U}',
    '--connect-timeout 0.5 https://127.0.0.1:{SILENT}/',
    '-m 0.5 https://127.0.0.1:{SILENT}/',
    'https://127.0.0.1:{PLAIN}/',
    '-k -f -I {U}',
    '-k -d a=b {U}',
    'https://127.0.0.1:1/',
    'https://no-such-host.invalid/',
  ]) {
    test(`curl ${words}`, async () => {
      const values = { U: url(), F: folder, P: server.port, SILENT: portOf(silent), PLAIN: portOf(plain) }
      const args = Object.entries(values)
        .reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), words)
        .split(' ')
      const ours = await curl(args)
      const oursSeen = seen(ours.exitCode)
      const theirs = await plainCurl(['-q', '-s', '--resolve', `*:${server.port}:127.0.0.1`, ...args])
      assert.deepEqual({ exitCode: ours.exitCode, stdout: ours.stdout }, theirs)
      assert.deepEqual(oursSeen, seen(theirs.exitCode))
    })
  }
})

/** Whether a refused handshake was over for the server is the client's affair. */
function seen(exitCode: number | null): unknown {
  const names = exitCode === 0 ? clientNames : []
  clientNames = []
  return { requests: server.take().map(({ method, target }) => `${method} ${target}`), names }
}

function plainCurl(args: readonly string[]): Promise<{ exitCode: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', args, { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'ignore'] })
    let stdout = ''
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, stdout }))
  })
}
