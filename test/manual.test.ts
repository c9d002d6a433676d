import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from './support/run.ts'

const pages = readdirSync('man')
const groffIsMissing = spawnSync('groff', ['--version']).status !== 0
if (groffIsMissing) console.error('\n*** groff not installed: THE MANUAL PAGES ARE NOT FORMATTED ***\n')

for (const page of pages) {
  test(`groff formats ${page} without a warning`, { skip: groffIsMissing }, () => {
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou', join('man', page)], {
      encoding: 'utf8',
    })
    assert.equal(stderr, '')
    assert.equal(status, 0)
    assert.match(stdout, /^NAME$[\s\S]*^SYNOPSIS$[\s\S]*^DESCRIPTION$[\s\S]*^EXAMPLES$[\s\S]*^SEE ALSO$/m)
  })
}

test('every command of the help has its page, with every option of its help', async () => {
  const commands = commandsOf((await run(['--help'])).stdout)
  assert.deepEqual(['sigv4.1', ...commands.map((name) => `sigv4-${name}.1`)].sort(), [...pages].sort())
  for (const name of commands) {
    const page = readFileSync(join('man', `sigv4-${name}.1`), 'utf8').replaceAll('\\-', '-')
    const { stdout: help } = await run([name, '--help'])
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+)/gm)].map((match) => match[1] ?? '')
    assert.ok(options.length >= 2, name)
    assert.deepEqual(
      options.filter((option) => !page.includes(`\\fB${option}\\fR`)),
      [],
      name,
    )
  }
})

test('the manual names the value of an option as the help does', async () => {
  for (const name of commandsOf((await run(['--help'])).stdout)) {
    const page = readFileSync(join('man', `sigv4-${name}.1`), 'utf8').replaceAll('\\-', '-')
    const { stdout: help } = await run([name, '--help'])
    for (const [, option, value] of help.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+) <(\S+)>(?: {2}|$)/gm)) {
      assert.ok(page.includes(`\\fB${option}\\fR \\fI${value}\\fR\n`), `${name} ${option} ${value}`)
    }
  }
})

function commandsOf(help: string): readonly string[] {
  const list = help.slice(help.indexOf('Commands:'))
  return [...list.matchAll(/^ {2}([a-z]\w*) /gm)].map((match) => match[1] ?? '')
}
