import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import type { Header } from '../src/request/header.ts'
import { presignRequest, type SigningOptions, signRequest, type UnsignedRequest } from '../src/sign/sign-request.ts'
import { type Expected, readVectors, type Vector, vectorCredentials } from './support/vectors.ts'

for (const algorithm of ['sigv4', 'sigv4a'] as const) {
  const vectors = readVectors(algorithm === 'sigv4' ? 'official-v4.json' : 'official-v4a.json')
  test(`AWS's ${algorithm} suite is signed as AWS expects`, { skip: vectors === undefined }, async (t) => {
    const cases = (vectors ?? []).filter((vector) => vector.expected !== null)
    assert.equal(cases.length, 38)
    for (const vector of cases) {
      await t.test(`${vector.name}, header form`, () => holdsHeaderForm(vector, algorithm))
      await t.test(`${vector.name}, query form`, () => holdsQueryForm(vector, algorithm))
    }
  })
}

async function holdsHeaderForm(vector: Vector, algorithm: 'sigv4' | 'sigv4a'): Promise<void> {
  const expected = vector.expected?.header
  assert.ok(expected)
  const request = requestOf(vector)
  const signed = await signRequest(request, optionsOf(vector, algorithm))
  assert.equal(signed.steps.canonicalRequest, expected.canonicalRequest)
  assert.equal(signed.steps.stringToSign, expected.stringToSign)
  assert.equal(signed.steps.signedHeaders, expected.signedHeaders)
  checkSignature(vector, signed.steps.stringToSign, signed.steps.signature, expected)
  const authorization = expected.authorization?.replace(/Signature=.*/, `Signature=${signed.steps.signature}`)
  const wanted = expected.signedRequest.headers.map(([name, value]) =>
    name === 'Authorization' ? `Authorization:${authorization}` : `${name}:${value}`,
  )
  assert.deepEqual(sorted(signed.headers.map(({ name, value }) => `${name}:${value}`)), sorted(wanted))
  assert.equal(targetOf(request.path, signed.query), expected.signedRequest.uri)
}

async function holdsQueryForm(vector: Vector, algorithm: 'sigv4' | 'sigv4a'): Promise<void> {
  const expected = vector.expected?.query
  assert.ok(expected)
  const request = requestOf(vector)
  const options = { ...optionsOf(vector, algorithm), expiresInSeconds: vector.context.expiration }
  const signed = await presignRequest(request, options)
  assert.equal(signed.steps.canonicalRequest, expected.canonicalRequest)
  assert.equal(signed.steps.stringToSign, expected.stringToSign)
  checkSignature(vector, signed.steps.stringToSign, signed.steps.signature, expected)
  assert.deepEqual(
    sorted(signed.headers.map(({ name, value }) => `${name}:${value}`)),
    sorted(expected.signedRequest.headers.map(([name, value]) => `${name}:${value}`)),
  )
  const target = targetOf(request.path, signed.query)
  const uri = expected.signedRequest.uri.replace(
    /X-Amz-Signature=[0-9a-f]*/,
    `X-Amz-Signature=${signed.steps.signature}`,
  )
  assert.deepEqual(sorted(target.split(/[?&]/)), sorted(uri.split(/[?&]/)))
}

function checkSignature(vector: Vector, stringToSign: string, signature: string, expected: Expected): void {
  if (!vector.publicKey) {
    assert.equal(signature, expected.signature)
    return
  }
  const [x, y] = [vector.publicKey.x, vector.publicKey.y].map((hex) => Buffer.from(hex, 'hex').toString('base64url'))
  assert.ok(x && y)
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  const valid = (hex: string) => verify('sha256', Buffer.from(stringToSign), key, Buffer.from(hex, 'hex'))
  assert.ok(valid(signature), 'our signature fits the public key')
  assert.ok(valid(expected.signature), "AWS's sample signature fits our string to sign")
}

function requestOf(vector: Vector): UnsignedRequest {
  const headers: Header[] = vector.request.headers.map(([name, value]) => ({ name, value }))
  return {
    method: vector.request.method,
    host: '',
    path: vector.request.rawPath,
    query: vector.request.rawQuery ?? undefined,
    headers,
    payload:
      vector.context.payloadHash === 'sha256(body)'
        ? { body: vector.request.body ?? '' }
        : { payloadHash: vector.context.payloadHash },
  }
}

function optionsOf(vector: Vector, algorithm: 'sigv4' | 'sigv4a'): SigningOptions {
  return {
    algorithm,
    service: vector.context.service,
    region: vector.context.regionSet ?? vector.context.region ?? '',
    credentials: vectorCredentials(vector),
    time: new Date(vector.context.timestamp),
    pathEncoding: vector.context.pathEncoding,
    normalizePath: vector.context.normalize,
    contentSha256Header: vector.context.signedBodyHeader !== null,
    sessionToken: vector.context.omitSessionToken ? 'appended' : 'signed',
  }
}

function targetOf(path: string, query: string | undefined): string {
  return query === undefined ? path : `${path}?${query}`
}

function sorted(lines: readonly string[]): readonly string[] {
  return [...lines].sort()
}
