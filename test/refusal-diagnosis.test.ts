import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exampleKeys, run } from './support/run.ts'

let server: ChildProcess
let endpoint: string
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-refusal-'))
  mkdirSync(join(folder, 'photos'))
  writeFileSync(join(folder, 'photos', 'a.txt'), 'a')
  const argv = ['bin/sigv4.js', 'verify', '--serve', '0', '--bucket-dir', folder]
  server = spawn(process.execPath, argv, {
    env: { ...exampleKeys, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  endpoint = await new Promise((resolve, reject) => {
    server.once('exit', () => reject(new Error('the server ended')))
    server.stderr?.on('data', (chunk) => {
      const url = /http:\/\/\S+/.exec(String(chunk))?.[0]
      if (url) resolve(url)
    })
  })
})

after(() => {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
})

const wrong = {
  ...exampleKeys,
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
}
const lines: readonly { name: string; argv: () => readonly string[]; exitCode: number }[] = [
  { name: 'ls', argv: () => ['ls', 's3://photos', '--endpoint-url', endpoint], exitCode: 4 },
  { name: 'curl', argv: () => ['curl', '-sS', '--service', 's3', `${endpoint}/photos/a.txt`], exitCode: 0 },
]

for (const { name, argv, exitCode } of lines) {
  test(`${name} says that the secret is another one when a right signature is refused, and shows none`, async () => {
    const outcome = await run(argv(), { env: wrong, now: new Date() })
    assert.equal(outcome.exitCode, exitCode)
    assert.match(outcome.stderr, /SignatureDoesNotMatch/)
    assert.match(outcome.stderr, /it has another secret for this key/)
    assert.match(outcome.stderr, /fix {4}/)
    assert.doesNotMatch(outcome.stderr, /wJalrX/)
  })

  test(`${name} tells once where the refused key came from, although a diagnosis follows`, async () => {
    const outcome = await run(argv(), { env: { ...wrong, AWS_PROFILE: 'other' }, now: new Date() })
    assert.equal(outcome.stderr.match(/^note: the keys in the environment come before AWS_PROFILE=other/gm)?.length, 1)
  })

  test(`${name} diagnoses with the credentials it signed with: their process, which may ask for a code, runs once`, async () => {
    const home = join(folder, `home-of-${name}`)
    mkdirSync(join(home, '.aws'), { recursive: true })
    const keys = { AccessKeyId: wrong.AWS_ACCESS_KEY_ID, SecretAccessKey: wrong.AWS_SECRET_ACCESS_KEY }
    const process = `echo x >> "$HOME/count"; echo '${JSON.stringify({ Version: 1, ...keys })}'`
    writeFileSync(join(home, '.aws/config'), `[profile asking]\nregion = us-east-1\ncredential_process = ${process}\n`)
    const options = ['--no-cache', '--profile', 'asking']
    const outcome = await run([...argv(), ...options], { env: { HOME: home }, homeDirectory: home, now: new Date() })
    assert.match(outcome.stderr, /it has another secret for this key/)
    assert.equal(readFileSync(join(home, 'count'), 'utf8'), 'x\n')
  })

  test(`${name} says nothing of the kind when the signature is right`, async () => {
    const outcome = await run(argv(), { env: { ...exampleKeys, AWS_REGION: 'us-east-1' }, now: new Date() })
    assert.equal(outcome.exitCode, 0)
    assert.doesNotMatch(outcome.stderr, /cause/)
  })
}

test('curl -s keeps the diagnosis to itself, and -sS shows it', async () => {
  const outcome = await run(['curl', '-s', '--service', 's3', `${endpoint}/photos/a.txt`], {
    env: wrong,
    now: new Date(),
  })
  assert.equal(outcome.stderr, '')
  assert.match(outcome.stdout, /<Code>SignatureDoesNotMatch<\/Code>/)
})
