import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleKeys, run } from './support/run.ts'

async function signedHeaders(argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(['sign', ...argv], { env: exampleKeys })
  assert.equal(exitCode, 0, stderr)
  return stdout
}

test('a host is signed for under its signing name and region, without a flag', async () => {
  const rows = {
    'https://email.eu-west-1.amazonaws.com/v2/email/account': 'eu-west-1/ses',
    'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08': 'us-east-1/iam',
    'https://iam.us-gov.amazonaws.com/?Action=ListUsers&Version=2010-05-08': 'us-gov-west-1/iam',
    'https://search-movies-abc123.eu-central-1.es.amazonaws.com/_search': 'eu-central-1/es',
    'https://abc123.r2.cloudflarestorage.com/bucket/key': 'auto/s3',
    'https://abc123-ats.iot.us-east-1.amazonaws.com/mqtt': 'us-east-1/iotdevicegateway',
    'https://abc123-ats.iot.us-east-1.amazonaws.com/topics/a?qos=1': 'us-east-1/iotdata',
  }
  for (const [url, scope] of Object.entries(rows)) {
    assert.match(await signedHeaders([url]), new RegExp(`Credential=AKID[^/]*/\\d{8}/${scope}/aws4_request`), url)
  }
})

test('the hash of the payload is a header where the service asks for it, and only there', async () => {
  const withHash = ['https://x.us-east-1.aoss.amazonaws.com/i/_search', 'https://b.s3.us-east-1.amazonaws.com/k']
  for (const url of withHash) {
    assert.match(await signedHeaders([url]), /^x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb924/im, url)
  }
  for (const url of [
    'https://x.us-east-1.es.amazonaws.com/i/_search',
    'https://s3tables.us-east-1.amazonaws.com/buckets',
  ]) {
    assert.doesNotMatch(await signedHeaders([url]), /content-sha256/i, url)
  }
})

test('a request to VPC Lattice leaves its payload unsigned, body or not', async () => {
  const url = 'https://my-service-02222f67d3a427111.1234abc.vpc-lattice-svcs.us-west-2.on.aws/create'
  for (const argv of [[url], [url, '-d', 'some-data-here']]) {
    assert.match(await signedHeaders(argv), /^x-amz-content-sha256: UNSIGNED-PAYLOAD$/im)
  }
})
