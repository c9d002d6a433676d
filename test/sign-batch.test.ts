import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readBlocks, takeLines } from '../src/commands/sign/lines.ts'
import { SpareBuffers } from '../src/commands/spare-buffers.ts'
import { objectLine, plainLine } from './support/batch-lines.ts'
import { createCredentialsFile } from './support/credentials-file.ts'
import { exampleKeys, run } from './support/run.ts'

const token = 'IQoJb3JpZ2luX2VjEXAMPLE+/token=='
const region = ['--region', 'us-east-1']

const modes = [
  { name: 'presigned URLs', options: ['--presign'], single: [], mode: 'presign' },
  { name: 'presigned URLs as JSON', options: ['--presign', '--format', 'json'], single: [], mode: 'presign' },
  { name: 'signed headers', options: [], single: ['--format', 'json'], mode: 'headers' },
  {
    name: 'signed headers with a header for all',
    options: ['-H', 'x-all: 1'],
    single: ['--format', 'json'],
    mode: 'headers',
  },
  { name: 'tokens outside the signature', options: ['--presign', '--omit-session-token'], single: [], mode: 'presign' },
  {
    name: 'SigV4 for one service',
    options: ['--service', 'execute-api'],
    single: ['--format', 'json'],
    mode: 'headers',
  },
  { name: 'paths normalized', options: ['--presign', '--normalize-path'], single: [], mode: 'presign' },
  { name: 'paths kept', options: ['--presign', '--no-normalize-path'], single: [], mode: 'presign' },
  { name: 'paths encoded once', options: ['--presign', '--path-encoding', 'single'], single: [], mode: 'presign' },
  { name: 'paths encoded twice', options: ['--presign', '--path-encoding', 'double'], single: [], mode: 'presign' },
  {
    name: 'the payload unsigned and untold',
    options: ['--unsigned-payload', '--no-content-sha256', '--date', '20150830T123600Z'],
    single: ['--format', 'json'],
    mode: 'headers',
  },
  {
    name: 'an endpoint with a path',
    options: ['--presign', '--endpoint-url', 'http://localhost:9000/a/'],
    single: [],
    mode: 'presign',
  },
] as const

for (const { name, options, single, mode } of modes) {
  test(`a batch signs every kind of line as signing one at a time does: ${name}`, async () => {
    const line = fc.oneof({ arbitrary: plainLine, weight: 3 }, objectLine(mode))
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 16 }), fc.boolean(), async (cases, withToken) => {
        const env = withToken ? { ...exampleKeys, AWS_SESSION_TOKEN: token } : exampleKeys
        const expected: string[] = []
        const failed: number[] = []
        for (const [index, { argv }] of cases.entries()) {
          const outcome = await run(['sign', ...region, ...options, ...single, ...argv], { env })
          if (outcome.exitCode !== 0) failed.push(index + 1)
          else
            expected.push(
              /^\{/.test(outcome.stdout) ? JSON.stringify(JSON.parse(outcome.stdout)) : outcome.stdout.trim(),
            )
        }
        const stdin = cases.map(({ line: text }) => `${text}\n`).join('')
        const batch = await run(['sign', '--batch', '--bucket', 'bucket', ...region, ...options], { env, stdin })
        assert.deepEqual(batch.stdout.split('\n').slice(0, -1), expected)
        assert.deepEqual(
          [...batch.stderr.matchAll(/^sigv4: line (\d+): /gm)].map(([, number]) => Number(number)),
          failed,
        )
        assert.equal(batch.exitCode, failed.length > 0 ? 1 : 0)
      }),
      { numRuns: 60 },
    )
  })
}

test('a bad line is reported with its number, and the rest goes on', async () => {
  const lines = ['s3://b/one', '', 'two', '{"url":1}', '{', '{"url":"s3://b/k","size":1}', 'https://', 's3://b/three']
  const { exitCode, stdout, stderr } = await run(['sign', '--batch', '--presign', ...region], {
    stdin: lines.join('\n'),
  })
  assert.equal(exitCode, 1)
  assert.deepEqual(
    stdout.match(/amazonaws\.com[^?]*/g),
    ['/one', '/three'].map((path) => `amazonaws.com/b${path}`),
  )
  for (const number of [2, 3, 4, 5, 6, 7]) assert.match(stderr, new RegExp(`^sigv4: line ${number}: `, 'm'))
  assert.match(stderr, /sigv4: 6 of 8 lines could not be signed\n$/)
})

