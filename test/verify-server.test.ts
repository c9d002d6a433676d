import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { auth, http } from 'aws-crt'
import { childrenOf, childText, parseXml, type XmlElement } from '../src/s3/xml.ts'
import { openBucketFolder } from '../src/serve/bucket-folder.ts'
import { createVerifyingServer, type JudgedRequest } from '../src/serve/verifying-server.ts'
import { signRequest } from '../src/sign/sign-request.ts'
import { readAnswer } from '../src/verify/service-answer.ts'
import { credentialsOf } from './support/judging.ts'
import { type PlainRequest, plainSign, sha256, type WireRequest } from './support/plain-signer.ts'
import { run } from './support/run.ts'

const keyId = 'AKIDEXAMPLE'
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const now = new Date('2015-08-30T12:36:00Z')
const outside = 'NOBODY MAY READ THIS'

const keys = ['007', '1e3', 'a b+c.txt', 'dir-a/x', 'dir/a', 'dir/sub/b', 'dir/sub/c', 'dir0', "it's", 'z/é/日本', 'é']

let folder: string
let server: Server
let host: string
const judged: JudgedRequest[] = []

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-serve-'))
  const root = join(folder, 'root')
  mkdirSync(join(root, 'photos'), { recursive: true })
  mkdirSync(join(root, 'empty-bucket'))
  for (const key of keys) {
    mkdirSync(join(root, 'photos', key, '..'), { recursive: true })
    writeFileSync(join(root, 'photos', key), `content of ${key}`)
  }
  writeFileSync(join(folder, 'outside.txt'), outside)
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere', 'file'), outside)
  symlinkSync(join(folder, 'outside.txt'), join(root, 'photos', 'link.txt'))
  symlinkSync(join(folder, 'elsewhere'), join(root, 'photos', 'linked-folder'))
  symlinkSync(join(folder, 'elsewhere'), join(root, 'linked-bucket'))
  server = createVerifyingServer({
    credentials: credentialsOf(keyId, secret),
    expectation: {},
    folder: await openBucketFolder(root),
    now: () => now,
    // Every search goes to its end, on any machine.
    limits: () => ({ clock: () => 0, deadline: 0 }),
    onJudged: async (request) => void judged.push(request),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

test('a right signature is answered, header and presigned form, and a HEAD without a body', async () => {
  for (const form of ['header', 'query'] as const) {
    const answer = await send(plainSign(plain({ form, path: '/photos/a b+c.txt' })))
    assert.equal(answer.status, 200)
    assert.equal(answer.body, 'content of a b+c.txt')
  }
  const head = await send(plainSign(plain({ method: 'HEAD', path: '/photos/é' })))
  assert.deepEqual(
    [head.status, head.body, head.headers.get('content-length')],
    [200, '', String(Buffer.byteLength('content of é'))],
  )
})

test('what aws-crt signs is accepted, SigV4 and SigV4a', async () => {
  for (const algorithm of [auth.AwsSigningAlgorithm.SigV4, auth.AwsSigningAlgorithm.SigV4Asymmetric]) {
    const answer = await send(await crtSigned('/photos/dir/a', algorithm))
    assert.deepEqual([answer.status, answer.body], [200, 'content of dir/a'])
  }
})

test('a wrong signature is answered as S3 does, so that its canonical request can be read back', async () => {
  const wire = plainSign(plain({ path: '/photos/a b+c.txt' }), { canonicalUri: ({ path }) => path })
  const answer = await send(wire)
  assert.equal(answer.status, 403)
  const read = await readAnswer({ body: answer.body, status: answer.status })
  assert.equal(read?.code, 'SignatureDoesNotMatch')
  assert.match(read?.canonicalRequest ?? '', /^GET\n\/photos\/a%20b%2Bc\.txt\n\nhost:127\.0\.0\.1:\d+\n/)
  assert.match(
    read?.stringToSign ?? '',
    /^AWS4-HMAC-SHA256\n20150830T123600Z\n20150830\/us-east-1\/s3\/aws4_request\n[0-9a-f]{64}$/,
  )
  assert.equal(judged.at(-1)?.verdict.mistakes[0]?.id, 'path-raw')
  const mistake = await parseXml(answer.body)
  assert.equal(childText(childrenOf(mistake, 'Diagnosis')[0] ?? mistake, 'Mistake'), 'path-raw')
})

/** S3's codes for what is wrong. */
const refusals: readonly (readonly [
  name: string,
  request: () => Promise<WireRequest> | WireRequest,
  status: number,
  code: string,
])[] = [
  ['no signature', () => ({ ...plainSign(plain({})), headers: [] }), 403, 'AccessDenied'],
  [
    'an unknown key',
    () => plainSign(plain({ accessKeyId: 'AKIAOTHER' }), { secret: () => 'x' }),
    403,
    'InvalidAccessKeyId',
  ],
  [
    'a URL escaped for HTML',
    () => {
      const wire = plainSign(plain({ form: 'query', expires: 60 }))
      return { ...wire, query: wire.query?.replaceAll('&', '&amp;') }
    },
    400,
    'AuthorizationQueryParametersError',
  ],
  ['an old time', () => plainSign(plain({ date: '20150830T120000Z' })), 403, 'RequestTimeTooSkewed'],
  [
    'an expired URL',
    () => plainSign(plain({ form: 'query', date: '20150830T110000Z', expires: 60 })),
    403,
    'AccessDenied',
  ],
  [
    'another body than the hashed one',
    () =>
      plainSign(plain({ method: 'PUT', body: 'x' }), {
        contentSha256: () => sha256('y'),
        payloadHash: () => sha256('y'),
      }),
    400,
    'XAmzContentSHA256Mismatch',
  ],
  ['a missing payload hash', () => plainSign(plain({}), { contentSha256: () => undefined }), 400, 'InvalidRequest'],
  ['a header that is not signed', () => withHeader(plainSign(plain({})), 'x-amz-meta-more', '1'), 403, 'AccessDenied'],
  [
    'signature version 2',
    () => withHeader({ ...plainSign(plain({})), headers: [] }, 'Authorization', `AWS ${keyId}:c2lnbmF0dXJl`),
    400,
    'InvalidRequest',
  ],
  ['a PUT', () => plainSign(plain({ method: 'PUT', body: 'x' })), 405, 'MethodNotAllowed'],
  ['a DELETE', () => plainSign(plain({ method: 'DELETE' })), 405, 'MethodNotAllowed'],
  ['a bucket that is not there', () => plainSign(plain({ path: '/nobody/key' })), 404, 'NoSuchBucket'],
  ['a key that is not there', () => plainSign(plain({ path: '/photos/none' })), 404, 'NoSuchKey'],
  ['a subresource', () => plainSign(plain({ path: '/photos', query: [['acl', undefined]] })), 501, 'NotImplemented'],
]

for (const [name, request, status, code] of refusals) {
  test(`${name} is refused with ${status} ${code}`, async () => {
    const answer = await send(await request())
    assert.equal(answer.status, status, answer.body)
    assert.equal((await readAnswer({ body: answer.body, status }))?.code, code)
  })
}

test('a streamed upload that declares its chunks is judged by its head and refused as any PUT', async () => {
  const streaming = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
  const wire = plainSign(plain({ method: 'PUT', body: '0;chunk-signature=x\r\n\r\n' }), {
    contentSha256: () => streaming,
    payloadHash: () => streaming,
  })
  assert.equal((await send(wire)).status, 405)
  assert.equal(judged.at(-1)?.verdict.outcome, 'valid')
})

test('a range of an object is served', async () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['bytes=0-6', 206, 'content'],
    ['bytes=-4', 206, 'ir/a'],
    ['bytes=11-', 206, 'dir/a'],
    ['bytes=99-', 416, ''],
    ['bytes=3-1', 200, 'content of dir/a'],
    ['lines=1-2', 200, 'content of dir/a'],
  ]
  for (const [range, status, body] of cases) {
    const answer = await send(plainSign(plain({ path: '/photos/dir/a', headers: [['Range', range]] })))
    assert.equal(answer.status, status, range)
    if (status !== 416) assert.equal(answer.body, body, range)
  }
})

