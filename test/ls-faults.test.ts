import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { LoopbackObject } from './support/loopback-bucket.ts'
import { type Fault, type LoopbackOptions, type SeenRequest, startLoopbackS3 } from './support/loopback-s3.ts'
import { exampleKeys, type Outcome, run, type World } from './support/run.ts'

process.env.TZ = 'UTC'

const digits = (number: number, width: number) => String(number).padStart(width, '0')

const tree: readonly LoopbackObject[] = Array.from({ length: 30_000 }, (_, index) => ({
  key: `dir-${digits(Math.floor(index / 700), 3)}/file-${digits(index % 700, 4)}`,
}))

const keys = tree.map((object) => object.key)

const world: World = { env: { ...exampleKeys, AWS_REGION: 'us-east-1' } }

type Service = Omit<LoopbackOptions, 'buckets'>

/** Lists a bucket of thirty pages on a service with a trouble, and counts how often the trouble came. */
async function list(
  service: Service,
  words: readonly string[] = [],
  more: Partial<World> = {},
): Promise<Outcome & { readonly names: readonly string[]; readonly requests: readonly SeenRequest[] }> {
  const s3 = await startLoopbackS3({ buckets: { tree }, ...service })
  try {
    const outcome = await run(['ls', '--endpoint-url', s3.url, '-r1', ...words, 's3://tree'], { ...world, ...more })
    return { ...outcome, names: outcome.stdout.split('\n').slice(0, -1), requests: s3.requests }
  } finally {
    await s3.close()
  }
}

/** A fault that comes for the requests chosen, each time once. */
function sometimes(
  isChosen: (request: SeenRequest) => boolean,
  fault: Fault,
): { fault: (request: SeenRequest) => Fault | undefined; count: () => number } {
  let count = 0
  return {
    count: () => count,
    fault: (request) => {
      if (!isChosen(request)) return undefined
      count += 1
      return fault
    },
  }
}

const slowDown: Fault = {
  status: 503,
  body: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
}

const passing: readonly (readonly [name: string, fault: Fault])[] = [
  ['connections that break', 'reset'],
  ['bodies shorter than announced', { rewrite: (text) => text.slice(0, text.length / 2), length: 'declared' }],
  ['bodies cut off but announced as whole', { rewrite: (text) => text.slice(0, text.length / 2) }],
  ['empty bodies', { rewrite: () => '' }],
  ['pages of a proxy', { rewrite: () => '<html><body>Bad Gateway</body></html>' }],
  ['pages of a proxy with its status', { status: 502, body: '<html></html>' }],
  [
    'internal errors',
    {
      status: 500,
      body: '<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>',
    },
  ],
  ['an error in place of a page', { rewrite: () => '<Error><Code>InternalError</Code><Message>m</Message></Error>' }],
]

for (const [name, fault] of passing) {
  test(`a listing is exact in spite of ${name}`, async () => {
    const trouble = sometimes((request) => request.index % 9 === 5, fault)
    const { names, exitCode, stderr } = await list({ fault: trouble.fault })
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(names, keys)
    assert.ok(trouble.count() >= 3, `the trouble came ${trouble.count()} times`)
  })
}

test('a storm of SlowDown is waited out, with fewer requests at once, and one line about it', async () => {
  let atOnce = 0
  const trouble = sometimes((request) => request.index > 12 && request.index < 40, slowDown)
  const { names, exitCode, stderr, requests } = await list({
    latencyMs: 5,
    fault: (request) => {
      atOnce += 1
      return trouble.fault(request)
    },
  })
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(names, keys)
  assert.equal(trouble.count(), 27)
  assert.equal(stderr, 'note: S3 asks to slow down: sending fewer requests at once\n')
  assert.equal(atOnce, requests.length)
})

test('retries are signed anew', async () => {
  let now = Date.UTC(2026, 0, 1)
  const trouble = sometimes((request) => request.index === 3, 'reset')
  const s3 = await startLoopbackS3({ buckets: { tree }, fault: trouble.fault })
  try {
    const clock = {
      ...world,
      get now() {
        now += 1000
        return new Date(now)
      },
    }
    const { exitCode } = await run(['ls', '--endpoint-url', s3.url, '-r1', '--no-parallel', 's3://tree'], clock)
    assert.equal(exitCode, 0)
    const [refused, again] = s3.requests.slice(3, 5)
    assert.equal(refused?.rawTarget, again?.rawTarget)
    assert.equal(trouble.count(), 1)
  } finally {
    await s3.close()
  }
})

