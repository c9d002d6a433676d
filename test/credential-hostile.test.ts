import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type BinOutcome, runBin } from './support/bin.ts'
import { type Home, makeHome } from './support/home.ts'
import { answer, type RecordedRequest, type Reply, startScriptedServer } from './support/scripted-server.ts'
import { alice } from './support/sts.ts'

/** By the real clock: these tests run the real program, because an answer that never comes may end its process. */
const inAnHour = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')
const longAgo = '2020-01-01T00:00:00Z'
const session = '.aws/sso/cache'
const ssoConfig = `[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.example/start
`
let home: Home

before(() => {
  const token = JSON.stringify({ accessToken: 'accessTOKEN', expiresAt: inAnHour })
  const name = createHash('sha1').update('corp').digest('hex')
  home = makeHome({ '.aws/config': ssoConfig, [`${session}/${name}.json`]: token })
})
after(() => home.remove())

/** Who asks: the words, and what leads them to the server. */
interface Client {
  readonly argv: readonly string[]
  readonly env: (url: string) => Readonly<Record<string, string>>
  /** Where one answer goes before the hostile one. */
  readonly prelude?: (request: RecordedRequest) => Reply | undefined
}

const keys = { AWS_ACCESS_KEY_ID: alice.id, AWS_SECRET_ACCESS_KEY: alice.secret, AWS_REGION: 'us-east-1' }
const clients = {
  assume: {
    argv: ['assume', 'arn:aws:iam::123456789012:role/x', '--no-cache'],
    env: (url) => ({ ...keys, AWS_ENDPOINT_URL_STS: url }),
  },
  whoami: { argv: ['whoami'], env: (url) => ({ ...keys, AWS_ENDPOINT_URL_STS: url }) },
  console: {
    argv: ['assume', '--console'],
    env: (url) => ({ ...keys, AWS_SESSION_TOKEN: 'token', SIGV4_FEDERATION_ENDPOINT: `${url}/federation` }),
  },
  sso: { argv: ['assume', '--profile', 'work', '--no-cache'], env: (url) => ({ AWS_ENDPOINT_URL_SSO: url }) },
  container: { argv: ['assume'], env: (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/` }) },
  instance: {
    argv: ['assume'],
    env: (url) => ({
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
      AWS_METADATA_SERVICE_TIMEOUT: '2',
    }),
    prelude: ({ method, target }) =>
      method === 'PUT'
        ? answer('200 OK', 'imdsTOKEN')
        : target.endsWith('/security-credentials/')
          ? answer('200 OK', 'the-role')
          : undefined,
  },
} satisfies Record<string, Client>

type ClientName = keyof typeof clients
const all = Object.keys(clients) as readonly ClientName[]
const overTransport: readonly ClientName[] = ['assume', 'whoami', 'console', 'sso']
const bySdk: readonly ClientName[] = ['container', 'instance']

interface Hostility {
  readonly reply: Reply
  /** Exit codes: of what goes over our transport, and of what the SDK asks. */
  readonly exitCodes: readonly [overTransport: readonly number[], bySdk: readonly number[]]
}

const again = (write: (socket: Socket) => void, head: string) => (socket: Socket) => {
  socket.write(head)
  const timer = setInterval(() => write(socket), 20)
  socket.on('close', () => clearInterval(timer))
}

/** A gigabyte, as fast as it is read. */
const gigabyte = (socket: Socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n')
  const piece = Buffer.alloc(1_048_576, ' ')
  const write = () => {
    while (!socket.destroyed && socket.write(piece));
    socket.once('drain', write)
  }
  write()
}

const network = [[6], [3]] as const
const hostilities: Readonly<Record<string, Hostility>> = {
  'nothing, and closes': { reply: (socket) => socket.destroy(), exitCodes: network },
  'nothing, and stays': { reply: () => {}, exitCodes: network },
  'headers without end, one at a time': {
    reply: again((socket) => socket.write('X-A: b\r\n'), 'HTTP/1.1 200 OK\r\n'),
    exitCodes: network,
  },
  'a body without end, a blank at a time': {
    reply: again((socket) => socket.write(' '), 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'),
    exitCodes: network,
  },
  '100 Continue without end': {
    reply: again((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), ''),
    exitCodes: network,
  },
  'another protocol': {
    reply: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    exitCodes: network,
  },
  'less than it says': {
    reply: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{'),
    exitCodes: network,
  },
  'more than a megabyte of one header': {
    reply: (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'b'.repeat(1_100_000)}\r\n\r\n`),
    exitCodes: network,
  },
  'a gigabyte': { reply: gigabyte, exitCodes: network },
  'what is no HTTP': { reply: (socket) => socket.end('\0\x01\x1b[31m\r\n\r\n'), exitCodes: network },
  'a redirect': {
    reply: answer('302 Found', '', ['Location: http://127.0.0.1:1/']),
    exitCodes: [[5, 3], [3]],
  },
  'bytes that are no UTF-8': { reply: answer('200 OK', Buffer.from([0xff, 0xfe, 0x80])), exitCodes: [[5, 3], [3]] },
  'brackets without end': { reply: answer('200 OK', '['.repeat(900_000)), exitCodes: [[5, 3, 6], [3]] },
  'elements without end': { reply: answer('200 OK', '<a>'.repeat(100_000)), exitCodes: [[5, 3, 6], [3]] },
  null: { reply: answer('200 OK', 'null'), exitCodes: [[5, 3], [3]] },
  'a refusal with escape sequences': {
    reply: answer('403 \x1b[31m', JSON.stringify({ message: 'a\x1b[31m\u202e', Code: 'C\x07', __type: 'T\x1b' })),
    exitCodes: [[4, 3], [3]],
  },
  'a failure with escape sequences': {
    reply: answer('500 \x1b[31m', '<ErrorResponse><Error><Code>X\x1b</Code></Error></ErrorResponse>'),
    exitCodes: [[5], [3]],
  },
}

