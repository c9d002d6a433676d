import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { promisify } from 'node:util'
import { runBin } from './support/bin.ts'
import { type Home, makeHome } from './support/home.ts'
import { type Outcome, run, type World } from './support/run.ts'
import { alice, type Sts, startSts } from './support/sts.ts'

const start = new Date('2026-01-01T00:00:00Z')
const role = 'arn:aws:iam::123456789012:role/a'
const other = 'arn:aws:iam::123456789012:role/b'
const device = 'arn:aws:iam::123456789012:mfa/alice'
const aliceKeys = { AWS_ACCESS_KEY_ID: alice.id, AWS_SECRET_ACCESS_KEY: alice.secret }

let sts: Sts
let home: Home
let calls = 0

before(async () => {
  sts = await startSts({ now: () => start, mfaCodes: { [device]: '123456' } })
})
after(() => sts.close())
beforeEach(() => {
  home = makeHome()
  calls = sts.calls.length
})
afterEach(() => home.remove())

const folder = () => join(home.path, '.cache', 'sigv4')
const callsMade = () => sts.calls.length - calls
const entries = () => readdirSync(folder()).filter((name) => name.endsWith('.json'))

test('a session is kept in a private file of a private folder, and used again', async () => {
  const first = await assume([role])
  const second = await assume([role])
  assert.equal(first.exitCode, 0, first.stderr)
  assert.equal(second.stdout, first.stdout)
  assert.equal(callsMade(), 1)
  assert.equal(lstatSync(folder()).mode & 0o777, 0o700)
  assert.equal(lstatSync(join(folder(), entries()[0] ?? '')).mode & 0o777, 0o600)
  assert.deepEqual(
    readdirSync(folder()).filter((name) => !name.endsWith('.json')),
    [],
  )
})

test('XDG_CACHE_HOME moves the folder, unless it is relative', async () => {
  await assume([role], { env: { ...aliceKeys, XDG_CACHE_HOME: join(home.path, 'x') } })
  assert.ok(existsSync(join(home.path, 'x', 'sigv4')))
  await assume([role], { env: { ...aliceKeys, XDG_CACHE_HOME: 'relative' } })
  assert.ok(existsSync(folder()))
  assert.ok(!existsSync('relative'))
})

test('on Windows the folder is in LOCALAPPDATA, and nowhere else is that asked for', async () => {
  const LOCALAPPDATA = join(home.path, 'local')
  await assume([role], { env: { ...aliceKeys, LOCALAPPDATA } })
  assert.ok(!existsSync(LOCALAPPDATA))
  await assume([role], { env: { ...aliceKeys, LOCALAPPDATA }, platform: 'win32' })
  assert.ok(existsSync(join(LOCALAPPDATA, 'sigv4')))
  await assume([role], { env: { ...aliceKeys, LOCALAPPDATA, XDG_CACHE_HOME: join(home.path, 'x') }, platform: 'win32' })
  assert.ok(existsSync(join(home.path, 'x', 'sigv4')))
})

test('a session is renewed five minutes before it ends', async () => {
  await assume([role])
  await assume([role], { now: new Date(start.getTime() + 54 * 60_000) })
  assert.equal(callsMade(), 1)
  await assume([role], { now: new Date(start.getTime() + 55.5 * 60_000) })
  assert.equal(callsMade(), 2)
})

test('--no-cache neither reads nor keeps', async () => {
  await assume([role, '--no-cache'])
  assert.ok(!existsSync(folder()))
  await assume([role])
  await assume([role, '--no-cache'])
  assert.equal(callsMade(), 3)
})

const differences: Readonly<Record<string, readonly string[]>> = {
  'another role': [other],
  'an external ID': [role, '--external-id', 'x'],
  'a session name': [role, '--session-name', 'other'],
  'a duration': [role, '--duration', '15m'],
  'a policy': [role, '--policy', '{}'],
  'a policy ARN': [role, '--policy-arn', 'arn:aws:iam::aws:policy/X'],
  'a tag': [role, '--tag', 'a=b'],
  'a transitive tag': [role, '--transitive-tag', 'a'],
  'a source identity': [role, '--source-identity', 'ada'],
  'an MFA device': [role, '--mfa-serial', device, '--mfa-code', '123456'],
  'another region of STS': [role, '--region', 'us-east-2'],
}

