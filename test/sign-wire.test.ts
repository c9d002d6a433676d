import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { exampleKeys } from './support/run.ts'
import { refuses, startWireServer, type WireServer } from './support/wire.ts'

const execute = promisify(execFile)
const bin = join(process.cwd(), 'bin', 'sigv4.js')
const hasCurl = spawnSync('curl', ['--version']).status === 0
const hasPython = spawnSync('python3', ['--version']).status === 0

let server: WireServer
let folder: string

before(async () => {
  server = await startWireServer()
  folder = mkdtempSync(join(tmpdir(), 'sigv4-test-'))
  writeFileSync(join(folder, 'body.bin'), Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, 0x27]))
})

after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

interface WireCase {
  readonly name: string
  readonly target: string
  readonly options?: readonly string[]
  /** What the request line has to say. */
  readonly sent?: string
  readonly service?: string
  readonly body?: Buffer
}

const cases: readonly WireCase[] = [
  { name: 'a plain GET', target: '/' },
  { name: 'a query out of order with repeated and valueless names', target: '/?b=2&a=1&b=1&acl&&empty=' },
  { name: 'an S3 key of every awkward character', target: "/b/%20%25%2B'()*!~$,;=:@&[]{}|^`é", service: 's3' },
  { name: 'dot and empty segments of S3', target: '/b/../x//./y', service: 's3', sent: '/b/../x//./y' },
  { name: 'dot and empty segments elsewhere', target: '/a/./b//../c/', sent: '/a/./b//../c/' },
  { name: 'bytes that are no UTF-8', target: '/b/%ff%fe?x=%aa', service: 's3', sent: '/b/%ff%fe?x=%aa' },
  { name: 'spaces and letters beyond ASCII', target: '/a b/ü?q=x y', sent: '/a%20b/%C3%BC?q=x%20y' },
  { name: 'a plus sign in the query', target: '/?q=a+b', sent: '/?q=a+b' },
  { name: 'brackets and braces', target: '/{a,b}[1-3]?x[]=1', sent: '/{a,b}[1-3]?x[]=1' },
  { name: 'an encoded slash elsewhere', target: '/a%2Fb' },
  {
    name: 'headers of every kind',
    target: '/',
    options: [
      '-H',
      'X-Empty;',
      '-H',
      'X-Two:  a   b ',
      '-H',
      'x-two: c',
      '-H',
      'X-Quote: "it\'s" $HOME `x`',
      '-H',
      'X-Text: é',
    ],
  },
  {
    name: 'a body and its type',
    target: '/',
    options: ['-d', '{"a":"it\'s"}', '-H', 'Content-Type: application/json'],
    body: Buffer.from('{"a":"it\'s"}'),
  },
  {
    name: 'a body without a type',
    target: '/',
    options: ['-X', 'PUT', '--data-raw', '@not a file\n'],
    body: Buffer.from('@not a file\n'),
  },
  { name: 'an empty body', target: '/', options: ['-d', ''], body: Buffer.alloc(0) },
  { name: 'a DELETE', target: '/x', options: ['-X', 'DELETE'] },
  { name: 'a HEAD', target: '/x', options: ['-X', 'HEAD'] },
  { name: 'a session token', target: '/', options: ['--content-sha256'] },
]

const binaryCase: WireCase = {
  name: 'a body of bytes',
  target: '/',
  service: 's3',
  body: Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, 0x27]),
}

for (const wireCase of cases) {
  test(`curl sends what was signed: ${wireCase.name}`, { skip: !hasCurl }, async () => {
    // curl takes no URL with a space, and gets method and body from its own options.
    if (!wireCase.body && !wireCase.options?.includes('-X') && !wireCase.target.includes(' ')) {
      await holds(wireCase, `sigv4 "$@" | curl -sS -g --path-as-is -H @- "$URL"`)
    }
    await holds(wireCase, `eval "$(sigv4 "$@" --format curl) -sS"`)
    await holds(wireCase, `sigv4 "$@" --format curl-config | curl -sS -K -`)
  })

  test(`Python sends what was signed: ${wireCase.name}`, { skip: !hasPython }, async () => {
    await holds(wireCase, `sigv4 "$@" --format python | python3`)
  })

  test(`the raw HTTP request is what was signed: ${wireCase.name}`, async () => {
    const port = String(server.port)
    await holds(
      wireCase,
      `sigv4 "$@" --format http | node -e "const s=require('net').connect(${port},'127.0.0.1');process.stdin.pipe(s,{end:false});s.pipe(process.stdout)"`,
    )
  })
}

for (const form of ['curl', 'curl-config'] as const) {
  test(`--format ${form} names the file that is the body`, { skip: !hasCurl }, async () => {
    const options = ['-X', 'PUT', '--data-binary', `@${join(folder, 'body.bin')}`]
    const pipe =
      form === 'curl' ? `eval "$(sigv4 "$@" --format curl) -sS"` : `sigv4 "$@" --format curl-config | curl -sS -K -`
    await holds({ ...binaryCase, options }, pipe)
  })
}

test('fetch sends what was signed where it can, and the format is refused where it cannot', async () => {
  const sendable = ['/?b=2&a=1', '/b/%20%25/x']
  for (const target of sendable) {
    await holds({ name: target, target }, `sigv4 "$@" --format fetch > ${folder}/f.mjs && node ${folder}/f.mjs`)
  }
  const { code, stdout } = await shell('sigv4 "$@" --format fetch', { name: '', target: '/a/../b' })
  assert.deepEqual([code, stdout], [1, ''])
})

async function holds(wireCase: WireCase, script: string): Promise<void> {
  server.take()
  const { code, stderr } = await shell(script, wireCase)
  assert.equal(code, 0, stderr)
  const [message, ...more] = server.take()
  assert.ok(message, `nothing arrived: ${stderr}`)
  assert.equal(more.length, 0)
  assert.equal(refuses(message, exampleKeys.AWS_SECRET_ACCESS_KEY), undefined)
  if (wireCase.sent) assert.equal(message.target, wireCase.sent)
  if (wireCase.body) assert.deepEqual(message.body, wireCase.body)
}

async function shell(script: string, { target, options = [], service = 'execute-api' }: WireCase) {
  const url = `http://127.0.0.1:${server.port}${target}`
  const argv = ['sign', url, '--service', service, '--region', 'us-east-1', ...options]
  const functions = `set -o pipefail; sigv4() { '${process.execPath}' '${bin}' "$@"; }`
  try {
    const { stdout, stderr } = await execute('bash', ['-c', `${functions}\n${script}`, 'bash', ...argv], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        URL: url,
        AWS_SESSION_TOKEN: 'FQoGZXIvYXdzEXAMPLE//token',
        ...exampleKeys,
      },
      timeout: 20_000,
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}
