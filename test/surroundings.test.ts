import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { exampleKeys } from './support/run.ts'

const program = join(process.cwd(), 'bin/sigv4.js')
const url = 'https://sts.us-east-1.amazonaws.com/'
const windows = process.platform === 'win32'
let home = ''

before(() => {
  home = mkdtempSync(join(tmpdir(), 'sigv4-home-'))
})
after(() => rmSync(home, { recursive: true, force: true }))

interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a shell line in which `sigv4` is the built program. */
function shell(line: string, env: Readonly<Record<string, string>> = {}): Result {
  const script = `sigv4() { '${process.execPath}' '${program}' "$@"; }\n${line}`
  return spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: home, ...exampleKeys, ...env },
  })
}

const outputs: readonly {
  readonly name: string
  readonly line: string
  readonly status: number
  readonly says?: RegExp
}[] = [
  {
    name: 'a full disk under stdout',
    line: `sigv4 sign ${url} > /dev/full`,
    status: 1,
    says: /^sigv4: cannot write the output \(ENOSPC\)\nhint: .+\n$/,
  },
  { name: 'a full disk under the help', line: 'sigv4 --help > /dev/full', status: 1, says: /ENOSPC/ },
  { name: 'a full disk under stderr', line: `sigv4 sign nonsense 2> /dev/full`, status: 2 },
  { name: 'a full disk under both', line: `sigv4 sign ${url} > /dev/full 2>&1`, status: 1 },
  { name: 'a closed stdin', line: `sigv4 sign ${url} <&-`, status: 0 },
  { name: 'a closed stdin that is asked for', line: `sigv4 sign -d @- ${url} <&-`, status: 0 },
  { name: 'a closed stdout', line: `sigv4 sign ${url} >&-`, status: 0 },
  { name: 'a closed stderr', line: 'sigv4 sign nonsense 2>&-', status: 2 },
  { name: 'all closed', line: `sigv4 sign ${url} <&- >&- 2>&-`, status: 0 },
  { name: 'a folder as stdin', line: `sigv4 sign -d @- ${url} < /`, status: 1, says: /^sigv4: .*EISDIR/ },
]

for (const { name, line, status, says } of outputs) {
  test(`${name} ends with ${status}, and no stack trace`, { skip: windows || !existsSync('/dev/full') }, () => {
    const result = shell(line)
    assert.equal(result.status, status, result.stderr)
    assert.doesNotMatch(result.stderr, /internal error|\n {4}at /)
    if (says) assert.match(result.stderr, says)
  })
}

test('a reader that goes away is no error', { skip: windows }, () => {
  const { stdout, stderr } = shell(`{ sigv4 sign --help; echo "status $?" >&2; } | true`)
  assert.equal(stdout, '')
  assert.equal(stderr, 'status 0\n')
})

const homes: readonly { readonly name: string; readonly env: () => Readonly<Record<string, string>> }[] = [
  { name: 'a home that does not exist', env: () => ({ HOME: '/nonexistent/home' }) },
  { name: 'an empty HOME', env: () => ({ HOME: '' }) },
  { name: 'a home that is a file', env: () => ({ HOME: program }) },
  {
    name: 'a home that is read-only',
    env: () => {
      const folder = join(home, 'read-only')
      mkdirSync(folder, { recursive: true })
      chmodSync(folder, 0o555)
      return { HOME: folder }
    },
  },
]

for (const { name, env } of homes) {
  test(`${name} keeps nobody from signing`, { skip: windows }, () => {
    const { status, stdout, stderr } = shell(`sigv4 sign ${url}`, env())
    assert.equal(stderr, '')
    assert.equal(status, 0)
    assert.match(stdout, /^Authorization: /m)
  })
}

test('files with CRLF line ends are read as those without', { skip: windows }, () => {
  writeFileSync(join(home, 'headers'), 'X-A: 1\r\n\r\nX-B: 2\r\n')
  const { status, stdout, stderr } = shell(`sigv4 sign -H "@$HOME/headers" ${url}`)
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^X-A: 1\nX-B: 2$/m)
})

const readers: readonly (readonly string[])[] = [
  ['sign', '-d', '@-', url],
  ['sign', '--batch', '--presign'],
  ['sign', '--credentials', '-', url],
  ['verify', '-'],
  ['curl', '-d', '@-', 'http://127.0.0.1:9/', '--service', 'sqs'],
  // Kept in a file until the pipe ends.
  ['curl', '-sS', '-T', '-', 'http://127.0.0.1:9/', '--service', 'sqs'],
]

for (const words of readers) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} ends '${words.join(' ')}', which waits for stdin`, { skip: windows, timeout: 60_000 }, async () => {
      const folder = join(home, 'temporary')
      mkdirSync(folder, { recursive: true })
      const child = spawn(process.execPath, [program, ...words], {
        env: { ...exampleKeys, AWS_REGION: 'us-east-1', HOME: home, TMPDIR: folder },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      const ended = new Promise<[number | null, string | null]>((resolve) => child.on('exit', (...how) => resolve(how)))
      // More than a pipe holds: once it is gone, the program is reading, and waits for more.
      await new Promise((resolve) => child.stdin.write(Buffer.alloc(1 << 20, 'x'), resolve))
      child.kill(signal)
      const [status, by] = await ended
      // Either the signal itself, which the shell shows as 128 + n, or that very number.
      assert.ok(status === code || by === signal, `${status} ${by}`)
      assert.deepEqual(readdirSync(folder), [])
    })
  }
}

test('a signal at any moment ends the program, and never with a stack trace', { skip: windows }, async () => {
  for (let delay = 0; delay < 120; delay += 10) {
    const child = spawn(process.execPath, [program, 'sign', url], { env: { ...exampleKeys, HOME: home } })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const ended = new Promise<[number | null, string | null]>((resolve) => child.on('close', (...how) => resolve(how)))
    await sleep(delay)
    child.kill('SIGINT')
    const [status, by] = await ended
    assert.ok(status === 0 || status === 130 || by === 'SIGINT', `${delay} ms: ${status} ${by}`)
    assert.equal(stderr, '')
  }
})