test('whatever is asked of STS makes a session of its own', async () => {
  await assume([role])
  for (const [name, argv] of Object.entries(differences)) {
    const before = callsMade()
    const outcome = await assume(argv)
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    assert.equal(callsMade(), before + 1, name)
  }
  assert.equal(entries().length, 1 + Object.keys(differences).length)
})

test("another base identity never gets this one's session", async () => {
  const users = { [alice.id]: alice.secret, AKIABOB: 'bobs' }
  const server = await startSts({ users, now: () => start })
  const argv = ['assume', role, '--format', 'json', '--endpoint-url', server.url, '--region', 'eu-west-1']
  const byAlice = await run(argv, { homeDirectory: home.path, now: start, env: aliceKeys })
  const bob = { AWS_ACCESS_KEY_ID: 'AKIABOB', AWS_SECRET_ACCESS_KEY: 'bobs' }
  const byBob = await run(argv, { homeDirectory: home.path, now: start, env: bob })
  assert.equal(byBob.exitCode, 0, byBob.stderr)
  assert.notEqual(byBob.stdout, byAlice.stdout)
  await server.close()
})

test('each hop of a chain is kept: another last role asks only for itself, and for no code', async () => {
  const chain = (last: string, ...more: string[]) => assume([role, last, '--mfa-serial', device, ...more])
  assert.equal((await chain(other, '--mfa-code', '123456')).exitCode, 0)
  const second = await chain('arn:aws:iam::123456789012:role/c')
  assert.equal(second.exitCode, 0, second.stderr)
  assert.equal(callsMade(), 3)
})

test('a kept session needs no MFA code, whatever code is given', async () => {
  const argv = [role, '--mfa-serial', device]
  await assume([...argv, '--mfa-code', '123456'])
  const again = await assume([...argv, '--mfa-code', '999999'])
  assert.equal(again.exitCode, 0, again.stderr)
  assert.equal(callsMade(), 1)
})

test('long-term keys are never kept, nor what has no end', async () => {
  const print = (members: object) => `credential_process = echo '${JSON.stringify({ Version: 1, ...members })}'\n`
  home.write('.aws/config', `[profile p]\n${print({ AccessKeyId: 'AKIA1', SecretAccessKey: 'longTerm' })}`)
  await run(['assume', '--profile', 'p'], { homeDirectory: home.path, env: {} })
  home.write('.aws/config', `[profile p]\n${print({ AccessKeyId: 'A', SecretAccessKey: 's', SessionToken: 't' })}`)
  await run(['assume', '--profile', 'p'], { homeDirectory: home.path, env: {} })
  await run(['assume'], { homeDirectory: home.path, env: aliceKeys })
  await assume([role])
  assert.equal(entries().length, 1)
  const kept = readFileSync(join(folder(), entries()[0] ?? ''), 'utf8')
  assert.doesNotMatch(kept, /AKIA|longTerm|wJalrXUtnFEMI/)
})

test('credentials of a credential_process are kept until they end', async () => {
  const answer = {
    Version: 1,
    AccessKeyId: 'A',
    SecretAccessKey: 's',
    SessionToken: 't',
    Expiration: '2026-01-01T01:00:00Z',
  }
  home.write(
    '.aws/config',
    `[profile p]\ncredential_process = echo x >> "$HOME/count"; echo '${JSON.stringify(answer)}'\n`,
  )
  const ask = (now: Date) =>
    run(['assume', '--profile', 'p'], {
      homeDirectory: home.path,
      env: { HOME: home.path, PATH: process.env.PATH ?? '' },
      now,
    })
  await ask(start)
  await ask(new Date('2026-01-01T00:50:00Z'))
  await ask(new Date('2026-01-01T00:57:00Z'))
  assert.equal(readFileSync(join(home.path, 'count'), 'utf8'), 'x\nx\n')
})

