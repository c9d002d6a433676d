import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type BinOutcome, runBin } from './support/bin.ts'
import { makeHome } from './support/home.ts'
import { headerOf, type StandInAnswer, startStandIn } from './support/stand-in.ts'
import { alice, startSts } from './support/sts.ts'
import type { WireMessage } from './support/wire.ts'

/** In an hour, and in the past, by the real clock: these tests run the real program. */
const inAnHour = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')
const longAgo = '2020-01-01T00:00:00Z'
const given = { AccessKeyId: 'ASIAGIVEN', SecretAccessKey: 'secretGIVEN', Token: 'tokenGIVEN', Expiration: inAnHour }

interface Setting {
  /** Files below the home directory; `URL` stands for the stand-in's. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  readonly answer?: (request: WireMessage) => StandInAnswer
}

interface Source extends Setting {
  /** What `--debug` says. */
  readonly description: RegExp
  readonly requests?: readonly RegExp[]
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
const json = (value: unknown, status = 200): StandInAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
})

const ssoConfig = `[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.example/start
[profile old]
sso_start_url = https://old.example/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Admin
`

const portal = (request: WireMessage): StandInAnswer => {
  if (headerOf(request, 'x-amz-sso_bearer_token') !== 'accessTOKEN') {
    return json({ message: 'Session token not found or invalid', __type: 'UnauthorizedException' }, 401)
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = given
  return json({ roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: Date.parse(inAnHour) } })
}

const metadata = (request: WireMessage): StandInAnswer => {
  if (request.method === 'PUT') {
    return headerOf(request, 'x-aws-ec2-metadata-token-ttl-seconds') ? { body: 'imdsTOKEN' } : { status: 400, body: '' }
  }
  if (headerOf(request, 'x-aws-ec2-metadata-token') !== 'imdsTOKEN') return { status: 401, body: '' }
  return request.target.endsWith('/security-credentials/') ? { body: 'the-role' } : json({ Code: 'Success', ...given })
}

