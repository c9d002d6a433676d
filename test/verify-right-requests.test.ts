import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auth, http } from 'aws-crt'
import aws4 from 'aws4'
import { bodyOf, type ReceivedRequest } from '../src/request/received-request.ts'
import type { ExpectationOptions } from '../src/verify/expectation.ts'
import { readInput } from '../src/verify/read-input.ts'
import { credentialsOf, judge, receivedFrom } from './support/judging.ts'
import { type PlainRequest, plainSign, type WireRequest } from './support/plain-signer.ts'
import { kinds, randomRequest, seededRandom } from './support/random-requests.ts'
import { readVectors, type Vector, vectorCredentials } from './support/vectors.ts'

const signedAt = new Date('2015-08-30T12:36:00Z')

for (const algorithm of ['sigv4', 'sigv4a'] as const) {
  const vectors = readVectors(algorithm === 'sigv4' ? 'official-v4.json' : 'official-v4a.json')
  test(`every signed request of AWS's ${algorithm} suite is valid`, { skip: vectors === undefined }, async (t) => {
    for (const vector of vectors ?? []) {
      for (const form of ['header', 'query'] as const) {
        if (vector.expected === null) continue
        const request = signedRequestOf(vector, form)
        const judged = (options: ExpectationOptions) =>
          judge(request, { credentials: vectorCredentials(vector), now: new Date(vector.context.timestamp), options })
        await t.test(`${vector.name}, ${form} form, its rules told`, async () => {
          const { normalize, pathEncoding, omitSessionToken } = vector.context
          const options = {
            normalizePath: normalize,
            pathEncoding,
            sessionToken: omitSessionToken ? ('appended' as const) : undefined,
          }
          assert.deepEqual((await judged(options)).mistakes, [])
        })
        await t.test(`${vector.name}, ${form} form, by what it says itself`, async () => {
          assert.deepEqual((await judged({})).mistakes, [])
        })
      }
    }
  })
}

function signedRequestOf(vector: Vector, form: 'header' | 'query'): ReceivedRequest {
  const expected = vector.expected?.[form]
  assert.ok(expected)
  const { uri, headers, body } = expected.signedRequest
  const mark = uri.indexOf('?')
  return {
    method: vector.request.method,
    scheme: 'https',
    authority: undefined,
    path: mark < 0 ? uri : uri.slice(0, mark),
    query: mark < 0 ? undefined : uri.slice(mark + 1),
    headers: headers.map(([name, value]) => ({ name, value })),
    body: bodyOf(Buffer.from(body ?? '')),
  }
}

const random = seededRandom(99)
const requests: readonly PlainRequest[] = kinds.flatMap((kind) =>
  Array.from({ length: 12 }, () => randomRequest(kind, random)),
)

/** Every signer gets the same requests and sends what it signed. */
const signers: readonly { readonly name: string; readonly sign: (request: PlainRequest) => Promise<WireRequest> }[] = [
  { name: "the signer after AWS's pages", sign: async (request) => plainSign(request) },
  { name: 'aws-crt', sign: signByCrt },
  { name: 'aws4', sign: async (request) => signByAws4(plainer(request)) },
]

for (const { name, sign } of signers) {
  test(`what ${name} signs is valid`, async () => {
    for (const request of requests) {
      const wire = await sign(request)
      const credentials = credentialsOf(request.accessKeyId, request.secret, request.token)
      const verdict = await judge(receivedFrom(wire), { credentials, now: signedAt })
      assert.deepEqual(verdict.mistakes, [], JSON.stringify(wire, null, 1))
      assert.equal(verdict.outcome, 'valid')
    }
  })
}

test('what aws-crt signs with SigV4a is valid', async () => {
  for (const request of requests.filter(({ service }) => service === 's3').slice(0, 20)) {
    const verdict = await judge(receivedFrom(await signByCrt(request, auth.AwsSigningAlgorithm.SigV4Asymmetric)), {
      credentials: credentialsOf(request.accessKeyId, request.secret, request.token),
      now: signedAt,
    })
    assert.deepEqual(verdict.mistakes, [])
    assert.equal(verdict.outcome, 'valid')
  }
})

/** aws4 drops parameters without a value and all but one of a repeated name, and folds no blanks. */
function plainer(request: PlainRequest): PlainRequest {
  const valued = request.query.filter(([, value]) => value !== undefined && value !== '')
  return { ...request, query: [...new Map(valued)], headers: [] }
}