test('a credential_process that names a variable is another one when it changes', async () => {
  const answer =
    '{\\"Version\\":1,\\"AccessKeyId\\":\\"$TENANT\\",\\"SecretAccessKey\\":\\"s\\",\\"SessionToken\\":\\"t\\",\\"Expiration\\":\\"2026-01-01T01:00:00Z\\"}'
  home.write('.aws/config', `[profile p]\ncredential_process = echo "${answer}"\n`)
  const ask = async (tenant: string) => {
    const env = { PATH: process.env.PATH ?? '', TENANT: tenant }
    const outcome = await run(['assume', '--profile', 'p', '--format', 'json'], {
      homeDirectory: home.path,
      env,
      now: start,
    })
    return JSON.parse(outcome.stdout).AccessKeyId
  }
  assert.deepEqual([await ask('ONE'), await ask('TWO'), await ask('ONE')], ['ONE', 'TWO', 'ONE'])
  assert.equal(entries().length, 2)
})

const isRoot = process.geteuid?.() === 0

/** What is done to a good entry, and why it is not used then. */
const spoiled: Readonly<Record<string, readonly [spoil: (path: string) => void, note: RegExp, skip?: boolean]>> = {
  'that others can read': [(path) => chmodSync(path, 0o640), /is open to other users/],
  'that belongs to another user': [(path) => chownSync(path, 12345, 12345), /belongs to another user/, !isRoot],
  'that is a symbolic link': [
    (path) => {
      renameSync(path, `${path}.real`)
      symlinkSync(`${path}.real`, path)
    },
    /is a symbolic link/,
  ],
  'that is a folder': [
    (path) => {
      rmSync(path)
      mkdirSync(path)
    },
    /is no file/,
  ],
  'that is a pipe': [
    (path) => {
      rmSync(path)
      spawnSync('mkfifo', ['-m', '600', path])
    },
    /is no file/,
  ],
  'that is cut off': [(path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 60)), /is not JSON/],
  'that is empty': [(path) => writeFileSync(path, ''), /is not JSON/],
  'without a token': [
    (path) =>
      writeFileSync(path, '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2030-01-01T00:00:00Z"}'),
    /holds no temporary credentials/,
  ],
  'with a line break in the token': [
    (path) =>
      writeFileSync(
        path,
        '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"a\\nb","Expiration":"2030-01-01T00:00:00Z"}',
      ),
    /has no usable SessionToken/,
  ],
  'that is huge': [(path) => writeFileSync(path, ' '.repeat(100_000)), /is too large/],
}

for (const [name, [spoil, note, skip]] of Object.entries(spoiled)) {
  test(`an entry ${name} is left alone with a note, and got anew`, { skip: skip ?? false }, async () => {
    await assume([role])
    spoil(join(folder(), entries()[0] ?? ''))
    const outcome = await assume([role])
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    assert.match(outcome.stderr, /^note: kept credentials are not used: ~\/\.cache\/sigv4\/[0-9a-f]{64}\.json /m)
    assert.match(outcome.stderr, note)
    assert.equal(callsMade(), 2)
  })
}

const untrusted: Readonly<Record<string, readonly [prepare: () => void, note: RegExp, skip?: boolean]>> = {
  'that others can enter': [
    () => mkdirSync(folder(), { recursive: true, mode: 0o755 }),
    /~\/\.cache\/sigv4 is open to other users/,
  ],
  'that is a symbolic link': [
    () => {
      mkdirSync(join(home.path, 'elsewhere'), { mode: 0o700 })
      mkdirSync(join(home.path, '.cache'))
      symlinkSync(join(home.path, 'elsewhere'), folder())
    },
    /~\/\.cache\/sigv4 is a symbolic link/,
  ],
  'that belongs to another user': [
    () => {
      mkdirSync(folder(), { recursive: true, mode: 0o700 })
      chownSync(folder(), 12345, 12345)
    },
    /belongs to another user/,
    !isRoot,
  ],
  'in whose place is a file': [() => home.write('.cache/sigv4', ''), /~\/\.cache\/sigv4 is no directory/],
  'that cannot be made': [() => home.write('.cache', ''), /cannot make ~\/\.cache\/sigv4 \(ENOTDIR\)/],
}

