import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runBin } from './support/bin.ts'
import { exampleKeys, type Outcome, run } from './support/run.ts'
import {
  answer,
  type RecordedRequest,
  type Reply,
  type ScriptedServer,
  startScriptedServer,
} from './support/scripted-server.ts'

const bin = join(process.cwd(), 'bin', 'sigv4.js')

let server: ScriptedServer
let folder: string
let script: (request: RecordedRequest, count: number) => Reply

before(async () => {
  server = await startScriptedServer((request, count) => script(request, count))
  folder = mkdtempSync(join(tmpdir(), 'sigv4-hostile-'))
})

after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

function curl(args: readonly string[]): Promise<Outcome> {
  server.take()
  return run(['curl', '-sS', '--region', 'us-east-1', '--service', 's3', ...args])
}

/** Writes again and again until the other side has gone. */
function pour(socket: Socket, piece: string | Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(piece)) {}
  }
  socket.on('drain', more)
  more()
}

test('endless headers end with 56', async () => {
  script = () => (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    pour(socket, `X-More: ${'x'.repeat(8000)}\r\n`)
  }
  const { exitCode, stderr } = await curl([server.url])
  assert.equal(exitCode, 56)
  assert.match(stderr, /headers are larger than 1 MiB/)
})

test('endless interim answers end with 56', async () => {
  script = () => (socket) => pour(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500))
  const { exitCode, stderr } = await curl([server.url])
  assert.equal(exitCode, 56)
  assert.match(stderr, /more than 100 interim answers/)
})

test('a body beyond its Content-Length is not shown, and the connection not used again', async () => {
  script = () => (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake')
  const { stdout, exitCode } = await curl(['-w', '%{num_connects}|', server.url, server.url])
  assert.equal(exitCode, 0)
  assert.equal(stdout, 'abc1|abc1|')
})

test('an endless error body does not hold up -f', async () => {
  script = () => (socket) => {
    socket.write('HTTP/1.1 500 Oops\r\n\r\n')
    pour(socket, Buffer.alloc(65_536, 'x'))
  }
  assert.equal((await curl(['-f', server.url])).exitCode, 22)
})

test('an error body that never comes holds up -f for two seconds at most', async () => {
  script = () => 'HTTP/1.1 404 None\r\nContent-Length: 5\r\n\r\n'
  assert.equal((await curl(['-f', server.url])).exitCode, 22)
})

test('the endless body of a redirect is given up', async () => {
  script = ({ path }) =>
    path === '/end'
      ? answer('200 OK', 'end')
      : (socket) => {
          socket.write('HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n')
          pour(socket, Buffer.alloc(65_536, 'x'))
        }
  const { stdout, exitCode } = await curl(['-L', server.url])
  assert.equal(exitCode, 0)
  assert.equal(stdout, 'end')
})

for (const [name, beginning] of [
  ['the status line', 'HTTP/1.1 2'],
  ['the headers', 'HTTP/1.1 200 OK\r\nX-A'],
  ['the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab'],
  ['a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
] as const) {
  test(`a server that drips and stops within ${name} is left after -m or --read-timeout (28)`, async () => {
    script = () => (socket) => {
      for (const [index, character] of [...beginning].entries()) {
        setTimeout(() => socket.destroyed || socket.write(character), index * 2)
      }
    }
    assert.equal((await curl(['-m', '0.5', server.url])).exitCode, 28)
    assert.equal((await curl(['--read-timeout', '0.3', server.url])).exitCode, 28)
  })
}

test('an answer that arrives byte by byte is whole', async () => {
  script = () => (socket) => {
    const bytes =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n'
    socket.setNoDelay(true)
    for (const [index, character] of [...bytes].entries()) setTimeout(() => socket.write(character), index)
  }
  const { stdout, exitCode } = await curl([server.url])
  assert.equal(exitCode, 0)
  assert.equal(stdout, 'abc0123456789')
})

test('a refusal that comes before the body is through is shown, and the rest is not sent', async () => {
  const file = join(folder, 'large')
  writeFileSync(file, Buffer.alloc(50_000_000))
  const { createServer } = await import('node:net')
  let bytes = 0
  const refusing = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (bytes === 0) socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
      bytes += chunk.length
    })
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const address = refusing.address()
  assert.ok(address !== null && typeof address === 'object')
  const { stdout, exitCode } = await curl(['-T', file, `http://127.0.0.1:${address.port}/key`, '-w', '|%{http_code}'])
  refusing.close()
  assert.equal(exitCode, 0)
  assert.equal(stdout, 'no|403')
  assert.ok(bytes < 50_000_000)
})

