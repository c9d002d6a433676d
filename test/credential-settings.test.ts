import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../src/context.ts'
import type { CredentialOptions } from '../src/credentials/options.ts'
import { configuredEndpoint, configuredRegion, configuredVariants } from '../src/credentials/settings.ts'
import { stsEndpoint } from '../src/credentials/sts-endpoint.ts'
import { formatRequestUrl } from '../src/request/request-url.ts'
import { makeHome } from './support/home.ts'
import { stillContext } from './support/still-context.ts'

const config = `[default]
region = default-region
[profile dev]
region = dev-region
endpoint_url = http://dev
services = mine
use_fips_endpoint = true
[profile off]
endpoint_url = http://off
ignore_configured_endpoint_urls = true
[services mine]
s3 =
  endpoint_url = http://dev-s3
elastic_beanstalk =
  endpoint_url = http://dev-eb
`

type Environment = Readonly<Record<string, string>>

const regions: readonly (readonly [
  env: Environment,
  profile: string | undefined,
  region: string | undefined,
  reason: RegExp,
])[] = [
  [{ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, 'dev', 'a', /^AWS_REGION$/],
  [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'b' }, 'dev', 'b', /^AWS_DEFAULT_REGION$/],
  [{}, 'dev', 'dev-region', /^region of profile dev \(~\/\.aws\/config:4\)$/],
  [{ AWS_PROFILE: 'dev' }, undefined, 'dev-region', /profile dev/],
  [{}, undefined, 'default-region', /profile default/],
  [{}, 'off', undefined, /^$/],
]

for (const [env, profile, region, reason] of regions) {
  test(`the region by ${JSON.stringify(env)} and ${profile ?? 'no'} profile is ${region}`, async () => {
    const found = await within(env, (context) => configuredRegion(options({ profile }), context))
    assert.equal(found?.value, region)
    assert.match(found?.reason ?? '', reason)
  })
}