const sources: Readonly<Record<string, Source>> = {
  'an SSO session': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('corp')}.json`]: JSON.stringify({ accessToken: 'accessTOKEN', expiresAt: inAnHour }),
    },
    env: { AWS_ENDPOINT_URL_SSO: 'URL' },
    argv: ['--profile', 'work'],
    answer: portal,
    description: /SSO role Admin in account 123456789012 of profile work \(~\/\.aws\/config:4\)/,
    requests: [
      /^GET \/federation\/credentials\?.*role_name=Admin.*account_id=123456789012|account_id=123456789012.*role_name=Admin/,
    ],
  },
  'an SSO session whose access token is renewed': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('corp')}.json`]: JSON.stringify({
        accessToken: 'old',
        expiresAt: longAgo,
        refreshToken: 'refreshTOKEN',
        clientId: 'client',
        clientSecret: 'clientSECRET',
      }),
    },
    env: { AWS_ENDPOINT_URL: 'URL' },
    argv: ['--profile', 'work'],
    answer: (request) => {
      if (request.target !== '/token') return portal(request)
      assert.deepEqual(JSON.parse(request.body.toString()), {
        clientId: 'client',
        clientSecret: 'clientSECRET',
        grantType: 'refresh_token',
        refreshToken: 'refreshTOKEN',
      })
      return json({ accessToken: 'accessTOKEN', expiresIn: 3600, refreshToken: 'next' })
    },
    description: /SSO role Admin/,
    requests: [/^POST \/token$/, /^GET \/federation\/credentials/],
  },
  'the older form of SSO': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('https://old.example/start')}.json`]: JSON.stringify({
        accessToken: 'accessTOKEN',
        expiresAt: inAnHour,
      }),
    },
    env: { AWS_ENDPOINT_URL_SSO: 'URL' },
    argv: ['--profile', 'old'],
    answer: portal,
    description: /SSO role Admin in account 123456789012 of profile old/,
    requests: [/^GET \/federation\/credentials/],
  },
  'a container, by the full URI with a token': {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/v1/creds?x=1',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'containerTOKEN',
    },
    answer: (request) => (headerOf(request, 'authorization') === 'containerTOKEN' ? json(given) : json({}, 403)),
    description: /the container's credentials \(AWS_CONTAINER_CREDENTIALS_FULL_URI\)/,
    requests: [/^GET \/v1\/creds\?x=1$/],
  },
  'a container, with a token in a file': {
    files: { token: 'Bearer fileTOKEN\n' },
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'HOME/token' },
    answer: (request) => (headerOf(request, 'authorization') === 'Bearer fileTOKEN' ? json(given) : json({}, 403)),
    description: /the container's credentials/,
    requests: [/^GET \/$/],
  },
  'instance metadata, version 2': {
    env: { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'URL' },
    answer: metadata,
    description: /the instance's role by the metadata service/,
    requests: [
      /^PUT \/latest\/api\/token$/,
      /^GET \/latest\/meta-data\/iam\/security-credentials\/$/,
      /^GET \/latest\/meta-data\/iam\/security-credentials\/the-role$/,
    ],
  },
  'a credential_process': {
    files: {
      '.aws/config': `[profile p]\ncredential_process = sh -c 'cat "$HOME/out" | cat'\n`,
      out: JSON.stringify({
        Version: 1,
        AccessKeyId: given.AccessKeyId,
        SecretAccessKey: given.SecretAccessKey,
        SessionToken: given.Token,
        Expiration: inAnHour,
      }),
    },
    argv: ['--profile', 'p'],
    description: /credential_process of profile p \(~\/\.aws\/config:2\)/,
  },
}

for (const [name, source] of Object.entries(sources)) {
  test(`credentials come from ${name}`, async () => {
    const { outcome, requests } = await ask(source)
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    const printed = JSON.parse(outcome.stdout)
    assert.deepEqual(
      [printed.AccessKeyId, printed.SecretAccessKey, printed.SessionToken, printed.Expiration],
      [given.AccessKeyId, given.SecretAccessKey, given.Token, inAnHour],
    )
    assert.match(outcome.stderr, source.description)
    assert.match(outcome.stderr, /^(debug: .*\n)+$/)
    assert.equal(requests.length, source.requests?.length ?? 0, requests.join('\n'))
    for (const [index, expected] of (source.requests ?? []).entries()) assert.match(requests[index] ?? '', expected)
    assert.doesNotMatch(
      outcome.stderr,
      /secretGIVEN|tokenGIVEN|accessTOKEN|clientSECRET|refreshTOKEN|containerTOKEN|fileTOKEN|imdsTOKEN/,
    )
  })
}

interface Failing extends Setting {
  readonly message: RegExp
  readonly exitCode?: number
}

const failing: Readonly<Record<string, Failing>> = {
  'an SSO session nobody signed in to': {
    files: { '.aws/config': ssoConfig },
    argv: ['--profile', 'work'],
    message: /no credentials from SSO role Admin .*not found or is invalid.*\nhint: run 'aws sso login --profile work'/,
  },
  'an SSO session that ended': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('https://old.example/start')}.json`]: JSON.stringify({
        accessToken: 'x',
        expiresAt: longAgo,
      }),
    },
    argv: ['--profile', 'old'],
    message: /has expired.*\nhint: run 'aws sso login --profile old'/,
  },
  'an SSO portal that refuses the token': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('corp')}.json`]: JSON.stringify({ accessToken: 'wrongTOKEN', expiresAt: inAnHour }),
    },
    env: { AWS_ENDPOINT_URL_SSO: 'URL' },
    argv: ['--profile', 'work'],
    answer: portal,
    message: /Session token not found or invalid\nhint: run 'aws sso login --profile work'/,
  },
  'an SSO portal that cannot be reached': {
    files: {
      '.aws/config': ssoConfig,
      [`.aws/sso/cache/${sha1('corp')}.json`]: JSON.stringify({ accessToken: 'wrongTOKEN', expiresAt: inAnHour }),
    },
    env: { AWS_ENDPOINT_URL_SSO: 'http://127.0.0.1:1' },
    argv: ['--profile', 'work'],
    exitCode: 6,
    message: /127\.0\.0\.1:1 refused the connection/,
  },
  'a token file of SSO that is no JSON': {
    files: { '.aws/config': ssoConfig, [`.aws/sso/cache/${sha1('corp')}.json`]: '{"accessToken": "wrongTOKEN' },
    argv: ['--profile', 'work'],
    message: /hint: run 'aws sso login --profile work'/,
  },
  'a login session that is not there': {
    files: { '.aws/config': '[profile l]\nlogin_session = arn:aws:sts::123456789012:assumed-role/Admin/ada\n' },
    argv: ['--profile', 'l'],
    message:
      /no credentials from login session arn:.*of profile l \(~\/\.aws\/config:2\).*\nhint: run 'aws login --profile l'/,
  },
  'a login session that is no JSON': {
    files: {
      '.aws/config': '[profile l]\nlogin_session = x\n',
      [`.aws/login/cache/${createHash('sha256').update('x').digest('hex')}.json`]: '{"accessToken": "wrongTOKEN',
    },
    argv: ['--profile', 'l'],
    message: /it is not JSON\nhint: run 'aws login --profile l'/,
  },
  'a container that refuses': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/' },
    answer: () => json({ Code: 'AccessDenied' }, 403),
    message:
      /no credentials from the container's credentials \(AWS_CONTAINER_CREDENTIALS_FULL_URI\): Server responded with status: 403/,
  },
  'a container whose answer is no JSON': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/' },
    answer: () => ({ body: '{"AccessKeyId": "wrongTOKEN' }),
    message: /the answer is not JSON/,
  },
  'a container whose token has two lines': {
    files: { token: 'wrongTOKEN\nwrongTOKEN' },
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'HOME/token',
    },
    message:
      /^sigv4: the container's token '[^']*\/token' \(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\) holds what no header can carry\nhint: /,
  },
  'a container whose token is not there': {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'HOME/token',
    },
    message:
      /^sigv4: cannot read the container's token '[^']*\/token' \(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\) \(ENOENT\)\nhint: check the path/,
  },
  'a container at a host that is none of a container': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/' },
    message: /URL not accepted\. It must [^\n]*\[fd00:ec2::23\]\nhint: /,
  },
  'an instance without metadata': {
    env: { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' },
    message: /^sigv4: no credentials found[\s\S]*instance: /,
  },
  'an instance that knows only version 1 of the metadata': {
    env: { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'URL' },
    answer: (request) => (request.method === 'PUT' ? { status: 405, body: '' } : json(given)),
    message: /^sigv4: no credentials found/,
  },
  'a process that fails': {
    files: { '.aws/config': '[profile p]\ncredential_process = echo why >&2; exit 4\n' },
    argv: ['--profile', 'p'],
    message: /^why\nsigv4: the credential_process of profile p \(~\/\.aws\/config:2\) ended with exit code 4\n/,
  },
  'a process that is not there': {
    files: { '.aws/config': '[profile p]\ncredential_process = /nowhere/at-all --password hunter2\n' },
    argv: ['--profile', 'p'],
    message: /ended with exit code 127/,
  },
  'a process that prints something else': {
    files: { '.aws/config': '[profile p]\ncredential_process = echo wrongTOKEN\n' },
    argv: ['--profile', 'p'],
    message: /what the credential_process of profile p \(~\/\.aws\/config:2\) prints is not JSON/,
  },
  'a process that prints without end, by a child of its own': {
    files: { '.aws/config': '[profile p]\ncredential_process = yes; true\n' },
    argv: ['--profile', 'p'],
    message: /the credential_process of profile p \(~\/\.aws\/config:2\) printed too much/,
  },
  'a process that asks for its own profile': {
    files: {
      '.aws/config': `[profile p]\ncredential_process = '${process.execPath}' bin/sigv4.js assume --profile p --format json\n`,
    },
    argv: ['--profile', 'p'],
    message: /profile p \(~\/\.aws\/config:2\) asks sigv4 for that very profile\nhint: let it ask for another profile/,
  },
  'a process that asks for its own profile by way of another, without a cache': {
    files: {
      '.aws/config': `[profile p]\ncredential_process = '${process.execPath}' bin/sigv4.js assume --profile q --format json --no-cache
