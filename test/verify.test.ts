import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type PlainRequest, plainSign, type Steps } from './support/plain-signer.ts'
import { exampleToken } from './support/random-requests.ts'
import { exampleKeys, type Outcome, run, type World } from './support/run.ts'

const secret = exampleKeys.AWS_SECRET_ACCESS_KEY
const request: PlainRequest = {
  method: 'PUT',
  host: 'examplebucket.s3.eu-west-1.amazonaws.com',
  path: '/a b',
  query: [['x-id', 'PutObject']],
  headers: [['Content-Type', 'text/plain']],
  body: 'hello\n',
  service: 's3',
  region: 'eu-west-1',
  date: '20150830T123600Z',
  accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
  secret,
  token: undefined,
  form: 'header',
  expires: 3600,
}

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-verify-'))
})
after(() => rmSync(folder, { recursive: true }))

test('a right request is valid: exit 0, no mistakes, every check told', async () => {
  const { exitCode, stdout, stderr } = await verify(raw(request), ['--format', 'json'])
  const document = JSON.parse(stdout)
  assert.deepEqual(Object.keys(document), ['valid', 'checks', 'mistakes'])
  assert.equal(document.valid, true)
  assert.deepEqual(document.mistakes, [])
  const wanted = [
    'algorithm',
    'scope',
    'date',
    'signed headers',
    'required headers',
    'session token',
    'payload hash',
    'path encoding',
    'query encoding',
    'signature',
  ]
  assert.deepEqual(
    document.checks.map(({ name }: { name: string }) => name),
    wanted,
  )
  assert.ok(document.checks.every((check: object) => Object.keys(check).join() === 'name,ok,detail'))
  assert.deepEqual([exitCode, stderr], [0, ''])
})

test('a mistake is named with cause, fix and the line that differs: exit 1', async () => {
  const text = raw(request, { canonicalUri: () => '/a%2520b' })
  const { exitCode, stdout } = await verify(text, [])
  assert.equal(exitCode, 1)
  const lines = stdout.split('\n')
  assert.equal(lines[0], 'not valid  path-encoded-twice')
  assert.match(lines[1] ?? '', /^ {2}cause {2}the path was percent-encoded/)
  assert.match(lines[2] ?? '', /^ {2}fix {4}for S3, sign the path percent-encoded once/)
  assert.match(
    stdout,
    / {2}canonical request, line 2, column 5 \(path\)\n {2}signed {4}\/a%2520b\n {2}expected {2}\/a%20b\n {16}\^\n/,
  )
  const json = JSON.parse((await verify(text, ['--format', 'json'])).stdout)
  assert.equal(json.valid, false)
  assert.deepEqual(
    json.mistakes.map((mistake: { id: string; group: number }) => [mistake.id, mistake.group]),
    [['path-encoded-twice', 1]],
  )
  assert.deepEqual(Object.keys(json.mistakes[0]), ['id', 'detail', 'fix', 'group'])
})

test('a pair is two entries of one group', async () => {
  const steps = { secret: (text: string) => `${text}\n`, betweenHeadersAndList: '' }
  const { mistakes } = JSON.parse((await verify(raw(request, steps), ['--format', 'json'])).stdout)
  assert.deepEqual(
    mistakes.map(({ id, group }: { id: string; group: number }) => `${group} ${id}`),
    ['1 header-blank-line', '1 secret-whitespace'],
  )
})

test('without credentials a request that shows nothing wrong is undecided: exit 3, never called wrong', async () => {
  const { exitCode, stdout, stderr } = await verify(raw(request), ['--format', 'json'], { env: {} })
  const { valid, mistakes } = JSON.parse(stdout)
  assert.deepEqual([exitCode, valid, mistakes], [3, false, []])
  assert.match(stderr, /^note: the signature was not recomputed: no credentials/)
})

test('what needs no secret is named without credentials', async () => {
  const { exitCode, stdout } = await verify(raw({ ...request, region: 'us-east-1' }), ['--format', 'json'], { env: {} })
  assert.equal(exitCode, 1)
  assert.deepEqual(
    JSON.parse(stdout).mistakes.map(({ id }: { id: string }) => id),
    ['wrong-region'],
  )
})

test("another key's secret decides nothing", async () => {
  const { exitCode, stdout } = await verify(raw({ ...request, accessKeyId: 'AKIAOTHER', secret: 'another' }), [])
  assert.equal(exitCode, 3)
  assert.match(stdout, /^undecided\n.*signed with AKIAOTHER, at hand is AKIDEXAMPLE/)
})

