import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleKeys, run } from './support/run.ts'

const url = 'https://sts.us-east-1.amazonaws.com/'

const usageErrors: readonly { name: string; argv: readonly string[]; says: RegExp; hint?: RegExp }[] = [
  { name: 'a URL without a host', argv: ['https:///path'], says: /names no host/ },
  { name: 'a URL of another scheme', argv: ['ftp://example.com/'], says: /scheme 'ftp'/ },
  { name: 'a word that is no URL', argv: ['example'], says: /"example" is not a URL/, hint: /s3:\/\/BUCKET/ },
  {
    name: 'a host without a scheme',
    argv: ['sts.us-east-1.amazonaws.com/?x'],
    says: /is not a URL/,
    hint: /did you mean https:\/\/sts\.us-east-1\.amazonaws\.com\/\?x\?/,
  },
  { name: 'a port beyond 65535', argv: ['https://example.com:70000/'], says: /port 70000/ },
  { name: 'a line feed in the URL', argv: ['https://example.com/a\nb'], says: /line break/ },
  { name: 'a line feed in a header', argv: [url, '-H', 'X-A: b\nX-C: d'], says: /line break/ },
  { name: 'a carriage return in a header', argv: [url, '-H', 'X-A: b\r'], says: /line break/ },
  { name: 'a NUL in a header', argv: [url, '-H', 'X-A: \0'], says: /NUL/ },
  { name: 'a line feed in the method', argv: [url, '-X', 'GET\n'], says: /method/ },
  { name: 'a header without a colon', argv: [url, '-H', 'nonsense'], says: /'nonsense' is not 'Name: value'/ },
  { name: 'an unknown flag', argv: [url, '--presgin'], says: /'--presgin'/, hint: /did you mean --presign\?/ },
  {
    name: 'an expiry over seven days',
    argv: [url, '--presign', '--expires', '8d'],
    says: /'8d' is longer than 7 days/,
  },
  { name: 'an expiry of a second too much', argv: [url, '--presign', '--expires', '604801'], says: /604800/ },
  {
    name: 'an expiry that is no time',
    argv: [url, '--presign', '--expires', 'soon'],
    says: /'soon' is not a duration/,
  },
  { name: 'an expiry without --presign', argv: [url, '--expires', '60'], says: /--expires is for --presign/ },
  { name: 'a date that does not exist', argv: [url, '--date', '2015-02-30T00:00:00Z'], says: /is not a time/ },
  { name: 'a host that tells no service', argv: ['https://example.com/'], says: /example\.com/, hint: /--service/ },
  {
    name: 'a missing region',
    argv: ['https://example.com/', '--service', 'execute-api'],
    says: /no region/,
    hint: /AWS_REGION/,
  },
  { name: 'a missing region of the parts form', argv: ['--service', 'dynamodb'], says: /no region/, hint: /--region/ },
  { name: 'a missing region of an s3:// target', argv: ['s3://examplebucket/key'], says: /no region/ },
  { name: 'a region that is no name', argv: [url, '--region', 'us-east-1/evil'], says: /us-east-1\/evil/ },
  { name: 'a service that is no name', argv: ['--service', 'evil.com/', '--region', 'us-east-1'], says: /evil\.com/ },
  { name: 'a path within --host', argv: ['--service', 'sts', '--host', 'example.com/x'], says: /'example\.com\/x'/ },
  { name: 'a query within --host', argv: ['--service', 'sts', '--host', 'example.com?x'], says: /'example\.com\?x'/ },
  {
    name: 'an identity within --host',
    argv: ['--service', 'sts', '--host', 'a@example.com'],
    says: /'a@example\.com'/,
  },
  { name: 'a scheme within --host', argv: ['--service', 'sts', '--host', 'http://x'], says: /--host 'http:\/\/x'/ },
  { name: 'an empty --host', argv: ['--service', 'sts', '--host', ''], says: /--host '' names no host/ },
  { name: 'an escape in a host', argv: ['https://ex%61mple.com/'], says: /'ex%61mple\.com' cannot be a host name/ },
  {
    name: '--host beside --endpoint-url',
    argv: ['--service', 'sts', '--region', 'us-east-1', '--host', 'x', '--endpoint-url', 'http://y'],
    says: /--host and --endpoint-url exclude each other/,
  },
  {
    name: 'an endpoint with a query',
    argv: ['--service', 'sts', '--region', 'us-east-1', '--endpoint-url', 'http://y/?a=b'],
    says: /has a query/,
  },
  {
    name: 'an endpoint that is no URL',
    argv: ['--service', 'sts', '--region', 'us-east-1', '--endpoint-url', 'foo'],
    says: /--endpoint-url: "foo" is not a URL/,
    hint: /write http\(s\):\/\/HOST or http\(s\):\/\/HOST:PORT/,
  },
  {
    name: 'a line feed in --path',
    argv: ['--service', 'sts', '--region', 'us-east-1', '--path', '/a\nb'],
    says: /--path .*line break/,
  },
  { name: 'a body on stdin twice', argv: [url, '-d', '@-', '--data-binary', '@-'], says: /stdin twice/ },
  { name: 'body and headers both on stdin', argv: [url, '-d', '@-', '-H', '@-'], says: /stdin/ },
  { name: 'parts beside a URL', argv: [url, '--path', '/x'], says: /--path/ },
  { name: 'nothing to sign', argv: [], says: /nothing to sign/ },
  { name: 'two targets', argv: [url, 'x=y'], says: /unexpected argument 'x=y'/, hint: /quote/ },
  {
    name: 'a date that contradicts the header',
    argv: [url, '--date', '2015-08-30', '-H', 'X-Amz-Date: 20150831T000000Z'],
    says: /contradicts/,
  },
  { name: 'an X-Amz-Date of another form', argv: [url, '-H', 'X-Amz-Date: yesterday'], says: /yesterday/ },
  { name: 'a payload hash that is none', argv: [url, '--payload-hash', 'abc'], says: /abc/ },
  {
    name: 'a Content-Length that is not the body’s',
    argv: [url, '-d', 'abc', '-H', 'Content-Length: 4', '--format', 'http'],
    says: /'4' contradicts the body of 3 bytes/,
  },
  { name: 'an Authorization of their own', argv: [url, '-H', 'Authorization: Basic x'], says: /Authorization/ },
  { name: 'a URL that is signed', argv: [`${url}?X-Amz-Signature=00`], says: /signed already/ },
  { name: 'a URL that is signed, in escapes', argv: [`${url}?x&X%2DAmz%2DCredential=00`], says: /signed already/ },
  ...['X-Amz-Date', 'x-amz-expires', 'X-Amz-Region-Set', 'X-Amz-Security-Token'].map((name) => ({
    name: `a URL to presign that has ${name}`,
    argv: ['--presign', `${url}?a=b&${name}=1`],
    says: new RegExp(`has ${name}, which presigning writes`),
  })),
  { name: 'a host left unsigned', argv: [url, '--unsigned-header', 'Host'], says: /host/ },
  {
    name: 'a header both signed and not',
    argv: [url, '--signed-header', 'X-A', '--unsigned-header', 'x-a'],
    says: /--signed-header x-a and --unsigned-header x-a/,
  },
  { name: 'a region set for SigV4', argv: [url, '--algorithm', 'sigv4', '--region-set', '*'], says: /SigV4a/ },
  {
    name: 'an unknown format',
    argv: [url, '--format', 'xml'],
    says: /'--format <format>' argument 'xml' is invalid$/m,
    hint: /headers, url, curl/,
  },
]

