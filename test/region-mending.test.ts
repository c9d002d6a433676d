import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostInRegion, namedRegion } from '../src/s3/region-mending.ts'

const nothing = { headers: [], body: '' }
const inHeader = (value: string) => ({ headers: [{ name: 'x-amz-bucket-region', value }], body: '' })

/** What an answer may make of a request that was signed for us-east-1. */
const answers = [
  { name: 'names no region', answer: nothing, region: undefined },
  { name: 'names another region in its header', answer: inHeader('eu-west-1'), region: 'eu-west-1' },
  {
    name: 'names another region in its body',
    answer: { headers: [], body: '<Error><Code>X</Code><Region>eu-west-1</Region></Error>' },
    region: 'eu-west-1',
  },
  { name: 'names the same region', answer: inHeader('us-east-1'), region: undefined },
  { name: 'names what is no region', answer: inHeader('x/@evil.example'), region: undefined },
  // Another partition has other hosts, accounts and keys.
  { name: 'names a region of another partition', answer: inHeader('cn-north-1'), region: undefined },
] as const

for (const { name, answer, region } of answers) {
  test(`an answer that ${name} leads to ${region ?? 'no other region'}`, async () => {
    assert.equal(await namedRegion(answer, 'us-east-1'), region)
  })
}

/** S3 User Guide, "Amazon S3 endpoints": the forms of its hosts. */
const hosts: Readonly<Record<string, string>> = {
  's3.amazonaws.com': 's3.eu-west-1.amazonaws.com',
  's3.us-east-1.amazonaws.com': 's3.eu-west-1.amazonaws.com',
  's3-us-west-2.amazonaws.com': 's3.eu-west-1.amazonaws.com',
  'bucket.s3.amazonaws.com': 'bucket.s3.eu-west-1.amazonaws.com',
  'my.bucket.s3.us-west-2.amazonaws.com': 'my.bucket.s3.eu-west-1.amazonaws.com',
  'bucket.s3.dualstack.us-west-2.amazonaws.com': 'bucket.s3.dualstack.eu-west-1.amazonaws.com',
  'bucket.s3-fips.us-west-2.amazonaws.com': 'bucket.s3-fips.eu-west-1.amazonaws.com',
  // None of S3's own, or of another partition.
  'minio.example': 'minio.example',
  's3.us-west-2.amazonaws.com.evil.example': 's3.us-west-2.amazonaws.com.evil.example',
  'bucket.s3.cn-north-1.amazonaws.com.cn': 'bucket.s3.cn-north-1.amazonaws.com.cn',
  'xs3.us-west-2.amazonaws.com': 'xs3.us-west-2.amazonaws.com',
}

for (const [host, expected] of Object.entries(hosts)) {
  test(`the host ${host} in eu-west-1 is ${expected}`, () => {
    assert.equal(hostInRegion(host, 'eu-west-1'), expected)
  })
}

test('hosts of other partitions keep their suffix', () => {
  const china = 'bucket.s3.cn-north-1.amazonaws.com.cn'
  assert.equal(hostInRegion(china, 'cn-northwest-1'), 'bucket.s3.cn-northwest-1.amazonaws.com.cn')
})
