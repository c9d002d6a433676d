import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { run } from './support/run.ts'

const scripts = { bash: 'sigv4.bash', zsh: '_sigv4', fish: 'sigv4.fish' }

for (const [shell, file] of Object.entries(scripts)) {
  test(`completion ${shell} prints the script that the package ships`, async () => {
    const { exitCode, stdout } = await run(['completion', shell])
    assert.equal(exitCode, 0)
    assert.equal(stdout, readFileSync(`completions/${file}`, 'utf8'))
  })
}

test('completion of an unknown shell names those there are', async () => {
  const { exitCode, stderr } = await run(['completion', 'ksh'])
  assert.equal(exitCode, 2)
  assert.match(stderr, /'ksh'.*\n.*bash, zsh, fish/)
})

test('the scripts never evaluate a name', () => {
  for (const file of Object.values(scripts)) {
    const code = readFileSync(`completions/${file}`, 'utf8').replace(/^\s*#.*$/gm, '')
    assert.doesNotMatch(code, /\beval\b|compgen -W|_call_program/, file)
  }
})

const candidates = async (...words: readonly string[]) => {
  const { exitCode, stdout, stderr } = await run(['candidates', '--', ...words])
  assert.equal(exitCode, 0, stderr)
  assert.ok(stdout === '' || stdout.endsWith('\0'))
  return stdout.split('\0').slice(0, -1)
}

test('candidates for a region and a service come from the service table', async () => {
  assert.ok((await candidates('region', '')).includes('eu-central-1'))
  assert.ok((await candidates('service', '')).includes('execute-api'))
})

test('the command for candidates is not in the help', async () => {
  assert.doesNotMatch((await run(['--help'])).stdout, /candidates/)
})
