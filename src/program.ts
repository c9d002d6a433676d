import { Command, CommanderError } from 'commander'
import { exitCodeOf } from './commands/action.ts'
import { takesSharedValue } from './commands/shared-options.ts'
import { SparseCommand } from './commands/sparse-command.ts'
import type { Context } from './context.ts'
import { exitCodes, usageError } from './errors.ts'
import { reportError } from './report.ts'
import { version } from './version.ts'

const examples = `Examples:
  $ sigv4 sign --presign --expires 15m s3://examplebucket/photo.jpg
  $ sigv4 curl -sSf https://sts.us-east-1.amazonaws.com/ --action GetCallerIdentity
  $ sigv4 ls -r --human --summarize s3://examplebucket
  $ sigv4 assume arn:aws:iam::123456789012:role/reader -- terraform plan
  $ sigv4 verify request.txt --response refusal.xml
`

interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Not in the help: for the completion scripts. */
  readonly hidden?: true
  /** Whether what stands behind `--` is another program's command line, which is not ours to read. */
  readonly runsCommand?: true
  /**
   * Loads the command's words and code, and adds the words.
   * @param childCommand what stands behind `--`, where the entry says so and there is one
   */
  readonly register: (command: Command, context: Context, childCommand?: readonly string[]) => Promise<void>
}

const commandTable: readonly CommandEntry[] = [
  {
    name: 'sign',
    summary: 'sign one request (or presign a URL) and print it; sends nothing',
    register: async (command, context) => (await import('./commands/sign.ts')).registerSign(command, context),
  },
  {
    name: 'curl',
    summary: "sign and send; curl's option names, meanings and exit codes",
    register: async (command, context) => (await import('./commands/curl.ts')).registerCurl(command, context),
  },
  {
    name: 'verify',
    summary: 'say whether a signed request is right, and if not, which mistake was made',
    register: async (command, context) => (await import('./commands/verify.ts')).registerVerify(command, context),
  },
  {
    name: 'assume',
    summary: 'get temporary credentials (or export the current ones) for a shell, a file, a child process',
    runsCommand: true,
    register: async (command, context, childCommand) =>
      (await import('./commands/assume.ts')).registerAssume(command, context, childCommand),
  },
  {
    name: 'ls',
    summary: 'list buckets or objects',
    register: async (command, context) => (await import('./commands/ls.ts')).registerLs(command, context),
  },
  {
    name: 'whoami',
    summary: 'which identity the credentials are, where they came from, until when, and the clock difference',
    register: async (command, context) => (await import('./commands/whoami.ts')).registerWhoami(command, context),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    register: async (command, context) =>
      (await import('./commands/completion.ts')).registerCompletion(command, context),
  },
  {
    name: 'candidates',
    summary: 'print what may follow a word, for the completion scripts',
    hidden: true,
    register: async (command, context) =>
      (await import('./commands/candidates.ts')).registerCandidates(command, context),
  },
]

/**
 * Runs a command line and returns the exit code: the one place where errors become text and exit codes.
 * @param argv the arguments behind the program's name
 */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const input = { ...splitAtDashes(commandFirst(withHelpOption(argv))), context }
  const { name, words } = input
  try {
    if (name === undefined && !words.some((word) => sufficientAlone.has(word))) rejectWithoutCommand(words)
    if (name !== undefined) {
      const exitCode = await runSparsely(input)
      if (exitCode !== undefined) return exitCode
    }
    return await runWholly(input)
  } catch (error) {
    return await reportError(error, { context, command: name, debug: words.includes('--debug') })
  }
}

interface CommandLine {
  readonly name: string | undefined
  readonly words: readonly string[]
  readonly childCommand: readonly string[] | undefined
  readonly context: Context
}

/** Parses and runs a command by itself. Undefined for what only the whole tree can say: help, and what is wrong with the words. */
async function runSparsely({ name, words, childCommand, context }: CommandLine): Promise<number | undefined> {
  const command = new SparseCommand(words)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  try {
    await commandTable.find((entry) => entry.name === name)?.register(command, context, childCommand)
    await command.parseAsync(words.slice(1), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return undefined
    throw error
  }
  return exitCodeOf(command) ?? exitCodes.done
}

/** Parses the words and runs what they call. @throws CommanderError where they are wrong, or help was asked for */
async function runWholly({ name, words, childCommand, context }: CommandLine): Promise<number> {
  const helpText: string[] = []
  const program = await buildProgram(context, { registered: name === undefined ? [] : [name], helpText, childCommand })
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
  return buildProgram(context, { registered: commandTable.map((entry) => entry.name), helpText: [] })
}

interface BuildOptions {
  /** The commands whose words are wanted; none for the program's own help, which needs only their summaries. */
  readonly registered: readonly string[]
  /** Where help and version text goes. */
  readonly helpText: string[]
  readonly childCommand?: readonly string[] | undefined
}

async function buildProgram(context: Context, { registered, helpText, childCommand }: BuildOptions): Promise<Command> {
  const program = new Command('sigv4')
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
  if (registered.length === 0) {
    program.addHelpText('before', examples).addHelpText('after', "\n'sigv4 COMMAND --help' tells more of a command.")
  }
  // The others are not needed to run one command, and help of the whole program names all of them.
  const entries =
    registered.length === 0 ? commandTable : commandTable.filter((entry) => registered.includes(entry.name))
  for (const entry of entries) {
    const command = program
      .command(entry.name, { hidden: entry.hidden ?? false })
      .summary(entry.summary)
      .description(sentence(entry.summary))
    describeHelp(command)
    if (registered.includes(entry.name)) await entry.register(command, context, childCommand)
  }
  return program
}

function describeHelp(command: Command): void {
  command.helpOption('-h, --help', 'print this help').version(version, '-V, --version', 'print the version')
}

/** `help` and `help COMMAND`, as in `git help` and `aws help`. */
function withHelpOption(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
}

const sufficientAlone = new Set(['-h', '--help', '-V', '--version'])

/** Finds the command's name, or what stands in its place, and puts it first: shared options may stand before it. */
function commandFirst(argv: readonly string[]): { name: string | undefined; words: readonly string[] } {
  let first: number | undefined
  for (let index = 0; index < argv.length && argv[index] !== '--'; index++) {
    const word = argv[index] ?? ''
    if (commandTable.some((entry) => entry.name === word)) return { name: word, words: withFirst(argv, index) }
    if (takesSharedValue(word)) index++
    else if (!word.startsWith('-')) first ??= index
  }
  // Of an unknown command nothing else is to be said.
  return { name: undefined, words: first === undefined ? argv : argv.slice(first, first + 1) }
}

function withFirst(argv: readonly string[], index: number): readonly string[] {
  return [...argv.slice(index, index + 1), ...argv.slice(0, index), ...argv.slice(index + 1)]
}

/** @throws CliError (usage) where options stand alone; an unknown command is commander's to name */
function rejectWithoutCommand([first = '']: readonly string[]): void {
  const isOption = first === '' || first.startsWith('-')
  if (isOption) throw usageError('no command given', "'sigv4 --help' lists the commands")
}

/** Splits at the first `--` before commander can swallow it. */
function splitAtDashes({ name, words }: ReturnType<typeof commandFirst>): {
  readonly name: string | undefined
  readonly words: readonly string[]
  readonly childCommand: readonly string[] | undefined
} {
  const dashes = words.indexOf('--')
  const splits = dashes >= 0 && commandTable.some((entry) => entry.name === name && entry.runsCommand)
  if (!splits) return { name, words, childCommand: undefined }
  return { name, words: words.slice(0, dashes), childCommand: words.slice(dashes + 1) }
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
}
