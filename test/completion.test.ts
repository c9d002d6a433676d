import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startLoopbackS3 } from './support/loopback-s3.ts'
import { run } from './support/run.ts'

const scripts = { bash: 'sigv4.bash', zsh: '_sigv4', fish: 'sigv4.fish' }

for (const [shell, file] of Object.entries(scripts)) {
  test(`completion ${shell} prints the script that the package ships`, async () => {
    const { exitCode, stdout } = await run(['completion', shell])
    assert.equal(exitCode, 0)
    assert.equal(stdout, readFileSync(`completions/${file}`, 'utf8'))
  })
}

const readers: readonly (readonly [shell: string, ...argv: string[]])[] = [
  ['bash', '--noprofile', '--norc', '-c', 'source completions/sigv4.bash'],
  ['zsh', '-f', '-c', 'autoload -U compinit; compinit -u -D; source completions/_sigv4 </dev/null'],
  ['fish', '--no-config', '-c', 'source completions/sigv4.fish'],
]

for (const [shell, ...argv] of readers) {
  const skip = spawnSync(shell, ['--version']).error ? `${shell} is not installed` : false
  test(`${shell} reads its script without a word`, { skip }, () => {
    const home = mkdtempSync(join(tmpdir(), 'sigv4-reader-'))
    const { stdout, stderr } = spawnSync(shell, argv, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    })
    rmSync(home, { recursive: true })
    assert.deepEqual([stdout, stderr], ['', ''])
  })
}

test('completion of an unknown shell names those there are', async () => {
  const { exitCode, stderr } = await run(['completion', 'ksh'])
  assert.equal(exitCode, 2)
  assert.match(stderr, /ksh[\s\S]*bash, zsh, fish/)
})

test('the scripts never evaluate a name', () => {
  for (const file of Object.values(scripts)) {
    const code = readFileSync(`completions/${file}`, 'utf8').replace(/^\s*#.*$/gm, '')
    assert.doesNotMatch(code, /\beval\b|compgen -W|_call_program/, file)
  }
})

let homeDirectory = ''
before(() => {
  homeDirectory = mkdtempSync(join(tmpdir(), 'sigv4-home-'))
  mkdirSync(join(homeDirectory, '.aws'))
  writeFileSync(
    join(homeDirectory, '.aws/config'),
    `[default]
region = eu-west-1
[profile reader]
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = default
mfa_serial = arn:aws:iam::123456789012:mfa/ada
[profile other]
role_arn = arn:aws:iam::123456789012:role/reader
[sso-session company]
sso_region = eu-west-1
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9000
`,
  )
  const sections = ['default', 'keys', '$(touch x)', "';"].map((name) => `[${name}]\naws_access_key_id = a\n`)
  writeFileSync(join(homeDirectory, '.aws/credentials'), sections.join(''))
})
after(() => rmSync(homeDirectory, { recursive: true, force: true }))

const candidates = async (...words: readonly string[]) => {
  const { exitCode, stdout, stderr } = await run(['candidates', '--', ...words], { homeDirectory })
  assert.equal(exitCode, 0, stderr)
  assert.ok(stdout === '' || stdout.endsWith('\0'))
  return stdout.split('\0').slice(0, -1)
}

test('candidates for a region and a service come from the service table', async () => {
  assert.ok((await candidates('region', '')).includes('eu-central-1'))
  assert.ok((await candidates('service', '')).includes('execute-api'))
})

test('candidates for a profile are those of both files, whatever they are called', async () => {
  assert.deepEqual(
    (await candidates('profile', '')).toSorted(),
    ['$(touch x)', "';", 'default', 'keys', 'other', 'reader'].toSorted(),
  )
})

test('candidates for roles and MFA devices are those of the profiles, each once', async () => {
  assert.deepEqual(await candidates('role', ''), ['arn:aws:iam::123456789012:role/reader'])
  assert.deepEqual(await candidates('mfa-serial', ''), ['arn:aws:iam::123456789012:mfa/ada'])
})

test('candidates of an unknown kind are a usage error', async () => {
  assert.equal((await run(['candidates', '--', 'toString', ''])).exitCode, 2)
})

test('candidates behind s3:// are buckets, then one folder of keys, whatever they are called', async () => {
  const keys = ['photos/2026/a.jpg', 'photos/$(touch x).jpg', "photos/it's.jpg", 'photos/line\nfeed', 'other']
  const server = await startLoopbackS3({ buckets: { examplebucket: keys.map((key) => ({ key })), second: [] } })
  const line = ['sigv4', 'ls', '--endpoint-url', server.url, '--region', 'eu-west-1', '--human']
  try {
    assert.deepEqual(await candidates('s3', 's3'), ['s3://'])
    assert.deepEqual(await candidates('s3', 's3://ex', ...line), ['s3://examplebucket/', 's3://second/'])
    assert.deepEqual(await candidates('bucket', '', ...line), ['examplebucket', 'second'])
    const found = await candidates('s3', 's3://examplebucket/photos/', ...line)
    const expected = ['$(touch x).jpg', '2026/', "it's.jpg", 'line\nfeed']
    assert.deepEqual(found.toSorted(), expected.map((name) => `s3://examplebucket/photos/${name}`).toSorted())
    assert.deepEqual(await candidates('s3', 's3://examplebucket/photos/2026/a', ...line), [
      's3://examplebucket/photos/2026/a.jpg',
    ])
    assert.deepEqual(await candidates('s3', 's3://missing/', ...line), [])
  } finally {
    await server.close()
  }
})

test('candidates behind s3:// are none where S3 takes too long', { timeout: 10_000 }, async () => {
  const server = await startLoopbackS3({ buckets: { examplebucket: [] }, fault: () => 'hang' })
  try {
    const line = ['sigv4', 'ls', '--endpoint-url', server.url, '--region', 'eu-west-1']
    assert.deepEqual(await candidates('s3', 's3://examplebucket/', ...line), [])
    assert.equal(server.requests.length, 1)
  } finally {
    await server.close()
  }
})

test('the command for candidates is not in the help', async () => {
  assert.doesNotMatch((await run(['--help'])).stdout, /candidates/)
})
