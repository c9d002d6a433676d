import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runBin } from './support/bin.ts'
import { type Home, makeHome } from './support/home.ts'
import { type Outcome, run } from './support/run.ts'

/** A pair of keys whose id says whose it is. */
const keysOf = (name: string) => `aws_access_key_id = ${name}\naws_secret_access_key = secretOf${name}\n`
const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secretOfENVIRONMENT' }
const now = new Date('2026-01-01T00:00:00Z')

interface Case {
  readonly config?: string
  readonly credentials?: string
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

const both = { credentials: `[default]\n${keysOf('DEFAULT')}[dev]\n${keysOf('DEV')}` }
const process_ = (id: string) =>
  `credential_process = echo '{"Version":1,"AccessKeyId":"${id}","SecretAccessKey":"s","SessionToken":"t"}'\n`

/** Who signs: the order of the AWS CLI user guide, "Configuration and credential precedence". */
const winners: Readonly<Record<string, readonly [expected: string, case_: Case]>> = {
  'the default profile, where nothing else is said': ['DEFAULT', both],
  'AWS_PROFILE before the default profile': ['DEV', { ...both, env: { AWS_PROFILE: 'dev' } }],
  'AWS_DEFAULT_PROFILE, its old name': ['DEV', { ...both, env: { AWS_DEFAULT_PROFILE: 'dev' } }],
  'AWS_PROFILE before AWS_DEFAULT_PROFILE': [
    'DEV',
    { ...both, env: { AWS_PROFILE: 'dev', AWS_DEFAULT_PROFILE: 'default' } },
  ],
  'environment keys before AWS_PROFILE': ['ENVIRONMENT', { ...both, env: { ...environmentKeys, AWS_PROFILE: 'dev' } }],
  'environment keys before the default profile': ['ENVIRONMENT', { ...both, env: environmentKeys }],
  '--profile before environment keys': ['DEV', { ...both, env: environmentKeys, argv: ['--profile', 'dev'] }],
  '--profile before AWS_PROFILE': ['DEV', { ...both, env: { AWS_PROFILE: 'default' }, argv: ['--profile', 'dev'] }],
  '--profile default before environment keys': [
    'DEFAULT',
    { ...both, env: environmentKeys, argv: ['--profile', 'default'] },
  ],
  'empty variables count as unset': [
    'DEFAULT',
    { ...both, env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: '' } },
  ],
  'a profile that is only in the config file': [
    'DEV',
    { config: `[profile dev]\n${keysOf('DEV')}`, argv: ['--profile', 'dev'] },
  ],
  'the credentials file before the config file': [
    'CREDENTIALS',
    { config: `[default]\n${keysOf('CONFIG')}`, credentials: `[default]\n${keysOf('CREDENTIALS')}` },
  ],
  '[profile default] before [default] in the config file': [
    'LONG',
    { config: `[profile default]\n${keysOf('LONG')}[default]\n${keysOf('SHORT')}` },
  ],
  'a whole pair of the config file before half a pair of the credentials file': [
    'CONFIG',
    { config: `[default]\n${keysOf('CONFIG')}`, credentials: '[default]\naws_secret_access_key = x\n' },
  ],
  'keys of the credentials file before credential_process': [
    'CREDENTIALS',
    { config: `[default]\n${process_('PROCESS')}`, credentials: `[default]\n${keysOf('CREDENTIALS')}` },
  ],
  'credential_process before keys of the config file': [
    'PROCESS',
    { config: `[default]\n${process_('PROCESS')}${keysOf('CONFIG')}` },
  ],
  'a process whose end is written as Python writes times': [
    'A',
    {
      config:
        '[default]\ncredential_process = echo \'{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"2030-01-01 00:00:00+00:00"}\'\n',
    },
  ],
  'a process with blanks in its name and its arguments': [
    'x-y',
    {
      files: {
        'a b': '#!/bin/sh\nprintf \'{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"s"}\' "$(echo "$1" | tr " " -)"',
      },
      config: '[default]\ncredential_process = sh "HOME/a b" "x y"\n',
    },
  ],
  'AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE instead of the usual files': [
    'OTHER',
    { ...both, files: { other: `[default]\n${keysOf('OTHER')}` }, env: { AWS_SHARED_CREDENTIALS_FILE: '~/other' } },
  ],
  '--credentials before environment keys': [
    'FILE',
    {
      env: environmentKeys,
      files: { 'c.json': '{"Version":1,"AccessKeyId":"FILE","SecretAccessKey":"s"}' },
      argv: ['--credentials', 'HOME/c.json'],
    },
  ],
  'keys of a file with a byte order mark and Windows line ends': [
    'DEFAULT',
    { credentials: `\uFEFF[default]\r\naws_access_key_id = DEFAULT\r\naws_secret_access_key = s # comment\r\n` },
  ],
}