const refusal = (status: number, code: string, extra = ''): Fault => ({
  status,
  body: `<Error><Code>${code}</Code><Message>No &#x1b;[31mentry</Message>${extra}<RequestId>R&#x202e;1</RequestId></Error>`,
})

const lasting: readonly (readonly [name: string, fault: Fault, exitCode: number, message: RegExp])[] = [
  [
    'an expired token',
    refusal(400, 'ExpiredToken'),
    4,
    /^sigv4: ExpiredToken: No \\x1b\[31mentry \(request id R\\u202e1\)$/m,
  ],
  ['a refusal', refusal(403, 'AccessDenied'), 4, /AccessDenied/],
  ['a failure that stays', { status: 500, body: '' }, 5, /HTTP 500/],
  ['a page that stays cut off', { rewrite: (text) => text.slice(0, -30) }, 5, /cannot be read/],
]

for (const [name, fault, exitCode, message] of lasting) {
  test(`${name} in mid-listing ends it with ${exitCode}, a correct beginning, and where to go on`, async () => {
    const trouble = sometimes((request) => request.index >= 20, fault)
    const found = await list({ fault: trouble.fault }, ['--concurrency', '4'])
    assert.equal(found.exitCode, exitCode, found.stderr)
    assert.match(found.stderr, message)
    assert.ok(found.names.length > 0)
    assert.deepEqual(found.names, keys.slice(0, found.names.length))
    const last = found.names.at(-1)
    assert.ok(found.stderr.includes(`stopped after key ${last}; continue with --start-after ${last}\n`), found.stderr)
    const rest = await list({}, ['--start-after', String(last)])
    assert.deepEqual([...found.names, ...rest.names], keys)
  })
}

test('a refusal of the very first request says why, and nothing of a key', async () => {
  const { exitCode, stderr, stdout, requests } = await list({ fault: () => refusal(403, 'AccessDenied') })
  assert.equal(exitCode, 4)
  assert.equal(stdout, '')
  assert.match(stderr, /^sigv4: AccessDenied: .*\nhint: .*\n$/)
  assert.equal(requests.length, 1)
  const missing = await run(['ls', '--endpoint-url', 'http://127.0.0.1:1', 's3://b'], world)
  assert.equal(missing.exitCode, 6)
  assert.match(missing.stderr, /127\.0\.0\.1:1 refused the connection/)
})

test('a wrong region is put right by signing for the one that S3 names, with one line', async () => {
  const { names, exitCode, stderr, requests } = await list({ region: 'eu-north-1' })
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(names, keys)
  assert.equal(stderr, 'note: the bucket is in eu-north-1, not in us-east-1: signing for eu-north-1\n')
  assert.deepEqual([...new Set(requests.map((request) => request.region))], ['us-east-1', 'eu-north-1'])
  assert.equal(requests.filter((request) => request.region === 'us-east-1').length, 1)
})

test('a region named only by a header or in words is put right as well, one that cannot be is not', async () => {
  const answers: readonly (readonly [Fault, number])[] = [
    [{ status: 301, headers: { 'x-amz-bucket-region': 'eu-north-1' } }, 0],
    [
      {
        status: 400,
        body: "<Error><Code>AuthorizationHeaderMalformed</Code><Message>expecting 'eu-north-1'</Message></Error>",
      },
      0,
    ],
    [{ status: 301, headers: { 'x-amz-bucket-region': 'evil.example/' } }, 4],
    [{ status: 301, headers: { 'x-amz-bucket-region': 'us-east-1' } }, 4],
  ]
  for (const [answer, expected] of answers) {
    const { exitCode, stderr } = await list({
      fault: (request) => (request.region === 'eu-north-1' ? undefined : answer),
    })
    assert.equal(exitCode, expected, stderr)
  }
})

test('a service that sends from region to region does so in vain', async () => {
  const { exitCode, requests } = await list({
    fault: (request) => ({
      status: 301,
      headers: { 'x-amz-bucket-region': request.region === 'eu-west-1' ? 'eu-west-2' : 'eu-west-1' },
    }),
  })
  assert.equal(exitCode, 4)
  assert.ok(requests.length <= 4, `${requests.length} requests`)
})

test('--no-heal leaves a wrong region as it is', async () => {
  const { exitCode, stderr, requests } = await list({ region: 'eu-north-1' }, ['--no-heal'])
  assert.equal(exitCode, 4)
  assert.match(stderr, /AuthorizationHeaderMalformed/)
  assert.equal(requests.length, 1)
})

test("a wrong clock is put right by the server's", async () => {
  const skewed: Fault = {
    status: 403,
    headers: { date: 'Thu, 01 Jan 2026 12:00:00 GMT' },
    body: '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>',
  }
  const dateOf = (request: SeenRequest) => String(request.headers['x-amz-date'])
  const service: Service = { fault: (request) => (dateOf(request).startsWith('20260101T12') ? undefined : skewed) }
  const { names, exitCode, stderr, requests } = await list(service, [], { now: new Date('2026-01-01T10:00:00Z') })
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(names, keys)
  assert.equal(stderr, "note: the clock is 7200 s behind the server's: signing with the server's time\n")
  assert.equal(requests.filter((request) => dateOf(request).startsWith('20260101T10')).length, 1)
  const strict = await list(service, ['--no-heal'], { now: new Date('2026-01-01T10:00:00Z') })
  assert.equal(strict.exitCode, 4)
})

const invalid = (argument: string): Fault => ({
  status: 400,
  body: `<Error><Code>InvalidArgument</Code><Message>unsupported</Message><ArgumentName>${argument}</ArgumentName></Error>`,
})

async function listOwners(fault: LoopbackOptions['fault']): Promise<Outcome> {
  const s3 = await startLoopbackS3({ buckets: { tree }, ...(fault === undefined ? {} : { fault }) })
  const words = ['--fetch-owner', '--format', 'ndjson', '-r', 's3://tree']
  try {
    return await run(['ls', '--endpoint-url', s3.url, ...words], world)
  } finally {
    await s3.close()
  }
}

test('parameters that a dialect refuses are left out, down to version 1', async () => {
  const dialects: readonly {
    readonly name: string
    readonly notes: readonly RegExp[]
    readonly fault: (request: SeenRequest) => Fault | undefined
  }[] = [
    {
      name: 'no fetch-owner',
      notes: [/refuses fetch-owner/],
      fault: ({ query }) => (query.has('fetch-owner') ? invalid('fetch-owner') : undefined),
    },
    {
      name: 'no encoding-type',
      notes: [/refuses encoding-type/],
      fault: ({ query }) => (query.has('encoding-type') ? invalid('encoding-type') : undefined),
    },
    {
      name: 'no version 2',
      notes: [/refuses fetch-owner/, /refuses encoding-type/, /using version 1/],
      fault: ({ query }) =>
        query.has('list-type')
          ? { status: 501, body: '<Error><Code>NotImplemented</Code><Message>m</Message></Error>' }
          : undefined,
    },
  ]
  for (const { name, notes, fault } of dialects) {
    const { stdout, exitCode, stderr } = await listOwners(fault)
    assert.equal(exitCode, 0, `${name}: ${stderr}`)
    const names = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).Key)
    assert.deepEqual(names, keys, name)
    const lines = stderr.trimEnd().split('\n')
    assert.equal(lines.length, notes.length, stderr)
    for (const [index, note] of notes.entries()) assert.match(lines[index] ?? '', note)
  }
})

