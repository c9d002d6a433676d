import assert from 'node:assert/strict'
import { test } from 'node:test'
import aws4 from 'aws4'
import type { Credentials } from '../src/credentials/credentials.ts'
import { Secret } from '../src/credentials/secret.ts'
import { headerValue } from '../src/request/header.ts'
import { parseRequestUrl } from '../src/request/request-url.ts'
import type { Footing } from '../src/s3/footing.ts'
import { SessionSigner } from '../src/s3/session-signer.ts'

const base = parseRequestUrl('https://examplebucket.s3.eu-west-1.amazonaws.com/')
const noHeaders: readonly never[] = []
const payer = [{ name: 'x-amz-request-payer', value: 'requester' }]
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

function credentialsOf(accessKeyId: string, token?: string): Credentials {
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    ...(token === undefined ? {} : { sessionToken: new Secret(token) }),
    source: { kind: 'environment', description: 'the environment' },
  }
}

function footingOf(credentials: Credentials | undefined, { clockOffsetMs = 0, region = 'eu-west-1' } = {}): Footing {
  const endpoint = {
    url: 'https://examplebucket.s3.eu-west-1.amazonaws.com',
    service: 's3',
    algorithm: 'sigv4',
  } as const
  return { endpoint: { ...endpoint, region, kind: 'bucket' }, credentials, clockOffsetMs, expressSession: undefined }
}

const plain = footingOf(credentialsOf('AKIDEXAMPLE'))
const temporary = footingOf(credentialsOf('ASIAEXAMPLE', 'a token'))
const skewed = footingOf(credentialsOf('AKIDEXAMPLE'), { clockOffsetMs: -3_600_000 })
const elsewhere = footingOf(credentialsOf('AKIDEXAMPLE'), { region: 'us-east-1' })

const start = Date.UTC(2015, 7, 30, 12, 36, 0)

/** In this order by one signer: what one request leaves behind must not mislead the next one. */
const requests = [
  { query: 'list-type=2&encoding-type=url', footing: plain, at: 0 },
  { query: 'list-type=2&prefix=a%2Fb%20c%2B&encoding-type=url', footing: plain, at: 1 },
  { query: 'list-type=2&continuation-token=1%2F%2BtU%3D', footing: plain, at: 999 },
  { query: 'versions=&key-marker=%C3%A9%F0%9F%98%80', footing: plain, at: 999 },
  { query: undefined, footing: plain, at: 999 },
  { query: 'list-type=2&start-after=later', footing: plain, at: 1000 },
  { query: 'list-type=2&start-after=same%20second', footing: plain, at: 1001 },
  { query: 'list-type=2', footing: temporary, at: 1001 },
  { query: 'list-type=2&delimiter=%2F', footing: temporary, at: 1002 },
  { query: 'list-type=2', footing: temporary, at: 1003, headers: payer },
  { query: 'list-type=2&max-keys=3', footing: temporary, at: 1004, headers: payer },
  { query: 'list-type=2&max-keys=3', footing: plain, at: 1005 },
  { query: 'list-type=2&max-keys=4', footing: skewed, at: 1006 },
  { query: 'list-type=2&max-keys=5', footing: skewed, at: 1007 },
  { query: 'list-type=2&max-keys=6', footing: elsewhere, at: 1008 },
  { query: 'list-type=2&max-keys=7', footing: elsewhere, at: 1009 },
]

test('every request of a session is signed as aws4 signs it, alone or after others', async () => {
  const signer = new SessionSigner()
  for (const { query, footing, at, headers = noHeaders } of requests) {
    const signed = await signer.headers({ url: { ...base, query }, headers, footing, now: new Date(start + at) })
    const date = new Date(start + at + footing.clockOffsetMs).toISOString().replace(/[-:]|\.\d+/g, '')
    assert.equal(headerValue(signed, 'x-amz-date'), date)
    const expected = aws4.sign(
      {
        method: 'GET',
        host: base.host,
        path: query === undefined ? '/' : `/?${query}`,
        service: 's3',
        region: footing.endpoint.region,
        headers: {
          'X-Amz-Date': date,
          'X-Amz-Content-Sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        },
        signQuery: false,
      },
      {
        accessKeyId: footing.credentials?.accessKeyId ?? '',
        secretAccessKey: secret,
        sessionToken: footing.credentials?.sessionToken?.reveal() ?? '',
      },
    )
    assert.equal(headerValue(signed, 'authorization'), expected.headers.Authorization, `${query} at ${at}`)
  }
})

test('a request without credentials carries no signature, also after a signed one', async () => {
  const signer = new SessionSigner()
  const input = { url: base, headers: noHeaders, now: new Date(start) }
  await signer.headers({ ...input, footing: plain })
  const headers = await signer.headers({ ...input, footing: { ...plain, credentials: undefined } })
  assert.deepEqual(
    headers.map(({ name }) => name),
    ['Host', 'User-Agent'],
  )
})
