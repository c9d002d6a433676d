import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeHome } from './support/home.ts'
import { type Outcome, run, type World } from './support/run.ts'
import { startStandIn } from './support/stand-in.ts'
import { alice, type Sts, startSts } from './support/sts.ts'

const keys = { AWS_ACCESS_KEY_ID: alice.id, AWS_SECRET_ACCESS_KEY: alice.secret }
const role = 'arn:aws:iam::123456789012:role/auditor'

let sts: Sts

before(async () => {
  sts = await startSts()
})
after(() => sts.close())

test('text says who, from where, until when, and how the clocks differ', async () => {
  const outcome = await whoami([])
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(
    outcome.stdout,
    /^account +123456789012\narn +arn:aws:iam::123456789012:user\/alice\nuser id +AIDAEXAMPLE\nsource +environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\nexpires +never, as far as is known\nclock +in step with the service's\n$/,
  )
  assert.equal(outcome.stderr, '')
})

test('json has the members of the contract', async () => {
  const outcome = await whoami(['--format', 'json', '--role-arn', role, '--no-cache'])
  const { expires, clockDifferenceSeconds, ...rest } = JSON.parse(outcome.stdout)
  assert.deepEqual(rest, {
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/auditor/sigv4-tester',
    UserId: 'AIDAEXAMPLE',
    source: `role ${role} of the command line, from environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  })
  assert.match(expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.ok(Math.abs(clockDifferenceSeconds) <= 1)
})

test('the source is said with file and line', async () => {
  const home = makeHome({
    '.aws/config': '[profile a]\nregion = eu-west-1\n',
    '.aws/credentials': `\n[a]\naws_access_key_id = ${alice.id}\naws_secret_access_key = ${alice.secret}\n`,
  })
  const outcome = await whoami(['--profile', 'a', '--format', 'json'], { homeDirectory: home.path })
  assert.equal(JSON.parse(outcome.stdout).source, 'profile a (~/.aws/credentials:3)')
  home.remove()
})

const clocks: readonly (readonly [date: string, seconds: number, text: string])[] = [
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0, "in step with the service's"],
  ['Thu, 01 Jan 2026 00:00:01 GMT', 1, "in step with the service's"],
  ['Thu, 01 Jan 2026 00:10:00 GMT', 600, "600 s behind the service's"],
  ['Wed, 31 Dec 2025 23:59:00 GMT', -60, "60 s ahead of the service's"],
]

for (const [date, seconds, text] of clocks) {
  test(`a service that says ${date} when we have 2026-01-01T00:00:00Z is ${seconds} s ahead`, async () => {
    const server = await startStandIn(() => ({ headers: { Date: date }, body: identity('arn:aws:iam::1:user/x') }))
    const world = { now: new Date('2026-01-01T00:00:00Z') }
    const asJson = await whoami(['--format', 'json'], world, server.url)
    assert.equal(JSON.parse(asJson.stdout).clockDifferenceSeconds, seconds)
    assert.match((await whoami([], world, server.url)).stdout, new RegExp(`^clock +${text}$`, 'm'))
    await server.close()
  })
}

test('credentials that do not work exit 4, with what STS says and the next step', async () => {
  const outcome = await whoami([], { env: { ...keys, AWS_SECRET_ACCESS_KEY: 'wrong' } })
  assert.equal(outcome.exitCode, 4)
  assert.match(
    outcome.stderr,
    /^sigv4: the identity of AKIAIOSFODNN7EXAMPLE was refused by STS: SignatureDoesNotMatch: /,
  )
  assert.match(outcome.stderr, /^hint: the secret key does not belong to the access key id, or the clock is wrong/m)
})

const refusals = {
  403: ['AccessDenied', 4, /\nhint: no policy of an identity can deny this: check the endpoint/],
  500: ['InternalFailure', 5, /\nhint: try again later\n$/],
} as const

for (const [status, [code, exitCode, hint]] of Object.entries(refusals)) {
  test(`an answer ${status} ${code} has a next step that is whoami's own`, async (t) => {
    const body = `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`
    const server = await startStandIn(() => ({ status: Number(status), body }))
    t.after(() => server.close())
    const outcome = await whoami([], {}, server.url)
    assert.deepEqual([outcome.exitCode, outcome.stdout], [exitCode, ''])
    assert.match(outcome.stderr, hint)
  })
}

test('what a strange service says of itself is escaped in text, and exact in json', async () => {
  const arn = 'arn:\u001b[31m\u202e'
  const server = await startStandIn(() => ({ body: identity('arn:&#x1b;[31m\u202e') }))
  assert.match((await whoami([], {}, server.url)).stdout, /^arn +arn:\\x1b\[31m\\u202e$/m)
  assert.equal(JSON.parse((await whoami(['--format', 'json'], {}, server.url)).stdout).Arn, arn)
  await server.close()
})

test('a region that is not that of the host is obeyed, with one note', async () => {
  const argv = ['--endpoint-url', 'https://sts.eu-central-1.amazonaws.com', '--region', 'us-west-2', '--no-cache']
  const outcome = await run(['whoami', ...argv, '--role-arn', role], {
    env: { ...keys, https_proxy: 'http://127.0.0.1:1' },
  })
  assert.equal(outcome.exitCode, 6)
  assert.match(
    outcome.stderr,
    /^note: signing for region 'us-west-2' \(--region\), but the host of STS is in 'eu-central-1'\nsigv4: /,
  )
})

test('an answer without an account is none', async () => {
  const server = await startStandIn(() => ({
    body: '<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>',
  }))
  const outcome = await whoami([], {}, server.url)
  assert.equal(outcome.exitCode, 5)
  assert.match(outcome.stderr, /the answer of STS has no Account/)
  await server.close()
})

test('a certificate bundle that cannot be read ends it before anything is asked', async () => {
  const { exitCode, stderr } = await whoami(['--ca-bundle', 'nowhere.pem'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /^sigv4: .*'nowhere\.pem'.*\nhint: /)
})

test('whoami takes no argument, and needs an identity', async () => {
  for (const word of ['me', '--no-sign-request']) {
    const outcome = await whoami([word])
    assert.deepEqual([outcome.exitCode, outcome.stdout], [2, ''])
    assert.match(outcome.stderr, new RegExp(`${word}.*\\nhint: `))
  }
})

function identity(arn: string): string {
  return `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>U</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
}

function whoami(argv: readonly string[], world: World = {}, url = sts.url): Promise<Outcome> {
  return run(['whoami', '--endpoint-url', url, '--region', 'eu-west-1', ...argv], {
    now: new Date(),
    env: keys,
    ...world,
  })
}