test('a service that answers version 2 as version 1 is listed exactly, from a start of its own too', async () => {
  const asVersion1: Service = {
    // The server sees list-type=1, and so a version that knows neither start-after nor tokens.
    fault: ({ query }) => {
      if (query.get('list-type') === '2') query.set('list-type', '1')
      return undefined
    },
  }
  assert.deepEqual((await list(asVersion1)).names, keys)
  const from = keys[12_345]
  assert.deepEqual((await list(asVersion1, ['--start-after', String(from)])).names, keys.slice(12_346))
})

test('a service that ignores start-after is listed exactly, one page after the other', async () => {
  const { names, exitCode, stderr } = await list({ ignoresStartAfter: true })
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(names, keys)
  const from = await list({ ignoresStartAfter: true }, ['--start-after', String(keys[500])])
  assert.deepEqual(from.names, keys.slice(501))
})

test('services that go round in circles are left', async () => {
  const circles: readonly Fault[] = [
    { rewrite: (text) => text.replace(/<NextContinuationToken>[^<]*/, '<NextContinuationToken>YQ') },
    {
      rewrite: (text) =>
        text
          .replace('<IsTruncated>false', '<IsTruncated>true')
          .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, ''),
    },
  ]
  for (const fault of circles) {
    const { exitCode, stderr, requests } = await list({ fault: () => fault })
    assert.ok(exitCode === 1 || exitCode === 5, `${exitCode} ${stderr}`)
    assert.ok(requests.length < 50, `${requests.length} requests`)
  }
})

