import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CliError } from '../src/errors.ts'
import { type AddressingOptions, s3Endpoint, s3ServiceEndpoint, s3UrlFor } from '../src/s3/addressing.ts'
import { splitS3Target } from '../src/s3/bucket-name.ts'

interface EndpointCase extends AddressingOptions {
  readonly bucket: string
  readonly url: string
  readonly service: string
  readonly signingRegion: string
  readonly algorithm: string
}

test("every kind of bucket name gets the host, service and region of botocore's endpoint rules", () => {
  const { cases }: { cases: EndpointCase[] } = JSON.parse(readFileSync('test/fixtures/s3-endpoints.json', 'utf8'))
  assert.ok(cases.length > 80)
  for (const { bucket, url, service, signingRegion, algorithm, ...options } of cases) {
    const endpoint = s3Endpoint(bucket, options)
    const found = [endpoint.url, endpoint.service, endpoint.region, endpoint.algorithm]
    assert.deepEqual(found, [url, service, signingRegion, algorithm], `${bucket} ${JSON.stringify(options)}`)
  }
})

const custom = { region: 'us-east-1', endpointUrl: 'http://127.0.0.1:9000/' }

test('an endpoint of the user’s own takes the bucket into its path, or in front of its host when asked', () => {
  assert.equal(s3Endpoint('b', custom).url, 'http://127.0.0.1:9000/b')
  assert.equal(s3Endpoint('My_Old Bucket'.replace(' ', ''), custom).url, 'http://127.0.0.1:9000/My_OldBucket')
  assert.equal(s3Endpoint('bucket', { ...custom, style: 'virtual-host' }).url, 'http://bucket.127.0.0.1:9000')
  assert.equal(s3Endpoint('b', { ...custom, endpointUrl: 'https://h/base//' }).url, 'https://h/base/b')
  assert.equal(s3ServiceEndpoint(custom).url, 'http://127.0.0.1:9000')
  assert.equal(
    s3ServiceEndpoint({ region: 'eu-west-1', dualstack: true }).url,
    'https://s3.dualstack.eu-west-1.amazonaws.com',
  )
})

test('keys are encoded once, with their slashes, dots and empty segments kept', () => {
  const target = { region: 'us-east-1', bucket: 'bucket' }
  const base = 'https://bucket.s3.us-east-1.amazonaws.com/'
  assert.equal(s3UrlFor({ ...target, key: 'a b/é+%2F' }), `${base}a%20b/%C3%A9%2B%252F`)
  assert.equal(s3UrlFor({ ...target, key: '/../a//b' }), `${base}/../a//b`)
})

test('a name or region that cannot be part of a host is refused before it gets there', () => {
  const refused: [string, AddressingOptions][] = [
    ['bucket', { region: 'evil.example/' }],
    ['bucket', { region: 'us-east-1.evil' }],
    ['evil/../x', { region: 'us-east-1' }],
    ['..', custom],
    ['', custom],
    ['a\nb', custom],
    ['evil@host', { ...custom, style: 'virtual-host' }],
    ['arn:aws:s3:us-east-1.evil.example:123456789012:accesspoint/x', custom],
    ['arn:aws:s3:us-east-1:1234:accesspoint/x', custom],
    ['arn:aws:s3:us-east-1:123456789012:accesspoint/x@evil', custom],
    ['arn:aws:s3:::bucket', custom],
    ['arn:aws:iam::123456789012:role/x', custom],
    ['bucket', { ...custom, fips: true }],
    ['bucket', { region: 'us-east-1', accelerate: true, fips: true }],
    ['bucket--usw2-az1--x-s3', { region: 'us-west-2', accelerate: true }],
  ]
  for (const [bucket, options] of refused) {
    assert.throws(
      () => s3Endpoint(bucket, options),
      (error) => error instanceof CliError && error.exitCode === 2,
      `${bucket} ${JSON.stringify(options)}`,
    )
  }
})

test('a target splits after the bucket, an ARN after its access point', () => {
  const cases = [
    ['s3://b', 'b', ''],
    ['b/a//b', 'b', 'a//b'],
    ['s3://b//x', 'b', '/x'],
    ['s3://b/s3://c', 'b', 's3://c'],
    [
      's3://arn:aws:s3:us-east-1:123456789012:accesspoint/ap/k/x',
      'arn:aws:s3:us-east-1:123456789012:accesspoint/ap',
      'k/x',
    ],
    ['arn:aws:s3:us-east-1:123456789012:accesspoint:ap', 'arn:aws:s3:us-east-1:123456789012:accesspoint:ap', ''],
    [
      'arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/ap/k',
      'arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/ap',
      'k',
    ],
  ] as const
  for (const [target, bucket, key] of cases) assert.deepEqual(splitS3Target(target), { bucket, key })
})