test('credentials that are asked for and cannot be had are an error', async () => {
  const { exitCode, stdout, stderr } = await verify(raw(request), ['--profile', 'nobody'], { env: {} })
  assert.deepEqual([exitCode, stdout], [3, ''])
  assert.match(stderr, /nobody/)
})

test('--date, --service, --region and --body say what the input does not', async () => {
  const old = await verify(raw(request), ['--format', 'json'], { now: new Date('2020-01-01T00:00:00Z') })
  assert.deepEqual(ids(old), ['clock-skew'])
  const then = await verify(raw(request), ['--date', '2015-08-30T12:40:00Z'], { now: new Date('2020-01-01T00:00:00Z') })
  assert.equal(then.exitCode, 0)
  const unknownHost = { ...request, host: 'storage.example.com' }
  assert.equal((await verify(raw(unknownHost), ['--region', 'eu-west-1'])).exitCode, 0)
  assert.deepEqual(ids(await verify(raw(unknownHost), ['--region', 'eu-north-1', '--format', 'json'])), [
    'wrong-region',
  ])
  assert.deepEqual(ids(await verify(raw(unknownHost), ['--service', 's3express', '--format', 'json'])), [
    'wrong-service',
  ])
  const body = file('body', 'another body')
  assert.deepEqual(ids(await verify(raw(request), ['--body', body, '--format', 'json'])), ['payload-other'])
})

for (const form of ['header', 'query'] as const) {
  test(`another service's name in the scope is that one mistake, whichever rules the path follows: ${form}`, async () => {
    const named = { ...request, path: '/a b/é+', form }
    const scope = (): readonly [string, string, string] => ['20150830', 'eu-west-1', 'sts']
    const byRightRules = raw(named, { scope, keyScope: () => [...scope(), 'aws4_request'] })
    assert.deepEqual(ids(await verify(byRightRules, ['--format', 'json'])), ['wrong-service'])
    const [first, ...others] = ids(await verify(raw({ ...named, service: 'sts' }), ['--format', 'json']))
    assert.equal(first, 'wrong-service')
    assert.ok(!others.some((id) => id.startsWith('path-')), others.join(' '))
  })
}

/** What `curl -v` prints of a request, and of an answer that says nothing but its status. */
function trace(described: PlainRequest): string {
  const [head = ''] = raw(described).split('\r\n\r\n')
  const length = `Content-Length: ${described.body.length}`
  return `${[...head.split('\r\n'), length, ''].map((line) => `> ${line}\r\n`).join('')}< HTTP/1.1 403 Forbidden\r\n< \r\n`
}

