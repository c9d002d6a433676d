import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Command, Option } from 'commander'
import type { Context } from '../src/context.ts'
import { exitCodes } from '../src/errors.ts'
import { buildWholeProgram } from '../src/program.ts'
import { mistakes } from '../src/verify/mistakes/table.ts'
import { type DocumentedCommand, documentedCommands } from './support/documented-commands.ts'

/** Words need nothing of the world but a width. */
const context: Context = JSON.parse('{"stdout":{"columns":80}}')
const program = await buildWholeProgram(context)
const commands = new Map(program.commands.map((command) => [command.name(), command]))
const helpOfProgram = new Set(['--help', '-h', '--version', '-V'])

test('every call in README, docs and manual names a command, options and values that there are', () => {
  const calls = documentedCommands()
  assert.ok(calls.length > 20, `${calls.length} calls`)
  assert.deepEqual(
    calls.map((call) => problemOf(call)).filter((problem) => problem !== undefined),
    [],
  )
})

test('every file that the pages for contributors name is there', () => {
  const files = ['bin', 'scripts', 'src', 'test', 'bench'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`),
  )
  const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md'].map((page) => readFileSync(page, 'utf8'))
  const named = pages.flatMap((page) => [...page.matchAll(/`([\w/.-]+\.(?:ts|mjs))`/g)].map(([, name = '']) => name))
  assert.ok(named.length > 15, `${named.length} names`)
  assert.deepEqual(
    named.filter((name) => !files.some((file) => file.endsWith(`/${name}`))),
    [],
  )
})

test("README's table of exit codes has those of the program", () => {
  const readme = readFileSync('README.md', 'utf8')
  const table = readme.slice(readme.indexOf('## Exit codes'))
  const listed = [...table.matchAll(/^\| ([\d, ]+?) +\|/gm)].flatMap(([, codes = '']) => codes.split(', ').map(Number))
  assert.deepEqual(
    listed.toSorted((a, b) => a - b),
    Object.values(exitCodes).toSorted((a, b) => a - b),
  )
})

test("README's table of sign's formats has those of the program", () => {
  const formats = commands.get('sign')?.options.find((option) => option.long === '--format')?.argChoices ?? []
  const readme = readFileSync('README.md', 'utf8')
  const table = readme.slice(readme.indexOf('| `--format`'), readme.indexOf('\n\n', readme.indexOf('| `--format`')))
  const rows = table.split('\n').slice(2)
  const listed = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w[\w-]*)`/g)].map(([, name]) => name))
  assert.deepEqual(listed.toSorted(), [...formats].toSorted())
})

test('the table of mistakes in docs/verify.md has those of the program, each once', () => {
  const page = readFileSync('docs/verify.md', 'utf8')
  const table = page.slice(page.indexOf('## The mistakes'))
  const cells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) => cell.split(' · '))
  const listed = [...cells.map((cell) => cell.replaceAll('`', '')), 'unknown']
  assert.deepEqual(listed.toSorted(), mistakes.map(({ id }) => id).toSorted())
})

test('an option means the same kind of thing in every command', () => {
  const seen = new Map<string, { takesValue: boolean; command: string }>()
  for (const command of commands.values()) {
    for (const option of command.options) {
      const name = option.long ?? option.flags
      const takesValue = option.required || option.optional
      const before = seen.get(name)
      // curl's --include shows headers, and the AWS CLI's takes a glob: each is what its users know.
      if (name === '--include') continue
      assert.ok(!before || before.takesValue === takesValue, `${name} of ${command.name()} and ${before?.command}`)
      seen.set(name, { takesValue, command: command.name() })
    }
  }
})

function problemOf({ place, text, words }: DocumentedCommand): string | undefined {
  const named = words.find((word, index) => commands.has(word) && !takesNext(words[index - 1]))
  if (named === undefined) {
    const planned = ['assume', 'ls', 'curl', 'verify', 'whoami'].find((name) => words.includes(name))
    if (planned !== undefined && !existsSync(`src/commands/${planned}.ts`)) return undefined
    return words.every((word) => helpOfProgram.has(word)) ? undefined : `${place}: no command in '${text}'`
  }
  const command = commands.get(named)
  assert.ok(command)
  const end = words.indexOf('--')
  for (let index = 0; index < (end < 0 ? words.length : end); index++) {
    const word = words[index] ?? ''
    if (!/^--?[a-zA-Z]/.test(word)) continue
    const [name = '', inline] = word.split('=', 2)
    for (const [at, flag] of (name.startsWith('--') ? [name] : shortFlags(name, command)).entries()) {
      const option = optionOf(command, flag)
      if (!option && !helpOfProgram.has(flag)) return `${place}: ${named} has no ${flag} ('${text}')`
      if (!option?.required) continue
      const value = inline ?? (at === 0 || name.length === 2 ? words[index + 1] : undefined)
      if (option.argChoices && value !== undefined && !option.argChoices.includes(value)) {
        return `${place}: ${flag} is never '${value}' ('${text}')`
      }
      if (inline === undefined) index++
    }
  }
  return undefined
}

/** `-sSf` is three flags; what follows one that takes a value is that value. */
function shortFlags(word: string, command: Command): readonly string[] {
  const flags: string[] = []
  for (const letter of word.slice(1)) {
    flags.push(`-${letter}`)
    if (optionOf(command, `-${letter}`)?.required) break
  }
  return flags
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.long === flag || option.short === flag)
}

function takesNext(word: string | undefined): boolean {
  return word !== undefined && [...commands.values()].some((command) => optionOf(command, word)?.required)
}