test('buckets are listed, links to other folders are none', async () => {
  const root = await parseXml((await send(plainSign(plain({ path: '/' })))).body)
  const buckets = childrenOf(childrenOf(root, 'Buckets')[0] ?? root, 'Bucket')
  assert.deepEqual(
    buckets.map((bucket) => childText(bucket, 'Name')),
    ['empty-bucket', 'photos'],
  )
})

test('keys are listed in the order of S3, page by page, without the links', async () => {
  for (const size of [1, 2, 3, 100])
    assert.deepEqual(await listAll({ 'max-keys': String(size) }), { keys: [...keys].sort(byBytes), prefixes: [] })
})

test('a delimiter rolls keys up, page by page', async () => {
  const wanted = { keys: ['007', '1e3', 'a b+c.txt', 'dir0', "it's", 'é'], prefixes: ['dir-a/', 'dir/', 'z/'] }
  for (const size of [1, 2, 100])
    assert.deepEqual(await listAll({ delimiter: '/', 'max-keys': String(size) }), wanted, `${size} a page`)
  assert.deepEqual(await listAll({ delimiter: '/', prefix: 'dir/' }), { keys: ['dir/a'], prefixes: ['dir/sub/'] })
  assert.deepEqual(await listAll({ delimiter: 'sub', prefix: 'dir' }), {
    keys: ['dir-a/x', 'dir/a', 'dir0'],
    prefixes: ['dir/sub'],
  })
})