for (const [name, [prepare, note, skip]] of Object.entries(untrusted)) {
  test(`a folder ${name} keeps nothing, with a note, and everything works`, { skip: skip ?? false }, async () => {
    prepare()
    for (let time = 1; time <= 2; time++) {
      const outcome = await assume([role, other])
      assert.equal(outcome.exitCode, 0, outcome.stderr)
      assert.match(outcome.stderr, /^note: temporary credentials are not kept: .*\n$/)
      assert.match(outcome.stderr, note)
      assert.equal(callsMade(), 2 * time)
    }
  })
}

test('a cache folder where none can be made keeps nothing, and nobody waits for it', {
  skip: !existsSync('/proc/self'),
}, async () => {
  const outcome = await assume([role], { env: { ...aliceKeys, XDG_CACHE_HOME: '/proc/x' } })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(outcome.stderr, /cannot make \/proc\/x\/sigv4 \(ENOENT\)/)
})

test('a disk that is full keeps nothing, and the session is given all the same', {
  skip: process.platform === 'win32',
}, async (t) => {
  const real = await startSts()
  t.after(() => real.close())
  const command = `ulimit -f 0; exec "$NODE" bin/sigv4.js assume ${role} --format docker --endpoint-url ${real.url} --region eu-west-1`
  const env = { HOME: home.path, NODE: process.execPath, ...aliceKeys }
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { env })
  assert.equal(stderr, 'note: temporary credentials are not kept: cannot write into ~/.cache/sigv4 (EFBIG)\n')
  assert.match(stdout, /^AWS_ACCESS_KEY_ID=ASIA/)
  assert.deepEqual(readdirSync(folder()), [])
})

test('without a home directory nothing is made in its place', async () => {
  const outcome = await assume([role], { homeDirectory: join(home.path, 'gone') })
  assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.match(outcome.stderr, /cannot make ~\/\.cache\/sigv4 \(ENOENT\)/)
  assert.ok(!existsSync(join(home.path, 'gone')))
})

test('what killed processes and ended sessions left is removed, and nothing else', async () => {
  await assume([role])
  const [kept = ''] = entries()
  const old = new Date(Date.now() - 13 * 3_600_000)
  const key = '0'.repeat(64)
  for (const name of [
    `${key}.json`,
    `${key}.lock`,
    `${key}.0123456789abcdef.tmp`,
    `${key}.lock.0123456789abcdef.tmp`,
    'mine.txt',
  ]) {
    writeFileSync(join(folder(), name), '')
    utimesSync(join(folder(), name), old, old)
  }
  await assume([other])
  const left = readdirSync(folder())
  assert.equal(left.length, 3)
  assert.ok(left.includes(kept) && left.includes('mine.txt'))
})

test('of several at once one gets the session, asks once for the code, and all have it', async () => {
  let questions = 0
  const othersWait = waiters(3)
  const askTerminal = async () => {
    questions++
    await othersWait.all
    return '123456'
  }
  const world = { askTerminal, onStderr: othersWait.onStderr }
  const all = await Promise.all([1, 2, 3, 4].map(() => assume([role, '--mfa-serial', device], world)))
  for (const outcome of all) assert.equal(outcome.exitCode, 0, outcome.stderr)
  assert.equal(new Set(all.map(({ stdout }) => stdout)).size, 1)
  assert.equal(questions, 1)
  assert.equal(callsMade(), 1)
  const waiting = all.filter(({ stderr }) => stderr.includes('note: waiting for another sigv4'))
  assert.equal(waiting.length, 3)
})

test('when the first gets no session, the next asks for itself', async () => {
  const answers = ['000000', '123456']
  const otherWaits = waiters(1)
  const askTerminal = async () => {
    await otherWaits.all
    return answers.shift()
  }
  const world = { askTerminal, onStderr: otherWaits.onStderr }
  const all = await Promise.all([1, 2].map(() => assume([role, '--mfa-serial', device], world)))
  assert.deepEqual(all.map(({ exitCode }) => exitCode).sort(), [0, 4])
  assert.deepEqual(answers, [])
})

