import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type BinOutcome, runBin } from '../support/bin.ts'
import { type Home, makeHome } from '../support/home.ts'
import { missingPackages, type RealServer, startRealServer } from '../support/real-servers.ts'

const skip = missingPackages('rgw') ?? false

let server: RealServer
let home: Home
const reader = 'arn:aws:iam:::role/reader'
const vendor = 'arn:aws:iam:::role/vendor'
const chained = 'arn:aws:iam:::role/chained'

before(async () => {
  if (skip) return
  // Sessions of three seconds are allowed, so that one can be seen to end.
  server = await startRealServer('rgw', { STS_MIN: '3' })
  const allow = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
  const trust = allow({ Principal: { AWS: [reader] }, Action: ['sts:AssumeRole'] })
  administer('role', 'create', '--role-name=chained', '--path=/', `--assume-role-policy-doc=${trust}`)
  const everything = allow({ Action: ['s3:*', 'sts:AssumeRole'], Resource: '*' })
  for (const role of ['chained', 'reader']) {
    administer('role-policy', 'put', `--role-name=${role}`, '--policy-name=all', `--policy-doc=${everything}`)
  }
  const { ENDPOINT, ACCESS, SECRET, ACCESS_NOPOLICY, SECRET_NOPOLICY } = server.settings
  home = makeHome({
    '.aws/config': `[profile reader]
role_arn = ${reader}
source_profile = alice
services = ceph
[profile chained]
role_arn = ${chained}
source_profile = reader
services = ceph
[services ceph]
sts =
  endpoint_url = ${ENDPOINT}
`,
    '.aws/credentials': `[alice]
aws_access_key_id = ${ACCESS}
aws_secret_access_key = ${SECRET}
[bob]
aws_access_key_id = ${ACCESS_NOPOLICY}
aws_secret_access_key = ${SECRET_NOPOLICY}
`,
  })
})

after(() => {
  server?.stop()
  home?.remove()
})

test('a role is assumed, and its session is good for requests', { skip }, async () => {
  const outcome = await sigv4(['assume', '--profile', 'alice', ...endpoint(), reader, '--format', 'json'])
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  const { SessionToken, Expiration } = JSON.parse(outcome.stdout)
  assert.ok(SessionToken.length > 100)
  assert.ok(Math.abs(Date.parse(Expiration) - Date.now() - 3_600_000) < 60_000)
  assert.equal(await statusWith(outcome.stdout), 200)
})

test('a chain of two roles is walked, each by the credentials of the one before', { skip }, async () => {
  const outcome = await sigv4(['assume', '--profile', 'alice', ...endpoint(), reader, chained, '--format', 'json'])
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.equal(await statusWith(outcome.stdout), 200)
  const direct = await sigv4(['assume', '--profile', 'alice', ...endpoint(), chained])
  assert.equal(direct.exitCode, 4)
})

test('profiles with roles, and roles behind roles, work on other commands', { skip }, async () => {
  for (const profile of ['reader', 'chained']) {
    const signed = await sigv4(['sign', '--profile', profile, '--region', 'us-east-1', '--service', 's3', url()])
    assert.equal(signed.exitCode, 0, signed.stderr)
    assert.equal(await statusOf(signed.stdout), 200)
    const presigned = await sigv4([
      'sign',
      '--presign',
      '--profile',
      profile,
      '--region',
      'us-east-1',
      '--service',
      's3',
      url(),
    ])
    assert.equal((await fetch(presigned.stdout.trim())).status, 200)
  }
})

// Debian 12's gateway knows no sts:ExternalId, so it refuses the right one, too: that is for the stand-in's tests.
test('a role that wants an external ID is refused without it and with a wrong one', { skip }, async () => {
  for (const words of [[], ['--external-id', 'wrong']]) {
    const outcome = await sigv4(['assume', '--profile', 'alice', ...endpoint(), vendor, ...words])
    assert.equal(outcome.exitCode, 4)
    assert.match(
      outcome.stderr,
      /^sigv4: the role arn:aws:iam:::role\/vendor \(the command line\) was refused by STS: AccessDenied \(request id \S+\)\nhint: the role's trust policy/,
    )
    assert.equal(outcome.stdout, '')
  }
})

