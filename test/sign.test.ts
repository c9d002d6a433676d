import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { SignatureV4a } from '@smithy/signature-v4a'
import { Secret } from '../src/credentials/secret.ts'
import { hmacKey, hmacSha256 } from '../src/sign/hmac.ts'
import { Sha256 } from '../src/sign/sigv4.ts'
import { verifySigV4a } from '../src/sign/sigv4a.ts'
import { exampleKeys, run } from './support/run.ts'

interface Printed {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly bodyBase64?: string
  readonly explain: {
    readonly algorithm: string
    readonly service: string
    readonly region: string
    readonly credentialScope: string
    readonly signedHeaders: string
    readonly canonicalRequest: string
    readonly payloadHash: string
    readonly stringToSign: string
    readonly signature: string
    readonly inferred: Record<string, { readonly value: string; readonly reason: string }>
  }
}

async function signed(
  argv: readonly string[],
  env: Record<string, string> = exampleKeys,
): Promise<Printed & { stderr: string }> {
  const { exitCode, stdout, stderr } = await run(['sign', ...argv, '--format', 'json', '--explain'], { env })
  assert.equal(exitCode, 0, stderr)
  const printed: Printed = JSON.parse(stdout)
  return { ...printed, stderr }
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test("AWS's documented S3 example (GET Object, 2013) comes out as printed there", async () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const printed = await signed(
    [
      'https://examplebucket.s3.amazonaws.com/test.txt',
      '-H',
      'Range: bytes=0-9',
      '--date',
      '20130524T000000Z',
      '--region',
      'us-east-1',
    ],
    env,
  )
  assert.equal(printed.explain.signature, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  const presigned = await signed(
    [
      'https://examplebucket.s3.amazonaws.com/test.txt',
      '--presign',
      '--expires',
      '86400',
      '--date',
      '20130524T000000Z',
      '--region',
      'us-east-1',
    ],
    env,
  )
  assert.equal(presigned.explain.signature, 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
  assert.equal(presigned.explain.payloadHash, 'UNSIGNED-PAYLOAD')
})

test('the parts form has the defaults that the contract names', async () => {
  const printed = await signed(['--service', 'dynamodb', '--region', 'eu-west-1'])
  assert.deepEqual([printed.method, printed.url], ['GET', 'https://dynamodb.eu-west-1.amazonaws.com/'])
  assert.equal(printed.explain.payloadHash, emptyHash)
  assert.equal(printed.explain.credentialScope, '20150830/eu-west-1/dynamodb/aws4_request')
})

test('parts of every kind make the request that their URL would', async () => {
  const parts = await signed([
    '--service',
    'execute-api',
    '--region',
    'us-east-1',
    '--host',
    'abc.execute-api.us-east-1.amazonaws.com',
    '--path',
    '/prod/a b',
    '--query',
    'k=a b&c',
    '--query',
    'acl',
  ])
  const url = await signed(['https://abc.execute-api.us-east-1.amazonaws.com/prod/a%20b?k=a%20b%26c&acl'])
  assert.equal(parts.url, url.url)
  assert.equal(parts.explain.canonicalRequest, url.explain.canonicalRequest)
})

const targets: readonly { argv: readonly string[]; url: string; env?: Record<string, string> }[] = [
  {
    argv: ['s3://examplebucket/a b/+%2F/é', '--region', 'eu-west-1'],
    url: 'https://examplebucket.s3.eu-west-1.amazonaws.com/a%20b/%2B%252F/%C3%A9',
  },
  {
    argv: ['s3://my.dotted.bucket/k', '--region', 'eu-west-1'],
    url: 'https://s3.eu-west-1.amazonaws.com/my.dotted.bucket/k',
  },
  { argv: ['s3://Upper/k', '--region', 'us-east-1'], url: 'https://s3.us-east-1.amazonaws.com/Upper/k' },
  { argv: ['s3://b12/k', '--region', 'cn-north-1'], url: 'https://b12.s3.cn-north-1.amazonaws.com.cn/k' },
  {
    argv: ['s3://b12/k', '--region', 'us-east-1', '--endpoint-url', 'http://127.0.0.1:9000'],
    url: 'http://127.0.0.1:9000/b12/k',
  },
  {
    argv: ['s3://b12/k'],
    url: 'https://b12.s3.ap-south-1.amazonaws.com/k',
    env: { ...exampleKeys, AWS_REGION: 'ap-south-1' },
  },
  {
    argv: ['s3://b12/k'],
    url: 'http://localhost:9000/b12/k',
    env: { ...exampleKeys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'http://localhost:9000' },
  },
  { argv: ['HTTPS://user:pass@STS.us-east-1.amazonaws.com:443?x#frag'], url: 'https://STS.us-east-1.amazonaws.com/?x' },
]

for (const { argv, url, env } of targets) {
  test(`the target ${argv.join(' ')} is ${url}`, async () => {
    assert.equal((await signed(argv, env)).url, url)
  })
}

test('SigV4a signatures, header form and presigned, are those of the derived key, which is the one of AWS’s package', async () => {
  const credentials = {
    accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
    secretAccessKey: new Secret(exampleKeys.AWS_SECRET_ACCESS_KEY),
    source: { kind: 'environment', description: '' },
  } as const
  const target = 'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/key'
  for (const form of [[], ['--presign']]) {
    const { explain, headers, url } = await signed([target, ...form])
    assert.deepEqual([explain.algorithm, explain.region], ['AWS4-ECDSA-P256-SHA256', '*'])
    assert.match(form.length === 0 ? (headers['X-Amz-Region-Set'] ?? '') : url, /^\*$|X-Amz-Region-Set=%2A/)
    assert.equal(verifySigV4a(credentials, explain.stringToSign, explain.signature), true)
    assert.equal(verifySigV4a(credentials, `${explain.stringToSign}x`, explain.signature), false)
  }
  const theirs = new SignatureV4a({
    service: 's3',
    region: '*',
    credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: exampleKeys.AWS_SECRET_ACCESS_KEY },
    sha256: Sha256,
    uriEscapePath: false,
  })
  const request = { method: 'GET', protocol: 'https:', hostname: 'h', path: '/key', query: {}, headers: { host: 'h' } }
  const date = new Date('2015-08-30T12:36:00Z')
  const result = await theirs.sign(request, { signingDate: date })
  const signature = /Signature=([0-9a-f]+)/.exec(result.headers.authorization)?.[1] ?? ''
  const canonical = `GET\n/key\n\nhost:h\nx-amz-content-sha256:${emptyHash}\nx-amz-date:20150830T123600Z\nx-amz-region-set:*\n\nhost;x-amz-content-sha256;x-amz-date;x-amz-region-set\n${emptyHash}`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const stringToSign = `AWS4-ECDSA-P256-SHA256\n20150830T123600Z\n20150830/s3/aws4_request\n${hash}`
  assert.equal(verifySigV4a(credentials, stringToSign, signature), true)
})

test('the HMAC by one-shot hashes is node’s own, for keys shorter and longer than a block', () => {
  for (const length of [0, 1, 32, 63, 64, 65, 200]) {
    const key = Buffer.alloc(length, 0xa7)
    const expected = createHmac('sha256', key).update('data é').digest('hex')
    assert.equal(hmacSha256(hmacKey(key), 'data é').toString('hex'), expected)
  }
})

const headerCases: readonly { name: string; argv: readonly string[]; header: string; value: string | undefined }[] = [
  {
    name: 'a given Host is signed and sent',
    argv: ['-H', 'Host: sts.us-west-2.amazonaws.com'],
    header: 'Host',
    value: 'sts.us-west-2.amazonaws.com',
  },
  {
    name: 'a given X-Amz-Date is the signing time',
    argv: ['-H', 'X-Amz-Date: 20200101T000000Z'],
    header: 'X-Amz-Date',
    value: '20200101T000000Z',
  },
  {
    name: 'a given token replaces ours',
    argv: ['-H', 'X-Amz-Security-Token: mine'],
    header: 'X-Amz-Security-Token',
    value: 'mine',
  },
  { name: 'our token is sent', argv: [], header: 'X-Amz-Security-Token', value: 'TOKEN' },
  {
    name: 'x-amz-content-sha256 is left out where no service wants it',
    argv: [],
    header: 'x-amz-content-sha256',
    value: undefined,
  },
  {
    name: 'x-amz-content-sha256 is added when asked',
    argv: ['--content-sha256'],
    header: 'x-amz-content-sha256',
    value: emptyHash,
  },
  {
    name: 'a value keeps the no-break space that ends it',
    argv: ['-H', 'X-Name: \u00a0a\u00a0 \t'],
    header: 'X-Name',
    value: '\u00a0a\u00a0',
  },
  { name: 'repeated headers are one member', argv: ['-H', 'A: 1', '-H', 'a: 2'], header: 'A', value: '1,2' },
]

for (const { name, argv, header, value } of headerCases) {
  test(name, async () => {
    const printed = await signed(['https://sts.us-east-1.amazonaws.com/', ...argv], {
      ...exampleKeys,
      AWS_SESSION_TOKEN: 'TOKEN',
    })
    assert.equal(printed.headers[header], value)
  })
}

test('headers of a file are UTF-8, a line each, or refused', async () => {
  const argv = ['sign', 'https://sts.us-east-1.amazonaws.com/', '-H', '@-']
  const read = await run(argv, { stdin: '\ufeffX-A: é\r\n\r\nX-B;\nX-C:' })
  assert.match(read.stdout, /^X-A: é\nX-B;\nX-C;\nX-Amz-Date: /)
  const refused = await run(argv, { stdin: Buffer.from('X-A: \xe9', 'latin1') })
  assert.deepEqual([refused.exitCode, refused.stdout], [2, ''])
  assert.match(refused.stderr, /the headers of @- are not UTF-8/)
})

test('--omit-session-token signs without the token and adds it afterwards, in both forms', async () => {
  const env = { ...exampleKeys, AWS_SESSION_TOKEN: 'TOKEN/+=' }
  const header = await signed(['https://sts.us-east-1.amazonaws.com/', '--omit-session-token'], env)
  assert.equal(header.headers['X-Amz-Security-Token'], 'TOKEN/+=')
  assert.doesNotMatch(header.explain.signedHeaders, /security-token/)
  const presigned = await signed(['https://sts.us-east-1.amazonaws.com/', '--omit-session-token', '--presign'], env)
  assert.match(presigned.url, /&X-Amz-Security-Token=TOKEN%2F%2B%3D$/)
  assert.doesNotMatch(presigned.explain.canonicalRequest, /Security-Token/)
})

test('headers that change on the way are signed only when asked', async () => {
  const argv = [
    'https://sts.us-east-1.amazonaws.com/',
    '-H',
    'User-Agent: x',
    '-H',
    'Accept-Encoding: gzip',
    '-H',
    'Proxy-Thing: y',
    '-H',
    'Cache-Control: no-cache',
  ]
  const usual = await signed(argv)
  assert.equal(usual.explain.signedHeaders, 'cache-control;host;x-amz-date')
  const asked = await signed([...argv, '--signed-header', 'User-Agent', '--unsigned-header', 'cache-control'])
  assert.equal(asked.explain.signedHeaders, 'host;user-agent;x-amz-date')
  assert.equal(asked.headers['Cache-Control'], 'no-cache')
})

test('a body on stdin, from bytes and from text, is hashed as curl would send it', async () => {
  const text = await run(
    ['sign', 'https://sts.us-east-1.amazonaws.com/', '-d', 'a=1', '-d', '@-', '--format', 'http'],
    { stdin: 'b=\r\n2\0' },
  )
  assert.match(text.stdout, /^POST \/ HTTP\/1\.1\r\n/)
  assert.match(text.stdout, /\r\nContent-Length: 7\r\n\r\na=1&b=2$/)
  const bytes = await run(['sign', 'https://sts.us-east-1.amazonaws.com/', '--data-binary', '@-', '--format', 'json'], {
    stdin: Buffer.from([0xff, 0]),
  })
  assert.equal(JSON.parse(bytes.stdout).bodyBase64, '/wA=')
})

const warnings: readonly { name: string; argv: readonly string[]; says: RegExp; env?: Record<string, string> }[] = [
  {
    name: 'a raw + in a query',
    argv: ['https://sts.us-east-1.amazonaws.com/?a=b+c'],
    says: /warning: '\+' in the query/,
  },
  {
    name: 'a raw + in an S3 path',
    argv: ['https://b.s3.us-east-1.amazonaws.com/a+b'],
    says: /warning: '\+' in the path/,
  },
  {
    name: 'an encoded slash in an S3 path',
    argv: ['https://b.s3.us-east-1.amazonaws.com/a%2Fb'],
    says: /warning: '%2F'/,
  },
  {
    name: 'a region that contradicts the host',
    argv: ['https://sts.us-east-1.amazonaws.com/', '--region', 'eu-west-1'],
    says: /warning: .*'eu-west-1'.*'us-east-1'/,
  },
  { name: 'S3 without a region', argv: ['https://b.s3.amazonaws.com/'], says: /warning: no region.*us-east-1/ },
  {
    name: 'a header to sign that is not there',
    argv: ['https://sts.us-east-1.amazonaws.com/', '--signed-header', 'User-Agent'],
    says: /warning: --signed-header user-agent: the request has no such header/,
  },
  {
    name: 'a header to leave out that is not there',
    argv: ['https://sts.us-east-1.amazonaws.com/', '--unsigned-header', 'X-Absent'],
    says: /warning: --unsigned-header x-absent: the request has no such header/,
  },
  {
    name: 'a header left out that AWS wants to be signed',
    argv: ['https://sts.us-east-1.amazonaws.com/', '--unsigned-header', 'X-Amz-Date'],
    says: /warning: --unsigned-header x-amz-date: AWS wants/,
  },
  {
    name: 'a payload hash that the service cannot know',
    argv: ['https://sts.us-east-1.amazonaws.com/', '--unsigned-payload'],
    says: /warning: nothing tells the service that the payload hash is 'UNSIGNED-PAYLOAD'; --content-sha256/,
  },
  {
    name: 'a payload hash that S3 does not look for in a presigned URL',
    argv: ['https://b.s3.us-east-1.amazonaws.com/', '--presign', '--payload-hash', emptyHash],
    says: /warning: nothing tells the service that the payload hash is 'e3b0/,
  },
  {
    name: 'an argument with bytes that were no UTF-8',
    argv: ['https://sts.us-east-1.amazonaws.com/', '-d', '\ufffd'],
    says: /warning: an argument holds U\+FFFD/,
  },
  {
    name: 'a secret with a line break at its end',
    argv: ['https://sts.us-east-1.amazonaws.com/'],
    env: { ...exampleKeys, AWS_SECRET_ACCESS_KEY: `${exampleKeys.AWS_SECRET_ACCESS_KEY}\n` },
    says: /warning: the secret access key of environment variables .* ends with a blank/,
  },
  {
    name: 'dot segments that clients take out',
    argv: ['https://b.s3.us-east-1.amazonaws.com/a/../b'],
    says: /note: .*--path-as-is/,
  },
  { name: 'brackets that curl reads', argv: ['https://b.s3.us-east-1.amazonaws.com/?a[]=b'], says: /note: .*-g / },
  {
    name: 'headers that a presigned URL needs',
    argv: ['https://b.s3.us-east-1.amazonaws.com/', '--presign', '-H', 'X-Amz-Acl: private'],
    says: /note: .*x-amz-acl/,
  },
  {
    name: 'a URL that is printed without the signature in it',
    argv: ['https://b.s3.us-east-1.amazonaws.com/', '--format', 'url'],
    says: /^note: the signature is in the headers, not in this URL; --presign puts it there\n$/,
  },
  {
    name: 'headers that are printed without the signature in the URL',
    argv: ['https://b.s3.us-east-1.amazonaws.com/', '--presign', '--format', 'headers'],
    says: /^note: the signature is in the URL, which --format url prints\n$/,
  },
]

for (const { name, argv, says, env } of warnings) {
  test(`sign warns of ${name}, on stderr alone`, async () => {
    const { exitCode, stdout, stderr } = await run(['sign', ...argv], env ? { env } : {})
    assert.equal(exitCode, 0)
    assert.match(stderr, says)
    assert.doesNotMatch(stdout, /warning|note/)
  })
}

const quietCases: readonly (readonly string[])[] = [
  ['https://b.s3.us-east-1.amazonaws.com/', '--unsigned-payload'],
  ['https://b.s3.us-east-1.amazonaws.com/', '--presign', '--unsigned-payload'],
  [
    'https://b.s3.us-east-1.amazonaws.com/',
    '--presign',
    '--payload-hash',
    emptyHash,
    '--content-sha256',
    '--format',
    'json',
  ],
  ['https://sts.us-east-1.amazonaws.com/', '--unsigned-payload', '--content-sha256'],
  ['https://sts.us-east-1.amazonaws.com/', '--payload-hash', emptyHash],
  ['https://b.s3.us-east-1.amazonaws.com/a/../b[]', '--format', 'curl'],
  ['https://sts.us-east-1.amazonaws.com/', '-H', 'User-Agent: x', '--signed-header', 'User-Agent'],
]

for (const argv of quietCases) {
  test(`sign ${argv.join(' ')} warns of nothing`, async () => {
    const { exitCode, stderr } = await run(['sign', ...argv])
    assert.equal(exitCode, 0)
    assert.doesNotMatch(stderr, /warning|curl/)
  })
}

test('--explain as text tells every step on stderr, with a shortened token, without the secret, and leaves stdout alone', async () => {
  const env = { ...exampleKeys, AWS_SESSION_TOKEN: 'FQoGZXIvYXdzEXAMPLETOKEN' }
  const plain = await run(['sign', 'https://sts.us-east-1.amazonaws.com/'], { env })
  const explained = await run(['sign', 'https://sts.us-east-1.amazonaws.com/', '--explain'], { env })
  assert.equal(explained.stdout, plain.stdout)
  for (const part of [
    '1. ',
    '2. Canonical request',
    '3. String to sign',
    '4. Signing key',
    '5. Signature',
    'FQoGZX...',
  ]) {
    assert.ok(explained.stderr.includes(part), part)
  }
  assert.doesNotMatch(explained.stderr, /EXAMPLETOKEN|wJalrX|\u001b/)
  const presigned = await run(['sign', 'https://sts.us-east-1.amazonaws.com/', '--explain', '--presign'], { env })
  assert.doesNotMatch(presigned.stderr, /EXAMPLETOKEN|wJalrX/)
})

test('--explain is coloured on a terminal and with --color always, and not with NO_COLOR', async () => {
  const argv = ['sign', 'https://sts.us-east-1.amazonaws.com/', '--explain']
  assert.match((await run(argv, { terminal: true })).stderr, /\u001b\[/)
  assert.match((await run([...argv, '--color', 'always'])).stderr, /\u001b\[/)
  assert.doesNotMatch((await run(argv, { terminal: true, env: { ...exampleKeys, NO_COLOR: '1' } })).stderr, /\u001b\[/)
})

test('--no-sign-request prints the request without a signature', async () => {
  const { stdout } = await run(['sign', 'https://sts.us-east-1.amazonaws.com/', '-H', 'A: b', '--no-sign-request'], {
    env: {},
  })
  assert.equal(stdout, 'A: b\n')
})