test('who has the code at hand does not wait for who is asked for it', async () => {
  let answer: (code: string) => void = () => {}
  let isAsked: () => void = () => {}
  const question = new Promise<void>((resolve) => (isAsked = resolve))
  const askTerminal = () => {
    isAsked()
    return new Promise<string>((resolve) => (answer = resolve))
  }
  const asked = assume([role, '--mfa-serial', device], { askTerminal })
  await question
  const given = await assume([role, '--mfa-serial', device, '--mfa-code', '123456'])
  assert.equal(given.exitCode, 0, given.stderr)
  assert.equal(given.stderr, '')
  answer('123456')
  assert.equal((await asked).exitCode, 0)
})

test('two processes on one terminal ask once', { skip: spawnSync('script', ['--version']).status !== 0 }, async () => {
  const real = await startSts({ mfaCodes: { [device]: '123456' } })
  const command = `"$NODE" bin/sigv4.js assume ${role} --mfa-serial ${device} --format json --endpoint-url ${real.url} --region eu-west-1`
  const both = `${command} > "$HOME/1" & ${command} > "$HOME/2" & wait`
  const env = { PATH: process.env.PATH ?? '', HOME: home.path, NODE: process.execPath, SHELL: '/bin/sh', ...aliceKeys }
  const terminal = spawn('script', ['-qefc', both, '/dev/null'], { env })
  let shown = ''
  let isAnswered = false
  terminal.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text
    if (isAnswered || !/MFA code/.test(shown) || !/waiting for another sigv4/.test(shown)) return
    isAnswered = true
    terminal.stdin.write('123456\n')
  })
  await new Promise((resolve) => terminal.on('close', resolve))
  const [one, two] = ['1', '2'].map((name) => readFileSync(join(home.path, name), 'utf8'))
  assert.equal(shown.match(/MFA code of/g)?.length, 1, shown)
  assert.match(shown, /note: waiting for another sigv4/)
  assert.match(one ?? '', /"AccessKeyId": "ASIASESSION/)
  assert.equal(two, one)
  assert.equal(real.calls.length, 1)
  await real.close()
})

test('a process killed while it writes leaves no entry that is broken, and its lock is taken over', async () => {
  const real = await startSts()
  const preload = home.write('kill.cjs', "require('node:fs').renameSync = () => process.kill(process.pid, 'SIGKILL')")
  const env = { HOME: home.path, ...aliceKeys }
  const argv = ['assume', role, '--format', 'json', '--endpoint-url', real.url, '--region', 'eu-west-1']
  const killed = await runBin(argv, { ...env, NODE_OPTIONS: `--require=${preload}` })
  assert.equal(killed.signal, 'SIGKILL', killed.stderr)
  assert.deepEqual(entries(), [])
  assert.equal(readdirSync(folder()).filter((name) => name.endsWith('.lock')).length, 1)
  const next = await runBin(argv, env)
  assert.equal(next.exitCode, 0, next.stderr)
  assert.match(next.stderr, /^note: waiting for another sigv4[^\n]*\n$/)
  assert.equal(real.calls.length, 2)
  const again = await runBin(argv, env)
  assert.equal(again.stdout, next.stdout)
  assert.equal(again.stderr, '')
  await real.close()
})

/** Sees on stderr that so many wait for somebody else's session. */
function waiters(count: number): { readonly all: Promise<void>; readonly onStderr: (text: string) => void } {
  let seen = 0
  let resolve: () => void = () => {}
  const all = new Promise<void>((done) => {
    resolve = done
  })
  return {
    all,
    onStderr(text) {
      if (text.includes('waiting for another sigv4')) seen++
      if (seen === count) resolve()
    },
  }
}

function assume(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const words = ['assume', '--format', 'json', '--endpoint-url', sts.url, '--region', 'eu-west-1']
  // The last --region wins.
  return run([...words, ...argv], { homeDirectory: home.path, now: start, env: aliceKeys, ...world })
}
