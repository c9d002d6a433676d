import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Home, makeHome } from './support/home.ts'
import { type Outcome, run, type World } from './support/run.ts'
import { type StandIn, startStandIn } from './support/stand-in.ts'
import { alice, type Sts, startSts } from './support/sts.ts'

const now = new Date('2026-01-01T00:00:00Z')
const roleA = 'arn:aws:iam::123456789012:role/a'
const roleB = 'arn:aws:iam::123456789012:role/b'
const roleC = 'arn:aws:iam::123456789012:role/path/c'
const device = 'arn:aws:iam::123456789012:mfa/alice'
const vendor = 'arn:aws:iam::123456789012:role/vendor'

const config = `
[profile a]
role_arn = ${roleA}
source_profile = default
role_session_name = own-name
duration_seconds = 1800
external_id = own-external-id
[profile b]
role_arn = ${roleB}
source_profile = a
duration_seconds = 7200
[profile itself]
role_arn = ${roleC}
source_profile = itself
aws_access_key_id = ${alice.id}
aws_secret_access_key = ${alice.secret}
[profile mfa]
role_arn = ${roleA}
source_profile = default
mfa_serial = ${device}
[profile env]
role_arn = ${roleA}
credential_source = Environment
[profile process]
role_arn = ${roleB}
source_profile = printed
[profile printed]
credential_process = echo '{"Version":1,"AccessKeyId":"${alice.id}","SecretAccessKey":"${alice.secret}"}'
`

let sts: Sts
let home: Home

before(async () => {
  sts = await startSts({ now: () => now, externalIds: { [vendor]: 'x' }, mfaCodes: { [device]: '123456' } })
  home = makeHome({
    '.aws/config': config,
    '.aws/credentials': `[default]\naws_access_key_id = ${alice.id}\naws_secret_access_key = ${alice.secret}\n`,
  })
})

after(async () => {
  await sts.close()
  home.remove()
})

type Call = Readonly<Record<string, string>>

