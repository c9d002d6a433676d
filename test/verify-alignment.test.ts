import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainStyle } from '../src/output/style.ts'
import { formatVerdict } from '../src/output/verdict.ts'
import { canonicalDifferences } from '../src/verify/canonical-difference.ts'
import { type Examination, examine } from '../src/verify/examine.ts'
import { readInput } from '../src/verify/read-input.ts'

const expected = [
  'GET',
  '/a%20b',
  'list-type=2&prefix=x',
  'host:examplebucket.s3.amazonaws.com',
  'x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'x-amz-date:20150830T123600Z',
  '',
  'host;x-amz-content-sha256;x-amz-date',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
].join('\n')

test('differences are told by line and column', () => {
  const differences = canonicalDifferences(
    expected.replace('/a%20b', '/a b').replace('20150830T123600Z', '20150830T123601Z'),
    expected,
  )
  assert.deepEqual(
    differences.map(({ line, column, part }) => ({ line, column, part })),
    [
      { line: 2, column: 3, part: 'path' },
      { line: 6, column: 26, part: 'headers' },
    ],
  )
})

test('a header line too many does not shift the rest', () => {
  const differences = canonicalDifferences(expected.replace('x-amz-date:', 'range:bytes=0-9\nx-amz-date:'), expected)
  assert.deepEqual(
    differences.map(({ actual, expected: right }) => [actual, right]),
    [['range:bytes=0-9', undefined]],
  )
})

test('equal texts have no difference', () => {
  assert.deepEqual(canonicalDifferences(expected, expected), [])
})

/** What a signer logged in place of the right canonical request, and what that is called; none needs the secret. */
const slips: readonly (readonly [id: string, change: (text: string) => string])[] = [
  ['path-raw', (text) => text.replace('/a%20b', '/a b')],
  ['path-encoded-twice', (text) => text.replace('/a%20b', '/a%2520b')],
  ['query-unsorted', (text) => text.replace('list-type=2&prefix=x', 'prefix=x&list-type=2')],
  ['query-missing', (text) => text.replace('list-type=2&prefix=x', '')],
  ['header-order', (text) => text.replace(/(host:.*\n)(x-amz-content.*\n)/, '$2$1')],
  ['header-untrimmed', (text) => text.replace(/^(host|x-amz-[a-z0-9-]+):/gm, '$1: ')],
  ['header-blank-line', (text) => text.replace('\n\n', '\n')],
  ['host-port', (text) => text.replace('amazonaws.com', 'amazonaws.com:443')],
  ['host-other', (text) => text.replace('examplebucket.s3.amazonaws.com', 's3.example.org')],
  ['payload-unsigned', (text) => text.replace(/[^\n]+$/, 'UNSIGNED-PAYLOAD')],
  ['method-other', (text) => text.replace('GET', 'PUT')],
]

for (const [id, change] of slips) {
  test(`a signer's log beside the service's canonical request names ${id} without the secret`, async () => {
    const examination = await examineLog(change(expected), expected)
    assert.equal(examination.mistakes[0]?.id, id, JSON.stringify(examination.mistakes))
    assert.equal(examination.mistakes.length, 1)
    assert.equal(examination.outcome, 'not valid')
  })
}

test('several slips at once are all named', async () => {
  const signed = expected
    .replace('/a%20b', '/a b')
    .replace('list-type=2&prefix=x', 'prefix=x&list-type=2')
    .replace('\n\n', '\n')
  const { mistakes } = await examineLog(signed, expected)
  assert.deepEqual(mistakes.map(({ id }) => id).sort(), ['header-blank-line', 'path-raw', 'query-unsorted'])
})

test('what the eye would miss is made visible, with the column under it', async () => {
  const examination = await examineLog(expected.replace('/a%20b', '/a\u00a0b '), expected)
  const text = formatVerdict(examination, { style: plainStyle, columns: Number.POSITIVE_INFINITY })
  assert.match(text, /line 2, column 3 \(path\)/)
  assert.match(text, /signed {15}\/a\\u00a0b·\n/)
  const lines = text.split('\n')
  const caret = lines.findIndex((line) => line.trim() === '^')
  assert.equal(lines[caret]?.indexOf('^'), lines[caret - 1]?.indexOf('%20'))
})

test('a proxy that changed a header on the way shows beside the service, without the secret', async () => {
  const raw = [
    'GET /a%20b?list-type=2&prefix=x HTTP/1.1',
    'Host: examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'X-Amz-Date: 20150830T123600Z',
    `Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`,
    '',
    '',
  ].join('\r\n')
  const evidence = await readInput(Buffer.from(raw))
  const answered = await readInput(
    Buffer.from(refusal(expected.replace('host:examplebucket.s3.amazonaws.com', 'host:internal-proxy:8080'))),
  )
  const examination = await examine({ ...evidence, answer: answered.answer }, options)
  assert.equal(examination.mistakes[0]?.id, 'host-other')
  assert.match(examination.mistakes[0]?.detail ?? '', /internal-proxy:8080/)
})

test('a log whose canonical request is the right one leaves only the secret', async () => {
  const { mistakes } = await examineLog(expected, expected)
  assert.deepEqual(
    mistakes.map(({ id }) => id),
    ['unknown'],
  )
  assert.match(mistakes[0]?.detail ?? '', /the secret/)
})

test('a log alone is judged by what its canonical request must look like', async () => {
  const log = signerLog(expected.replace('list-type=2&prefix=x', 'prefix=x&list-type=2'))
  const examination = await examine(await readInput(Buffer.from(log)), options)
  assert.equal(examination.mistakes[0]?.id, 'query-unsorted')
})

const options = {
  credentials: undefined,
  expectation: {},
  date: undefined,
  now: new Date('2015-08-30T12:36:00Z'),
  limits: { clock: () => 0, deadline: 1 },
}

async function examineLog(signed: string, service: string): Promise<Examination> {
  return examine(await readInput(Buffer.from(`${signerLog(signed)}${refusal(service)}`)), options)
}

function signerLog(canonicalRequest: string): string {
  const string = `AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/s3/aws4_request\n${'a'.repeat(64)}`
  const at = '2015-08-30 12:36:00,878 botocore.auth [DEBUG]'
  return `${at} Calculating signature using v4 auth.\n${at} CanonicalRequest:\n${canonicalRequest}\n${at} StringToSign:\n${string}\n${at} Signature:\n${'b'.repeat(64)}\n${at} Response body:\n`
}

function refusal(canonicalRequest: string): string {
  const bytes = Buffer.from(canonicalRequest)
    .toString('hex')
    .replace(/..(?!$)/g, '$& ')
  const string = `AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/s3/aws4_request\n${'c'.repeat(64)}`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message><AWSAccessKeyId>AKIDEXAMPLE</AWSAccessKeyId><StringToSign>${string}</StringToSign><SignatureProvided>${'b'.repeat(64)}</SignatureProvided><CanonicalRequest>${canonicalRequest.replaceAll('&', '&amp;')}</CanonicalRequest><CanonicalRequestBytes>${bytes}</CanonicalRequestBytes></Error>\n`
}