async function signByCrt(request: PlainRequest, algorithm = auth.AwsSigningAlgorithm.SigV4): Promise<WireRequest> {
  const isS3 = request.service === 's3'
  const viaHeaders = request.form === 'header'
  const unsigned = plainSign({ ...request, form: 'header', token: undefined })
  const target = unsigned.query === undefined ? unsigned.path : `${unsigned.path}?${unsigned.query}`
  const headers = new http.HttpHeaders([
    ['Host', request.host],
    ...request.headers.map(([name, value]): [string, string] => [name, value]),
  ])
  const signed = await auth.aws_sign_request(new http.HttpRequest(request.method, target, headers), {
    algorithm,
    signature_type: viaHeaders
      ? auth.AwsSignatureType.HttpRequestViaHeaders
      : auth.AwsSignatureType.HttpRequestViaQueryParams,
    provider: auth.AwsCredentialsProvider.newStatic(request.accessKeyId, request.secret, request.token),
    region: algorithm === auth.AwsSigningAlgorithm.SigV4 ? request.region : '*',
    service: request.service,
    date: signedAt,
    use_double_uri_encode: !isS3,
    should_normalize_uri_path: !isS3,
    signed_body_value: isS3 && !viaHeaders ? 'UNSIGNED-PAYLOAD' : plainHash(request.body),
    signed_body_header:
      isS3 && viaHeaders ? auth.AwsSignedBodyHeaderType.XAmzContentSha256 : auth.AwsSignedBodyHeaderType.None,
    expiration_in_seconds: viaHeaders ? 0 : request.expires,
  })
  const mark = signed.path.indexOf('?')
  return {
    method: request.method,
    host: request.host,
    path: mark < 0 ? signed.path : signed.path.slice(0, mark),
    query: mark < 0 ? undefined : signed.path.slice(mark + 1),
    headers: [...signed.headers]
      .filter(([name]) => name.toLowerCase() !== 'host')
      .map(([name, value]) => [name, value] as const),
    body: request.body,
  }
}

function plainHash(body: string): string {
  return bodyOf(Buffer.from(body)).sha256
}

function signByAws4(request: PlainRequest): WireRequest {
  const unsigned = plainSign({ ...request, form: 'header', token: undefined })
  const presigned = request.form === 'query'
  const query = [unsigned.query, ...(presigned ? ['X-Amz-Date=20150830T123600Z'] : [])].filter(Boolean).join('&')
  const signed = aws4.sign(
    {
      method: request.method,
      host: request.host,
      path: query === '' ? unsigned.path : `${unsigned.path}?${query}`,
      service: request.service,
      region: request.region,
      headers: presigned ? {} : { 'X-Amz-Date': '20150830T123600Z' },
      ...(request.body === '' ? {} : { body: request.body }),
      signQuery: presigned,
    },
    { accessKeyId: request.accessKeyId, secretAccessKey: request.secret, sessionToken: request.token ?? '' },
  )
  const mark = signed.path.indexOf('?')
  return {
    method: request.method,
    host: request.host,
    path: mark < 0 ? signed.path : signed.path.slice(0, mark),
    query: mark < 0 ? undefined : signed.path.slice(mark + 1),
    headers: Object.entries(signed.headers).filter(([name]) => name.toLowerCase() !== 'host'),
    body: request.body,
  }
}

/** S3 API reference, "Authenticating Requests: Using the Authorization Header" and "Using Query Parameters". */
const published: readonly { readonly name: string; readonly request: string }[] = [
  {
    name: 'GET Object',
    request:
      'GET /test.txt HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\nRange: bytes=0-9\nx-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nx-amz-date: 20130524T000000Z\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41\n\n',
  },
  {
    name: 'PUT Object',
    request:
      'PUT /test%24file.text HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\nDate: Fri, 24 May 2013 00:00:00 GMT\nx-amz-date: 20130524T000000Z\nx-amz-storage-class: REDUCED_REDUNDANCY\nx-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd\n\nWelcome to Amazon S3.',
  },
  {
    name: 'GET Bucket Lifecycle',
    request:
      'GET /?lifecycle HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\nx-amz-date: 20130524T000000Z\nx-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543\n\n',
  },
  {
    name: 'GET Bucket (List Objects)',
    request:
      'GET /?max-keys=2&prefix=J HTTP/1.1\nHost: examplebucket.s3.amazonaws.com\nx-amz-date: 20130524T000000Z\nx-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7\n\n',
  },
  {
    name: 'presigned GET',
    request:
      'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  },
]

test("the S3 API reference's examples are valid", async () => {
  for (const { name, request } of published) {
    const evidence = await readInput(Buffer.from(request))
    assert.ok(evidence.request)
    const verdict = await judge(evidence.request, {
      credentials: credentialsOf('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
      now: new Date('2013-05-24T00:00:00Z'),
    })
    assert.deepEqual(verdict.mistakes, [], name)
    assert.equal(verdict.outcome, 'valid', name)
  }
})

test('a URL that was presigned for another method than GET is valid', async () => {
  const request = {
    ...randomRequest({ service: 's3', form: 'query', token: 'without a token' }, seededRandom(3)),
    headers: [],
    method: 'PUT',
  }
  const wire = plainSign(request)
  const evidence = await readInput(Buffer.from(`https://${wire.host}${wire.path}?${wire.query}`))
  assert.ok(evidence.request)
  const verdict = await judge(evidence.request, {
    credentials: credentialsOf(request.accessKeyId, request.secret),
    now: signedAt,
  })
  assert.equal(verdict.outcome, 'valid')
})
