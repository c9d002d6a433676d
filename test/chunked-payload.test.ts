import assert from 'node:assert/strict'
import { createHash, createHmac, verify } from 'node:crypto'
import { test } from 'node:test'
import type { Credentials } from '../src/credentials/credentials.ts'
import { Secret } from '../src/credentials/secret.ts'
import { type ChunkedForm, chunkedLength, chunkedPayload, streamingPayloadHash } from '../src/sign/chunked-payload.ts'
import { checksumNames, createChecksum } from '../src/sign/payload-checksum.ts'
import { signRequest } from '../src/sign/sign-request.ts'
import { deriveSigV4aKey } from '../src/sign/sigv4a.ts'

const credentials: Credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  source: { kind: 'environment', description: 'the example of the S3 API reference' },
}

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and of its sister page on trailers. */
async function signExample(form: ChunkedForm, bodyLength: number) {
  const checksum =
    form.checksum === undefined ? [] : [{ name: 'x-amz-trailer', value: `x-amz-checksum-${form.checksum}` }]
  return signRequest(
    {
      method: 'PUT',
      host: 's3.amazonaws.com',
      path: '/examplebucket/chunkObject.txt',
      query: undefined,
      headers: [
        { name: 'x-amz-storage-class', value: 'REDUCED_REDUNDANCY' },
        { name: 'Content-Encoding', value: 'aws-chunked' },
        { name: 'x-amz-decoded-content-length', value: String(bodyLength) },
        ...checksum,
        ...(form.checksum === undefined
          ? [{ name: 'Content-Length', value: String(chunkedLength(bodyLength, form)) }]
          : []),
      ],
      payload: { payloadHash: streamingPayloadHash(form) },
    },
    {
      algorithm: form.algorithm,
      service: 's3',
      region: form.algorithm === 'sigv4' ? 'us-east-1' : '*',
      credentials,
      time: new Date('2013-05-24T00:00:00Z'),
      pathEncoding: 'single',
      normalizePath: false,
      contentSha256Header: true,
      sessionToken: 'signed',
    },
  )
}

async function encode(body: Buffer, form: ChunkedForm, pieceBytes = 10_000) {
  async function* pieces() {
    for (let start = 0; start < body.length; start += pieceBytes) yield body.subarray(start, start + pieceBytes)
  }
  const signed = await signExample(form, body.length)
  const output: Uint8Array[] = []
  for await (const piece of chunkedPayload(pieces(), form, { steps: signed.steps, credentials })) output.push(piece)
  return { seed: signed.steps.signature, wire: Buffer.concat(output), steps: signed.steps }
}

const letters = Buffer.alloc(66_560, 'a')