[profile q]\ncredential_process = '${process.execPath}' bin/sigv4.js assume --profile p --format json --no-cache\n`,
    },
    argv: ['--profile', 'p', '--no-cache'],
    message: /asks sigv4 for that very profile/,
  },
  'a process that is killed': {
    files: { '.aws/config': '[profile p]\ncredential_process = kill -9 $$\n' },
    argv: ['--profile', 'p'],
    message: /was ended by SIGKILL/,
  },
  'a process whose credentials have ended': {
    files: {
      '.aws/config': `[profile p]\ncredential_process = echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"${longAgo}"}'\n`,
    },
    argv: ['--profile', 'p'],
    message: /expired at 2020-01-01/,
  },
}

for (const [name, source] of Object.entries(failing)) {
  test(`nobody is signed in by ${name}`, async () => {
    const { outcome } = await ask({ ...source, argv: [...(source.argv ?? []), '--debug'] })
    assert.equal(outcome.exitCode, source.exitCode ?? 3, outcome.stderr)
    assert.match(outcome.stderr, source.message)
    assert.doesNotMatch(outcome.stderr, /wrongTOKEN|hunter2/)
    assert.equal(outcome.stdout, '')
  })
}

test('the token of a container is read again at each call', async () => {
  const tokens: (string | undefined)[] = []
  const server = await startStandIn((request) => {
    tokens.push(headerOf(request, 'authorization'))
    return json(given)
  })
  const home = makeHome({ token: 'first' })
  const env = {
    HOME: home.path,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home.path}/token`,
  }
  await runBin(['assume', '--format', 'json'], env)
  home.write('token', 'second')
  await runBin(['assume', '--format', 'json'], env)
  assert.deepEqual(tokens, ['first', 'second'])
  await server.close()
  home.remove()
})

test('the relative URI is that of the ECS address, and of no other host', async () => {
  const server = await startStandIn((request) => {
    assert.equal(headerOf(request, 'host'), '169.254.170.2')
    return json(given)
  })
  const { port } = new URL(server.url)
  // The address is not ours to have, so connections to it are led to the stand-in inside the process.
  const home = makeHome({
    'lead.cjs': `const net = require('node:net'); const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (options.host === '169.254.170.2' && Number(options.port) === 80) Object.assign(options, { host: '127.0.0.1', port: ${port} })
  return connect.apply(this, args)
}`,
  })
  const outcome = await runBin(['assume', '--format', 'json'], {
    HOME: home.path,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/x',
    NODE_OPTIONS: `--require=${home.path}/lead.cjs`,
  })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.deepEqual(
    server.requests.map(({ target }) => target),
    ['/v2/credentials/x'],
  )
  await server.close()
  home.remove()
})

test("a web identity is not signed, its token is sent as it stands in the file, and the profile's settings go along", async () => {
  const sts = await startSts()
  const home = makeHome({
    token: 'eyJhbGciOiJub25lIn0.e30.\n',
    '.aws/config': '[profile w]\nrole_arn = arn:aws:iam::123456789012:role/w\nrole_session_name = pod\n',
  })
  home.write(
    '.aws/config',
    `[profile w]\nrole_arn = arn:aws:iam::123456789012:role/w\nrole_session_name = pod\nweb_identity_token_file = ${home.path}/token\n`,
  )
  const env = { HOME: home.path, AWS_ENDPOINT_URL_STS: sts.url }
  const byProfile = await runBin(['assume', '--format', 'json', '--profile', 'w', '--duration', '15m'], env)
  assert.equal(byProfile.exitCode, 0, byProfile.stderr)
  const role = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/e', AWS_WEB_IDENTITY_TOKEN_FILE: `${home.path}/token` }
  const byEnvironment = await runBin(['assume', '--format', 'json'], { ...env, ...role, AWS_ROLE_SESSION_NAME: 'job' })
  assert.equal(byEnvironment.exitCode, 0, byEnvironment.stderr)
  const chained = await runBin(['assume', '--format', 'json', 'arn:aws:iam::123456789012:role/next'], {
    ...env,
    ...role,
  })
  assert.equal(chained.exitCode, 0, chained.stderr)
  const [first, second, third, fourth] = sts.calls.map((call) => Object.fromEntries(call))
  assert.deepEqual(first, {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: 'arn:aws:iam::123456789012:role/w',
    RoleSessionName: 'pod',
    WebIdentityToken: 'eyJhbGciOiJub25lIn0.e30.',
    DurationSeconds: '900',
  })
  assert.equal(second?.RoleSessionName, 'job')
  assert.equal(third?.Action, 'AssumeRoleWithWebIdentity')
  assert.equal(fourth?.RoleArn, 'arn:aws:iam::123456789012:role/next')
  const tagged = await runBin(['assume', '--profile', 'w', '--tag', 'a=b'], env)
  assert.equal(tagged.exitCode, 2)
  assert.match(tagged.stderr, /--tag is not for web identities/)
  await sts.close()
  home.remove()
})

test('a login session is used while it lasts, and renewed with a proof of its key when it ends', async () => {
  const session = 'arn:aws:sts::123456789012:assumed-role/Admin/ada'
  const file = `.aws/login/cache/${createHash('sha256').update(session).digest('hex')}.json`
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const document = (expiresAt: string) =>
    JSON.stringify({
      accessToken: {
        accessKeyId: 'ASIAOLD',
        secretAccessKey: 'secretOLD',
        sessionToken: 'tokenOLD',
        accountId: '123456789012',
        expiresAt,
      },
      clientId: 'arn:aws:signin:::devtools/same-device',
      refreshToken: 'refreshTOKEN',
      dpopKey: privateKey.export({ format: 'pem', type: 'sec1' }),
    })
  let proof = ''
  const server = await startStandIn((request) => {
    proof = headerOf(request, 'dpop') ?? ''
    assert.equal(JSON.parse(request.body.toString()).refreshToken, 'refreshTOKEN')
    return json({
      accessToken: {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.Token,
      },
      tokenType: 'aws_sigv4',
      expiresIn: 900,
      refreshToken: 'next',
    })
  })
  const home = makeHome({
    '.aws/config': `[profile l]\nlogin_session = ${session}\nregion = eu-west-1\n`,
    [file]: document(inAnHour),
  })
  const env = { HOME: home.path, AWS_ENDPOINT_URL_SIGNIN: server.url }
  const argv = ['assume', '--format', 'json', '--profile', 'l']
  assert.equal(JSON.parse((await runBin(argv, env)).stdout).AccessKeyId, 'ASIAOLD')
  assert.equal(server.requests.length, 0)
  home.write(file, document(longAgo))
  const renewed = await runBin(argv, env)
  assert.equal(renewed.exitCode, 0, renewed.stderr)
  assert.equal(JSON.parse(renewed.stdout).AccessKeyId, given.AccessKeyId)
  assert.equal(JSON.parse(readFileSync(`${home.path}/${file}`, 'utf8')).refreshToken, 'next')
  const [header = '', payload = '', signature = ''] = proof.split('.')
  const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }))
  assert.ok(
    verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  )
  await server.close()
  home.remove()
})

test('SSO credentials are kept, and a role from them is a chain', async () => {
  const server = await startStandIn(portal)
  const sts = await startSts({ users: { [alice.id]: alice.secret, [given.AccessKeyId]: given.SecretAccessKey } })
  const home = makeHome({
    '.aws/config': ssoConfig,
    [`.aws/sso/cache/${sha1('corp')}.json`]: JSON.stringify({ accessToken: 'accessTOKEN', expiresAt: inAnHour }),
  })
  const env = { HOME: home.path, AWS_ENDPOINT_URL_SSO: server.url, AWS_ENDPOINT_URL_STS: sts.url }
  for (let time = 0; time < 2; time++) {
    assert.equal((await runBin(['assume', '--profile', 'work', '--format', 'json'], env)).exitCode, 0)
  }
  assert.equal(server.requests.length, 1)
  const chained = await runBin(
    ['assume', '--profile', 'work', '--duration', '2h', 'arn:aws:iam::123456789012:role/x'],
    env,
  )
  assert.match(chained.stderr, /lasts an hour at most: 7200 s lowered to 3600 s/)
  // Signed out: what is kept is not used any more.
  home.write(`.aws/sso/cache/${sha1('corp')}.json`, JSON.stringify({ accessToken: 'other', expiresAt: inAnHour }))
  assert.equal((await runBin(['assume', '--profile', 'work', '--format', 'json'], env)).exitCode, 3)
  await server.close()
  await sts.close()
  home.remove()
})

async function ask(setting: Setting): Promise<{ outcome: BinOutcome; requests: readonly string[] }> {
  const server = setting.answer && (await startStandIn(setting.answer))
  const home = makeHome(setting.files)
  const env = Object.entries(setting.env ?? {}).map(([name, value]) => [
    name,
    value.replace('URL', server?.url ?? '').replace('HOME', home.path),
  ])
  const words = ['assume', '--format', 'json', '--debug', ...(setting.argv ?? [])]
  try {
    const outcome = await runBin(words, { HOME: home.path, ...Object.fromEntries(env) })
    return { outcome, requests: (server?.requests ?? []).map(({ method, target }) => `${method} ${target}`) }
  } finally {
    await server?.close()
    home.remove()
  }
}