test('credentials that expired are asked for once more, and used', async () => {
  const homeDirectory = mkdtempSync(join(tmpdir(), 'sigv4-ls-'))
  // A process that knows old credentials the first time, and new ones from then on.
  const script = join(homeDirectory, 'credentials.sh')
  const credentials = (id: string) => JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: 'secret' })
  writeFileSync(
    script,
    `if [ -e "$0.asked" ]; then echo '${credentials('AKIDNEW')}'; else touch "$0.asked"; echo '${credentials('AKIDOLD')}'; fi\n`,
  )
  mkdirSync(join(homeDirectory, '.aws'))
  writeFileSync(join(homeDirectory, '.aws', 'config'), `[profile p]\ncredential_process = sh ${script}\n`)
  try {
    const { names, exitCode, stderr, requests } = await list(
      {
        fault: (request) =>
          request.accessKeyId === 'AKIDOLD' && request.index > 8 ? refusal(400, 'ExpiredToken') : undefined,
      },
      ['--profile', 'p', '--no-cache'],
      { env: { AWS_REGION: 'us-east-1' }, homeDirectory },
    )
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(names, keys)
    assert.ok(requests.some((request) => request.accessKeyId === 'AKIDNEW'))
  } finally {
    rmSync(homeDirectory, { recursive: true })
  }
})