test('an idle connection that the server closed meanwhile is replaced without a word', async () => {
  script = () => (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    setTimeout(() => socket.destroy(), 20)
  }
  const slow = ['--limit-rate', '20', '-d', 'x']
  const { stdout, exitCode } = await curl([...slow, server.url, server.url])
  assert.equal(exitCode, 0)
  assert.equal(stdout, 'okok')
})

test('a 417 in place of a 100 is asked again without Expect', async (t) => {
  const file = join(folder, 'small')
  writeFileSync(file, 'body')
  const heads: string[] = []
  const refusing = net.createServer((socket) => {
    socket.once('data', (head) => {
      heads.push(head.toString())
      socket.end(answer(heads.length === 1 ? '417 Expectation Failed' : '200 OK', `${heads.length}`))
    })
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  t.after(() => refusing.close())
  const { stdout } = await curl(['-T', file, `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/key`])
  assert.equal(stdout, '2')
  assert.deepEqual(
    heads.map((head) => /^Expect: 100-continue\r$/m.test(head)),
    [true, false],
  )
})

test('a chunk size beyond all numbers ends with 56', async () => {
  script = () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\nabc'
  assert.equal((await curl([server.url])).exitCode, 56)
})

test('what arrived in front of a broken chunk is shown, in one packet or in many', async () => {
  const sent = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno size\r\n'
  for (const pieces of [[sent], [...sent]]) {
    script = () => (socket) => {
      for (const piece of pieces) socket.write(piece)
    }
    const { stdout, exitCode } = await curl([server.url])
    assert.equal(stdout, 'hello')
    assert.equal(exitCode, 56)
  }
})

test('a decompression bomb passes through in constant memory', async () => {
  const { gzipSync } = await import('node:zlib')
  const bomb = gzipSync(Buffer.alloc(100_000_000))
  script = () => answer('200 OK', bomb, ['Content-Encoding: gzip'])
  const child = await spawned(['--compressed', '-o', '/dev/null', '-w', '%{exitcode} %{size_download}', server.url])
  assert.equal(child.stdout, `0 ${bomb.length}`)
})

test('control characters of a server reach stderr escaped', async () => {
  script = () => 'HTTP/1.1 403 \u001b[2J\r\nX-A: \u001b]0;title\u0007\r\nContent-Length: 0\r\n\r\n'
  const { stderr } = await curl(['-v', server.url])
  assert.doesNotMatch(stderr, /[\x00-\x08\x0b-\x0c\x0e-\x1f]/)
})

interface Spawned {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real program; `act` is told when the first byte of stdout has come. */
function spawned(args: readonly string[], act: (child: ReturnType<typeof spawn>) => void = () => {}): Promise<Spawned> {
  return new Promise((resolve) => {
    const words = [bin, 'curl', '-sS', '--region', 'us-east-1', '--service', 's3', ...args]
    const env = { PATH: process.env.PATH, TMPDIR: folder, ...exampleKeys }
    const child = spawn(process.execPath, words, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk) => {
      if (stdout === '') act(child)
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle of a download ends with ${code} and without a word`, async () => {
    script = () => (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning')
    const child = await spawned([server.url], (process) => process.kill(signal))
    assert.deepEqual(child, { code, stdout: 'beginning', stderr: '' })
  })
}

test('a reader that goes away ends with 23 and without a word', async () => {
  script = () => (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    pour(socket, Buffer.alloc(65_536, 'x'))
  }
  const child = await spawned([server.url], (process) => process.stdout?.destroy())
  assert.equal(child.code, 23)
  assert.equal(child.stderr, '')
})

test('an answer ends the program though stdin stays open', async () => {
  script = () => answer('200 OK', 'done')
  const refused = answer('403 Forbidden', 'no')
  const { createServer } = await import('node:net')
  const early = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(refused))
  })
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve))
  const address = early.address()
  assert.ok(address !== null && typeof address === 'object')
  const child = await spawned(['--no-sign-request', '-T', '-', `http://127.0.0.1:${address.port}/key`])
  early.close()
  assert.equal(child.code, 0)
  assert.equal(child.stdout, 'no')
})

for (const [option, change] of [
  ['-d', (text: string) => text.replace(/[\r\n\0]/g, '')],
  ['--data-urlencode', (text: string) => new URLSearchParams([['', text]]).toString().slice(1)],
] as const) {
  test(`a file that ${option} changes is never whole in memory`, async () => {
    const text = 'a line, 1/2\r\n\0 b~'.repeat(2_000_000)
    const file = join(folder, 'changed')
    writeFileSync(file, text)
    const { createServer } = await import('node:http')
    const hashing = createServer((request, response) => {
      const hash = createHash('sha256')
      request.on('data', (chunk) => hash.update(chunk))
      request.on('end', () => response.end(`${hash.digest('hex')} ${request.headers['x-amz-content-sha256']}`))
    })
    await new Promise<void>((resolve) => hashing.listen(0, '127.0.0.1', resolve))
    const address = hashing.address()
    assert.ok(address !== null && typeof address === 'object')
    // With less than twice the file's size an array of its bytes ends the program.
    const env = { ...exampleKeys, NODE_OPTIONS: '--max-old-space-size=60' }
    const url = `http://127.0.0.1:${address.port}/`
    const ended = await runBin(
      ['curl', '-sS', '--service', 's3', '--region', 'us-east-1', option, `@${file}`, url],
      env,
    )
    hashing.close()
    // curl leaves `~` alone, which URLSearchParams encodes.
    const wanted = createHash('sha256').update(change(text).replaceAll('%7E', '~')).digest('hex')
    assert.equal(ended.stdout, `${wanted} ${wanted}`)
  })
}

for (const args of [
  ['-o', '-'],
  ['-o', '/dev/null', '-w', 'text'],
]) {
  test(`a full disk behind stdout ends with 23: ${args.join(' ')}`, {
    skip: process.platform !== 'linux',
  }, async () => {
    script = () => answer('200 OK', 'body')
    const full = openSync('/dev/full', 'w')
    const words = [bin, 'curl', '-sS', '--region', 'us-east-1', '--service', 's3', ...args, server.url]
    const env = { PATH: process.env.PATH, ...exampleKeys }
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', full, 'pipe'] })
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    closeSync(full)
    assert.equal(code, 23)
    assert.match(stderr, /^sigv4: cannot write to .* \(ENOSPC\)\n$/)
  })
}

test('a spooled pipe leaves no file behind', async () => {
  script = () => answer('200 OK', 'stored')
  const before = readdirSync(folder)
  const large = 'x'.repeat(3_000_000)
  const { exitCode } = await run(
    ['curl', '-sS', '--region', 'us-east-1', '--service', 's3', '-T', '-', `${server.url}/key`],
    {
      stdin: large,
      env: { ...exampleKeys, TMPDIR: folder },
    },
  )
  assert.equal(exitCode, 0)
  assert.equal(server.take().at(-1)?.body.length, large.length)
  assert.deepEqual(readdirSync(folder), before)
})
