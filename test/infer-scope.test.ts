import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseAwsHost } from '../src/request/aws-host.ts'
import { awsHostRows, awsRulesFor } from '../src/request/aws-host-rules.ts'
import { matchHostPattern } from '../src/request/host-pattern.ts'
import { type InferredScope, inferScope } from '../src/request/infer-scope.ts'
import { isRegionName, looksLikeAwsRegion } from '../src/request/partition.ts'
import { compatibleHostsOf, compatibleRows } from '../src/request/s3-compatible-hosts.ts'
import { aws4fetchTable, hostTable } from './support/host-table.ts'

for (const [group, table] of Object.entries({ ...hostTable, 'The table of aws4fetch': aws4fetchTable })) {
  test(`${group}: service and region come from the host`, () => {
    assert.deepEqual(rowsOf(table).map(inferredRow), rowsOf(table))
  })
}

test('the table is as long as it was meant to be', () => {
  assert.ok(allHosts().length > 300, `${allHosts().length} hosts`)
})

test('every rule for hosts has the form it is read by, is found by the hosts it fits, and has one', () => {
  for (const row of awsHostRows) {
    assert.match(row, /^[a-z0-9.*+{}-]+ (?:[a-z0-9-]+)(?: (?:[a-z0-9-]+|\*))?(?: \/[a-z0-9/]+)?$/)
    const [pattern = ''] = row.split(' ')
    const hosts = allHosts().flatMap((host) => parseAwsHost(host) ?? [])
    const fitting = hosts.find(({ labels }) => matchHostPattern(pattern, labels, looksLikeAwsRegion) !== undefined)
    assert.ok(fitting, row)
    assert.ok(
      awsRulesFor(fitting.words.at(-1) ?? '').some((rule) => rule.pattern === pattern),
      row,
    )
  }
  for (const row of compatibleRows) {
    assert.match(row, /^[a-z0-9.*{}-]+ [a-z0-9-]+ [a-z0-9-]+ \S.*$/)
    const [pattern = ''] = row.split(' ')
    const fitting = allHosts().find((host) => matchHostPattern(pattern, host.split('.'), isRegionName) !== undefined)
    assert.ok(fitting, row)
    assert.ok(
      compatibleHostsOf(fitting).some((host) => host.pattern === pattern),
      row,
    )
  }
})

test("S3's hosts as botocore writes them are understood", () => {
  const { cases }: { cases: readonly S3Case[] } = JSON.parse(readFileSync('test/fixtures/s3-endpoints.json', 'utf8'))
  const own = cases.filter(({ endpointUrl, accelerate }) => endpointUrl === undefined && accelerate !== true)
  assert.ok(own.length > 60, `${own.length} cases`)
  for (const { url, service, signingRegion } of own) {
    const scope = inferScope(url.replace('https://', '').replace(/\/.*/, ''))
    const region = scope.algorithm === undefined ? scope.region?.value : '*'
    assert.deepEqual([scope.service?.value, region], [service, signingRegion], url)
  }
})

interface S3Case {
  readonly url: string
  readonly service: string
  readonly signingRegion: string
  readonly endpointUrl?: string
  readonly accelerate?: boolean
}

test('case, port and final dot of a host change nothing', () => {
  const plain = inferScope('bucket.s3.us-west-2.amazonaws.com')
  for (const host of [
    'Bucket.S3.US-West-2.AmazonAWS.com',
    'bucket.s3.us-west-2.amazonaws.com:443',
    'bucket.s3.us-west-2.amazonaws.com.',
    'bucket.s3.us-west-2.amazonaws.com.:8443',
  ]) {
    assert.deepEqual(inferScope(host), plain, host)
  }
})

test('addresses and empty hosts say nothing', () => {
  for (const host of [
    '',
    '.',
    ':443',
    '[::1]',
    '[::1]:8080',
    '192.0.2.1:9000',
    '.amazonaws.com',
    's3..amazonaws.com ',
  ]) {
    assert.equal(inferScope(host).service, undefined, host)
  }
})