/** What a command line makes of the STS calls: each hop's parameters, without those that all have. */
const chains: Readonly<Record<string, readonly [argv: readonly string[], calls: readonly Call[]]>> = {
  'one role': [['--role-arn', roleA], [{ RoleArn: roleA, RoleSessionName: 'sigv4-tester' }]],
  'two roles, the second by the first': [
    ['--role-arn', roleA, '--role-arn', roleB],
    [
      { RoleArn: roleA, RoleSessionName: 'sigv4-tester' },
      { RoleArn: roleB, RoleSessionName: 'sigv4-tester' },
    ],
  ],
  "a profile's role with its own settings": [
    ['--profile', 'a'],
    [{ RoleArn: roleA, RoleSessionName: 'own-name', DurationSeconds: '1800', ExternalId: 'own-external-id' }],
  ],
  'a profile that is its own source': [['--profile', 'itself'], [{ RoleArn: roleC, RoleSessionName: 'sigv4-tester' }]],
  'a chain of profiles': [
    ['--profile', 'b'],
    [
      { RoleArn: roleA, RoleSessionName: 'own-name', DurationSeconds: '1800', ExternalId: 'own-external-id' },
      { RoleArn: roleB, RoleSessionName: 'sigv4-tester', DurationSeconds: '3600' },
    ],
  ],
  "a profile's role, then the flags'": [
    ['--profile', 'a', '--role-arn', roleB, '--session-name', 'me', '--duration', '30m', '--external-id', 'y'],
    [
      { RoleArn: roleA, RoleSessionName: 'own-name', DurationSeconds: '1800', ExternalId: 'own-external-id' },
      { RoleArn: roleB, RoleSessionName: 'me', DurationSeconds: '1800', ExternalId: 'y' },
    ],
  ],
  "flags without a role, which are for the profile's": [
    ['--profile', 'a', '--session-name', 'me', '--duration', '3600', '--external-id', 'z', '--source-identity', 'ada'],
    [{ RoleArn: roleA, RoleSessionName: 'me', DurationSeconds: '3600', ExternalId: 'z', SourceIdentity: 'ada' }],
  ],
  'an external ID once, for the last role': [
    ['--role-arn', roleA, '--role-arn', vendor, '--external-id', 'x'],
    [
      { RoleArn: roleA, RoleSessionName: 'sigv4-tester' },
      { RoleArn: vendor, RoleSessionName: 'sigv4-tester', ExternalId: 'x' },
    ],
  ],
  'an external ID for each role, and none for one': [
    [
      '--role-arn',
      roleA,
      '--role-arn',
      vendor,
      '--role-arn',
      roleB,
      '--external-id',
      'w',
      '--external-id',
      'x',
      '--external-id',
      '',
    ],
    [
      { RoleArn: roleA, RoleSessionName: 'sigv4-tester', ExternalId: 'w' },
      { RoleArn: vendor, RoleSessionName: 'sigv4-tester', ExternalId: 'x' },
      { RoleArn: roleB, RoleSessionName: 'sigv4-tester' },
    ],
  ],
  'tags, identity and MFA for the first, policy and duration for the last': [
    [
      ...['--role-arn', roleA, '--role-arn', roleB, '--tag', 'team=a b', '--tag', 'x=', '--transitive-tag', 'team'],
      ...['--source-identity', 'ada', '--mfa-serial', device, '--mfa-code', '123456'],
      ...[
        '--policy',
        '{"a": "é"}',
        '--policy-arn',
        'arn:aws:iam::aws:policy/One',
        '--policy-arn',
        'arn:aws:iam::aws:policy/Two',
      ],
      ...['--duration', '15m'],
    ],
    [
      {
        RoleArn: roleA,
        RoleSessionName: 'sigv4-tester',
        'Tags.member.1.Key': 'team',
        'Tags.member.1.Value': 'a b',
        'Tags.member.2.Key': 'x',
        'Tags.member.2.Value': '',
        'TransitiveTagKeys.member.1': 'team',
        SourceIdentity: 'ada',
        SerialNumber: device,
        TokenCode: '123456',
      },
      {
        RoleArn: roleB,
        RoleSessionName: 'sigv4-tester',
        Policy: '{"a": "é"}',
        'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/One',
        'PolicyArns.member.2.arn': 'arn:aws:iam::aws:policy/Two',
        DurationSeconds: '900',
      },
    ],
  ],
  "a code for the profile's device, before the flags' role": [
    ['--profile', 'mfa', '--role-arn', roleB, '--mfa-code', '123456'],
    [
      { RoleArn: roleA, RoleSessionName: 'sigv4-tester', SerialNumber: device, TokenCode: '123456' },
      { RoleArn: roleB, RoleSessionName: 'sigv4-tester' },
    ],
  ],
  'a role from a credential_process': [['--profile', 'process'], [{ RoleArn: roleB, RoleSessionName: 'sigv4-tester' }]],
}

for (const [name, [argv, expected]] of Object.entries(chains)) {
  test(`STS is asked for ${name}`, async () => {
    const before = sts.calls.length
    const outcome = await assume(argv)
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    const calls = sts.calls.slice(before).map((call) => {
      const { Action, Version, ...rest } = Object.fromEntries(call)
      assert.deepEqual([Action, Version], ['AssumeRole', '2011-06-15'])
      return rest
    })
    assert.deepEqual(calls, expected)
    const printed = JSON.parse(outcome.stdout)
    assert.match(printed.AccessKeyId, /^ASIASESSION/)
    assert.equal(printed.AccountId, '123456789012')
  })
}

test('roles as arguments follow those of --role-arn', async () => {
  const before = sts.calls.length
  const outcome = await assume([roleB, '--role-arn', roleA, roleC])
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.deepEqual(
    sts.calls.slice(before).map((call) => call.get('RoleArn')),
    [roleA, roleB, roleC],
  )
})

test('roles by flag work on other commands, whose --endpoint-url is not for STS', async () => {
  const argv = [
    'sign',
    '--profile',
    'a',
    '--no-cache',
    '--endpoint-url',
    'http://127.0.0.1:1',
    's3://bucket/key',
    '--region',
    'us-east-1',
  ]
  const outcome = await run(argv, { ...world(), env: { AWS_ENDPOINT_URL_STS: sts.url } })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(outcome.stdout, /Credential=ASIASESSION/)
  assert.match(outcome.stdout, /X-Amz-Security-Token: tokenOf\+/)
})