// Most of their time is waiting for what never comes.
describe('whoever is asked for an identity', { concurrency: 8 }, () => {
  for (const [name, { reply, exitCodes }] of Object.entries(hostilities)) {
    for (const client of all) {
      test(`${client} is answered ${name}: it ends, says why, and prints nothing`, async () => {
        const outcome = await ask(client, () => reply)
        const expected = exitCodes[bySdk.includes(client) ? 1 : 0]
        assert.ok(expected.includes(outcome.exitCode ?? -1), `${outcome.exitCode} ${outcome.stderr}`)
        assertSaid(outcome)
      })
    }
  }
})

const given = { AccessKeyId: 'ASIAGIVEN', SecretAccessKey: 'secretGIVEN', Token: 'tokenGIVEN', Expiration: inAnHour }

/** What is wrong with otherwise good credentials; `undefined` leaves a member out. */
const flaws: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'that have ended': { Expiration: longAgo },
  'that end at no time': { Expiration: 'garbage' },
  'that end beyond all times': { Expiration: '+999999-01-01T00:00:00Z' },
  'without an end': { Expiration: undefined },
  'with a line break in the token': { Token: 'a\r\nX-Evil: 1' },
  'with a line break in the secret': { SecretAccessKey: 'a\nb' },
  'with a line break in the id': { AccessKeyId: 'a\nb' },
  'with a number for an id': { AccessKeyId: 12 },
  'with an object for a token': { Token: { a: 1 } },
  'without a secret': { SecretAccessKey: undefined },
}

for (const [name, flaw] of Object.entries(flaws)) {
  for (const client of ['sso', 'container', 'instance'] as const) {
    // The SDK keeps an instance's credentials in use past their end, where the metadata service has no newer ones.
    const stays = client === 'instance' && name === 'that have ended'
    test(`${client} answers with credentials ${name}: ${stays ? 'they are used with a note' : 'nobody is signed in'}`, async () => {
      const outcome = await ask(client, () => answer('200 OK', documentOf(client, { ...given, ...flaw })))
      if (stays) {
        assert.equal(outcome.exitCode, 0, outcome.stderr)
        assert.match(outcome.stderr, /^note: /)
        return
      }
      assert.equal(outcome.exitCode, 3, outcome.stderr)
      assertSaid(outcome)
    })
  }
}

