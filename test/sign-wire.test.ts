import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { exampleKeys } from './support/run.ts'
import { refuses, startWireServer, type WireServer } from './support/wire.ts'

const execute = promisify(execFile)
const bin = join(process.cwd(), 'bin', 'sigv4.js')
const hasCurl = spawnSync('curl', ['--version']).status === 0
const hasHttpie = spawnSync('http', ['--version']).status === 0
const hasPython = spawnSync('python3', ['--version']).status === 0

let server: WireServer
let folder: string

before(async () => {
  server = await startWireServer()
  folder = mkdtempSync(join(tmpdir(), 'sigv4-test-'))
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
  /** What Content-Length has to say. */
  readonly length?: string
  /** The clients that would send something else, so that the format is refused. */
  readonly refusedFor?: readonly Client[]
}

type Client = 'httpie' | 'fetch'

const cases: readonly WireCase[] = [
  { name: 'a plain GET', target: '/' },
  { name: 'a query out of order with repeated and valueless names', target: '/?b=2&a=1&b=1&acl&&empty=' },
  {
    name: 'an S3 key of every awkward character',
    target: "/b/%20%25%2B'()*!~$,;=:@&[]{}|^`é",
    service: 's3',
    refusedFor: ['httpie', 'fetch'],
  },
  {
    name: 'dot and empty segments of S3',
    target: '/b/../x//./y',
    service: 's3',
    sent: '/b/../x//./y',
    refusedFor: ['fetch'],
  },
  {
    name: 'dot and empty segments elsewhere',
    target: '/a/./b//../c/',
    sent: '/a/./b//../c/',
    refusedFor: ['fetch'],
  },
  {
    name: 'bytes that are no UTF-8',
    target: '/b/%ff%fe?x=%aa',
    service: 's3',
    sent: '/b/%ff%fe?x=%aa',
    refusedFor: ['httpie'],
  },
  { name: 'a letter that is encoded without need', target: '/%61?%7E=%41', refusedFor: ['httpie'] },
  { name: 'a percent sign that begins no escape', target: '/100%?x=%zz', refusedFor: ['httpie'] },
  { name: 'a semicolon that ends the path', target: '/x;', refusedFor: ['httpie'] },
  { name: 'spaces and letters beyond ASCII', target: '/a b/ü?q=x y', sent: '/a%20b/%C3%BC?q=x%20y' },
  { name: 'a plus sign in the query', target: '/?q=a+b', sent: '/?q=a+b' },
  {
    name: 'brackets and braces',
    target: '/{a,b}[1-3]?x[]=1',
    sent: '/{a,b}[1-3]?x[]=1',
    refusedFor: ['httpie', 'fetch'],
  },
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
  {
    name: 'a header whose name begins with a dash, and one whose value begins as an item of HTTPie',
    target: '/',
    options: ['-H', '-X: dash', '-H', 'X-At: @file', '-H', 'X-Equals: ==x', '-H', 'X-Colon: :=1'],
  },
  {
    name: 'a body that begins with a dash',
    target: '/',
    options: ['--data-raw', '-n'],
    body: Buffer.from('-n'),
  },
  { name: 'a Host of their own', target: '/', options: ['-H', 'Host: other.example'], refusedFor: ['fetch'] },
  {
    name: 'a header value with a backslash in front of a colon',
    target: '/',
    options: ['-H', 'X-Path: C\\:x'],
    refusedFor: ['httpie'],
  },
  {
    name: 'a header that fetch refuses',
    target: '/',
    options: ['-H', 'Expect: 200-ok'],
    refusedFor: ['fetch'],
  },
  {
    name: 'a method with a dash',
    target: '/',
    options: ['-X', 'M-SEARCH'],
    refusedFor: ['httpie'],
  },
  {
    name: 'a control character in a header',
    target: '/',
    options: ['-H', 'X-Control: a\x01b\x7f'],
    refusedFor: ['fetch'],
  },
  { name: 'a method in lower case', target: '/', options: ['-X', 'patch'], refusedFor: ['httpie'] },
  { name: 'a standard method in lower case', target: '/', options: ['-X', 'get'], refusedFor: ['httpie', 'fetch'] },
  {
    name: 'a GET with a body',
    target: '/',
    options: ['-X', 'GET', '-d', 'x'],
    body: Buffer.from('x'),
    refusedFor: ['fetch'],
  },
  { name: 'a PUT without a body', target: '/x', options: ['-X', 'PUT'], body: Buffer.alloc(0), length: '0' },
  { name: 'a DELETE', target: '/x', options: ['-X', 'DELETE'] },
  { name: 'a HEAD', target: '/x', options: ['-X', 'HEAD'] },
  { name: 'a session token', target: '/', options: ['--content-sha256'] },
]

/** The printed command or module, run. */
const clientScripts = {
  httpie: 'command=$(sigv4 "$@" --format httpie) && eval "$command"',
  fetch: 'sigv4 "$@" --format fetch > "$HOME/request.mjs" && node "$HOME/request.mjs"',
} as const

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
    await holds(wireCase, throughSocket())
  })

  for (const client of ['httpie', 'fetch'] as const) {
    const skip = client === 'httpie' && !hasHttpie
    if (wireCase.refusedFor?.includes(client)) {
      test(`--format ${client} is refused where the client would send something else: ${wireCase.name}`, async () => {
        const { code, stdout, stderr } = await shell(`sigv4 "$@" --format ${client}`, wireCase)
        assert.deepEqual([code, stdout], [1, ''])
        assert.match(stderr, /hint: use --format curl/)
      })
    } else {
      test(`${client} sends what was signed: ${wireCase.name}`, { skip }, async () => {
        await holds(wireCase, clientScripts[client])
      })
    }
  }
}