test("AWS's example of signed chunks comes out to the byte", async () => {
  const form = { chunks: 'signed', algorithm: 'sigv4', checksum: undefined } as const
  assert.equal(streamingPayloadHash(form), 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
  assert.equal(chunkedLength(66_560, form), 66_824)
  const { seed, wire } = await encode(letters, form)
  assert.equal(seed, '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9')
  const expected = [
    '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    'a'.repeat(65_536),
    '400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'a'.repeat(1024),
    '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    '',
    '',
  ].join('\r\n')
  assert.equal(wire.toString(), expected)
})

test("AWS's example of signed chunks with a trailing checksum comes out to the byte", async () => {
  const form = { chunks: 'signed', algorithm: 'sigv4', checksum: 'crc32c' } as const
  assert.equal(streamingPayloadHash(form), 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')
  const { seed, wire } = await encode(letters, form)
  assert.equal(seed, '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e')
  const expected = [
    '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    'a'.repeat(65_536),
    '400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    'a'.repeat(1024),
    '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
    'x-amz-checksum-crc32c:sOO8/Q==',
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
    '',
    '',
  ].join('\r\n')
  assert.equal(wire.toString(), expected)
})

/** RFC 3720 B.4 and the check values of the CRC catalogue (https://reveng.sourceforge.io/crc-catalogue/all.htm) for `123456789`. */
const checkValues = { crc32: 'cbf43926', crc32c: 'e3069283', crc64nvme: 'ae8b14860a799888' } as const

for (const name of checksumNames) {
  test(`${name} is right, however its bytes arrive`, () => {
    const text = Buffer.from('123456789')
    const hex = name === 'sha256' || name === 'sha1' ? createHash(name).update(text).digest('hex') : checkValues[name]
    for (const cut of [0, 1, 8, 9]) {
      const checksum = createChecksum(name)
      checksum.update(text.subarray(0, cut))
      checksum.update(text.subarray(cut))
      assert.equal(checksum.digest(), Buffer.from(hex, 'hex').toString('base64'))
    }
  })
}

for (const bodyLength of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
  test(`a chunked body of ${bodyLength} bytes is as long as it was said to be, and decodes to them`, async () => {
    const body = Buffer.alloc(bodyLength, 'xyz')
    for (const checksum of [undefined, ...checksumNames]) {
      for (const form of [
        { chunks: 'signed', algorithm: 'sigv4', checksum },
        { chunks: 'signed', algorithm: 'sigv4a', checksum },
        ...(checksum === undefined ? [] : [{ chunks: 'unsigned', algorithm: 'sigv4', checksum } as const]),
      ] as const) {
        const { wire } = await encode(body, form, 77_777)
        assert.equal(wire.length, chunkedLength(bodyLength, form), JSON.stringify(form))
        const { data, trailers } = decode(wire)
        assert.deepEqual(data, body)
        assert.equal(trailers.length, checksum === undefined ? 0 : form.chunks === 'signed' ? 2 : 1)
      }
    }
  })
}

test('a SigV4a body signs every chunk with its key, the signature before it unpadded', async () => {
  const form = { chunks: 'signed', algorithm: 'sigv4a', checksum: undefined } as const
  const { wire, seed, steps } = await encode(letters, form)
  const signatures = [...wire.toString().matchAll(/chunk-signature=([0-9a-f*]{144})\r\n/g)].map(
    (match) => match[1] ?? '',
  )
  assert.equal(signatures.length, 3)
  let previous = seed
  for (const [index, data] of [letters.subarray(0, 65_536), letters.subarray(65_536), Buffer.alloc(0)].entries()) {
    const stringToSign = [
      'AWS4-ECDSA-P256-SHA256-PAYLOAD',
      '20130524T000000Z',
      steps.credentialScope,
      previous,
      createHash('sha256').update('').digest('hex'),
      createHash('sha256').update(data).digest('hex'),
    ].join('\n')
    previous = (signatures[index] ?? '').replace(/\*+$/, '')
    assert.ok(verify('sha256', Buffer.from(stringToSign), deriveSigV4aKey(credentials), Buffer.from(previous, 'hex')))
  }
})

function decode(wire: Buffer): { data: Buffer; trailers: readonly string[] } {
  const chunks: Buffer[] = []
  let rest = wire
  for (;;) {
    const lineEnd = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.subarray(0, lineEnd).toString(), 16)
    rest = rest.subarray(lineEnd + 2)
    if (size === 0) break
    chunks.push(rest.subarray(0, size))
    assert.equal(rest.subarray(size, size + 2).toString(), '\r\n')
    rest = rest.subarray(size + 2)
  }
  return { data: Buffer.concat(chunks), trailers: rest.toString().split('\r\n').slice(0, -2) }
}

test('the signing key of the chunks is that of the request (HMAC chain written from the page)', async () => {
  const form = { chunks: 'signed', algorithm: 'sigv4', checksum: undefined } as const
  const { wire, seed } = await encode(Buffer.from('hello'), form)
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = ['20130524', 'us-east-1', 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey.reveal()}`,
  )
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const stringToSign = `AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n${seed}\n${sha('')}\n${sha('hello')}`
  assert.match(wire.toString(), new RegExp(`^5;chunk-signature=${hmac(key, stringToSign).toString('hex')}\r\n`))
})
