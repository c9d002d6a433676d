import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultHost } from '../src/request/default-host.ts'
import {
  dnsSuffixOf,
  isRegionName,
  knownRegions,
  looksLikeAwsRegion,
  partitionOf,
  partitions,
  regionsOf,
} from '../src/request/partition.ts'
import {
  endpointPrefixOf,
  isServiceName,
  knownServices,
  nearestService,
  signingNameOf,
} from '../src/request/service-names.ts'
import * as table from '../src/request/service-table.ts'

const { botocoreVersion, partitionLines, hostTemplates, ...packed } = table

test('the table names the version it came from', () => {
  assert.match(botocoreVersion, /^\d+\.\d+\.\d+$/)
})

test('packed lists are sorted, without doubles, with a blank at both ends', () => {
  for (const [name, list] of Object.entries(packed)) {
    assert.match(list, /^ (?:\S+ )*$/, name)
    const keys = list
      .trim()
      .split(' ')
      .map((entry) => entry.replace(/[=~].*/, ''))
    assert.deepEqual(keys, [...new Set(keys)].sort(), name)
  }
})

test('every entry has the form that its list is read by', () => {
  const word = '[A-Za-z0-9.-]+'
  const forms: Readonly<Record<keyof typeof packed, RegExp>> = {
    serviceWords: new RegExp(`^${word}(?:[=~]${word})?$`),
    globalWords: new RegExp(`^${word}$`),
    globalRegions: new RegExp(`^${word}@aws[a-z-]*=[a-z0-9-]+$`),
    pinnedWords: new RegExp(`^${word}$`),
    asymmetricWords: new RegExp(`^${word}$`),
    mainPrefixes: new RegExp(`^${word}=${word}$`),
    commandNames: new RegExp(`^${word}=${word}$`),
  }
  for (const [name, form] of Object.entries(forms)) {
    const list = Object.entries(packed).find(([key]) => key === name)?.[1] ?? ''
    for (const entry of list.trim().split(' ')) assert.match(entry, form, name)
  }
})

test('no word has more than the four labels that a host is searched for', () => {
  const labels = packed.serviceWords.split(' ').map((entry) => entry.replace(/[=~].*/, '').split('.').length)
  assert.ok(Math.max(...labels) <= 4)
})

test('what the lists point to is in the table', () => {
  const words = new Set(
    packed.serviceWords
      .trim()
      .split(' ')
      .map((entry) => entry.replace(/[=~].*/, '')),
  )
  const pointedTo = [packed.serviceWords, packed.mainPrefixes, packed.commandNames].flatMap((list) =>
    list
      .trim()
      .split(' ')
      .map((entry) => entry.replace(/.*[=~]/, '')),
  )
  const inTemplates = hostTemplates.flatMap((line) => line.split('|')[1]?.split(' ') ?? [])
  const listed = [packed.globalWords, packed.pinnedWords, packed.asymmetricWords].flatMap((list) =>
    list.trim().split(' '),
  )
  assert.deepEqual(
    [...pointedTo, ...inTemplates, ...listed].filter((word) => !words.has(word)),
    [],
  )
})

test('partitions have names, domains and regions of their own', () => {
  assert.equal(partitions()[0]?.id, 'aws')
  assert.equal(partitions().length, partitionLines.length)
  assert.deepEqual(knownRegions(), [...new Set(knownRegions())].sort())
  for (const partition of partitions()) {
    const { id, dnsSuffix, dualStackDnsSuffix, globalRegion } = partition
    const regions = regionsOf(partition)
    assert.match(`${id} ${dnsSuffix} ${dualStackDnsSuffix}`, /^aws[a-z-]* [a-z0-9.-]+ [a-z0-9.-]+$/)
    assert.ok(regions.includes(globalRegion), id)
    for (const region of regions) {
      assert.equal(partitionOf(region).id, id)
      assert.ok(looksLikeAwsRegion(region), region)
    }
  }
})

test('host templates are made of the known parts', () => {
  for (const line of hostTemplates) {
    assert.match(line, /^\S+(?: [a-z0-9-]+:\S+)*\|[a-z0-9.-]+(?: [a-z0-9.-]+)*$/)
    for (const token of line.match(/\{[^}]*\}/g) ?? []) assert.match(token, /^\{[prgsd]\}$/)
  }
})