test('credential_source = Environment takes the environment keys for the role, also with --profile', async () => {
  const env = { AWS_ACCESS_KEY_ID: alice.id, AWS_SECRET_ACCESS_KEY: alice.secret }
  assert.equal((await assume(['--profile', 'env'], { env })).exitCode, 0)
  const without = await assume(['--profile', 'env'])
  assert.equal(without.exitCode, 3)
  assert.match(without.stderr, /takes its source from the environment .* but AWS_ACCESS_KEY_ID is not set/)
})

test('a longer duration is lowered to an hour, and said, only where a role follows a role', async () => {
  const chained = await assume(['--role-arn', roleA, '--role-arn', roleB, '--duration', '4h'])
  assert.equal(chained.exitCode, 0, chained.stderr)
  assert.match(
    chained.stderr,
    /^note: .*role\/b is assumed from another role and lasts an hour at most: 14400 s lowered to 3600 s\n$/,
  )
  assert.equal(sts.calls.at(-1)?.get('DurationSeconds'), '3600')
  const single = await assume(['--role-arn', roleA, '--duration', '4h'])
  assert.equal(single.stderr, '')
  assert.equal(sts.calls.at(-1)?.get('DurationSeconds'), '14400')
})

const wrongUses: Readonly<Record<string, readonly [argv: readonly string[], message: RegExp]>> = {
  'a duration without a role': [['--duration', '1h'], /--duration without a role/],
  'an external ID without a role': [['--external-id', 'x'], /--external-id without a role/],
  'tags without a role': [['--tag', 'a=b'], /--tag without a role/],
  'two external IDs for three roles': [
    [roleA, roleB, roleC, '--external-id', 'a', '--external-id', 'b'],
    /2 external IDs for 3 roles/,
  ],
  'a code without a device': [[roleA, '--mfa-code', '123456'], /--mfa-code without a device/],
  'a code that is none': [[roleA, '--mfa-serial', device, '--mfa-code', '12345x'], /--mfa-code is not six digits/],
  'a role name instead of an ARN': [['admin'], /'admin' is not a role ARN/],
  "a user's ARN instead of a role's": [['arn:aws:iam::123456789012:user/bob'], /user\/bob' is not a role ARN/],
  // As `whoami` and `aws sts get-caller-identity` print it.
  "a session's ARN instead of its role's": [
    ['arn:aws-cn:sts::123456789012:assumed-role/reader/me'],
    /is not a role ARN\nhint: .*write arn:aws-cn:iam::123456789012:role\/reader$/m,
  ],
  'a session name that STS would refuse': [[roleA, '--session-name', 'a b'], /--session-name 'a b' is no such name/],
  // API reference, AssumeRole: 2 to 64 characters.
  'a session name of one character': [[roleA, '--session-name', 'a'], /--session-name 'a' is no such name/],
  'a session name of 65 characters': [[roleA, '--session-name', 'a'.repeat(65)], /is no such name/],
  'a policy that is no JSON': [[roleA, '--policy', '{'], /--policy is not JSON/],
}

for (const [name, [argv, message]] of Object.entries(wrongUses)) {
  test(`${name} is a wrong command line`, async () => {
    const outcome = await assume(argv)
    assert.equal(outcome.exitCode, 2, outcome.stderr)
    assert.match(outcome.stderr, message)
  })
}

test('what is no role is said before credentials are looked for, and a profile of that name is pointed to', async () => {
  const empty = makeHome()
  try {
    const unknown = await run(['assume', 'admin'], { homeDirectory: empty.path, env: {} })
    assert.deepEqual([unknown.exitCode, unknown.stdout], [2, ''])
    assert.equal(unknown.stderr, "sigv4: 'admin' is not a role ARN\nhint: write arn:aws:iam::ACCOUNT:role/NAME\n")
  } finally {
    empty.remove()
  }
  const named = await assume(['mfa'])
  assert.equal(named.exitCode, 2)
  assert.equal(
    named.stderr,
    "sigv4: 'mfa' is not a role ARN\nhint: to take the profile of that name, write --profile mfa\n",
  )
})

test('a refused role exits 4 with the code, message and request id of STS, and a next step', async () => {
  const outcome = await assume([vendor, '--external-id', 'wrong'])
  assert.equal(outcome.exitCode, 4)
  assert.equal(
    outcome.stderr,
    `sigv4: the role ${vendor} (the command line) was refused by STS: AccessDenied: User is not authorized to perform: sts:AssumeRole on resource: ${vendor} (request id fedcba98-7654-3210-fedc-ba9876543210)\n` +
      "hint: the role's trust policy must allow these credentials (and the external ID, MFA, tags it asks for), and they must allow sts:AssumeRole\n",
  )
})

test('a wrong MFA code is refused without showing it', async () => {
  const outcome = await assume([roleA, '--mfa-serial', device, '--mfa-code', '314159', '--debug'])
  assert.equal(outcome.exitCode, 4)
  assert.match(outcome.stderr, /hint: check the device and its code/)
  assert.doesNotMatch(outcome.stderr, /314159/)
})

test('the MFA code is asked for on the terminal', async () => {
  const questions: string[] = []
  const askTerminal = async (question: string) => {
    questions.push(question)
    return '123 456'
  }
  const outcome = await assume(['--profile', 'mfa'], { askTerminal })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.deepEqual(questions, [`MFA code of ${device} for ${roleA}: `])
})

test('what a file says of the device is escaped before the terminal shows it', async () => {
  const questions: string[] = []
  const askTerminal = async (question: string) => {
    questions.push(question)
    return undefined
  }
  await assume([roleA, '--mfa-serial', 'device\x1b[31m\u202e'], { askTerminal })
  assert.deepEqual(questions, [`MFA code of device\\x1b[31m\\u202e for ${roleA}: `])
})

test('without a terminal the next step is --mfa-code', async () => {
  const outcome = await assume(['--profile', 'mfa'])
  assert.equal(outcome.exitCode, 3)
  assert.match(outcome.stderr, /wants an MFA code of .*mfa\/alice.*no terminal.*\nhint: give it with --mfa-code/)
})

test('an answer that is no code is not sent', async () => {
  const before = sts.calls.length
  const outcome = await assume(['--profile', 'mfa'], { askTerminal: async () => '' })
  assert.equal(outcome.exitCode, 3)
  assert.equal(sts.calls.length, before)
})

/** AWS takes requests that are five minutes old or early (IAM User Guide, "Elements of an AWS API request signature"). */
const clocks: Readonly<Record<string, RegExp>> = {
  'Thu, 01 Jan 2026 03:00:00 GMT': /hint: this machine's clock is 10800 s behind the service's: set it right/,
  'Thu, 01 Jan 2026 00:05:01 GMT': /hint: this machine's clock is 301 s behind the service's/,
  'Wed, 31 Dec 2025 23:54:59 GMT': /hint: this machine's clock is 301 s ahead of the service's/,
  'Thu, 01 Jan 2026 00:05:00 GMT': /hint: the secret key does not belong/,
  'Wed, 31 Dec 2025 23:55:00 GMT': /hint: the secret key does not belong/,
}

for (const [date, hint] of Object.entries(clocks)) {
  test(`a signature refused at ${date} by the service's clock is judged by how far ours is off`, async () => {
    const server = await startStandIn(() => ({
      status: 403,
      headers: { Date: date },
      body: '<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error></ErrorResponse>',
    }))
    const outcome = await assume([roleA], {}, server)
    assert.equal(outcome.exitCode, 4)
    assert.match(outcome.stderr, hint)
    await server.close()
  })
}

const usableCredentials =
  '<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>'

/** What passes by itself: the SDKs ask again on these, too. */
for (const [code, status] of [
  ['Throttling', 400],
  ['TooManyRequestsException', 429],
  ['IDPCommunicationError', 400],
  ['InternalFailure', 500],
] as const) {
  test(`STS is asked again after ${code}`, async () => {
    const failing = await startStandIn(() =>
      failing.requests.length === 1
        ? { status, body: `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>` }
        : { body: answerWith(usableCredentials) },
    )
    const outcome = await assume([roleA], {}, failing)
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    assert.equal(failing.requests.length, 2)
    await failing.close()
  })
}

test("the default session name is one that STS takes, whatever the user's name", async () => {
  const before = sts.calls.length
  const outcome = await assume([roleA], { userName: `DOMAIN\\ada byron ${'x'.repeat(100)}` })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(sts.calls[before]?.get('RoleSessionName') ?? '', /^sigv4-DOMAIN-ada-byron-[\w+=,.@-]{41}$/)
})

/** What something else in STS's place may answer. */
const hostileAnswers: Readonly<
  Record<string, readonly [status: number, body: string, exitCode: number, message: RegExp]>
> = {
  'a page of HTML': [200, '<html>hello</html>', 5, /is not one of STS\nhint: check the endpoint/],
  'nothing at all': [200, '', 5, /is not one of STS/],
  'half a document': [200, '<AssumeRoleResponse><AssumeRoleResult><Credentials>', 5, /is not one of STS/],
  'an entity bomb': [200, '<!DOCTYPE x [<!ENTITY a "b">]><AssumeRoleResponse/>', 5, /is not one of STS/],
  'no credentials': [200, answerWith(''), 5, /has no usable Expiration/],
  'a token with a line break': [
    200,
    answerWith(
      '<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t&#10;X-Evil: 1</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>',
    ),
    5,
    /has no usable SessionToken/,
  ],
  'an empty secret': [
    200,
    answerWith(
      '<AccessKeyId>A</AccessKeyId><SecretAccessKey> </SecretAccessKey><SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>',
    ),
    5,
    /has no usable SecretAccessKey/,
  ],
  'an end that is no time': [
    200,
    answerWith(
      '<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>tomorrow</Expiration>',
    ),
    5,
    /has no usable Expiration/,
  ],
  'an error with escape sequences': [
    403,
    '<ErrorResponse><Error><Code>Bad\u009b31m</Code><Message>red\u202etext</Message></Error></ErrorResponse>',
    4,
    /Bad\\x9b31m: red\\u202etext/,
  ],
  'an error that is none': [418, 'teapot', 4, /HTTP 418/],
  'its own failure': [
    503,
    '<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>',
    5,
    /was not given by STS: ServiceUnavailable/,
  ],
}

for (const [name, [status, body, exitCode, message]] of Object.entries(hostileAnswers)) {
  test(`an STS that answers ${name} gives no credentials`, async () => {
    const server = await startStandIn(() => ({ status, body }))
    const outcome = await assume([roleA], {}, server)
    assert.equal(outcome.exitCode, exitCode, outcome.stderr)
    assert.match(outcome.stderr, message)
    assert.doesNotMatch(outcome.stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    assert.equal(server.requests.length, status === 503 ? 3 : 1)
    await server.close()
  })
}

test("a Ceph gateway's answer is read: no namespace, nanoseconds", async () => {
  const body =
    '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>GKTb</AccessKeyId><Expiration>2026-11-23T06:13:41.164169887Z</Expiration><SecretAccessKey>W1Q</SecretAccessKey><SessionToken>iGc+/==</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>'
  const server = await startStandIn(() => ({ body }))
  const outcome = await assume([roleA], {}, server)
  assert.deepEqual(JSON.parse(outcome.stdout), {
    Version: 1,
    AccessKeyId: 'GKTb',
    SecretAccessKey: 'W1Q',
    SessionToken: 'iGc+/==',
    Expiration: '2026-11-23T06:13:41Z',
  })
  await server.close()
})

test('an STS that cannot be reached exits 6', async () => {
  const outcome = await assume([roleA], {}, { url: 'http://127.0.0.1:1' })
  assert.equal(outcome.exitCode, 6)
  assert.match(outcome.stderr, /127\.0\.0\.1:1 refused the connection/)
})

function answerWith(credentials: string): string {
  return `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
}

function world(): World {
  return { homeDirectory: home.path, now }
}

function assume(argv: readonly string[], more: World = {}, server: Pick<StandIn, 'url'> = sts): Promise<Outcome> {
  const words = ['assume', '--format', 'json', '--no-cache', '--endpoint-url', server.url, '--region', 'eu-west-1']
  return run([...words, ...argv], { ...world(), env: {}, ...more })
}