test('an interrupted listing ends with 130 or 143, a correct beginning, and where to go on', async () => {
  const { Interrupted } = await import('../src/context.ts')
  for (const [signalName, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const interrupt = new AbortController()
    const found = await list(
      {
        latencyMs: 5,
        fault: (request) => {
          if (request.index === 15) setTimeout(() => interrupt.abort(new Interrupted(signalName)), 20)
          return request.index > 15 ? 'hang' : undefined
        },
      },
      ['--no-parallel'],
      { signal: interrupt.signal },
    )
    assert.equal(found.exitCode, exitCode)
    assert.deepEqual(found.names, keys.slice(0, found.names.length))
    assert.equal(found.names.length, 16_000)
    const last = found.names.at(-1)
    assert.equal(found.stderr, `stopped after key ${last}; continue with --start-after ${last}\n`)
  }
})

let endless: Awaited<ReturnType<typeof startLoopbackS3>>

before(async () => {
  endless = await startLoopbackS3({ buckets: { tree }, latencyMs: 20 })
})

after(() => endless.close())

/** The program as it ships. */
function start(words: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const env = { PATH: process.env.PATH, ...world.env, TZ: 'UTC' }
  const argv = ['bin/sigv4.js', 'ls', '--endpoint-url', endless.url, ...words]
  return spawn(process.execPath, argv, { env, stdio: ['ignore', stdout, 'pipe'] })
}

test('a reader that goes away ends the listing without a word and with 0', async () => {
  const child = start(['-r', 's3://tree'])
  const errors: Buffer[] = []
  child.stderr?.on('data', (chunk) => errors.push(chunk))
  child.stdout?.once('data', () => child.stdout?.destroy())
  const [code] = await once(child, 'exit')
  assert.equal(Buffer.concat(errors).toString(), '')
  assert.equal(code, 0)
})

test('Ctrl-C ends the listing with 130 and whole lines', async () => {
  const child = start(['-r1', '--no-parallel', 's3://tree'])
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stderr?.on('data', (chunk) => errors.push(chunk))
  child.stdout?.on('data', (chunk) => {
    output.push(chunk)
    if (output.length === 3) child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  const text = Buffer.concat(output).toString()
  assert.equal(code, 130)
  assert.ok(text.endsWith('\n'))
  const names = text.split('\n').slice(0, -1)
  assert.deepEqual(names, keys.slice(0, names.length))
  assert.ok(names.length < keys.length)
  assert.match(Buffer.concat(errors).toString(), new RegExp(`after key ${names.at(-1)}; continue with`))
})

test('output that cannot be written is a failure that says so', async () => {
  const { openSync, closeSync, existsSync } = await import('node:fs')
  if (!existsSync('/dev/full')) return
  const full = openSync('/dev/full', 'w')
  const child = start(['-r', 's3://tree'], full)
  const errors: Buffer[] = []
  child.stderr?.on('data', (chunk) => errors.push(chunk))
  const [code] = await once(child, 'close')
  closeSync(full)
  assert.equal(code, 1)
  assert.match(Buffer.concat(errors).toString(), /cannot write the output \(ENOSPC\)/)
})

const directoryBucket = 'b--use1-az4--x-s3'

/** Lists a directory bucket whose pages ascend each for itself. */
async function listDirectoryBucket(words: readonly string[], service: Service = {}) {
  const buckets = { [directoryBucket]: ['b/x.gz', 'd', 'a', 'b/y', 'f', 'e'].map((key) => ({ key })) }
  const s3 = await startLoopbackS3({ buckets, keepsOrder: false, ...service })
  try {
    return { ...(await run(['ls', '--endpoint-url', s3.url, '-r1', ...words], world)), requests: s3.requests }
  } finally {
    await s3.close()
  }
}

test('a directory bucket is listed in its own order, also where every page is in order for itself', async () => {
  for (const size of ['1', '2', '1000']) {
    const { stdout, stderr, exitCode } = await listDirectoryBucket(['--page-size', size, `s3://${directoryBucket}`])
    assert.deepEqual([exitCode, stdout, stderr], [0, 'b/x.gz\nd\na\nb/y\nf\ne\n', ''])
  }
})

test('--sort key sorts a directory bucket, the first so many too', async () => {
  const all = await listDirectoryBucket(['--sort', 'key', `s3://${directoryBucket}`])
  assert.equal(all.stdout, 'a\nb/x.gz\nb/y\nd\ne\nf\n')
  const two = await listDirectoryBucket(['--sort', 'key', '--max-items', '2', `s3://${directoryBucket}`])
  assert.equal(two.stdout, 'a\nb/x.gz\n')
})

test('a glob asks a directory bucket for a folder, the only prefix that it takes', async () => {
  const { stdout, requests } = await listDirectoryBucket([`s3://${directoryBucket}/b/x*`])
  assert.equal(stdout, 'b/x.gz\n')
  assert.equal(requests.at(-1)?.query.get('prefix'), 'b/')
})

test('a listing of a directory bucket that stopped names no key to continue after', async () => {
  const accessDenied = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' }
  const { stdout, stderr, exitCode } = await listDirectoryBucket(['--page-size', '2', `s3://${directoryBucket}`], {
    fault: ({ query }) => (query.has('continuation-token') ? accessDenied : undefined),
  })
  assert.equal(exitCode, 4)
  assert.equal(stdout, 'b/x.gz\nd\n')
  assert.match(stderr, /^stopped after key d; a directory bucket can only be listed from its beginning\n/)
})

test('a wrong clock is put right where it is the start of a session that is refused', async () => {
  const skewed = {
    status: 403,
    headers: { date: 'Sun, 30 Aug 2015 14:36:00 GMT' },
    body: '<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>',
  }
  const { stderr, exitCode } = await listDirectoryBucket([`s3://${directoryBucket}`], {
    fault: ({ query, headers }) =>
      query.has('session') && headers['x-amz-date'] === '20150830T123600Z' ? skewed : undefined,
  })
  assert.equal(exitCode, 0, stderr)
  assert.equal(stderr, "note: the clock is 7200 s behind the server's: signing with the server's time\n")
})

test('a storm of SlowDown over the buckets is waited out, with one line about it', async () => {
  const slowDown = { status: 503, body: '<Error><Code>SlowDown</Code><Message>m</Message></Error>' }
  const s3 = await startLoopbackS3({ buckets: { b: [] }, fault: ({ index }) => (index < 2 ? slowDown : undefined) })
  try {
    const { stderr, exitCode } = await run(['ls', '--endpoint-url', s3.url], world)
    assert.deepEqual([exitCode, stderr], [0, 'note: S3 asks to slow down: waiting\n'])
    assert.equal(s3.requests.length, 3)
  } finally {
    await s3.close()
  }
})
