import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exampleKeys, type Outcome, run } from './support/run.ts'
import {
  answer,
  type RecordedRequest,
  type Reply,
  type ScriptedServer,
  startScriptedServer,
} from './support/scripted-server.ts'
import { parseMessage, refuses } from './support/wire.ts'

let server: ScriptedServer
let other: ScriptedServer
let folder: string
let script: (request: RecordedRequest, count: number) => Reply

before(async () => {
  server = await startScriptedServer((request, count) => script(request, count))
  other = await startScriptedServer(() => answer('200 OK', 'other'))
  folder = mkdtempSync(join(tmpdir(), 'sigv4-wire-'))
  writeFileSync(join(folder, 'data.bin'), Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, 0x27]))
})

after(async () => {
  await server.close()
  await other.close()
  rmSync(folder, { recursive: true })
})

const ok = (): Reply => answer('200 OK', 'ok')

async function curl(args: readonly string[], world: Parameters<typeof run>[1] = {}): Promise<Outcome> {
  server.take()
  other.take()
  return run(['curl', '-sS', '--region', 'us-east-1', ...args], world)
}

/** What an independent verifier says of a recorded request; undefined where its signature is right. */
function refusal(request: RecordedRequest): string | undefined {
  const message = parseMessage(Buffer.concat([Buffer.from(`${request.head}\r\n\r\n`, 'latin1'), request.rawBody]))
  assert.ok(message)
  return refuses({ ...message, body: request.body }, exampleKeys.AWS_SECRET_ACCESS_KEY)
}