test('a session of STS that ended before it began is none', async () => {
  const body = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${longAgo}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  const outcome = await ask('assume', () => answer('200 OK', body))
  assert.equal(outcome.exitCode, 5)
  assert.match(outcome.stderr, /ended at 2020-01-01T00:00:00\.000Z, before it began\nhint: check this machine's clock/)
})

const refusals: readonly (readonly [ClientName, status: string, body: string, message: RegExp])[] = [
  ['container', '403 F', '{"Code":"AccessDenied","Message":"no task role"}', /403: AccessDenied: no task role/],
  ['sso', '404 Not Found', '', /no credentials from SSO role Admin .*: HTTP 404\nhint: run 'aws sso login/],
  ['sso', '500 Oops', '{}', /HTTP 500.*\nhint: try again later/],
]

for (const [client, status, body, message] of refusals) {
  test(`${client}'s ${status} is said in its words`, async () => {
    assert.match((await ask(client, () => answer(status, body))).stderr, message)
  })
}

test('an instance without a role, and one that keeps its tokens from containers, are told apart', async () => {
  const server = (token: string, role: string) => (request: RecordedRequest) =>
    answer(request.method === 'PUT' ? token : role, 'x')
  const { argv, env } = clients.instance
  const cases = [
    ['200 OK', '404 Not Found', /^ {2}instance: .*the instance has no role$/m],
    ['403 Forbidden', '200 OK', /^ {2}instance: .*no token for its version 2 \(a hop limit of 1/m],
    ['405 Not Allowed', '200 OK', /^ {2}instance: .*no token for its version 2/m],
  ] as const
  for (const [token, role, message] of cases) {
    assert.match((await talk(argv, env, server(token, role))).stderr, message)
  }
})

test('Ctrl-C ends the wait for a silent container', { skip: process.platform === 'win32' }, async () => {
  let interrupt = () => {}
  const server = await startScriptedServer(() => () => interrupt())
  const env = { PATH: process.env.PATH ?? '', HOME: home.path, ...clients.container.env(server.url) }
  const child = spawn(process.execPath, ['bin/sigv4.js', ...clients.container.argv], { env, stdio: 'ignore' })
  interrupt = () => child.kill('SIGINT')
  const [exitCode] = await once(child, 'exit')
  assert.equal(exitCode, 130)
  await server.close()
})

function documentOf(client: 'sso' | 'container' | 'instance', members: Readonly<Record<string, unknown>>): string {
  if (client !== 'sso') return JSON.stringify({ Code: 'Success', ...members })
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration } = members
  // The portal writes milliseconds.
  const milliseconds = typeof Expiration === 'string' ? Date.parse(Expiration) : undefined
  const expiration = Number.isNaN(milliseconds) ? Expiration : milliseconds
  return JSON.stringify({ roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration } })
}

function ask(name: ClientName, script: (request: RecordedRequest) => Reply): Promise<BinOutcome> {
  const client: Client = clients[name]
  const argv = overTransport.includes(name)
    ? [...client.argv, '--connect-timeout', '3', '--read-timeout', '3']
    : client.argv
  return talk(argv, client.env, (request) => client.prelude?.(request) ?? script(request))
}

async function talk(
  argv: readonly string[],
  env: Client['env'],
  script: (request: RecordedRequest) => Reply,
): Promise<BinOutcome> {
  let asked = 0
  const server = await startScriptedServer((request) => {
    asked++
    return script(request)
  })
  try {
    return await runBin(argv, { HOME: home.path, ...env(server.url) })
  } finally {
    await server.close()
    assert.ok(asked > 0, 'nobody asked the server')
  }
}

function assertSaid({ stdout, stderr }: BinOutcome): void {
  assert.equal(stdout, '')
  assert.match(stderr, /^sigv4: ./)
  assert.doesNotMatch(stderr, /internal error|\n {4}at |GIVEN|accessTOKEN|imdsTOKEN/)
  assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
}