test('start-after and a prefix narrow a listing', async () => {
  assert.deepEqual((await listAll({ 'start-after': 'dir/sub/b' })).keys, ['dir/sub/c', 'dir0', "it's", 'z/é/日本', 'é'])
  assert.deepEqual((await listAll({ prefix: 'dir' })).keys, ['dir-a/x', 'dir/a', 'dir/sub/b', 'dir/sub/c', 'dir0'])
  assert.deepEqual((await listAll({ prefix: '../' })).keys, [])
})

test('keys are percent-encoded on request', async () => {
  const { body } = await send(
    plainSign(
      plain({
        path: '/photos',
        query: [
          ['list-type', '2'],
          ['encoding-type', 'url'],
        ],
      }),
    ),
  )
  assert.match(body, /<Key>a\+b%2Bc\.txt<\/Key>/)
  assert.match(body, /<Key>z\/%C3%A9\/%E6%97%A5%E6%9C%AC<\/Key>/)
})

test('the older listing goes on by marker', async () => {
  const pages: string[] = []
  let marker = ''
  for (let page = 0; page < 20; page++) {
    const root = await parseXml(
      (
        await send(
          plainSign(
            plain({
              path: '/photos',
              query: [
                ['max-keys', '4'],
                ['marker', marker],
              ],
            }),
          ),
        )
      ).body,
    )
    const found = childrenOf(root, 'Contents').map((element) => childText(element, 'Key') ?? '')
    pages.push(...found)
    if (childText(root, 'IsTruncated') === 'false') break
    marker = found.at(-1) ?? ''
  }
  assert.deepEqual(pages, [...keys].sort(byBytes))
})

test('a bucket in the host is read as in the path', async () => {
  const wire = plainSign({ ...plain({ path: '/dir/a' }), host: 'photos.localhost:9999' })
  assert.equal((await send(wire)).body, 'content of dir/a')
})

/** Every one is signed rightly: only the folder's walls are in the way. */
const escapes = [
  '/../outside.txt',
  '/photos/../../outside.txt',
  '/photos/%2e%2e/%2e%2e/outside.txt',
  '/photos/..%2f..%2foutside.txt',
  '/photos/dir/../../../outside.txt',
  '/%2e%2e/outside.txt',
  '/../elsewhere/file',
  '/photos/%2Foutside.txt',
  '//outside.txt',
  '/photos//etc/passwd',
  '/photos/..%5c..%5coutside.txt',
  '/photos/link.txt',
  '/photos/linked-folder/file',
  '/linked-bucket/file',
  '/photos/link.txt%00',
  '/photos/%00',
  '/photos/dir',
  '/photos/dir/',
  '/photos/./007',
  '/./photos/007',
  '/photos/%ff',
  '/%c0%ae%c0%ae/outside.txt',
]

test('nothing outside the folder can be read, whatever the path looks like', async () => {
  for (const path of escapes) {
    for (const target of [path, `http://${host}${path}`]) {
      const answer = await send(await signedTarget(path, target))
      assert.ok(answer.status === 404 || answer.status === 400, `${target}: ${answer.status} ${answer.body}`)
      assert.ok(!answer.body.includes(outside), target)
      assert.ok(!answer.body.includes(folder), `${target} tells where the folder is`)
    }
  }
})