test('a hint is given once, with the first line that needs it', async () => {
  const lines = ['one', 'two', '{"url":1}', '{"url":"s3://b/k","size":1}', 's3://b/k']
  const { exitCode, stderr } = await run(['sign', '--batch', '--presign', ...region], { stdin: lines.join('\n') })
  assert.equal(exitCode, 1)
  assert.equal(
    stderr,
    [
      'sigv4: line 1: "one" is neither a URL, an s3:// URI nor a JSON object',
      'hint: keys need --bucket NAME',
      'sigv4: line 2: "two" is neither a URL, an s3:// URI nor a JSON object',
      'sigv4: line 3: has no member "url" with a URL or an s3:// URI',
      'hint: an object has "url" and may have "method", "headers":{...}, "expires"',
      'sigv4: line 4: has the unknown member "size"',
      'sigv4: 4 of 5 lines could not be signed',
      '',
    ].join('\n'),
  )
})

test('bytes that are no UTF-8 are reported, and the lines around them are signed', async () => {
  const stdin = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0x0a]), Buffer.from('\ufffd\nb\r\n')])
  const { exitCode, stdout, stderr } = await run(['sign', '--batch', '--presign', '--bucket', 'b', ...region], {
    stdin,
  })
  assert.equal(exitCode, 1)
  assert.match(stderr, /^sigv4: line 2: is not UTF-8$/m)
  assert.deepEqual(
    stdout.match(/amazonaws\.com[^?]*/g),
    ['a', '%EF%BF%BD', 'b'].map((path) => `amazonaws.com/b/${path}`),
  )
})

test('half of a surrogate pair in JSON is reported: it would be signed as another object', async () => {
  const stdin =
    '{"url":"s3://bucket/\\ud800"}\n{"url":"s3://bucket/\\ud83d\\ude00"}\n{"url":"s3://bucket/a","headers":{"x-a":"\\udc00"}}\n'
  const { exitCode, stdout, stderr } = await run(['sign', '--batch', '--presign', ...region], { stdin })
  assert.equal(exitCode, 1)
  assert.deepEqual(stdout.match(/amazonaws\.com[^?]*/g), ['amazonaws.com/%F0%9F%98%80'])
  assert.deepEqual(
    [...stderr.matchAll(/^sigv4: line (\d+): has half of a surrogate pair/gm)].map(([, number]) => number),
    ['1', '3'],
  )
})

test('a byte order mark in front of the first line is no part of it', async () => {
  for (const size of [1, 2, 3, 100]) {
    assert.deepEqual(await linesIn(pieces(Buffer.from('\ufeffone\n\ufefftwo\n'), size)), ['one', '\ufefftwo'])
  }
})

for (const terminal of ['stderr', true, false] as const) {
  test(`the number of lines done is ${terminal === 'stderr' ? '' : 'not '}shown where the terminal is ${terminal}`, async () => {
    const blocks = { 0: 'a\nb\n', 300: 'c\n', 600: 'd\n', 700: 'e\n', 1200: '\n' }
    let now = new Date(0)
    async function* stdin(): AsyncIterable<Uint8Array> {
      for (const [milliseconds, text] of Object.entries(blocks)) {
        now = new Date(Date.parse('2026-01-01T12:00:00Z') + Number(milliseconds))
        yield Buffer.from(text)
      }
    }
    const world = {
      stdin: stdin(),
      terminal,
      get now() {
        return now
      },
    }
    const { stdout, stderr } = await run(['sign', '--batch', '--presign', '--bucket', 'bucket', ...region], world)
    assert.equal(stdout.match(/\n/g)?.length, 5)
    // Twice a second, and cleared away for what stays. Together with the results it would be in their way.
    const progress = terminal === 'stderr' ? '\r3 lines\r5 lines\r\x1b[K' : ''
    assert.equal(stderr, `${progress}sigv4: line 6: is empty\nsigv4: 1 of 6 lines could not be signed\n`)
  })
}

test('lines are the same however the bytes arrive; one that is too long is reported', async () => {
  const text = 'one\ntwo é\r\n\nthree\nlast'
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size++) {
    assert.deepEqual(await linesIn(pieces(bytes, size)), ['one', 'two é', '', 'three', 'last'], `pieces of ${size}`)
  }
  const long = Buffer.from(`a\n${'x'.repeat(3_000_000)}\nb\nc`)
  const problem = { problem: 'is longer than 1048576 bytes' }
  assert.deepEqual(await linesIn(pieces(long, 65_536)), ['a', problem, 'b', 'c'])
})