for (const { name, argv, says, hint } of usageErrors) {
  test(`sign refuses ${name} as a usage error`, async () => {
    const { exitCode, stdout, stderr } = await run(['sign', ...argv])
    assert.equal(exitCode, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, says)
    assert.match(stderr, new RegExp(`\\nhint: .*${hint?.source ?? ''}`))
    assert.doesNotMatch(stderr, /\n {4}at /)
  })
}

test('sign names a file that it cannot read and ends with 1', async () => {
  const { exitCode, stdout, stderr } = await run(['sign', url, '-d', '@/nonexistent/body.json'])
  assert.deepEqual([exitCode, stdout], [1, ''])
  assert.match(stderr, /'\/nonexistent\/body\.json'.*ENOENT/)
})

for (const absent of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const) {
  test(`sign refuses half a key pair without ${absent}`, async () => {
    const { exitCode, stdout, stderr } = await run(['sign', url], { env: { ...exampleKeys, [absent]: '' } })
    assert.deepEqual([exitCode, stdout], [3, ''])
    assert.match(stderr, new RegExp(absent))
  })
}

for (const [name, value] of [
  ['AWS_ACCESS_KEY_ID', 'AKID\nX-Evil: 1'],
  ['AWS_ACCESS_KEY_ID', 'AKID '],
  ['AWS_SESSION_TOKEN', 'TOKEN\r\nX-Evil: 1'],
  ['AWS_SESSION_TOKEN', 'TOKÉN'],
] as const) {
  test(`sign refuses ${name}=${JSON.stringify(value)}, which no header can carry`, async () => {
    const { exitCode, stdout, stderr } = await run(['sign', url], { env: { ...exampleKeys, [name]: value } })
    assert.deepEqual([exitCode, stdout], [3, ''])
    assert.match(stderr, name === 'AWS_SESSION_TOKEN' ? /the session token of/ : /the access key ID of/)
    assert.doesNotMatch(stderr, /AKID|Evil|TOK/)
  })
}

test('sign names the variable that asks for a FIPS host where there is none', async () => {
  const env = { ...exampleKeys, AWS_USE_FIPS_ENDPOINT: 'true' }
  const { exitCode, stderr } = await run(['sign', 's3://arn:aws:s3::123456789012:accesspoint/a.mrap/k'], { env })
  assert.equal(exitCode, 2)
  assert.match(stderr, /hint: .*AWS_USE_FIPS_ENDPOINT/)
})

test('an endpoint of the environment that is no URL is named with its variable', async () => {
  for (const [variable, argv] of [
    ['AWS_ENDPOINT_URL_STS', ['whoami']],
    ['AWS_ENDPOINT_URL_S3', ['sign', 's3://b/k']],
    ['AWS_ENDPOINT_URL', ['ls', 's3://b']],
  ] as const) {
    const env = { ...exampleKeys, [variable]: 's3.example.com' }
    const { exitCode, stdout, stderr } = await run(argv, { env })
    assert.deepEqual([exitCode, stdout], [2, ''])
    assert.equal(
      stderr,
      `sigv4: ${variable}: "s3.example.com" is not a URL\nhint: did you mean https://s3.example.com?\n`,
    )
  }
})

test('an error shows hostile text escaped', async () => {
  const { stderr } = await run(['sign', 'https://example.com/', '--service', '\u001b[31mred'])
  assert.doesNotMatch(stderr, /\u001b/)
  assert.match(stderr, /\\x1b\[31mred/)
})