const fileScripts = {
  ...clientScripts,
  curl: 'eval "$(sigv4 "$@" --format curl) -sS"',
  'curl-config': 'sigv4 "$@" --format curl-config | curl -sS -K -',
  python: 'sigv4 "$@" --format python | python3',
  http: throughSocket,
} as const
const hasClient: Readonly<Record<string, boolean>> = {
  curl: hasCurl,
  'curl-config': hasCurl,
  httpie: hasHttpie,
  python: hasPython,
}

for (const [format, script] of Object.entries(fileScripts)) {
  test(`--format ${format} sends a body from its file`, { skip: hasClient[format] === false }, async () => {
    const file = join(folder, "it's a body.bin")
    writeFileSync(file, binaryCase.body ?? '')
    const options = ['-X', 'PUT', '--data-binary', `@${file}`]
    await holds({ ...binaryCase, options }, typeof script === 'string' ? script : script())
    const { stdout } = await shell(`sigv4 "$@" --format ${format}`, { ...binaryCase, options })
    assert.equal(stdout.includes("it's") || stdout.includes("it\\'s") || stdout.includes("it'\\''s"), format !== 'http')
  })
}

for (const format of ['curl', 'curl-config'] as const) {
  test(`--format ${format} leaves it to curl to take the line breaks out of a -d file`, {
    skip: !hasCurl,
  }, async () => {
    const file = join(folder, 'lines.txt')
    writeFileSync(file, 'a=1\r\n&b=2\n')
    await holds(
      { name: 'lines', target: '/', options: ['-d', `@${file}`], body: Buffer.from('a=1&b=2') },
      fileScripts[format],
    )
  })
}

test('a body from a pipe is printed, not named: it can be read once', { skip: !hasCurl }, async () => {
  const wireCase = { name: 'pipe', target: '/', options: ['--data-binary', '@/dev/stdin'], body: Buffer.from('hi\n') }
  await holds(wireCase, 'command=$(echo hi | sigv4 "$@" --format curl) && eval "$command -sS"')
})

for (const format of ['http', 'httpie', 'fetch', 'python']) {
  test(`--format ${format} is refused for a body with a Transfer-Encoding of its own`, async () => {
    const options = ['-d', 'x', '-H', 'Transfer-Encoding: chunked']
    const { code, stdout } = await shell(`sigv4 "$@" --format ${format}`, { name: '', target: '/', options })
    assert.deepEqual([code, stdout], [1, ''])
  })
}

const longest = [
  { format: 'curl', letter: 'a', size: 131_071 },
  { format: 'curl', letter: '"', size: 131_071 },
  { format: 'curl-config', letter: 'a', size: 101_987 },
  { format: 'curl-config', letter: '"', size: 50_993 },
  { format: 'httpie', letter: 'a', size: 131_065 },
] as const

for (const { format, letter, size } of longest) {
  test(`--format ${format} carries ${size} times ${letter}, and refuses one more`, {
    skip: hasClient[format] === false,
  }, async () => {
    const script = format === 'httpie' ? clientScripts.httpie : fileScripts[format]
    const file = join(folder, 'long.txt')
    const options = ['--data-binary', '@-']
    writeFileSync(file, letter.repeat(size))
    const body = Buffer.alloc(size, letter)
    await holds({ name: '', target: '/', options, body }, script.replace('"$@"', `"$@" < "${file}"`))
    writeFileSync(file, letter.repeat(size + 1))
    const refused = await shell(`sigv4 "$@" --format ${format} < "${file}"`, { name: '', target: '/', options })
    assert.deepEqual([refused.code, refused.stdout], [1, ''])
    assert.match(refused.stderr, /too long .*\nhint: .*--data-binary @FILE/)
  })
}

test('a body of any size is hashed in little memory, and not read where it is not signed', async () => {
  const file = join(folder, 'large.bin')
  const mebibytes = 600
  writeFileSync(file, '')
  truncateSync(file, mebibytes * 1024 * 1024)
  const hash = createHash('sha256')
  for (let index = 0; index < mebibytes; index++) hash.update(Buffer.alloc(1024 * 1024))
  const report = "process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS));"
  const script = `'${process.execPath}' -e "${report} require('${bin}')" -- sigv4 "$@"`
  const options = ['-X', 'PUT', '--data-binary', `@${file}`]
  const wireCase = { name: '', target: '/', service: 's3', options }
  const hashed = await shell(script, wireCase)
  assert.match(hashed.stdout, new RegExp(`x-amz-content-sha256: ${hash.digest('hex')}`))
  assert.ok(Number(/peak (\d+)/.exec(hashed.stderr)?.[1]) < 250_000, hashed.stderr)
  const presigned = await shell(`truncate -s 1T '${file}' && sigv4 "$@" --presign`, wireCase)
  assert.match(presigned.stdout, /X-Amz-Signature=/)
  const printed = await shell(`sigv4 "$@" --unsigned-payload --format json`, wireCase)
  assert.deepEqual([printed.code, printed.stdout], [1, ''])
  assert.match(printed.stderr, /larger than 67108864 bytes, too large for --format json/)
  rmSync(file)
})

/** Sends the bytes of `--format http`, and nothing else, to the server. */
function throughSocket(): string {
  return `sigv4 "$@" --format http | node -e "const s=require('net').connect(${server.port},'127.0.0.1');process.stdin.pipe(s,{end:false});s.pipe(process.stdout)"`
}

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
  const length = message.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]
  if (wireCase.length) assert.equal(String(length), wireCase.length)
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
