import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleKeys, run } from './support/run.ts'

interface TargetCase {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly url: string
  /** `REGION/SERVICE` of the credential scope; for SigV4a the region set. */
  readonly scope: string
  readonly warning?: RegExp
}

const mrap = 's3://arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/key'
const mrapHost = 'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/key'
const accessPoint = 's3://arn:aws:s3:eu-west-1:123456789012:accesspoint/reports/key'

const cases: readonly TargetCase[] = [
  { argv: [mrap], url: mrapHost, scope: '*/s3' },
  { argv: [mrap], env: { AWS_REGION: 'eu-west-1' }, url: mrapHost, scope: '*/s3' },
  {
    argv: [mrap, '--region', 'eu-west-1'],
    url: mrapHost,
    scope: 'eu-west-1/s3',
    warning: /region set 'eu-west-1' \(--region\).*every region/,
  },
  {
    argv: [mrapHost, '--region', 'eu-west-1'],
    url: mrapHost,
    scope: 'eu-west-1/s3',
    warning: /region set 'eu-west-1' \(--region\).*every region/,
  },
  {
    argv: [accessPoint],
    url: 'https://reports-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/key',
    scope: 'eu-west-1/s3',
  },
  {
    argv: [accessPoint, '--region', 'us-west-2'],
    url: 'https://reports-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/key',
    scope: 'eu-west-1/s3',
    warning: /--region 'us-west-2' is not used.*'eu-west-1'/,
  },
  {
    argv: ['s3://b12/k', '--endpoint-url', 'https://s3.amazonaws.com'],
    url: 'https://s3.amazonaws.com/b12/k',
    scope: 'us-east-1/s3',
    warning: /no region given/,
  },
  {
    argv: ['s3://b12/k', '--endpoint-url', 'https://s3.eu-west-1.amazonaws.com'],
    url: 'https://s3.eu-west-1.amazonaws.com/b12/k',
    scope: 'eu-west-1/s3',
  },
  {
    argv: ['s3://b12/k', '--endpoint-url', 'https://account.r2.cloudflarestorage.com'],
    url: 'https://account.r2.cloudflarestorage.com/b12/k',
    scope: 'auto/s3',
  },
  { argv: ['--service', 'iam'], url: 'https://iam.amazonaws.com/', scope: 'us-east-1/iam' },
  { argv: ['--service', 'account'], url: 'https://account.us-east-1.amazonaws.com/', scope: 'us-east-1/account' },
  {
    argv: ['--service', 'iam'],
    env: { AWS_REGION: 'eu-west-1' },
    url: 'https://iam.amazonaws.com/',
    scope: 'us-east-1/iam',
  },
  {
    argv: ['--service', 'iam', '--region', 'cn-northwest-1'],
    url: 'https://iam.cn-north-1.amazonaws.com.cn/',
    scope: 'cn-northwest-1/iam',
    warning: /'cn-northwest-1'.*'cn-north-1'/,
  },
  {
    argv: ['--service', 'S3', '--region', 'eu-west-1'],
    url: 'https://s3.eu-west-1.amazonaws.com/',
    scope: 'eu-west-1/s3',
  },
  {
    argv: ['--service', 'cloudwatch', '--region', 'eu-west-1'],
    url: 'https://cloudwatch.eu-west-1.amazonaws.com/',
    scope: 'eu-west-1/cloudwatch',
    warning: /no service is known as 'cloudwatch'; did you mean 'monitoring'\?/,
  },
  {
    argv: ['https://api.example.com/', '--service', 'exectue-api', '--region', 'eu-west-1'],
    url: 'https://api.example.com/',
    scope: 'eu-west-1/exectue-api',
    warning: /did you mean 'execute-api'\?/,
  },
  {
    argv: ['--service', 'dynamodb', '--region', 'eu-west-1', '--endpoint-url', 'http://127.0.0.1:8000/base'],
    url: 'http://127.0.0.1:8000/base',
    scope: 'eu-west-1/dynamodb',
  },
  {
    argv: ['--service', 'dynamodb', '--region', 'eu-west-1', '--path', '/x/y'],
    env: { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/base/' },
    url: 'http://127.0.0.1:8000/base/x/y',
    scope: 'eu-west-1/dynamodb',
  },
  {
    argv: ['--service', 'dynamodb', '--region', 'eu-west-1', '--host', 'db.example:8443', '--query', 'a=b'],
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:8000/base' },
    url: 'https://db.example:8443/?a=b',
    scope: 'eu-west-1/dynamodb',
  },
  {
    argv: ['s3://b12/k', '--region', 'us-east-1'],
    env: { AWS_USE_FIPS_ENDPOINT: 'true' },
    url: 'https://b12.s3-fips.us-east-1.amazonaws.com/k',
    scope: 'us-east-1/s3',
  },
  {
    argv: ['s3://b12/k', '--region', 'us-east-1'],
    env: { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    url: 'https://b12.s3-fips.dualstack.us-east-1.amazonaws.com/k',
    scope: 'us-east-1/s3',
  },
  {
    argv: ['s3://b12/k', '--region', 'us-east-1', '--endpoint-url', 'http://localhost:9000'],
    env: { AWS_USE_FIPS_ENDPOINT: 'true' },
    url: 'http://localhost:9000/b12/k',
    scope: 'us-east-1/s3',
  },
  ...(
    [
      ['dynamodb', 'eu-west-1', 'fips', 'dynamodb-fips.eu-west-1.amazonaws.com'],
      ['dynamodb', 'us-gov-west-1', 'fips', 'dynamodb.us-gov-west-1.amazonaws.com'],
      ['dynamodb', 'eu-west-1', 'dualstack', 'dynamodb.eu-west-1.api.aws'],
      ['batch', 'us-east-1', 'fips', 'fips.batch.us-east-1.amazonaws.com'],
      ['ecr', 'us-east-1', 'both', 'ecr-fips.us-east-1.api.aws'],
      ['iam', 'us-east-1', 'dualstack', 'iam.global.api.aws'],
      ['ses', 'us-west-2', 'fips', 'email-fips.us-west-2.amazonaws.com'],
    ] as const
  ).map(([service, region, variant, host]) => ({
    argv: ['--service', service, '--region', region],
    env: {
      AWS_USE_FIPS_ENDPOINT: variant === 'dualstack' ? 'false' : 'true',
      AWS_USE_DUALSTACK_ENDPOINT: variant === 'fips' ? '' : 'true',
    },
    url: `https://${host}/`,
    scope: `${region}/${service}`,
  })),
  {
    argv: ['https://b12.s3.eu-west-1.amazonaws.com/ends with a space '],
    url: 'https://b12.s3.eu-west-1.amazonaws.com/ends%20with%20a%20space%20',
    scope: 'eu-west-1/s3',
  },
]

for (const { argv, env = {}, url, scope, warning } of cases) {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `)
  test(`${settings.join('')}sigv4 sign ${argv.join(' ')} is ${url} for ${scope}`, async () => {
    const { exitCode, stdout, stderr } = await run(['sign', ...argv, '--format', 'json', '--explain'], {
      env: { ...exampleKeys, ...env },
    })
    assert.equal(exitCode, 0, stderr)
    const printed: { url: string; explain: { region: string; service: string } } = JSON.parse(stdout)
    assert.deepEqual([printed.url, `${printed.explain.region}/${printed.explain.service}`], [url, scope])
    if (warning) assert.match(stderr, warning)
    else assert.equal(stderr, '')
  })
}