test('an absolute URL in the request line is the path behind it', async () => {
  const answer = await send(await signedTarget('/photos/dir/a', `http://${host}/photos/dir/a`))
  assert.equal(answer.body, 'content of dir/a')
})

test('a head that is too large is refused, one that never ends does not hold up the others', async () => {
  const large = await exchange(`GET / HTTP/1.1\r\nHost: ${host}\r\nX-Large: ${'a'.repeat(100_000)}\r\n\r\n`)
  assert.match(large, /^HTTP\/1\.1 400 [\s\S]*RequestHeaderSectionTooLarge/)
  const slow = net.connect(Number(host.split(':')[1]), '127.0.0.1')
  slow.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  assert.equal((await send(plainSign(plain({ path: '/photos/dir/a' })))).status, 200)
  slow.destroy()
})

test('what is no HTTP is refused', async () => {
  assert.match(await exchange('\x16\x03\x01\x02\x00 hello\r\n\r\n'), /^HTTP\/1\.1 400 /)
})

test('a client that breaks off in the middle of its body leaves the server running', async () => {
  const socket = net.connect(Number(host.split(':')[1]), '127.0.0.1')
  const arrived = once(server, 'request')
  socket.write(`PUT /photos/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\n\r\nhalf`)
  await arrived
  socket.destroy()
  assert.equal((await send(plainSign(plain({ path: '/photos/dir/a' })))).status, 200)
})

test('a large body is hashed as it passes, in constant memory', async () => {
  const megabytes = 96
  const piece = Buffer.alloc(1_048_576, 'a')
  const whole = plainHash(piece, megabytes)
  const wire = plainSign(plain({ method: 'PUT' }), { contentSha256: () => whole, payloadHash: () => whole })
  const before = process.memoryUsage().rss
  const answer = await streamBody(wire, piece, megabytes)
  assert.match(answer, /^HTTP\/1\.1 405 /)
  assert.equal(judged.at(-1)?.verdict.outcome, 'valid')
  assert.ok(process.memoryUsage().rss - before < 60e6, `${(process.memoryUsage().rss - before) / 1e6} MB more`)
})

test('no answer holds the secret or a right signature', async () => {
  const right = plainSign(plain({ path: '/photos/dir/a' }))
  const signature = /Signature=([0-9a-f]{64})/.exec(JSON.stringify(right.headers))?.[1] ?? ''
  const wrong = {
    ...right,
    headers: right.headers.map(([name, value]) => [name, value.replace(signature, 'f'.repeat(64))] as const),
  }
  const { status, body } = await send(wrong)
  assert.equal(status, 403)
  assert.ok(!body.includes(secret) && !body.includes(signature))
})

test('curl says below a refusal which mistake it was, unless it is to be silent', async () => {
  const env = { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: 'another', AWS_REGION: 'us-east-1' }
  const argv = ['curl', '--service', 's3', '-sS', `http://${host}/photos/007`]
  const told = await run(argv, { env, now })
  assert.match(
    told.stderr,
    /^sigv4: SignatureDoesNotMatch: [\s\S]*\nnot valid {2}secret-other\n[\s\S]*it has another secret/,
  )
  assert.equal((await run([...argv.slice(0, 3), '-s', argv[4] ?? ''], { env, now })).stderr, '')
  const presigned = plainSign(plain({ form: 'query', path: '/photos/a b+c.txt' }), { canonicalUri: ({ path }) => path })
  const url = `http://${host}${presigned.path}?${presigned.query}`
  const right = { ...env, AWS_SECRET_ACCESS_KEY: secret }
  assert.match((await run(['curl', '-sS', url], { env: right, now })).stderr, /\nnot valid {2}path-raw\n/)
  const missing = await run(['curl', '--service', 's3', '-sS', `http://${host}/photos/none`], { env: right, now })
  assert.doesNotMatch(missing.stderr, /not valid/)
})

function plain(changes: Partial<PlainRequest>): PlainRequest {
  return {
    method: 'GET',
    host,
    path: '/photos/007',
    query: [],
    headers: [],
    body: '',
    service: 's3',
    region: 'us-east-1',
    date: '20150830T123600Z',
    accessKeyId: keyId,
    secret,
    token: undefined,
    form: 'header',
    expires: 3600,
    ...changes,
  }
}