test('a host as long as a stranger may send is read quickly, and its labels are not taken for names', () => {
  const start = process.hrtime.bigint()
  inferScope(`${'a.'.repeat(50_000)}us-east-1.amazonaws.com`)
  inferScope(`${'a-'.repeat(50_000)}1.us-east-1.amazonaws.com`)
  assert.ok(process.hrtime.bigint() - start < 500_000_000n)
  for (const label of ['a b', 'x\u001b[31m', '-', 'a=b', '{s}', 'ü']) {
    assert.equal(inferScope(`${label}.us-east-1.amazonaws.com`).service, undefined, label)
  }
})

test('the path tells services apart that share a host', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['abc123-ats.iot.us-east-1.amazonaws.com', '/mqtt', 'iotdevicegateway'],
    ['data.ats.iot.cn-north-1.amazonaws.com.cn', '/mqtt', 'iotdevicegateway'],
    ['abc123-ats.iot.us-east-1.amazonaws.com', '/topics/mqtt', 'iotdata'],
    ['places.geo.us-east-1.amazonaws.com', '/places/v0/indexes/x/search/text', 'geo'],
    ['places.geo.us-east-1.amazonaws.com', '/v2/geocode', 'geo-places'],
    ['maps.geo.us-east-1.amazonaws.com', '/maps/v0/maps/x/tiles/1/2/3', 'geo'],
    ['maps.geo.us-east-1.amazonaws.com', '/v2/tiles/vector.basemap/1/2/3', 'geo-maps'],
    ['routes.geo.us-east-1.amazonaws.com', '/routes/v0/calculators/x/calculate/route', 'geo'],
    ['routes.geo.us-east-1.amazonaws.com', '/v2/routes', 'geo-routes'],
  ]
  for (const [host, path, service] of rows) assert.equal(inferScope(host, path).service?.value, service, host + path)
})

test('the partition comes from the domain, and from the region where two share it', () => {
  const rows = {
    'sqs.us-east-1.amazonaws.com': 'aws',
    'sqs.us-gov-west-1.amazonaws.com': 'aws-us-gov',
    'sqs.us-gov-west-1.api.aws': 'aws-us-gov',
    'iam.us-gov.amazonaws.com': 'aws-us-gov',
    'sqs.cn-north-1.amazonaws.com.cn': 'aws-cn',
    'route53.amazonaws.com.cn': 'aws-cn',
    'ec2.eusc-de-east-1.amazonaws.eu': 'aws-eusc',
    'ec2.us-isob-east-1.sc2s.sgov.gov': 'aws-iso-b',
    'x.lambda-url.us-gov-west-1.on.aws': 'aws-us-gov',
    'unknown.amazonaws.com': 'aws',
    'nyc3.digitaloceanspaces.com': undefined,
  }
  for (const [host, partition] of Object.entries(rows)) assert.equal(inferScope(host).partition, partition, host)
})

test('every inferred value says where it comes from', () => {
  assert.deepEqual(inferScope('email.eu-west-1.amazonaws.com'), {
    service: { value: 'ses', reason: "label 'email' of the host, which signs as ses" },
    region: { value: 'eu-west-1', reason: "label 'eu-west-1' of the host" },
    partition: 'aws',
  })
  assert.equal(inferScope('iam.amazonaws.com').region?.reason, 'iam is a global service of partition aws')
  for (const host of allHosts()) {
    const { service, region, algorithm } = inferScope(host)
    for (const inferred of [service, region, algorithm]) {
      if (inferred !== undefined) assert.match(inferred.reason, /^[^\n]{10,100}$/, host)
    }
  }
})

function allHosts(): readonly string[] {
  const tables = [...Object.values(hostTable), aws4fetchTable]
  return tables.flatMap(rowsOf).map((row) => row.replace(/[/ ].*/, ''))
}

function rowsOf(table: string): readonly string[] {
  return table.trim().split('\n')
}

/** The row as the code would write it. */
function inferredRow(row: string): string {
  const [url = ''] = row.split(' ')
  const slash = url.indexOf('/')
  const scope = slash < 0 ? inferScope(url) : inferScope(url.slice(0, slash), url.slice(slash))
  return `${url} ${scope.service?.value ?? '-'} ${regionCell(scope)}`
}

function regionCell({ region, regionless, algorithm }: InferredScope): string {
  if (regionless) return 'any'
  if (algorithm !== undefined) return `*${region?.value ?? ''}`
  return region?.value ?? '-'
}
