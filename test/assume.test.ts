import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runBin } from './support/bin.ts'
import { type Home, makeHome } from './support/home.ts'
import { exampleKeys, run } from './support/run.ts'
import { startStandIn } from './support/stand-in.ts'

const temporary = {
  ...exampleKeys,
  AWS_SESSION_TOKEN: 'token+/==',
  AWS_CREDENTIAL_EXPIRATION: '2030-01-02T03:04:05Z',
} as const

const bin = join(process.cwd(), 'bin', 'sigv4.js')
let home: Home

before(() => {
  home = makeHome({ '.aws/config': '[default]\nregion = eu-central-1\n[profile other]\nregion = us-west-2\n' })
})
after(() => home.remove())

test('without a role the current credentials are exported, with the region', async () => {
  const outcome = await run(['assume'], { env: temporary, homeDirectory: home.path })
  assert.equal(outcome.exitCode, 0)
  assert.equal(
    outcome.stdout,
    `export AWS_ACCESS_KEY_ID='AKIDEXAMPLE';
export AWS_SECRET_ACCESS_KEY='wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export AWS_SESSION_TOKEN='token+/==';
export AWS_CREDENTIAL_EXPIRATION='2030-01-02T03:04:05Z';
export AWS_REGION='eu-central-1';
export AWS_DEFAULT_REGION='eu-central-1';
unset AWS_SECURITY_TOKEN;
unset AWS_PROFILE;
unset AWS_DEFAULT_PROFILE;
`,
  )
  assert.equal(outcome.stderr, '')
})

test('--unset takes away everything that could have been set, and needs no credentials', async () => {
  const outcome = await run(['assume', '--unset', '--format', 'fish'], { env: {} })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  for (const name of [
    ...Object.keys(temporary),
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_PROFILE',
    'AWS_SECURITY_TOKEN',
  ]) {
    assert.match(outcome.stdout, new RegExp(`^set -e ${name}; or true;$`, 'm'))
  }
})

test('--format json is what a credential_process prints, and is taken back by --credentials', async () => {
  const printed = await run(['assume', '--format', 'json'], { env: temporary })
  assert.deepEqual(JSON.parse(printed.stdout), {
    Version: 1,
    AccessKeyId: 'AKIDEXAMPLE',
    SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    SessionToken: 'token+/==',
    Expiration: '2030-01-02T03:04:05Z',
  })
  const again = await run(['assume', '--format', 'json', '--credentials', '-'], { env: {}, stdin: printed.stdout })
  assert.equal(again.stdout, printed.stdout)
})

test('--format ini names its section by --profile-name', async () => {
  const outcome = await run(['assume', '--format', 'ini', '--profile-name', 'work', '--region', 'r'], {
    env: temporary,
  })
  assert.equal(
    outcome.stdout,
    '[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\naws_session_token = token+/==\nregion = r\n',
  )
})

test('--format github-actions masks on stdout and appends to GITHUB_ENV', async () => {
  const file = home.write('github-env', 'OLD=1\n')
  const outcome = await run(['assume', '--format', 'github-actions'], { env: { ...temporary, GITHUB_ENV: file } })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(outcome.stdout, /^(::add-mask::\S+\n){3}$/)
  const written = readFileSync(file, 'utf8')
  assert.match(written, /^OLD=1\nAWS_ACCESS_KEY_ID<<(ghadelimiter_[0-9a-f]{32})\nAKIDEXAMPLE\n\1\n/)
  const without = await run(['assume', '--format', 'github-actions'], { env: temporary })
  assert.equal(without.exitCode, 2)
  assert.equal(without.stdout, '')
})

const wrongUses: Readonly<Record<string, readonly [argv: readonly string[], message: RegExp]>> = {
  'an unknown format': [['--format', 'csh'], /--format/],
  '--unset with a format that is no shell': [['--unset', '--format', 'json'], /--unset is for shells/],
  '--unset with a role': [['--unset', 'arn:aws:iam::1:role/x'], /--unset takes no role/],
  '--unset with a command': [['--unset', '--', 'true'], /--unset and -- COMMAND exclude each other/],
  '--console with a format': [['--console', '--format', 'env'], /--console and --format exclude each other/],
  'a command with a format': [['--format', 'env', '--', 'true'], /-- COMMAND and --format exclude each other/],
  'no command behind the dashes': [['--'], /no command behind --/],
  '--profile-name without ini': [['--profile-name', 'x'], /--profile-name is for --format ini/],
  '--no-sign-request': [['--no-sign-request'], /--no-sign-request leaves nothing to assume/],
}

for (const [name, [argv, message]] of Object.entries(wrongUses)) {
  test(`${name} is a wrong command line`, async () => {
    const outcome = await run(['assume', ...argv])
    assert.equal(outcome.exitCode, 2)
    assert.match(outcome.stderr, message)
    assert.match(outcome.stderr, /\nhint: /)
    assert.equal(outcome.stdout, '')
  })
}