/** A path that stands on the wire as it is, which only our own signer takes. */
async function signedTarget(path: string, target: string): Promise<WireRequest> {
  const signed = await signRequest(
    { method: 'GET', host, path, query: undefined, headers: [], payload: { body: '' } },
    {
      algorithm: 'sigv4',
      service: 's3',
      region: 'us-east-1',
      credentials: credentialsOf(keyId, secret),
      time: now,
      pathEncoding: 'single',
      normalizePath: false,
      contentSha256Header: true,
      sessionToken: 'signed',
    },
  )
  const headers = signed.headers.filter(({ name }) => name !== 'Host').map(({ name, value }) => [name, value] as const)
  return { method: 'GET', host, path: target, query: undefined, headers, body: '' }
}

async function crtSigned(path: string, algorithm: auth.AwsSigningAlgorithm): Promise<WireRequest> {
  const request = new http.HttpRequest('GET', path, new http.HttpHeaders([['Host', host]]))
  const signed = await auth.aws_sign_request(request, {
    algorithm,
    signature_type: auth.AwsSignatureType.HttpRequestViaHeaders,
    provider: auth.AwsCredentialsProvider.newStatic(keyId, secret),
    region: algorithm === auth.AwsSigningAlgorithm.SigV4 ? 'us-east-1' : '*',
    service: 's3',
    date: now,
    use_double_uri_encode: false,
    should_normalize_uri_path: false,
    signed_body_header: auth.AwsSignedBodyHeaderType.XAmzContentSha256,
  })
  const headers = [...signed.headers].filter(([name]) => name !== 'Host').map(([name, value]) => [name, value] as const)
  return { method: 'GET', host, path, query: undefined, headers, body: '' }
}

function withHeader(wire: WireRequest, name: string, value: string): WireRequest {
  return { ...wire, headers: [...wire.headers, [name, value]] }
}

interface ReceivedAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

async function send(wire: WireRequest): Promise<ReceivedAnswer> {
  const text = await exchange(`${head(wire, Buffer.byteLength(wire.body))}${wire.body}`)
  const [headText = '', ...rest] = text.split('\r\n\r\n')
  const lines = headText.split('\r\n')
  const headers = new Map(
    lines
      .slice(1)
      .map((line): [string, string] => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
  )
  return { status: Number(lines[0]?.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}

function head(wire: WireRequest, length: number): string {
  const target = wire.query === undefined ? wire.path : `${wire.path}?${wire.query}`
  const headers = wire.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${wire.method} ${target} HTTP/1.1\r\nHost: ${wire.host}\r\n${headers}${length > 0 ? `Content-Length: ${length}\r\n` : ''}Connection: close\r\n\r\n`
}

function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(Number(host.split(':')[1]), '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', reject)
  })
}

function streamBody(wire: WireRequest, piece: Buffer, count: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(Number(host.split(':')[1]), '127.0.0.1', () => {
      socket.write(head(wire, piece.length * count))
      let sent = 0
      const more = () => {
        while (sent < count) {
          sent++
          if (!socket.write(piece)) {
            socket.once('drain', more)
            return
          }
        }
      }
      more()
    })
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', reject)
  })
}

function plainHash(piece: Buffer, count: number): string {
  const hash = createHash('sha256')
  for (let index = 0; index < count; index++) hash.update(piece)
  return hash.digest('hex')
}

async function listAll(parameters: Readonly<Record<string, string>>): Promise<{ keys: string[]; prefixes: string[] }> {
  const found: { keys: string[]; prefixes: string[] } = { keys: [], prefixes: [] }
  let token: string | undefined
  for (let page = 0; page < 50; page++) {
    const query: [string, string][] = [
      ['list-type', '2'],
      ...Object.entries(parameters),
      ...(token === undefined ? [] : ([['continuation-token', token]] as [string, string][])),
    ]
    const answer = await send(plainSign(plain({ path: '/photos', query })))
    assert.equal(answer.status, 200, answer.body)
    const root: XmlElement = await parseXml(answer.body)
    found.keys.push(...childrenOf(root, 'Contents').map((element) => childText(element, 'Key') ?? ''))
    found.prefixes.push(...childrenOf(root, 'CommonPrefixes').map((element) => childText(element, 'Prefix') ?? ''))
    token = childText(root, 'NextContinuationToken')
    if (token === undefined) break
  }
  return found
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
