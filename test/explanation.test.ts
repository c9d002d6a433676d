import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatRow, wrapText } from '../src/output/labelled-rows.ts'
import { plainStyle } from '../src/output/style.ts'
import { exampleKeys, run } from './support/run.ts'

const s3Keys = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

/** The values are those of "Example: GET Object" on S3's page "Authenticating Requests: Using the Authorization Header". */
const documentedExample = `How GET https://examplebucket.s3.amazonaws.com/test.txt is signed

1. What it is signed for, and where each value comes from
  host          examplebucket.s3.amazonaws.com  the URL
  service       s3  hosts of the form *.s3
  region        us-east-1  --region
  algorithm     sigv4  the default
  time          20130524T000000Z  --date
  credentials   AKIAIOSFODNN7EXAMPLE
                environment variables AWS_ACCESS_KEY_ID and
                AWS_SECRET_ACCESS_KEY

2. Canonical request: the one form of it that both sides can rebuild
  method        GET
  path          /test.txt
                all segments kept, decoded and encoded once: the rule of s3
  query         none: an empty line
  headers       host:examplebucket.s3.amazonaws.com
                range:bytes=0-9
                x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                x-amz-date:20130524T000000Z
                a line each, names in lower case and sorted, values trimmed
                an empty line ends them
  SignedHeaders host;range;x-amz-content-sha256;x-amz-date
  payload hash  e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                SHA-256 of the empty body
  left out      user-agent  sent, but not signed

3. String to sign: four lines
  algorithm     AWS4-HMAC-SHA256
  time          20130524T000000Z
  scope         20130524/us-east-1/s3/aws4_request  day, region and service
  request hash  7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972
                SHA-256 of the canonical request

4. Signing key: a chain of HMAC-SHA256, the bytes of each result the next key
  DateKey       HMAC("AWS4" + secret access key, "20130524")
  RegionKey     HMAC(DateKey, "us-east-1")
  ServiceKey    HMAC(RegionKey, "s3")
  SigningKey    HMAC(ServiceKey, "aws4_request")

5. Signature: HMAC-SHA256 of the string to sign, in lower-case hex
  signature     f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
                HMAC(SigningKey, string to sign)

6. What is added to the request
  X-Amz-Date: 20130524T000000Z
  x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  Authorization: AWS4-HMAC-SHA256
    Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,
    SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,
    Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41

`

const documented = [
  ...['sign', 'https://examplebucket.s3.amazonaws.com/test.txt', '--region', 'us-east-1', '--date', '20130524T000000Z'],
  ...['-H', 'Range: bytes=0-9', '-H', 'User-Agent: example', '--explain'],
]

test("--explain tells AWS's documented example step by step", async () => {
  const { stdout, stderr } = await run(documented, { env: s3Keys })
  assert.equal(stderr, documentedExample)
  assert.match(stdout, /^Range: bytes=0-9\n/)
})

