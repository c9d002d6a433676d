import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command, CommanderError } from 'commander'
import fc from 'fast-check'
import { SparseCommand } from '../src/commands/sparse-command.ts'

/** Options of every kind that a command of ours declares, and kinds that it might. */
function declare(command: Command): Command {
  command
    .argument('[words...]')
    .option('-X, --request <method>', 'short and long')
    .option('-H, --header <header>', 'collected', (value: string, before: string[] = []) => [...before, value])
    .option('-s, --silent', 'boolean')
    .option('-1', 'a digit')
    .option('--format <format>', 'with a default', 'text')
    .option('--sum <n>', 'parsed, with a default', (value: string) => Number(value), 3)
    .option('--cached [where]', 'optional value')
    .option('--no-cache', 'alone: cache is true without it')
    .option('-c, --checksum', 'positive')
    .option('--no-checksum', 'and negative: undefined without both')
    .option('--check', 'begins like another')
    .addOption(command.createOption('--color <when>', 'choices').choices(['auto', 'never']))
    .addOption(command.createOption('--level <n>', 'default').default('1'))
  return command
}

interface Parsed {
  readonly values: object
  readonly operands: readonly string[]
}

function parse(command: Command, words: readonly string[]): Parsed | undefined {
  let parsed: Parsed | undefined
  declare(command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })).action(() => {
    parsed = { values: { ...command.opts() }, operands: command.args }
  })
  try {
    command.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return undefined
  }
  return parsed
}

const word = fc.oneof(
  fc.constantFrom('-X', '-XPUT', '--request', '--request=PUT', 'PUT', '-H', '-Ha: b', '--header', 'a: b', '-s', '-sX'),
  fc.constantFrom(
    '-sXPUT',
    '-c',
    '-sc',
    '--silent',
    '-1',
    '-5',
    '-1s',
    '-.5',
    '--format',
    '--format=x',
    '--sum',
    '--sum=4',
    '7',
  ),
  fc.constantFrom('--cached', '--cached=x', '--no-cache', '--cache', '--checksum', '--no-checksum', '--check', '--'),
  fc.constantFrom(
    '--color',
    '--color=auto',
    '--color=pink',
    'never',
    '--level',
    '-h',
    '--help',
    '-',
    '',
    '--no-',
    '-sh',
    '--no-heal',
  ),
  fc.string({ maxLength: 4 }),
  fc.string({ maxLength: 4 }).map((text) => `-${text}`),
)

test('a sparse command parses like a whole one, or leaves it to it', () => {
  let parsed = 0
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const sparse = parse(new SparseCommand(words).helpOption(false), words)
      const whole = parse(new Command(), words)
      assert.deepEqual(sparse, whole)
      if (sparse) parsed++
    }),
    { numRuns: 3000 },
  )
  assert.ok(parsed > 300, `only ${parsed} command lines were right`)
})

test('an option that no word can mean is not made', () => {
  const command = declare(new SparseCommand(['-sXPUT', 'x']))
  assert.deepEqual(command.options.map((option) => option.flags).toSorted(), [
    '--format <format>',
    '--level <n>',
    '--sum <n>',
    '-X, --request <method>',
    '-s, --silent',
  ])
})