test('who is not trusted is refused', { skip }, async () => {
  const outcome = await sigv4(['assume', '--profile', 'bob', ...endpoint(), reader])
  assert.equal(outcome.exitCode, 4)
  assert.match(outcome.stderr, /AccessDenied/)
})

test('a wrong secret is refused as such', { skip }, async () => {
  const keys = { AWS_ACCESS_KEY_ID: server.settings.ACCESS ?? '', AWS_SECRET_ACCESS_KEY: 'wrong'.repeat(8) }
  const outcome = await sigv4(['assume', '--no-cache', ...endpoint(), reader], keys)
  assert.equal(outcome.exitCode, 4)
  assert.match(outcome.stderr, /SignatureDoesNotMatch .*\nhint: the secret key does not belong to the access key id/)
})

test('a role that is not there, and a gateway that does not know GetCallerIdentity, are refused', {
  skip,
}, async () => {
  const nobody = await sigv4(['assume', '--profile', 'alice', ...endpoint(), 'arn:aws:iam:::role/nobody'])
  assert.equal(nobody.exitCode, 4)
  assert.match(nobody.stderr, /NoSuchEntity/)
  const whoami = await sigv4(['whoami', '--profile', 'alice', ...endpoint()])
  assert.equal(whoami.exitCode, 4)
  assert.match(whoami.stderr, /MethodNotAllowed/)
})

test('a session ends when it says, and is not kept for longer', { skip }, async () => {
  const argv = ['assume', '--profile', 'alice', ...endpoint(), reader, '--duration', '3s', '--format', 'json']
  const first = await sigv4(argv)
  assert.equal(await statusWith(first.stdout), 200)
  const second = await sigv4(argv)
  assert.notEqual(second.stdout, first.stdout)
  await new Promise((resolve) => setTimeout(resolve, 4000))
  assert.equal(await statusWith(second.stdout), undefined)
  const outlived = await sigv4(['sign', '--service', 's3', '--region', 'us-east-1', url()], {
    ...environmentOf(second.stdout),
    AWS_CREDENTIAL_EXPIRATION: '',
  })
  assert.equal(await statusOf(outlived.stdout), 403)
})

test('a session is kept, and of another duration another', { skip }, async () => {
  const entries = () => readdirSync(join(home.path, '.cache', 'sigv4')).length
  const argv = ['assume', '--profile', 'alice', ...endpoint(), reader, '--session-name', 'kept']
  const first = await sigv4(argv)
  const count = entries()
  assert.equal((await sigv4(argv)).stdout, first.stdout)
  assert.equal(entries(), count)
  await sigv4([...argv, '--duration', '30m'])
  assert.equal(entries(), count + 1)
})

test("a child signs with the role's session", { skip }, async () => {
  const sign = [
    process.execPath,
    join(process.cwd(), 'bin', 'sigv4.js'),
    'sign',
    '--service',
    's3',
    '--region',
    'us-east-1',
    url(),
  ]
  const outcome = await sigv4(['assume', '--profile', 'chained', '--', ...sign])
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.equal(await statusOf(outcome.stdout), 200)
})

function administer(...words: string[]): void {
  execFileSync('radosgw-admin', ['-c', join(server.folder, 'ceph.conf'), ...words], { stdio: 'pipe' })
}

function url(): string {
  return `${server.settings.ENDPOINT}/`
}

function endpoint(): readonly string[] {
  return ['--endpoint-url', server.settings.ENDPOINT ?? '', '--region', 'us-east-1']
}

function sigv4(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BinOutcome> {
  return runBin(argv, { HOME: home.path, ...env })
}

/** What a request signed with these credentials (credential_process form) gets; undefined where signing refuses. */
async function statusWith(credentials: string): Promise<number | undefined> {
  const signed = await runBin(
    ['sign', '--credentials', '-', '--service', 's3', '--region', 'us-east-1', url()],
    { HOME: home.path },
    credentials,
  )
  return signed.exitCode === 0 ? statusOf(signed.stdout) : undefined
}

async function statusOf(headers: string): Promise<number> {
  const pairs = headers
    .trim()
    .split('\n')
    .map((line) => line.split(/: (.*)/s).slice(0, 2))
  return (await fetch(url(), { headers: Object.fromEntries(pairs) })).status
}

function environmentOf(credentials: string): Readonly<Record<string, string>> {
  const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(credentials)
  return { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken }
}