test("a trace's own headers are not taken for the service's words, so that no token is shown", async () => {
  const withToken = { ...request, token: exampleToken, body: '' }
  const env = { ...exampleKeys, AWS_SESSION_TOKEN: exampleToken }
  for (const options of [[], ['--format', 'json']]) {
    const { stdout, stderr } = await verify(trace(withToken), options, { env })
    assert.match(stdout, /the service's answer/)
    assert.ok(!`${stdout}${stderr}`.includes(exampleToken.slice(0, 12)), stdout)
    assert.doesNotMatch(stdout, /403 Authorization/)
  }
})

test('where the body is signed and not in the input, it is asked for before the secret is doubted', async () => {
  const posted = { ...request, service: 'sts', host: 'sts.eu-west-1.amazonaws.com', path: '/', method: 'POST' }
  const without = await verify(trace(posted), ['--format', 'json'])
  assert.deepEqual(ids(without), ['unknown'])
  assert.match(
    JSON.parse(without.stdout).mistakes[0].detail,
    /the body is signed and not in the input \(--body FILE gives it\)/,
  )
  const body = file('posted', posted.body)
  assert.deepEqual(JSON.parse((await verify(trace(posted), ['--format', 'json', '--body', body])).stdout).mistakes, [])
})

test('every byte behind the blank line is the body', async () => {
  const { stdout } = await verify(`${raw(request)}\n`, ['--format', 'json'])
  assert.deepEqual(
    JSON.parse(stdout).mistakes.map(({ id }: { id: string }) => id),
    ['payload-newline'],
  )
})

test('a file, a URL, a command line and stdin are told apart', async () => {
  const path = file('request.http', raw(request))
  assert.equal((await run(['verify', path])).exitCode, 0)
  const presigned = plainSign({ ...request, method: 'GET', body: '', headers: [], form: 'query' })
  const url = `https://${presigned.host}${presigned.path}?${presigned.query}`
  assert.equal((await run(['verify', url])).exitCode, 0)
  assert.equal((await run(['verify', `curl '${url}'`])).exitCode, 0)
  assert.equal((await run(['verify'], { stdin: url })).exitCode, 0)
  assert.equal((await run(['verify', '-'], { stdin: url })).exitCode, 0)
})

test("a refusal alone and with its request shows the service's own words", async () => {
  const answer = file(
    'refusal.xml',
    '<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message></Error>',
  )
  const { exitCode, stdout } = await verify(raw(request), ['--response', answer])
  assert.equal(exitCode, 1)
  assert.match(stdout, /^not valid {2}access-key-unknown\n/)
  assert.equal((await run(['verify', answer])).exitCode, 1)
})

const unreadable: readonly (readonly [name: string, argv: readonly string[], world: World])[] = [
  ['an input that is no request', ['verify', '-'], { stdin: 'hello' }],
  ['an empty input', ['verify', '-'], { stdin: '' }],
  ['a file that is not there', ['verify', '/nonexistent/request'], {}],
  ['a response that is none', ['verify', '-', '--response', '/dev/null'], { stdin: raw(request) }],
  ['stdin for two things', ['verify', '-', '--response', '-'], {}],
  ['a date that is none', ['verify', '-', '--date', 'yesterday'], {}],
  ['a folder without --serve', ['verify', '--bucket-dir', '.'], {}],
  ['a port that is none', ['verify', '--serve', '99999'], {}],
  ['an input for --serve', ['verify', 'x', '--serve', '0'], {}],
  ['an unknown format', ['verify', '-', '--format', 'xml'], {}],
]

for (const [name, argv, world] of unreadable) {
  test(`${name} is exit 2, and nothing on stdout`, async () => {
    const { exitCode, stdout, stderr } = await run(argv, world)
    assert.deepEqual([exitCode, stdout], [2, ''], stderr)
    assert.match(stderr, /^sigv4: /)
  })
}

test('neither secret nor signing key nor whole token is ever shown', async () => {
  const temporary = { ...request, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', token: exampleToken }
  const env = {
    AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: exampleToken,
  }
  const slips: readonly Partial<Steps>[] = [
    {},
    { secret: (text) => `${text} ` },
    { headerLine: (name, value) => `${name}:${value}` },
    { token: 'added after signing' },
    { secret: () => 'unknown' },
  ]
  for (const form of ['header', 'query'] as const) {
    for (const steps of slips) {
      for (const format of ['text', 'json']) {
        const { stdout, stderr } = await verify(raw({ ...temporary, form }, steps), ['--format', format], { env })
        for (const hidden of [secret, exampleToken, encodeURIComponent(exampleToken)]) {
          assert.ok(!`${stdout}${stderr}`.includes(hidden), `${form} ${format}: ${stdout}`)
        }
      }
    }
  }
})

test('what a request says reaches the terminal escaped', async () => {
  const text = raw(request).replace('text/plain', 'text/\u001b[31mplain\u202e')
  const { stdout } = await verify(text, [])
  assert.ok(!/[\u001b\u202e]/.test(stdout), JSON.stringify(stdout))
})

test('a token that a trace shows shortened is taken from the credentials at hand', async () => {
  const temporary = { ...request, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', token: exampleToken }
  const env = {
    AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: exampleToken,
  }
  const text = raw(temporary).replace(exampleToken, `${exampleToken.slice(0, 6)}...`)
  assert.equal((await verify(text, [], { env })).exitCode, 0)
})

function raw(described: PlainRequest, steps: Partial<Steps> = {}): string {
  const wire = plainSign(described, steps)
  const headers = wire.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${wire.method} ${wire.path}?${wire.query} HTTP/1.1\r\nHost: ${wire.host}\r\n${headers}\r\n${wire.body}`
}

function verify(text: string, options: readonly string[], world: World = {}): Promise<Outcome> {
  return run(['verify', '-', ...options], { stdin: text, homeDirectory: folder, ...world })
}

function ids({ stdout }: Outcome): readonly string[] {
  return JSON.parse(stdout).mistakes.map(({ id }: { id: string }) => id)
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