for (const [name, [expected, case_]] of Object.entries(winners)) {
  test(`who signs: ${name}`, async () => {
    const outcome = await assume(case_)
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    assert.equal(JSON.parse(outcome.stdout).AccessKeyId, expected)
  })
}

/** What must fail, naming what was asked for, although other identities are at hand. */
const failures: Readonly<Record<string, readonly [message: RegExp, case_: Case]>> = {
  'a profile that is nowhere': [
    /^sigv4: --profile names profile 'prod', for which neither ~\/\.aws\/config nor ~\/\.aws\/credentials has a setting\nhint: .*\[profile prod\]/,
    { ...both, env: environmentKeys, argv: ['--profile', 'prod'] },
  ],
  'a misspelt profile, with the nearest': [
    /profile 'dve'.*\nhint: did you mean 'dev'\?/,
    { ...both, env: environmentKeys, argv: ['--profile', 'dve'] },
  ],
  'AWS_PROFILE naming nothing': [/^sigv4: AWS_PROFILE names profile 'prod'/, { ...both, env: { AWS_PROFILE: 'prod' } }],
  'a profile without credentials': [
    /profile 'dev' has no credentials: it holds only region, output/,
    {
      config: '[profile dev]\nregion = r\noutput = json\n',
      credentials: both.credentials.replace('[dev]', '[other]'),
      env: environmentKeys,
      argv: ['--profile', 'dev'],
    },
  ],
  'a profile without credentials in a container': [
    /profile 'dev' has no credentials/,
    {
      config: '[profile dev]\nregion = r\n',
      env: { AWS_PROFILE: 'dev', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' },
    },
  ],
  'a profile with half a pair': [
    /profile 'dev' has aws_access_key_id \(~\/\.aws\/credentials:2\) but no aws_secret_access_key/,
    { credentials: '[dev]\naws_access_key_id = X\n', env: environmentKeys, argv: ['--profile', 'dev'] },
  ],
  'half a pair in the environment': [
    /half a key pair in the environment: AWS_SECRET_ACCESS_KEY is not set/,
    { ...both, env: { AWS_ACCESS_KEY_ID: 'X' } },
  ],
  'the other half': [/AWS_ACCESS_KEY_ID is not set/, { ...both, env: { AWS_SECRET_ACCESS_KEY: 'X' } }],
  'a role without a source': [
    /profile 'dev' has role_arn \(~\/\.aws\/config:2\) but neither source_profile nor credential_source/,
    { ...both, config: '[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/r\n', argv: ['--profile', 'dev'] },
  ],
  'a role with two sources': [
    /has both source_profile and credential_source/,
    {
      ...both,
      config:
        '[profile r]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = dev\ncredential_source = Environment\n',
      argv: ['--profile', 'r'],
    },
  ],
  'a source_profile that is not there': [
    /source_profile of 'r' \(~\/\.aws\/config:3\) names profile 'devv'.*\nhint: did you mean 'dev'\?/,
    {
      ...both,
      config: '[profile r]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = devv\n',
      argv: ['--profile', 'r'],
    },
  ],
  'source profiles in a circle': [
    /the profiles a -> b -> a go round in a circle/,
    {
      ...both,
      config:
        '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = a\n',
      argv: ['--profile', 'a'],
    },
  ],
  'a role that is its own source without keys': [
    /the profiles a -> a go round in a circle/,
    {
      ...both,
      config: '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = a\n',
      argv: ['--profile', 'a'],
    },
  ],
  'a source_profile without credentials': [
    /profile 'b', the source_profile of 'a' \(~\/\.aws\/config:3\), has no credentials/,
    {
      ...both,
      config: '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n[profile b]\nregion = r\n',
      argv: ['--profile', 'a'],
    },
  ],
  'a container that is asked for by a profile, where there is none': [
    /the container's credentials \(.*\), credential_source of profile a \(~\/\.aws\/config:3\): No HTTP/,
    {
      ...both,
      config: '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\ncredential_source = EcsContainer\n',
      argv: ['--profile', 'a'],
    },
  ],
  'an instance that is asked for by a profile, and switched off': [
    /metadata service, credential_source of profile a \(~\/\.aws\/config:3\) is switched off by AWS_EC2_METADATA_DISABLED/,
    {
      ...both,
      config: '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\ncredential_source = Ec2InstanceMetadata\n',
      argv: ['--profile', 'a'],
    },
  ],
  'a credential_source that is none': [
    /credential_source 'Ec2' \(~\/\.aws\/config:3\) is none\nhint: write Environment, Ec2InstanceMetadata or EcsContainer/,
    {
      ...both,
      config: '[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\ncredential_source = Ec2\n',
      argv: ['--profile', 'a'],
    },
  ],
  'an SSO session that is not there': [
    /names the sso_session 'wrok' .*\nhint: did you mean 'work'\?/,
    {
      ...both,
      config:
        '[profile a]\nsso_session = wrok\nsso_account_id = 1\nsso_role_name = r\n[sso-session work]\nsso_region = r\nsso_start_url = u\n',
      argv: ['--profile', 'a'],
    },
  ],
  'an SSO profile without an account': [
    /profile 'a' has no sso_account_id, which SSO needs/,
    {
      ...both,
      config: '[profile a]\nsso_start_url = u\nsso_region = r\nsso_role_name = r\n',
      argv: ['--profile', 'a'],
    },
  ],
  'a web identity without a role': [
    /profile 'a' has no role_arn, which a web identity needs/,
    { ...both, config: '[profile a]\nweb_identity_token_file = /nowhere\n', argv: ['--profile', 'a'] },
  ],
  'a web identity whose token is not there': [
    /cannot read the web identity token '\/nowhere' of AWS_ROLE_ARN \(ENOENT\)/,
    { ...both, env: { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/r', AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere' } },
  ],
  'a web identity in the environment without a role': [
    /AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not/,
    { ...both, env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere' } },
  ],
  'a default profile that fails': [
    /the credential_process of profile default \(~\/\.aws\/config:2\) ended with exit code 3/,
    {
      config: '[default]\ncredential_process = exit 3\n',
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' },
    },
  ],
  'two identities at once': [
    /--credentials and --profile 'dev' name two identities/,
    { ...both, argv: ['--credentials', 'x', '--profile', 'dev'] },
  ],
}

const withoutRegion: readonly (readonly string[])[] = [
  ['sign', 's3://examplebucket/k'],
  ['sign', '--service', 'sqs'],
  ['sign', 'https://host.example.com/', '--service', 'execute-api'],
  ['curl', '--dry-run', 's3://examplebucket/k'],
  ['ls', 's3://examplebucket', '--endpoint-url', 'http://127.0.0.1:1'],
]

for (const argv of withoutRegion) {
  test(`${argv.join(' ')}: a misspelt profile is named, not the region that it would have`, async () => {
    const home = makeHome({ '.aws/credentials': both.credentials })
    try {
      const world = { homeDirectory: home.path }
      for (const outcome of [
        await run([...argv, '--profile', 'dve'], { ...world, env: {} }),
        await run(argv, { ...world, env: { AWS_PROFILE: 'dve' } }),
      ]) {
        assert.equal(outcome.exitCode, argv[0] === 'curl' ? 94 : 3)
        assert.match(
          outcome.stderr,
          /^sigv4: (?:--profile|AWS_PROFILE) names profile 'dve', for which neither .*\nhint: did you mean 'dev'\?\n$/,
        )
        assert.equal(outcome.stdout, '')
      }
      const outranked = await run(argv, { ...world, env: { ...environmentKeys, AWS_PROFILE: 'dve' } })
      assert.doesNotMatch(outranked.stderr, /neither/)
    } finally {
      home.remove()
    }
  })
}

for (const [name, [message, case_]] of Object.entries(failures)) {
  test(`nobody signs: ${name}`, async () => {
    const outcome = await assume(case_)
    assert.equal(outcome.exitCode, name === 'two identities at once' ? 2 : 3, outcome.stderr)
    assert.match(outcome.stderr, message)
    assert.equal(outcome.stdout, '')
  })
}

test('a credentials file that cannot be read is not stepped over', async () => {
  const home = makeHome({ '.aws/credentials/is-a-folder': '' })
  for (const env of [{}, { AWS_PROFILE: 'dev' }, { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' }]) {
    const outcome = await run(['assume', '--format', 'json'], { env, homeDirectory: home.path, now })
    assert.equal(outcome.exitCode, 3)
    assert.match(outcome.stderr, /~\/\.aws\/credentials.*\(EISDIR\)/)
  }
  home.remove()
})

test('where nothing is configured each source is named, with why it gave nothing and the next step', async () => {
  const outcome = await assume({ config: '[profile dev]\nregion = r\n[sso-session corp]\nsso_region = r\n' })
  assert.equal(outcome.exitCode, 3)
  assert.match(
    outcome.stderr,
    /^sigv4: no credentials found\nhint: choose a profile with --profile or AWS_PROFILE: dev\n/,
  )
  for (const source of ['environment', 'profile default', 'web identity', 'container', 'instance']) {
    assert.match(outcome.stderr, new RegExp(`^  ${source}: .+`, 'm'))
  }
})

test('an empty HOME is not the working directory', async () => {
  const outcome = await runBin(['assume', '--profile', 'nobody'], { HOME: '' })
  assert.equal(outcome.exitCode, 3)
  assert.match(outcome.stderr, /for which neither [~/].*\.aws\/config nor [~/].*\.aws\/credentials has a setting/)
})

test('a note says that environment keys hide AWS_PROFILE', async () => {
  const outcome = await assume({ ...both, env: { ...environmentKeys, AWS_PROFILE: 'dev' } })
  assert.match(outcome.stderr, /^note: the keys in the environment come before AWS_PROFILE=dev; --profile dev takes/)
})

test('a note says that environment credentials have ended', async () => {
  const env = { ...environmentKeys, AWS_CREDENTIAL_EXPIRATION: '2025-12-31T23:00:00Z' }
  assert.match((await assume({ env })).stderr, /^note: the credentials in the environment ended at 2025-12-31T23:00:00/)
})

test('a note says that the end of environment credentials is no time', async () => {
  const { stdout, stderr } = await assume({ env: { ...environmentKeys, AWS_CREDENTIAL_EXPIRATION: 'soon\u001b' } })
  assert.equal(JSON.parse(stdout).Expiration, undefined)
  assert.equal(
    stderr,
    "note: AWS_CREDENTIAL_EXPIRATION 'soon\\x1b' is not a time: when these credentials end is not known\n",
  )
})

test('a session token is taken only from the file of its key', async () => {
  const outcome = await assume({
    config: '[default]\naws_session_token = stale\n',
    credentials: `[default]\n${keysOf('CREDENTIALS')}`,
  })
  assert.equal(JSON.parse(outcome.stdout).SessionToken, undefined)
})

test('what --no-sign-request asks for needs no credentials', async () => {
  const outcome = await run(['sign', '--no-sign-request', 'https://s3.us-east-1.amazonaws.com/x'], { env: {} })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
})

const credentialFiles: Readonly<Record<string, readonly [content: string, problem: RegExp]>> = {
  'no JSON': ['{"AccessKeyId": "SECRETVALUE', /is not JSON/],
  'another document': ['[1]', /does not say "Version": 1/],
  'another version': ['{"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"}', /does not say "Version": 1/],
  'no secret': ['{"Version":1,"AccessKeyId":"A"}', /has no SecretAccessKey/],
  'a secret that no header could carry': [
    '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"a\\nb"}',
    /has no usable SecretAccessKey/,
  ],
  'an end that is no time': [
    '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}',
    /has an Expiration that is no time/,
  ],
  'an end that is past': [
    '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}',
    /expired at 2020-01-01T00:00:00.000Z/,
  ],
}

for (const [name, [content, problem]] of Object.entries(credentialFiles)) {
  test(`--credentials refuses a file with ${name}, and repeats nothing of it`, async () => {
    const outcome = await run(['assume', '--credentials', '-', '--debug'], { stdin: content, now })
    assert.equal(outcome.exitCode, 3)
    assert.match(outcome.stderr, problem)
    assert.doesNotMatch(outcome.stderr, /SECRETVALUE/)
  })
}

test('--credentials - and a body from stdin exclude each other', async () => {
  const content = '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}'
  const argv = ['sign', '--credentials', '-', '-d', '@-', 'https://sts.us-east-1.amazonaws.com/']
  const outcome = await run(argv, { stdin: content, now })
  assert.equal(outcome.exitCode, 2)
  assert.match(outcome.stderr, /stdin is read twice/)
})

async function assume({ config = '', credentials = '', env = {}, argv = [], files = {} }: Case): Promise<Outcome> {
  const home: Home = makeHome({ '.aws/credentials': credentials, ...files })
  home.write('.aws/config', config.replaceAll('HOME', home.path))
  const words = argv.map((word) => word.replace('HOME', home.path))
  try {
    return await run(['assume', '--format', 'json', ...words], { env, homeDirectory: home.path, now })
  } finally {
    home.remove()
  }
}