test('a child gets these credentials, and nothing that leads to others', async () => {
  const others = {
    AWS_PROFILE: 'other',
    AWS_DEFAULT_PROFILE: 'other',
    AWS_SECURITY_TOKEN: 'old',
    AWS_ROLE_ARN: 'old',
    AWS_WEB_IDENTITY_TOKEN_FILE: 'old',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'old',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'old',
    AWS_PAGER: 'kept',
  }
  const env = { HOME: home.path, ...temporary, ...others }
  const outcome = await runBin(['assume', '--region', 'eu-north-1', '--', 'env'], env)
  const environment = Object.fromEntries(
    outcome.stdout
      .split('\n')
      .filter((line) => line.startsWith('AWS_'))
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  )
  assert.deepEqual(environment, {
    ...temporary,
    AWS_REGION: 'eu-north-1',
    AWS_DEFAULT_REGION: 'eu-north-1',
    AWS_PAGER: 'kept',
    AWS_EC2_METADATA_DISABLED: 'true',
  })
})

test("what stands behind -- is the child's own, word by word", async () => {
  const words = ['--profile', 'x', '--', '-h', '', 'a b', "it's", '*']
  const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
  const argv = ['assume', '--', process.execPath, '-e', script, '--', ...words]
  const outcome = await runBin(argv, { HOME: home.path, ...exampleKeys })
  assert.deepEqual(JSON.parse(outcome.stdout), words)
})

test('shared options before the name of the command work with a child, too', async () => {
  const outcome = await runBin(['--region', 'r-1', 'assume', '--', 'sh', '-c', 'echo $AWS_REGION'], {
    HOME: home.path,
    ...exampleKeys,
  })
  assert.equal(outcome.stdout, 'r-1\n')
})

const endings: Readonly<Record<string, readonly [command: readonly string[], exitCode: number, stderr: RegExp]>> = {
  'its own exit code': [['sh', '-c', 'exit 7'], 7, /^$/],
  '128 + n for a signal': [['sh', '-c', 'kill -TERM $$'], 143, /^$/],
  '127 for what is not there': [['no-such-program'], 127, /^sigv4: 'no-such-program' is not found\nhint: /],
  '127 for an empty name': [[''], 127, /^sigv4: '' is not found\nhint: /],
  '126 for a name that is too long': [['x'.repeat(5000)], 126, /^sigv4: 'x+' cannot be run \(ENAMETOOLONG\)\nhint: /],
  '126 for what cannot be run': [['/dev/null'], 126, /^sigv4: '\/dev\/null' cannot be run \(EACCES\)\nhint: /],
}

for (const [name, [command, exitCode, stderr]] of Object.entries(endings)) {
  test(`a child ends with ${name}`, async () => {
    const outcome = await runBin(['assume', '--', ...command], { HOME: home.path, ...exampleKeys })
    assert.equal(outcome.exitCode, exitCode)
    assert.match(outcome.stderr, stderr)
  })
}

test("stdin and stdout are the child's", async () => {
  const outcome = await runBin(['assume', '--', 'cat'], { HOME: home.path, ...exampleKeys }, 'bytes\0\xff')
  assert.equal(outcome.stdout, 'bytes\0\xff')
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGQUIT'] as const) {
  test(`${signal} is passed on, and the child decides what becomes of it`, async () => {
    const script = `process.on('${signal}', () => { console.log('got it'); process.exit(9) }); setInterval(() => {}, 1000); console.log('ready')`
    const env = { PATH: process.env.PATH ?? '', HOME: home.path, ...exampleKeys }
    const child = spawn(process.execPath, [bin, 'assume', '--', process.execPath, '-e', script], { env, stdio: 'pipe' })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text
      if (printed === 'ready\n') child.kill(signal)
    })
    const exitCode = await new Promise((resolve) => child.on('close', resolve))
    assert.equal(printed, 'ready\ngot it\n')
    assert.equal(exitCode, 9)
  })
}

const hasScript = spawnSync('script', ['--version']).status === 0

test('on a terminal Ctrl-C reaches the child once, and does not end us before it', { skip: !hasScript }, async () => {
  const program =
    "let n = 0; process.on('SIGINT', () => { n++; setTimeout(() => { console.log('interrupts ' + n); process.exit(5) }, 500) }); setInterval(() => {}, 1000); console.log('ready')"
  const file = home.write('child.cjs', program)
  const { shown, exitCode } = await onTerminal(`exec "$NODE" "$BIN" assume -- "$NODE" ${file}`, [[/ready/, '\x03']])
  assert.match(shown, /interrupts 1\r\n/)
  assert.equal(exitCode, 5)
})

