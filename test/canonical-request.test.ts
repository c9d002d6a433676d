import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../src/credentials/secret.ts'
import { canonicalHeaders, canonicalPath, canonicalQuery } from '../src/sign/canonical-request.ts'
import { isSignedHeader, presignRequest } from '../src/sign/sign-request.ts'

/** IAM User Guide, "Create a signed AWS API request", step 1: encoded, then sorted by name, then by value, as bytes. */
const queries: Readonly<Record<string, string>> = {
  '': '',
  acl: 'acl=',
  'a=': 'a=',
  'b=1&&a=2&': 'a=2&b=1',
  'k=2&k=10&k=1&k=3&k=': 'k=&k=1&k=10&k=2&k=3',
  'b=&B=&a=&A=&_=': 'A=&B=&_=&a=&b=',
  'a-b=1&a=2&a%20=3': 'a=2&a%20=3&a-b=1',
  'q=a+b%2B%7e%2f%aa%zz': 'q=a%20b%2B~%2F%AA%25zz',
  'x=a=b=c': 'x=a%3Db%3Dc',
}

for (const [sent, canonical] of Object.entries(queries)) {
  test(`the query '${sent}' is canonical as '${canonical}'`, () => {
    assert.equal(canonicalQuery(sent), canonical)
  })
}

/** The same page: lower-case names, values without outer blanks, inner runs of blanks one space. */
test('headers are folded, joined in their order and sorted', () => {
  const headers = [
    { name: 'X-B', value: '  two  words\t here ' },
    { name: 'x-a', value: 'first' },
    { name: 'X-Double', value: 'a  b' },
    { name: 'X-A', value: 'second' },
    { name: 'X-Folded', value: 'one\r\n  two' },
    { name: 'X-Odd', value: '\u00a0kept\u00a0' },
  ]
  assert.deepEqual(
    canonicalHeaders(headers).map(({ name, value }) => `${name}:${value}`),
    ['x-a:first,second', 'x-b:two words here', 'x-double:a b', 'x-folded:one two', 'x-odd:\u00a0kept\u00a0'],
  )
})

test('a path is encoded once or twice, with or without its dot segments', () => {
  const path = (sent: string, pathEncoding: 'single' | 'double', normalizePath: boolean) =>
    canonicalPath(sent, { pathEncoding, normalizePath })
  assert.equal(path('/a//../b/./c%2Fd+e', 'single', false), '/a//../b/./c/d%20e')
  assert.equal(path('/a//../b/./c%2Fd', 'double', true), '/b/c%252Fd')
  assert.equal(path('', 'double', true), '/')
  assert.equal(path('/..', 'double', true), '/')
  assert.equal(path('/a/', 'double', true), '/a/')
})

test('what changes on its way is not signed, unless asked; all else is, unless refused', () => {
  // AWS's own signers leave these out (smithy's `ALWAYS_UNSIGNABLE_HEADERS`, botocore's blocklist), and HTTP's hop-by-hop headers.
  const unsigned =
    'authorization connection keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade expect user-agent accept-encoding x-amzn-trace-id'
  for (const name of unsigned.split(' ')) {
    assert.equal(isSignedHeader(name, {}), false, name)
    assert.equal(isSignedHeader(name, { alsoSigned: new Set([name]) }), true, name)
  }
  for (const name of ['host', 'x-amz-date', 'content-type', 'x-amzn-other', 'range']) {
    assert.equal(isSignedHeader(name, {}), true, name)
    assert.equal(isSignedHeader(name, { notSigned: new Set([name]) }), false, name)
  }
})

test("presigning keeps the user's token and payload hash in their headers, and signs those", async () => {
  const signed = await presignRequest(
    {
      method: 'PUT',
      host: 'examplebucket.s3.amazonaws.com',
      path: '/key',
      query: undefined,
      headers: [
        { name: 'X-Amz-Security-Token', value: 'of-the-user' },
        { name: 'x-amz-content-sha256', value: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
      ],
      payload: { payloadHash: 'UNSIGNED-PAYLOAD' },
    },
    {
      algorithm: 'sigv4',
      service: 's3',
      region: 'us-east-1',
      credentials: {
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
        sessionToken: new Secret('of-the-credentials'),
        source: { kind: 'environment', description: 'test' },
      },
      time: new Date('2015-08-30T12:36:00Z'),
      pathEncoding: 'single',
      normalizePath: false,
      contentSha256Header: true,
      sessionToken: 'signed',
      expiresInSeconds: 60,
    },
  )
  assert.doesNotMatch(signed.query ?? '', /X-Amz-Security-Token/)
  assert.match(signed.query ?? '', /X-Amz-SignedHeaders=host%3Bx-amz-content-sha256%3Bx-amz-security-token&/)
  assert.match(signed.steps.canonicalRequest, /\nx-amz-security-token:of-the-user\n/)
  assert.match(signed.steps.canonicalRequest, /\nSTREAMING-UNSIGNED-PAYLOAD-TRAILER$/)
})
