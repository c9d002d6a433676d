import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readServiceError } from '../src/s3/service-error.ts'

const cases = [
  {
    name: "S3's document",
    body: `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region><RequestId>4442587FB7D0A2F9</RequestId><HostId>Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==</HostId></Error>`,
    headers: [],
    code: 'AuthorizationHeaderMalformed',
    requestId: '4442587FB7D0A2F9',
    hostId: 'Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==',
    region: 'eu-central-1',
  },
  {
    name: 'the region only in words',
    body: "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'a' is wrong; expecting 'eu-west-3'</Message></Error>",
    headers: [{ name: 'x-amz-request-id', value: 'R1' }],
    code: 'AuthorizationHeaderMalformed',
    requestId: 'R1',
    hostId: undefined,
    region: 'eu-west-3',
  },
  {
    name: 'the region in a header',
    body: '<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>',
    headers: [
      { name: 'X-Amz-Bucket-Region', value: 'ap-south-1' },
      { name: 'x-amz-id-2', value: 'H2' },
    ],
    code: 'PermanentRedirect',
    requestId: undefined,
    hostId: 'H2',
    region: 'ap-south-1',
  },
  {
    name: "STS's document",
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not authorized</Message></Error>
  <RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId>
</ErrorResponse>`,
    headers: [],
    code: 'AccessDenied',
    requestId: 'b25f48e8-84fd-11e6-80d9-574e0c4664cb',
    hostId: undefined,
    region: undefined,
  },
  {
    name: "EC2's document",
    body: '<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>',
    headers: [],
    code: 'AuthFailure',
    requestId: 'r',
    hostId: undefined,
    region: undefined,
  },
  {
    name: 'JSON with a qualified type',
    body: '{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"The security token is invalid."}',
    headers: [{ name: 'x-amzn-RequestId', value: 'J1' }],
    code: 'UnrecognizedClientException',
    requestId: 'J1',
    hostId: undefined,
    region: undefined,
  },
  {
    name: 'REST-JSON with the type in a header',
    body: '{"Message":"User is not authorized"}',
    headers: [{ name: 'x-amzn-ErrorType', value: 'AccessDeniedException:http://internal.amazon.com/coral/x/' }],
    code: 'AccessDeniedException',
    requestId: undefined,
    hostId: undefined,
    region: undefined,
  },
]

for (const { name, body, headers, ...expected } of cases) {
  test(`a service's error is read from ${name}`, async () => {
    const error = await readServiceError(body, headers)
    assert.ok(error)
    const { code, requestId, hostId, region } = error
    assert.deepEqual({ code, requestId, hostId, region }, expected)
    assert.notEqual(error.message, '')
  })
}

test('the evidence of a signature refusal is kept byte for byte', async () => {
  const error = await readServiceError(
    '<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message><StringToSign>AWS4-HMAC-SHA256\n20130524T000000Z\nx</StringToSign><SignatureProvided>00</SignatureProvided></Error>',
    [],
  )
  assert.equal(error?.details.get('StringToSign'), 'AWS4-HMAC-SHA256\n20130524T000000Z\nx')
  assert.equal(error?.details.get('SignatureProvided'), '00')
})

test('what is no service error is none: nothing, pages of proxies, cut-off documents', async () => {
  for (const body of [
    '',
    '<html><body>502 Error</body></html>',
    '<Error><Code>Slow',
    '{"ok":true}',
    '{"message',
    'x',
  ]) {
    assert.equal(await readServiceError(body, []), undefined, body)
  }
})

test('an element without text says nothing: the header or the other spelling does', async () => {
  const body = '<Error><Code>X</Code><Message/><message>said</message><RequestId></RequestId></Error>'
  const error = await readServiceError(body, [{ name: 'x-amz-request-id', value: 'R1' }])
  assert.deepEqual([error?.message, error?.requestId], ['said', 'R1'])
})
