import { runProgram } from '../../src/child-process.ts'
import { type Context, stdinTaken } from '../../src/context.ts'
import { run as runCommandLine } from '../../src/program.ts'
import { rejectSecrets } from './no-secrets.ts'
import { stillContext } from './still-context.ts'

/** AWS's published example keys. */
export const exampleKeys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
} as const

export interface World {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly now?: Date
  /** What stdout and stderr are, or stderr alone. */
  readonly terminal?: boolean | 'stderr'
  /** Of the terminal; 80 unless given. */
  readonly columns?: number
  readonly homeDirectory?: string
  readonly userName?: string
  /** What a person at the terminal answers; no terminal otherwise. */
  readonly askTerminal?: (question: string) => Promise<string | undefined>
  /** Told of every text that is written to stderr, before the program goes on. */
  readonly onStderr?: (text: string) => void
  readonly signal?: AbortSignal
  readonly platform?: NodeJS.Platform
}

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stdoutBytes: Buffer
  readonly stderr: string
}

/** Runs a command line in memory, with example keys in the environment unless `env` is given. */
export async function run(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const context = stillContext({
    // The metadata service is no loopback address.
    env: { AWS_EC2_METADATA_DISABLED: 'true', ...(world.env ?? exampleKeys) },
    stdin: onceOnly(world.stdin ?? ''),
    stdout: collector(stdout, { ...world, terminal: world.terminal === true }),
    stderr: collector(stderr, world, world.onStderr),
    runProgram: (command, env) => runProgram(command, { env, onSignals: () => () => {} }),
    now: () => world.now ?? new Date('2015-08-30T12:36:00Z'),
    homeDirectory: world.homeDirectory ?? '/nonexistent',
    userName: world.userName ?? 'tester',
    askTerminal: world.askTerminal ?? (async () => undefined),
    platform: world.platform ?? process.platform,
    interrupt: world.signal ?? new AbortController().signal,
  })
  const exitCode = await runCommandLine(argv, context)
  const stdoutBytes = Buffer.concat(stdout)
  const outcome = { exitCode, stdout: stdoutBytes.toString(), stdoutBytes, stderr: Buffer.concat(stderr).toString() }
  rejectSecrets(argv, world.env ?? exampleKeys, outcome)
  return outcome
}

function collector(chunks: Buffer[], world: World, onText?: (text: string) => void): Context['stdout'] {
  return {
    isTerminal: world.terminal !== undefined && world.terminal !== false,
    columns: world.columns ?? 80,
    async write(data) {
      chunks.push(Buffer.from(data))
      onText?.(String(data))
    },
  }
}

function onceOnly(data: string | Uint8Array | AsyncIterable<Uint8Array>): Context['stdin'] {
  let taken = false
  return {
    isTerminal: false,
    chunks() {
      if (taken) throw stdinTaken()
      taken = true
      return typeof data === 'object' && Symbol.asyncIterator in data ? data : once(data)
    },
  }
}

async function* once(data: string | Uint8Array): AsyncIterable<Uint8Array> {
  yield Buffer.from(data)
}