/** The order of the SDKs' reference guide, "Service-specific endpoints". */
const endpoints: readonly (readonly [
  service: string,
  env: Environment,
  profile: string | undefined,
  url: string | undefined,
])[] = [
  ['S3', { AWS_ENDPOINT_URL_S3: 'http://s3', AWS_ENDPOINT_URL: 'http://all' }, 'dev', 'http://s3'],
  ['S3', { AWS_ENDPOINT_URL: 'http://all' }, 'dev', 'http://all'],
  ['S3', {}, 'dev', 'http://dev-s3'],
  ['STS', {}, 'dev', 'http://dev'],
  ['Elastic Beanstalk', {}, 'dev', 'http://dev-eb'],
  ['Elastic Beanstalk', { AWS_ENDPOINT_URL_ELASTIC_BEANSTALK: 'http://eb' }, 'dev', 'http://eb'],
  ['S3', { AWS_ENDPOINT_URL_S3: '' }, undefined, undefined],
  ['S3', { AWS_ENDPOINT_URL_S3: 'http://s3', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'dev', undefined],
  ['S3', {}, 'off', undefined],
  ['S3', { AWS_ENDPOINT_URL: 'http://all' }, 'off', undefined],
  ['S3', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, 'off', 'http://off'],
]

for (const [service, env, profile, url] of endpoints) {
  test(`the endpoint of ${service} by ${JSON.stringify(env)} and ${profile ?? 'no'} profile is ${url}`, async () => {
    const found = await within(env, (context) => configuredEndpoint(service, options({ profile }), context))
    assert.equal(found?.value, url)
  })
}

test('FIPS and dual stack come from the environment, then the profile', async () => {
  const variants = (env: Environment, profile?: string) =>
    within(env, (context) => configuredVariants(options({ profile }), context))
  assert.deepEqual(await variants({}, 'dev'), { fips: true, dualstack: false })
  assert.deepEqual(await variants({ AWS_USE_FIPS_ENDPOINT: 'false', AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'dev'), {
    fips: false,
    dualstack: true,
  })
})

/** By botocore 1.43.11's endpoint provider, with `UseGlobalEndpoint` false: region, FIPS, dual stack, URL. */
const stsHosts = `
us-east-1 - - sts.us-east-1.amazonaws.com
us-east-1 - d sts.us-east-1.api.aws
us-east-1 f - sts-fips.us-east-1.amazonaws.com
us-east-1 f d sts-fips.us-east-1.api.aws
cn-north-1 - - sts.cn-north-1.amazonaws.com.cn
cn-north-1 - d sts.cn-north-1.api.amazonwebservices.com.cn
us-gov-west-1 - - sts.us-gov-west-1.amazonaws.com
us-gov-west-1 - d sts.us-gov-west-1.api.aws
us-gov-west-1 f - sts.us-gov-west-1.amazonaws.com
us-gov-west-1 f d sts-fips.us-gov-west-1.api.aws
us-iso-east-1 - - sts.us-iso-east-1.c2s.ic.gov
us-isob-east-1 f - sts-fips.us-isob-east-1.sc2s.sgov.gov
eusc-de-east-1 - - sts.eusc-de-east-1.amazonaws.eu
eu-isoe-west-1 - - sts.eu-isoe-west-1.cloud.adc-e.uk
us-isof-south-1 - - sts.us-isof-south-1.csp.hci.ic.gov
aws-global - - sts.amazonaws.com`

for (const line of stsHosts.trim().split('\n')) {
  const [region = '', fips, dualstack, host] = line.split(' ')
  test(`STS of ${line} is as AWS's endpoint rules say`, async () => {
    const env = {
      ...(fips === 'f' ? { AWS_USE_FIPS_ENDPOINT: 'true' } : {}),
      ...(dualstack === 'd' ? { AWS_USE_DUALSTACK_ENDPOINT: 'true' } : {}),
    }
    const endpoint = await within(env, (context) => stsEndpoint(options({ region }), context))
    assert.equal(formatRequestUrl(endpoint.url), `https://${host}/`)
    assert.equal(endpoint.region, region === 'aws-global' ? 'us-east-1' : region)
  })
}

test('without a region STS is the global one', async () => {
  const endpoint = await within({ AWS_CONFIG_FILE: '/nonexistent' }, (context) => stsEndpoint(options({}), context))
  assert.equal(formatRequestUrl(endpoint.url), 'https://sts.amazonaws.com/')
  assert.equal(endpoint.region, 'us-east-1')
})

/** Host, `--region`, `AWS_REGION`, region signed for: the flag, else what the host names, else the configured one. */
const givenHosts: readonly (readonly [host: string, flag: string | undefined, env: string, signedFor: string])[] = [
  ['sts.eu-central-1.amazonaws.com', undefined, 'us-west-2', 'eu-central-1'],
  ['sts.eu-central-1.amazonaws.com', 'eu-west-3', 'us-west-2', 'eu-west-3'],
  ['sts.cn-north-1.amazonaws.com.cn', undefined, '', 'cn-north-1'],
  ['vpce-0a1b-x.sts.ap-south-1.vpce.amazonaws.com', undefined, 'us-west-2', 'ap-south-1'],
  ['127.0.0.1:8000', undefined, 'us-west-2', 'us-west-2'],
  ['gateway.example', undefined, '', 'us-east-1'],
]

for (const [host, flag, env, signedFor] of givenHosts) {
  test(`a request to STS at ${host} with --region ${flag} and AWS_REGION=${env} is signed for ${signedFor}`, async () => {
    const variables = { AWS_CONFIG_FILE: '/nonexistent', AWS_REGION: env, AWS_ENDPOINT_URL_STS: `https://${host}` }
    const endpoint = await within(variables, (context) => stsEndpoint(options({ region: flag }), context))
    assert.equal(endpoint.region, signedFor)
  })
}

test('a region that is none never becomes part of a host', async () => {
  for (const region of ['evil.example.com/', 'a.b', '../x', 'x@y', '']) {
    await assert.rejects(
      within({}, (context) => stsEndpoint(options({ region }), context)),
      /is not a region/,
    )
    await assert.rejects(
      within({}, (context) => stsEndpoint(options({ region, stsEndpointUrl: 'http://127.0.0.1:1' }), context)),
      /is not a region/,
    )
  }
})

function options(changes: Partial<CredentialOptions>): CredentialOptions {
  return {
    signing: 'signed',
    cache: 'skip',
    role: { roleArns: [], externalIds: [], policyArns: [], tags: [], transitiveTags: [] },
    connection: { caBundle: undefined, tlsVerification: 'required', connectTimeoutMs: 1000, readTimeoutMs: 1000 },
    diagnostics: 'quiet',
    ...changes,
  }
}

async function within<T>(env: Environment, ask: (context: Context) => Promise<T>): Promise<T> {
  const home = makeHome({ '.aws/config': config })
  try {
    return await ask(
      stillContext({ env, now: () => new Date('2026-01-01T00:00:00Z'), homeDirectory: home.path, platform: 'linux' }),
    )
  } finally {
    home.remove()
  }
}
