import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceRules } from '../src/request/service-rules.ts'

test('the S3 family encodes its path once, keeps it as it is, and carries the hash of its payload', () => {
  for (const service of ['s3', 's3express', 's3-object-lambda', 's3-outposts']) {
    assert.deepEqual(serviceRules(service), {
      pathEncoding: 'single',
      normalizePath: false,
      contentSha256Header: true,
      unsignedPayloadOnPresign: true,
      unsignedPayload: false,
      tokenAfterSigning: false,
    })
  }
})

test('other services encode twice and normalize, also S3 Tables and S3 Vectors, and services nobody knows', () => {
  for (const service of ['sqs', 's3tables', 's3vectors', 'es', 'execute-api', 'tomorrow', 'toString']) {
    assert.deepEqual(serviceRules(service), {
      pathEncoding: 'double',
      normalizePath: true,
      contentSha256Header: false,
      unsignedPayloadOnPresign: false,
      unsignedPayload: false,
      tokenAfterSigning: false,
    })
  }
})

test('the header with the hash goes to the services whose pages ask for it', () => {
  for (const service of ['aoss', 'glacier', 'vpc-lattice-svcs'])
    assert.ok(serviceRules(service).contentSha256Header, service)
})

test('VPC Lattice gets no signed payload', () => {
  assert.ok(serviceRules('vpc-lattice-svcs').unsignedPayload)
})

test('AWS IoT wants the session token outside a presigned signature', () => {
  for (const service of ['iotdevicegateway', 'iotdata']) assert.ok(serviceRules(service).tokenAfterSigning, service)
  for (const service of ['s3', 'iot', 'transcribe']) assert.ok(!serviceRules(service).tokenAfterSigning, service)
})