test('a service in a region has the host that AWS documents', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['sqs', 'us-west-2', 'sqs.us-west-2.amazonaws.com'],
    ['s3', 'us-east-1', 's3.us-east-1.amazonaws.com'],
    ['sts', 'us-east-1', 'sts.us-east-1.amazonaws.com'],
    ['sts', 'cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['dynamodb', 'us-gov-west-1', 'dynamodb.us-gov-west-1.amazonaws.com'],
    ['ec2', 'eusc-de-east-1', 'ec2.eusc-de-east-1.amazonaws.eu'],
    ['ec2', 'us-iso-east-1', 'ec2.us-iso-east-1.c2s.ic.gov'],
    ['iam', 'us-west-2', 'iam.amazonaws.com'],
    ['iam', 'us-gov-east-1', 'iam.us-gov.amazonaws.com'],
    ['iam', 'cn-northwest-1', 'iam.cn-north-1.amazonaws.com.cn'],
    ['route53', 'eu-west-1', 'route53.amazonaws.com'],
    ['cloudfront', 'us-east-1', 'cloudfront.amazonaws.com'],
    ['cloudfront', 'cn-north-1', 'cloudfront.cn-northwest-1.amazonaws.com.cn'],
    ['organizations', 'eu-west-1', 'organizations.us-east-1.amazonaws.com'],
    ['networkmanager', 'eu-west-1', 'networkmanager.us-west-2.amazonaws.com'],
    ['dsql', 'us-east-1', 'dsql.us-east-1.api.aws'],
    ['email', 'eu-west-1', 'email.eu-west-1.amazonaws.com'],
    ['ses', 'eu-west-1', 'email.eu-west-1.amazonaws.com'],
    ['bedrock-runtime', 'us-east-1', 'bedrock-runtime.us-east-1.amazonaws.com'],
    ['bedrock', 'us-east-1', 'bedrock.us-east-1.amazonaws.com'],
    ['ecr', 'us-east-1', 'api.ecr.us-east-1.amazonaws.com'],
    ['sagemaker', 'us-east-1', 'api.sagemaker.us-east-1.amazonaws.com'],
    ['mobiletargeting', 'us-east-1', 'pinpoint.us-east-1.amazonaws.com'],
    ['efs', 'us-east-1', 'elasticfilesystem.us-east-1.amazonaws.com'],
    ['IoTSecuredTunneling', 'us-east-1', 'api.tunneling.iot.us-east-1.amazonaws.com'],
    ['iotdevicegateway', 'us-east-1', 'data-ats.iot.us-east-1.amazonaws.com'],
    ['s3express', 'us-west-2', 's3express-control.us-west-2.amazonaws.com'],
    ['transcribe', 'cn-north-1', 'cn.transcribe.cn-north-1.amazonaws.com.cn'],
    ['timestream', 'us-east-1', 'timestream.us-east-1.amazonaws.com'],
    ['bedrock-mantle', 'us-east-1', 'bedrock-mantle.us-east-1.api.aws'],
    ['tomorrow', 'us-east-1', 'tomorrow.us-east-1.amazonaws.com'],
    ['sqs', 'xx-newplace-1', 'sqs.xx-newplace-1.amazonaws.com'],
  ]
  for (const [service, region, host] of rows) assert.equal(defaultHost(service, region), host, `${service} ${region}`)
})

test('names that could leave their label never reach a host', () => {
  for (const bad of [
    '',
    'a b',
    'a/b',
    'a@b',
    'a:1',
    'a#',
    'a?',
    '-a',
    'a-',
    'a..b',
    '.a',
    'a.',
    'a\nb',
    'é',
    'a_b',
    '{s}',
    '$&',
  ]) {
    assert.equal(isServiceName(bad), false, bad)
    assert.equal(isRegionName(bad), false, bad)
    assert.throws(() => defaultHost(bad, 'us-east-1'), { exitCode: 2 }, bad)
    assert.throws(() => defaultHost('sqs', bad), { exitCode: 2 }, bad)
  }
  assert.equal(isRegionName('us-east-1.evil.com'), false)
  for (const good of ['auto', 'us-east-1', 'us-west-004', 'RegionOne', 'nyc3']) assert.ok(isRegionName(good), good)
  for (const good of ['s3', 'api.ecr', 'data-ats.iot', 'IoTSecuredTunneling']) assert.ok(isServiceName(good), good)
})

test('a prefix signs under its signing name, and any other word under itself', () => {
  const rows = {
    email: 'ses',
    'bedrock-runtime': 'bedrock',
    'api.ecr': 'ecr',
    pinpoint: 'mobiletargeting',
    aos: 'es',
    'streams.dynamodb': 'dynamodb',
    's3-control': 's3',
    dynamodb: 'dynamodb',
    sqs: 'sqs',
    iotdevicegateway: 'iotdevicegateway',
    IoTSecuredTunneling: 'IoTSecuredTunneling',
    tomorrow: 'tomorrow',
    'email=ses': 'email=ses',
    ' ': ' ',
    constructor: 'constructor',
  }
  for (const [word, signingName] of Object.entries(rows)) assert.equal(signingNameOf(word), signingName, word)
  assert.equal(endpointPrefixOf('constructor'), 'constructor')
})

test('the services to choose from are sorted, without doubles, and good for a host', () => {
  const services = knownServices()
  assert.ok(services.length > 430, `${services.length} services`)
  assert.deepEqual(services, [...new Set(services)].sort())
  for (const service of services) assert.ok(isServiceName(service), service)
  for (const service of ['s3', 'ses', 'email', 'iotdevicegateway', 'vpc-lattice-svcs'])
    assert.ok(services.includes(service))
  for (const label of ['efs', 'cloudwatch']) assert.ok(!services.includes(label))
})

test('a hint names the service that was meant', () => {
  const rows = {
    cloudwatch: 'monitoring',
    stepfunctions: 'states',
    opensearch: 'es',
    sesv2: 'email',
    efs: 'elasticfilesystem',
    dynamodbb: 'dynamodb',
    dynmaodb: 'dynamodb',
    SQS: 'sqs',
    lamda: 'lambda',
    qqqqqqqq: undefined,
    '': undefined,
  }
  for (const [text, service] of Object.entries(rows)) assert.equal(nearestService(text), service, text)
})

test('domains follow the region, dual stack too', () => {
  assert.equal(dnsSuffixOf('cn-north-1'), 'amazonaws.com.cn')
  assert.equal(dnsSuffixOf('cn-tomorrow-1'), 'amazonaws.com.cn')
  assert.equal(dnsSuffixOf('cn-north-1', { dualstack: true }), 'api.amazonwebservices.com.cn')
  assert.equal(dnsSuffixOf('us-gov-west-1', { dualstack: true }), 'api.aws')
  assert.equal(dnsSuffixOf('auto'), 'amazonaws.com')
  assert.equal(partitionOf('us-isob-west-1').id, 'aws-iso-b')
})