test('what a batch cannot do is a usage error', async () => {
  for (const argv of [
    ['https://sts.amazonaws.com/'],
    ['--explain'],
    ['--host', 'x'],
    ['-d', 'x'],
    ['-H', '@-'],
    ['--format', 'url'],
    ['--presign', '--format', 'curl'],
    ['--bucket', 'a/b'],
    ['--no-sign-request'],
  ]) {
    const { exitCode, stdout, stderr } = await run(['sign', '--batch', ...region, ...argv], { stdin: 's3://b/k\n' })
    assert.equal(exitCode, 2, `${argv.join(' ')}: ${stderr}`)
    assert.equal(stdout, '')
    assert.match(stderr, /\nhint: /)
  }
  assert.equal((await run(['sign', '--bucket', 'b', 's3://b/k', ...region])).exitCode, 2)
})

test('a note is said once, with its first line', async () => {
  const stdin = 'https://b.s3.us-east-1.amazonaws.com/a+b\ns3://b/k\nhttps://b.s3.us-east-1.amazonaws.com/c+d\n'
  const { exitCode, stderr } = await run(['sign', '--batch', '--presign', ...region], { stdin })
  assert.equal(exitCode, 0)
  assert.deepEqual(stderr.match(/^line \d+: warning: '\+' in the path/gm), ["line 1: warning: '+' in the path"])
})

test('credentials that end on the way are resolved anew, and without new ones the batch stops', async () => {
  const credentials = createCredentialsFile()
  credentials.write('ASIAONE', '2026-01-01T13:00:00Z')
  let now = new Date('2026-01-01T12:54:00Z')
  async function* stdin(): AsyncIterable<Uint8Array> {
    yield Buffer.from('one\n')
    now = new Date('2026-01-01T12:55:00Z')
    credentials.write('ASIATWO', '2026-01-01T14:00:00Z')
    yield Buffer.from('two\n')
    now = new Date('2026-01-01T14:00:00Z')
    yield Buffer.from('three\n')
  }
  const world = {
    stdin: stdin(),
    get now() {
      return now
    },
  }
  const argv = ['sign', '--batch', '--presign', '--bucket', 'b', '--credentials', credentials.path, ...region]
  const { exitCode, stdout, stderr } = await run(argv, world)
  credentials.remove()
  assert.deepEqual(stdout.match(/b\/\w+\?|ASIA\w+|Date=\w+/g), [
    ...['b/one?', 'ASIAONE', 'Date=20260101T125400Z'],
    ...['b/two?', 'ASIATWO', 'Date=20260101T125500Z'],
  ])
  assert.match(stderr, /^line 1: warning: the credentials expire at 2026-01-01T13:00:00.000Z, before the URL does/m)
  assert.match(stderr, /^sigv4: the credentials .* expired at 2026-01-01T14:00:00.000Z$/m)
  assert.equal(exitCode, 3)
})

test('credentials that cannot be refreshed are told of once, and used as long as they live', async () => {
  const credentials = createCredentialsFile()
  credentials.write('ASIAONE', '2026-01-01T13:00:00Z')
  let now = new Date('2026-01-01T12:54:00Z')
  async function* stdin(): AsyncIterable<Uint8Array> {
    yield Buffer.from('one\n')
    credentials.remove()
    for (const minute of [56, 58]) {
      now = new Date(`2026-01-01T12:${minute}:00Z`)
      yield Buffer.from(`at-${minute}\n`)
    }
  }
  const world = {
    stdin: stdin(),
    get now() {
      return now
    },
  }
  const argv = ['sign', '--batch', '--presign', '--bucket', 'b', '--credentials', credentials.path, ...region]
  const { exitCode, stdout, stderr } = await run(argv, world)
  assert.equal(exitCode, 0)
  assert.deepEqual(stdout.match(/ASIA\w+|Date=\w+/g)?.slice(-2), ['ASIAONE', 'Date=20260101T125800Z'])
  assert.deepEqual(stderr.match(/^note: no new credentials: .*; signing with those that end at .*$/gm)?.length, 1)
})

async function linesIn(chunks: AsyncIterable<Uint8Array>): Promise<readonly unknown[]> {
  const lines: unknown[] = []
  const buffers = new SpareBuffers()
  for await (const block of readBlocks(chunks, buffers)) lines.push(...takeLines(block, buffers))
  return lines
}

test('the memory of large chunks is freed when they are read, that of small ones may be shared', async () => {
  const large = Buffer.alloc(65_536, 'large\n')
  const small = Buffer.from('small\n'.repeat(100))
  const windowed = Buffer.alloc(65_536, 'window\n').subarray(7)
  async function* chunks() {
    for (const chunk of [large, small, windowed]) yield chunk
  }
  const lines = await linesIn(chunks())
  assert.deepEqual(new Set(lines), new Set(['large', 'largsmall', 'small', 'window', 'wi']))
  assert.deepEqual([large.length, small.length, windowed.length], [0, 600, 65_529])
})

async function* pieces(bytes: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}