function header(request: RecordedRequest | undefined, name: string): string | undefined {
  return request?.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

const targets = [
  '/',
  '/?b=2&a=1&b=1&acl&&empty=',
  "/b/%20%25%2B'()*!~$,;=:@&[]{}|^`\u00e9",
  '/b/../x//./y',
  '/a/./b//../c/',
  '/b/%ff%fe?x=%aa',
  '/a b/\u00fc?q=x y',
  '/?q=a+b&plus=%2B',
  '/{a,b}[1-3]?x[]=1',
  '/a%2Fb/%2e%2e/c',
  '/trailing//',
  '/%zz?%zz=%',
]

for (const service of ['s3', 'execute-api']) {
  for (const target of targets) {
    test(`${service} ${target} is signed as it is sent`, async () => {
      script = ok
      const { exitCode, stdout } = await curl(['--service', service, `${server.url}${target}`])
      assert.equal(exitCode, 0)
      assert.equal(stdout, 'ok')
      const [request] = server.take()
      assert.ok(request)
      assert.equal(refusal(request), undefined)
      const typed = target.replace(/ /g, '%20').replace(/[\u0080-\uffff]/g, encodeURIComponent)
      assert.equal(request.target, typed)
    })
  }
}

const bodies: readonly (readonly string[])[] = [
  ['-d', 'a=b&c=d'],
  ['-d', ''],
  ['-X', 'DELETE'],
  ['--json', '{"\u00e9":1}'],
  ['--data-binary', '@data.bin'],
  ['-T', 'data.bin'],
  ['-F', 'a=b', '-F', 'f=@data.bin'],
  ['-G', '--data-urlencode', 'a=b c+d', '-d', 'e=f'],
  ['--url-query', 'x=y z'],
  ['-H', 'X-Empty;', '-H', 'X-Two:  a   b ', '-H', 'x-two: c', '-H', 'X-Text: \u00e9\u{1f600}'],
  ['-H', 'Accept: x/y', '-H', 'Content-Length: 3', '-d', 'abc'],
  ['-H', 'Host: other.example:81'],
  ['-H', 'Transfer-Encoding: chunked', '-d', 'abc'],
  ['-H', 'X-Amz-Date: 20150830T000000Z'],
  ['-H', 'X-Amz-Content-Sha256: UNSIGNED-PAYLOAD', '-d', 'x'],
  ['-A', 'agent', '-e', 'http://from/', '-r', '0-9', '-b', 'a=1', '--compressed'],
  ['--action', 'GetCallerIdentity', '--service', 'sts'],
  ['--target', 'DynamoDB_20120810.ListTables', '--service', 'dynamodb', '-d', '{"Limit":1}'],
  ['--checksum', 'crc32c', '--data-binary', '@data.bin', '--service', 's3'],
]

for (const args of bodies) {
  test(`what ${args.join(' ')} sends is what it signs`, async () => {
    script = ok
    const at = args.map((word) => word.replace('data.bin', join(folder, 'data.bin')))
    const { exitCode, stderr } = await curl(['--service', 's3', ...at, `${server.url}/key`])
    assert.equal(exitCode, 0, stderr)
    const [request] = server.take()
    assert.ok(request)
    assert.equal(refusal(request), undefined)
  })
}

test('curl signs what the user gave and x-amz-*, and leaves its own Accept and Content-Length out', async () => {
  script = ok
  await curl(['--service', 's3', '-d', 'x', '-H', 'X-Mine: 1', '-A', 'agent', `${server.url}/`])
  const [request] = server.take()
  assert.match(
    header(request, 'authorization') ?? '',
    /SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-mine,/,
  )
})

test('--action speaks the query protocol, with the version of the service', async () => {
  script = ok
  await curl(['--service', 'sts', '--action', 'AssumeRole', '-d', 'RoleArn=x', `${server.url}/`])
  await curl([
    '--service',
    'sts',
    '--action',
    'AssumeRole',
    '--api-version',
    '2000-01-01',
    '-G',
    '-d',
    'a=b',
    `${server.url}/?q=1`,
  ])
  const [got] = server.take()
  assert.equal(got?.target, '/?q=1&Action=AssumeRole&Version=2000-01-01&a=b')
  await curl(['--service', 'sts', '--action', 'AssumeRole', '-d', 'RoleArn=x', `${server.url}/`])
  const [posted] = server.take()
  assert.equal(posted?.method, 'POST')
  assert.equal(posted?.body.toString(), 'Action=AssumeRole&Version=2011-06-15&RoleArn=x')
  assert.equal(header(posted, 'content-type'), 'application/x-www-form-urlencoded')
})

test('--target names the operation and the version of the JSON protocol', async () => {
  script = ok
  for (const [target, type] of [
    ['DynamoDB_20120810.ListTables', 'application/x-amz-json-1.0'],
    ['AmazonSSM.GetParameter', 'application/x-amz-json-1.1'],
  ] as const) {
    await curl(['--service', 'x', '--target', target, `${server.url}/`])
    const [request] = server.take()
    assert.equal(header(request, 'x-amz-target'), target)
    assert.equal(header(request, 'content-type'), type)
    assert.equal(request?.body.toString(), '{}')
  }
})

test('an Authorization of the user wins, and nothing is signed', async () => {
  script = ok
  await curl(['--service', 's3', '-H', 'Authorization: Bearer mine', `${server.url}/`], { env: {} })
  const [request] = server.take()
  assert.equal(header(request, 'authorization'), 'Bearer mine')
  assert.equal(header(request, 'x-amz-date'), undefined)
})

test("-H 'Host:' takes the Host from an unsigned request only, for a signature is of a host", async () => {
  script = ok
  await curl(['--no-sign-request', '-H', 'Host:', `${server.url}/`])
  assert.equal(header(server.take()[0], 'host'), undefined)
  await curl(['--service', 's3', '-H', 'Host:', `${server.url}/`])
  const [signed] = server.take()
  assert.ok(signed)
  assert.equal(header(signed, 'host'), `127.0.0.1:${server.port}`)
  assert.equal(refusal(signed), undefined)
})

test('an unreadable @FILE of -H ends with 26 and its -w, and nothing is sent', async () => {
  script = ok
  const { exitCode, stdout } = await curl(['-H', '@no-such-file', '-w', '%{http_code}', server.url, `${server.url}/b`])
  assert.deepEqual([exitCode, stdout, server.take().length], [26, '000', 0])
})

test('one unreadable file of several uploads keeps all of them from being sent', async () => {
  script = ok
  const files = ['-T', join(folder, 'data.bin'), '-T', 'no-such-file']
  const { exitCode, stdout } = await curl([
    ...files,
    '-w',
    '%{urlnum} %{exitcode}',
    `${server.url}/a`,
    `${server.url}/b`,
  ])
  assert.deepEqual([exitCode, stdout, server.take().length], [26, '1 26', 0])
})

test('--no-sign-request sends what curl would send', async () => {
  script = ok
  const { exitCode } = await curl(['--no-sign-request', `${server.url}/`], { env: {} })
  assert.equal(exitCode, 0)
  const [request] = server.take()
  assert.deepEqual(
    request?.headers.map(([name]) => name),
    ['Host', 'User-Agent', 'Accept'],
  )
})

test('each redirect is signed anew for its own target', async () => {
  script = ({ path }) => (path === '/start' ? answer('307 Temp', '', ['Location: /end?x=y']) : answer('200 OK', 'end'))
  const { stdout } = await curl(['-L', '--service', 's3', '-d', 'body', `${server.url}/start`])
  assert.equal(stdout, 'end')
  const requests = server.take()
  assert.deepEqual(
    requests.map(({ target }) => target),
    ['/start', '/end?x=y'],
  )
  for (const request of requests) assert.equal(refusal(request), undefined)
  assert.notEqual(header(requests[0], 'authorization'), header(requests[1], 'authorization'))
})

const secrets = [
  ['-H', 'Cookie: c=1'],
  ['-b', 'd=2'],
  ['-H', 'X-Amz-Security-Token: mine'],
  ['-H', 'x-amz-server-side-encryption-customer-key: key'],
  ['-H', 'x-amz-copy-source-server-side-encryption-customer-key: key'],
  ['-H', 'X-Harmless: 1'],
].flat()

test('another host, scheme or port gets no signature, no token and no secret header', async () => {
  script = () => answer('302 Found', '', [`Location: http://127.0.0.1:${other.port}/there`])
  const env = { ...exampleKeys, AWS_SESSION_TOKEN: 'token' }
  const { exitCode } = await curl(['-L', '--service', 's3', ...secrets, `${server.url}/`], { env })
  assert.equal(exitCode, 0)
  const [request] = other.take()
  assert.deepEqual(
    request?.headers.map(([name]) => name),
    ['Host', 'User-Agent', 'Accept', 'X-Harmless'],
  )
})

test('--location-trusted signs for the other host, and gives it the secrets', async () => {
  script = () => answer('302 Found', '', [`Location: http://127.0.0.1:${other.port}/there`])
  await curl(['--location-trusted', '--service', 's3', '-H', 'Cookie: c=1', `${server.url}/`])
  const [request] = other.take()
  assert.ok(request)
  assert.equal(refusal(request), undefined)
  assert.equal(header(request, 'cookie'), 'c=1')
})

test('a presigned Location is followed unsigned, on its own host too', async () => {
  const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=abc'
  script = ({ path }) =>
    path === '/start' ? answer('302 Found', '', [`Location: /key?${query}`]) : answer('200 OK', 'got')
  const { stdout } = await curl(['-L', '--service', 's3', `${server.url}/start`])
  assert.equal(stdout, 'got')
  const [, request] = server.take()
  assert.equal(request?.target, `/key?${query}`)
  assert.equal(header(request, 'authorization'), undefined)
  assert.equal(header(request, 'x-amz-date'), undefined)
})

const malformed =
  '<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong</Message><Region>eu-west-1</Region></Error>'

for (const [name, reply] of [
  ['a 301 with its header', answer('301 Moved Permanently', '', ['x-amz-bucket-region: eu-west-1'])],
  ['a 400 with the region in its document', answer('400 Bad Request', malformed)],
  [
    'a 307 with a Location elsewhere',
    answer('307 Temporary Redirect', '', ['x-amz-bucket-region: eu-west-1', 'Location: http://127.0.0.1:1/']),
  ],
] as const) {
  test(`S3's word about the region is heeded once: ${name}`, async () => {
    script = (_request, count) => (count === 1 ? reply : answer('200 OK', 'right'))
    const { stdout, stderr, exitCode } = await curl(['--service', 's3', '-d', 'x', '-i', `${server.url}/bucket/key`])
    assert.equal(exitCode, 0)
    assert.match(stdout, /^HTTP\/1\.1 200 OK[\s\S]*right$/)
    assert.match(stderr, /eu-west-1/)
    const requests = server.take()
    assert.equal(requests.length, 2)
    for (const request of requests) assert.equal(refusal(request), undefined)
    assert.match(header(requests[1], 'authorization') ?? '', /\/eu-west-1\/s3\//)
  })
}

test('a server that names one region after another is followed once', async () => {
  script = (_request, count) =>
    answer('301 Moved Permanently', '', [`x-amz-bucket-region: ${count === 1 ? 'eu-west-1' : 'us-west-2'}`])
  const { exitCode } = await curl(['--service', 's3', `${server.url}/bucket/key`])
  assert.equal(exitCode, 0)
  assert.equal(server.take().length, 2)
})

test('a region that cannot be one is not heeded', async () => {
  script = () => answer('301 Moved Permanently', '', ['x-amz-bucket-region: evil.example/'])
  await curl(['--service', 's3', `${server.url}/bucket/key`])
  assert.equal(server.take().length, 1)
})

test('a problem that may still come right is not told with -s, even with -S', async () => {
  script = (_request, count) => (count === 1 ? answer('503 Busy') : answer('200 OK', 'fine'))
  const args = ['--service', 's3', '--retry', '1', '--retry-delay', '1', `${server.url}/`]
  const quiet = await curl(args)
  assert.equal(quiet.stdout, 'fine')
  assert.equal(quiet.stderr, '')
  assert.equal(server.take().length, 2)
  const told = await run(['curl', '--region', 'us-east-1', '--no-progress-meter', ...args], { env: exampleKeys })
  assert.match(told.stderr, /^warning: problem: HTTP error; will retry in 1 s, 1 retry left\n$/)
  server.take()
})

for (const [args, query] of [
  [['-G', '-d', 'a b\u00e9#c'], 'a%20b%C3%A9%23c'],
  [['-G', '--data-urlencode', 'n=a b#\n'], 'n=a+b%23%0A'],
  [['--url-query', '+a b#c', '-d', 'body'], 'a%20b%23c'],
] as const) {
  test(`what HTTP cannot carry is encoded in a query too, and signed so: ${JSON.stringify(args)}`, async () => {
    script = ok
    await curl(['--service', 's3', ...args, `${server.url}/key?q`])
    const [request] = server.take()
    assert.ok(request)
    assert.equal(request.target, `/key?q&${query}`)
    assert.equal(refusal(request), undefined)
  })
}

for (const args of [
  ['-G', '-d', 'a\r\nX-Evil: 1'],
  ['--url-query', '+a\nb'],
  ['-G', '--data-raw', 'a\0b'],
]) {
  test(`a line break or NUL in a query ends with 3, and nothing is sent: ${JSON.stringify(args)}`, async () => {
    script = ok
    const { exitCode, stderr } = await curl(['--service', 's3', ...args, `${server.url}/key`])
    assert.equal(exitCode, 3)
    assert.match(stderr, /^sigv4: .*\nhint: .*--data-urlencode/)
    assert.equal(server.take().length, 0)
  })
}

for (const [word, hint] of [
  ['--next', 'once for each request'],
  ['-:', 'once for each request'],
  ['-K', 'on the command line'],
  ['--config', 'on the command line'],
  ['-c', '-b FILE reads cookies'],
  ['--cookie-j', '-b FILE reads cookies'],
  ['-C', '-r OFFSET-'],
  ['-z', 'If-Modified-Since'],
  ['--http2', 'HTTP/1.1 is spoken'],
  ['-0', 'HTTP/1.1 is spoken'],
  ['-sJO', '-o FILE'],
  ['-n', '--profile'],
  ['--interface', '--help'],
] as const) {
  test(`what curl has and we have not is refused, and the hint says what to do instead: ${word}`, async () => {
    script = ok
    const { exitCode, stderr } = await curl([word, 'value', server.url])
    assert.equal(exitCode, 2)
    assert.match(stderr, /^sigv4: curl's --?[^ ]+ is not supported\nhint: /)
    assert.ok(stderr.includes(hint), stderr)
    assert.equal(server.take().length, 0)
  })
}

test('a retry is signed with its own time', async () => {
  script = (_request, count) => (count === 1 ? answer('503 Busy') : answer('200 OK', 'fine'))
  let calls = 0
  const now = new Date('2015-08-30T12:36:00Z')
  const moving = new Proxy(now, {
    get: (target, key) => {
      const time = new Date(target.getTime() + calls++ * 1000)
      const value: unknown = Reflect.get(time, key)
      return typeof value === 'function' ? value.bind(time) : value
    },
  })
  const { stdout } = await curl(['--service', 's3', '--retry', '1', '--retry-delay', '1', `${server.url}/`], {
    now: moving,
  })
  assert.equal(stdout, 'fine')
  const [first, second] = server.take()
  assert.ok(first && second)
  assert.equal(refusal(first), undefined)
  assert.equal(refusal(second), undefined)
  assert.notEqual(header(first, 'x-amz-date'), header(second, 'x-amz-date'))
})

for (const [args, hash, trailers] of [
  [['--sign-chunks'], 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 0],
  [['--sign-chunks', '--checksum', 'crc32'], 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', 2],
] as const) {
  test(`${args.join(' ')} sends the aws-chunked form`, async () => {
    script = ok
    const file = join(folder, 'chunks')
    const body = Buffer.alloc(150_000, 'abc')
    writeFileSync(file, body)
    const given = ['-H', 'Content-Encoding: gzip', '-T', file]
    const { exitCode, stderr } = await curl(['--service', 's3', ...args, ...given, `${server.url}/key`])
    assert.equal(exitCode, 0, stderr)
    const [request] = server.take()
    assert.ok(request)
    assert.equal(refusal(request), undefined)
    assert.equal(header(request, 'x-amz-content-sha256'), hash)
    assert.equal(header(request, 'x-amz-decoded-content-length'), '150000')
    assert.equal(header(request, 'content-encoding'), 'aws-chunked,gzip')
    const text = request.rawBody.toString('latin1')
    assert.equal([...text.matchAll(/;chunk-signature=[0-9a-f]{64}\r\n/g)].length, 4)
    assert.equal(text.slice(text.lastIndexOf('\r\n0;')).trim().split('\r\n').length, 1 + trailers)
  })
}

test('a pipe is spooled for services that have to see a hash, and hashed', async () => {
  script = ok
  const { exitCode } = await curl(['--service', 's3', '-T', '-', `${server.url}/key`], { stdin: 'from a pipe' })
  assert.equal(exitCode, 0)
  const [request] = server.take()
  assert.ok(request)
  assert.equal(refusal(request), undefined)
  assert.equal(header(request, 'x-amz-content-sha256'), createHash('sha256').update('from a pipe').digest('hex'))
})

for (const args of [
  ['-d', '@/no/such/file'],
  ['--data-binary', '@/no/such/file'],
  ['--data-urlencode', 'n@/no/such/file'],
  ['--json', '@/no/such/file'],
  ['-T', '/no/such/file'],
  ['-T', '/'],
  ['-F', 'a=@/no/such/file'],
  ['-H', '@/no/such/file'],
  ['-w', '@/no/such/file'],
]) {
  test(`an unreadable file ends with 26 and nothing is sent: ${args.join(' ')}`, async () => {
    script = ok
    const { exitCode, stderr } = await curl(['--service', 's3', ...args, `${server.url}/`])
    assert.equal(exitCode, 26)
    assert.match(stderr, /^sigv4: cannot read '\/[^']*' .*\nhint: /)
    assert.equal(server.take().length, 0)
  })
}

test('no usable credentials end with 94 and nothing is sent', async () => {
  script = ok
  const { exitCode, stderr } = await curl(['--service', 's3', `${server.url}/`], { env: {} })
  assert.equal(exitCode, 94)
  assert.match(stderr, /^sigv4: .*\nhint: /)
  assert.equal(server.take().length, 0)
})

for (const [args, code] of [
  [['--profile', 'nobody', '--region', 'us-east-1', 's3://bucket/key'], 94],
  [['--profile', 'nobody', '--service', 's3', 'http://127.0.0.1:1/'], 94],
  [['--policy', '@/no/such/file', 'http://127.0.0.1:1/'], 26],
] as const) {
  test(`${args.join(' ')} ends with curl's code ${code}`, async () => {
    assert.equal((await run(['curl', '-s', ...args])).exitCode, code)
  })
}

test('-v and --dry-run shorten signature and token, and show no password', async () => {
  script = ok
  const env = { ...exampleKeys, AWS_SESSION_TOKEN: 'SECRETTOKENSECRET' }
  const args = ['--service', 's3', '-H', 'x-amz-server-side-encryption-customer-key: SECRETKEY', '-b', 'c=SECRETCOOKIE']
  const url = `${server.url}/?X-Amz-Security-Token=SECRETQUERY`
  const { stderr } = await curl(['-v', ...args, url], { env })
  const rehearsed = await curl(['--dry-run', ...args, url], { env })
  assert.equal(server.take().length, 0)
  for (const text of [stderr, rehearsed.stderr]) {
    assert.match(text, /^> GET \/\?X-Amz-Security-Token=SECRET\.\.\. HTTP\/1\.1$/m)
    assert.match(text, /^> Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/.*Signature=[0-9a-f]{6}\.\.\.$/m)
    assert.match(text, /^> X-Amz-Security-Token: SECRET\.\.\.$/m)
    assert.doesNotMatch(text, /SECRETTOKEN|SECRETKEY|SECRETCOOKIE|SECRETQUERY|wJalr/)
  }
  const { stderr: basic } = await curl(['-v', '-H', 'Authorization: Basic c2VjcmV0', server.url], { env })
  const { stderr: bare } = await curl(['-v', '-H', 'Authorization: c2VjcmV0', server.url], { env })
  assert.doesNotMatch(basic + bare, /c2VjcmV0/)
})

test('-v shows no password of a Location', async () => {
  script = () => answer('302 Found', '', ['Location: http://user:SECRETWORD@127.0.0.1:1/?a:b@c'])
  const { stderr } = await curl(['-v', '--service', 's3', server.url])
  assert.match(stderr, /^< Location: http:\/\/user:\(redacted\)@127\.0\.0\.1:1\/\?a:b@c$/m)
})

test('a refusal is one line on stderr, escaped, whatever the exit code', async () => {
  const document =
    '<Error><Code>AccessDenied</Code><Message>no \u001b[31mway</Message><RequestId>R1</RequestId></Error>'
  script = () => answer('403 Forbidden', document)
  const shown = await curl(['--service', 's3', `${server.url}/`])
  assert.equal(shown.exitCode, 0)
  assert.equal(shown.stdout, document)
  assert.match(shown.stderr, /AccessDenied: no \\x1b\[31mway \(HTTP 403 Forbidden, request id R1\)\n/)
  const failed = await curl(['-f', '--service', 's3', `${server.url}/`])
  assert.equal(failed.exitCode, 22)
  assert.equal(failed.stdout, '')
  assert.match(failed.stderr, /AccessDenied/)
  const silent = await run(['curl', '-s', '--region', 'us-east-1', '--service', 's3', `${server.url}/`])
  assert.equal(silent.stderr, '')
})

test('secrets on the command line are refused', async () => {
  const { exitCode, stderr } = await curl(['-u', 'key:secret', server.url])
  assert.equal(exitCode, 2)
  assert.match(stderr, /hint: .*--profile/)
  assert.doesNotMatch(stderr, /secret'/)
})

test('--aws-sigv4 means --region and --service', async () => {
  script = ok
  server.take()
  await run(['curl', '-s', '--aws-sigv4', 'aws:amz:eu-west-3:execute-api', `${server.url}/`])
  const [request] = server.take()
  assert.match(header(request, 'authorization') ?? '', /\/eu-west-3\/execute-api\/aws4_request/)
})

test('s3://BUCKET/KEY goes to the endpoint, the key encoded byte for byte', async () => {
  script = ok
  await curl(['--endpoint-url', server.url, "s3://bucket/a b+c%20\u00e9/'?#"])
  const [request] = server.take()
  assert.ok(request)
  assert.equal(request.target, '/bucket/a%20b%2Bc%2520%C3%A9/%27%3F%23')
  assert.equal(refusal(request), undefined)
})
