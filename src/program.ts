import { Command, CommanderError } from 'commander'
import { exitCodeOf } from './commands/action.ts'
import { takesSharedValue } from './commands/shared-options.ts'
import { SparseCommand } from './commands/sparse-command.ts'
import type { Context } from './context.ts'
import { exitCodes, usageError } from './errors.ts'
import { reportError } from './report.ts'
import { version } from './version.ts'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Loads the command's words and code, and adds the words. */
  readonly register: (command: Command, context: Context) => Promise<void>
}

const commandTable: readonly CommandEntry[] = [
  {
    name: 'sign',
    summary: 'sign one request (or presign a URL) and print it; sends nothing',
    register: async (command, context) => (await import('./commands/sign.ts')).registerSign(command, context),
  },
  {
    name: 'ls',
    summary: 'list buckets or objects',
    register: async (command, context) => (await import('./commands/ls.ts')).registerLs(command, context),
  },
]

/**
 * Runs a command line and returns the exit code: the one place where errors become text and exit codes.
 * @param argv the arguments behind the program's name
 */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const { name, words } = commandFirst(argv)
  try {
    if (words.length === 0) throw usageError('no command given', "'sigv4 --help' lists the commands")
    if (name !== undefined) {
      const exitCode = await parseSparsely({ name, words, context })
      if (exitCode !== undefined) return exitCode
    }
    return await parse(new Command('sigv4'), { name, words, context })
  } catch (error) {
    return await reportError(error, { context, command: name, debug: argv.includes('--debug') })
  }
}

interface ParseInput {
  readonly name: string | undefined
  readonly words: readonly string[]
  readonly context: Context
}

/** Undefined for what only the whole tree can say: help, and what is wrong with the command line. */
async function parseSparsely(input: ParseInput): Promise<number | undefined> {
  try {
    return await parse(new SparseCommand('sigv4', input.words), input)
  } catch (error) {
    if (error instanceof CommanderError) return undefined
    throw error
  }
}

/** Parses the words and runs what they call. @throws CommanderError where they are wrong, or help is asked for */
async function parse(root: Command, { name, words, context }: ParseInput): Promise<number> {
  const helpText: string[] = []
  const program = await declare(root, { context, registered: name === undefined ? [] : [name], helpText })
  let exitCode: number = exitCodes.done
  program.hook('postAction', (_program, command) => {
    exitCode = exitCodeOf(command) ?? exitCodes.done
  })
  try {
    await program.parseAsync(words, { from: 'user' })
  } finally {
    if (helpText.length > 0) await context.stdout.write(helpText.join(''))
  }
  return exitCode
}

/** Every command with all its words: for completions, manual pages and their tests. */
export function buildWholeProgram(context: Context): Promise<Command> {
  return declare(new Command('sigv4'), { context, registered: commandTable.map((entry) => entry.name), helpText: [] })
}

interface DeclareOptions {
  readonly context: Context
  /** The commands whose words are wanted; none for the program's own help, which needs only their summaries. */
  readonly registered: readonly string[]
  /** Where help and version text goes. */
  readonly helpText: string[]
}

async function declare(root: Command, { context, registered, helpText }: DeclareOptions): Promise<Command> {
  const program = root
    .description('Sign AWS requests, list S3, and find out why a signature is refused.')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => helpText.push(text),
      // Errors are written by `reportError`.
      writeErr: () => {},
      getOutHelpWidth: () => context.stdout.columns,
      getOutHasColors: () => false,
    })
  describeHelp(program)
  if (registered.length === 0) program.addHelpText('after', "\n'sigv4 COMMAND --help' tells more of a command.")
  // The others are not needed to run one command, and help of the whole program names all of them.
  const entries =
    registered.length === 0 ? commandTable : commandTable.filter((entry) => registered.includes(entry.name))
  for (const entry of entries) {
    const command = program.command(entry.name).summary(entry.summary).description(sentence(entry.summary))
    describeHelp(command)
    if (registered.includes(entry.name)) await entry.register(command, context)
  }
  return program
}

function describeHelp(command: Command): void {
  if (command instanceof SparseCommand) command.helpOption(false)
  else command.helpOption('-h, --help', 'print this help').version(version, '-V, --version', 'print the version')
}

/** Finds the command's name and puts it first: shared options may stand before it. */
function commandFirst(argv: readonly string[]): { name: string | undefined; words: readonly string[] } {
  for (let index = 0; index < argv.length && argv[index] !== '--'; index++) {
    const word = argv[index] ?? ''
    if (commandTable.some((entry) => entry.name === word)) {
      return { name: word, words: [word, ...argv.slice(0, index), ...argv.slice(index + 1)] }
    }
    if (takesSharedValue(word)) index++
  }
  return { name: undefined, words: argv }
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
}