test('--explain as JSON holds the same values, and where they came from', async () => {
  const { stdout, stderr } = await run([...documented, '--format', 'json'], { env: s3Keys })
  const { explain } = JSON.parse(stdout)
  assert.equal(stderr, '')
  assert.equal(explain.signature, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  assert.match(explain.stringToSign, /7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972$/)
  assert.deepEqual(Object.keys(explain.inferred), [
    ...['host', 'service', 'region', 'algorithm', 'time', 'credentials', 'path', 'payloadHash'],
  ])
  assert.deepEqual(explain.inferred.region, { value: 'us-east-1', reason: '--region' })
})

const token = 'FQoGZXIvYXdzEXAMPLETOKEN'
const tokenCases: readonly { name: string; argv: readonly string[]; says: RegExp }[] = [
  {
    name: 'signed as a header',
    argv: [],
    says: /x-amz-security-token:FQoGZX\.\.\.\n(.*\n)*.*X-Amz-Security-Token: FQoGZX\.\.\./,
  },
  {
    name: 'signed in the query',
    argv: ['--presign'],
    says: /&X-Amz-Security-Token=FQoGZX\.\.\.\n(.*\n)*.*&X-Amz-Security-Token=FQoGZX\.\.\./,
  },
  {
    name: 'added after signing',
    argv: ['--presign', '--omit-session-token'],
    says: /session token added after signing {2}--omit-session-token/,
  },
  {
    name: 'of a directory bucket',
    argv: ['-H', `x-amz-s3session-token: ${token}`],
    says: /x-amz-s3session-token:FQoGZX\.\.\./,
  },
]

for (const { name, argv, says } of tokenCases) {
  test(`--explain shortens a token ${name}, and never shows the secret`, async () => {
    const env = { ...exampleKeys, AWS_SESSION_TOKEN: token }
    const { stderr } = await run(['sign', 'https://b12.s3.us-east-1.amazonaws.com/k', '--explain', ...argv], { env })
    assert.match(stderr, says)
    assert.doesNotMatch(stderr, /EXAMPLETOKEN|wJalrX/)
  })
}

test('--explain of SigV4a tells of the key pair and the region set', async () => {
  const { stderr } = await run(['sign', '--explain', 's3://arn:aws:s3::123456789012:accesspoint/abcdef.mrap/k'])
  assert.match(stderr, / {2}region {8}\* {2}every region/)
  assert.match(stderr, /x-amz-region-set:\*\n/)
  assert.match(stderr, /4\. Signing key: an elliptic curve key pair/)
  assert.match(stderr, / {2}candidate {5}HMAC\("AWS4A" \+ secret access key, input\)/)
  assert.match(stderr, / {2}scope {9}20150830\/s3\/aws4_request {2}day and service/)
})

test('the path’s rule is told for each service, and for the flags that override it', async () => {
  const reasons: readonly (readonly [argv: readonly string[], says: string])[] = [
    [['--service', 's3tables'], 'dot and empty segments removed, encoded once more: the rule of s3tables'],
    [['--service', 's3express'], 'all segments kept, decoded and encoded once: the rule of s3express'],
    [
      ['--service', 'sts', '--path-encoding', 'single'],
      'dot and empty segments removed, decoded and encoded once: --path-encoding',
    ],
    [['--service', 'sts', '--no-normalize-path'], 'all segments kept, encoded once more: --[no-]normalize-path'],
  ]
  for (const [argv, says] of reasons) {
    const { stdout } = await run(['sign', ...argv, '--region', 'us-east-1', '--explain', '--format', 'json'])
    assert.equal(JSON.parse(stdout).explain.inferred.path.reason, says)
  }
})

test('rows put a remark behind its value where there is room, else below it', () => {
  const row = { label: 'scope', lines: ['a/b'], remark: 'why it is so' }
  const layout = (columns: number) => ({ style: plainStyle, columns })
  assert.deepEqual(formatRow(row, layout(80)), ['  scope         a/b  why it is so'])
  assert.deepEqual(formatRow({ ...row, lines: ['x'.repeat(50)] }, layout(70)), [
    `  scope         ${'x'.repeat(50)}`,
    '                why it is so',
  ])
  assert.deepEqual(formatRow({ ...row, lines: ['x'.repeat(20)] }, layout(30)), [
    '  scope',
    `    ${'x'.repeat(20)}`,
    '    why it is so',
  ])
})

test('on a narrow terminal no line is longer than it, but for values, which stay whole', async () => {
  for (const columns of [1, 20, 40, 59]) {
    const { stderr } = await run(['sign', 'https://iam.amazonaws.com/', '--explain'], { columns })
    const long = stderr.split('\n').filter((line) => line.length > columns && / .* /.test(line.trim()))
    const values = /^ *(?:HMAC\(|X-Amz-Date:|Authorization:|How GET)|^[1-6]\. \S+$/
    assert.deepEqual(
      long.filter((line) => !values.test(line)),
      [],
    )
    assert.match(stderr, /^ {4}e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/m)
  }
})

test('text is broken at blanks alone', () => {
  assert.deepEqual(wrapText('one two three', { columns: 9, start: 2 }), ['  one two', '  three'])
  assert.deepEqual(wrapText('unbreakable', { columns: 4, start: 0 }), ['unbreakable'])
})

test('--explain escapes what a terminal would obey', async () => {
  const { stderr } = await run([
    'sign',
    'https://sts.us-east-1.amazonaws.com/',
    '--explain',
    '-H',
    'X-A: \u001b[31m\u202e',
  ])
  assert.match(stderr, /x-a:\\x1b\[31m\\u202e/)
  assert.doesNotMatch(stderr, /\u001b|\u202e/)
})