test('an interactive shell works: job control, Ctrl-C, Ctrl-D', { skip: !hasScript }, async () => {
  const { shown, exitCode } = await onTerminal('exec "$NODE" "$BIN" assume -- bash --norc --noprofile -i', [
    [/[$#] $/, "PS1='ready> '\n"],
    [/\nready> $/, "sh -c 'echo key $AWS_ACCESS_KEY_ID; exec sleep 30'\n"],
    [/key AKIDEXAMPLE\r\n$/, '\x03'],
    [/\^C[\s\S]*ready> $/, 'sleep 30 & jobs; kill %1; echo still here; (exit 3)\n'],
    [/\r\nstill here\r\n[\s\S]*ready> $/, '\x04'],
  ])
  assert.doesNotMatch(shown, /no job control|cannot set terminal process group/)
  assert.match(shown, /still here/)
  assert.equal(exitCode, 3)
})

test('--console signs in with the session and prints the URL, and nothing else', async () => {
  const server = await startStandIn(() => ({ body: '{"SigninToken":"signin-TOKEN_1"}' }))
  const env = { ...temporary, SIGV4_FEDERATION_ENDPOINT: `${server.url}/federation` }
  const outcome = await run(['assume', '--console', '--region', 'eu-west-1', '--debug'], { env })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  const destination = encodeURIComponent('https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1')
  assert.equal(
    outcome.stdout,
    `${server.url}/federation?Action=login&Destination=${destination}&SigninToken=signin-TOKEN_1\n`,
  )
  assert.doesNotMatch(outcome.stderr, /token\+|wJalr|signin-TOKEN/)
  const asked = new URL(server.requests[0]?.target ?? '', server.url).searchParams
  assert.equal(asked.get('Action'), 'getSigninToken')
  assert.deepEqual(JSON.parse(asked.get('Session') ?? ''), {
    sessionId: temporary.AWS_ACCESS_KEY_ID,
    sessionKey: temporary.AWS_SECRET_ACCESS_KEY,
    sessionToken: temporary.AWS_SESSION_TOKEN,
  })
  await server.close()
})

test('--console names an endpoint that is no URL, and nothing of the session that would go there', async () => {
  for (const [endpoint, says] of [
    ['foo', /SIGV4_FEDERATION_ENDPOINT: "foo" is not a URL/],
    ['http://127.0.0.1/a\nb', /SIGV4_FEDERATION_ENDPOINT: .* holds a line break/],
    ['http://127.0.0.1/?a=b', /\(SIGV4_FEDERATION_ENDPOINT\) has a query/],
  ] as const) {
    const outcome = await run(['assume', '--console'], { env: { ...temporary, SIGV4_FEDERATION_ENDPOINT: endpoint } })
    assert.deepEqual([outcome.exitCode, outcome.stdout], [2, ''])
    assert.match(outcome.stderr, says)
    assert.match(outcome.stderr, /\nhint: /)
    assert.doesNotMatch(outcome.stderr, /Session|Key/)
  }
})

test('--console refuses long-term keys, and says what a refusal means', async () => {
  const permanent = await run(['assume', '--console'])
  assert.equal(permanent.exitCode, 1)
  assert.match(permanent.stderr, /takes only temporary credentials\nhint: name a role/)
  const server = await startStandIn(() => ({ status: 400, body: '<html>' }))
  const refused = await run(['assume', '--console'], { env: { ...temporary, SIGV4_FEDERATION_ENDPOINT: server.url } })
  assert.equal(refused.exitCode, 4)
  assert.match(refused.stderr, /answered HTTP 400\nhint: 'sigv4 whoami'/)
  assert.doesNotMatch(refused.stderr, /token\+|wJalr/)
  await server.close()
})

test('GITHUB_ENV that cannot be written is said', async () => {
  const env = { ...temporary, GITHUB_ENV: home.path }
  const outcome = await run(['assume', '--format', 'github-actions'], { env })
  assert.equal(outcome.exitCode, 1)
  assert.match(outcome.stderr, /^sigv4: cannot append to '.*' of GITHUB_ENV \([A-Z]+\)\nhint: /)
})

/** Runs a command on a terminal of its own and types each text when what is shown matches. */
async function onTerminal(
  command: string,
  typing: readonly (readonly [RegExp, string])[],
): Promise<{ shown: string; exitCode: unknown }> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home.path,
    NODE: process.execPath,
    BIN: bin,
    TERM: 'dumb',
    SHELL: '/bin/sh',
    ...exampleKeys,
  }
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], { env })
  let shown = ''
  let fresh = ''
  const left = [...typing]
  terminal.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text
    fresh += text
    const [next] = left
    if (next?.[0].test(fresh)) {
      left.shift()
      fresh = ''
      terminal.stdin.write(next[1])
    }
  })
  const timer = setTimeout(() => terminal.kill(), 20_000)
  const exitCode = await new Promise((resolve) => terminal.on('close', resolve))
  clearTimeout(timer)
  assert.deepEqual(
    left.map(([pattern]) => pattern),
    [],
    shown,
  )
  return { shown, exitCode }
}
