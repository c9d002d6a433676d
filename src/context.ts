import { type CliError, usageError } from './errors.ts'

/** What a command may use of the world. Only `main.ts` builds the real one; tests build their own. */
export interface Context {
  readonly env: Environment
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly now: () => Date
  /** Milliseconds on a clock that only runs forwards, for durations. (The global `performance` costs 2 ms at its first use.) */
  readonly clock: () => number
  /** Milliseconds in which the event loop has had nothing to do. */
  readonly idleMs: () => number
  /** For backoff and jitter: a number from 0 up to 1. */
  readonly random: () => number
  readonly homeDirectory: string
  readonly userName: string
  /** The effective user id; undefined where there are none (Windows). */
  readonly userId: number | undefined
  readonly workingDirectory: string
  /** Where the package is installed, for the files that ship beside the program. */
  readonly packageFolder: string
  readonly platform: NodeJS.Platform
  /**
   * Asks the person at the terminal, wherever stdin and stdout go: the line typed, or undefined where there is no
   * terminal. Rejects with the reason of `interrupt`.
   */
  readonly askTerminal: (question: string) => Promise<string | undefined>
  /** Runs another program in our place; see `child-process.ts`. */
  readonly runProgram: (command: readonly string[], env: Environment) => Promise<number>
  /** Aborted on SIGINT and SIGTERM; its reason is an `Interrupted`. */
  readonly interrupt: AbortSignal
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface Input {
  readonly isTerminal: boolean
  /** The bytes, as a stream. @throws CliError (usage) where they were taken before */
  chunks(): AsyncIterable<Uint8Array>
}

export interface Output {
  readonly isTerminal: boolean
  /** Columns of the terminal, 80 where unknown. */
  readonly columns: number
  /**
   * Writes everything. Await the result where much is written: it settles when the reader has taken enough.
   * @throws ClosedPipe when the reader has gone.
   */
  write(data: string | Uint8Array): Promise<void>
}

/** The reason of `Context.interrupt`. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signalName: 'SIGINT' | 'SIGTERM'

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(signalName)
    this.signalName = signalName
  }
}

/** An environment variable's value; empty counts as unset (as in the AWS CLI). */
export function environmentValue(env: Environment, name: string): string | undefined {
  const value = env[name]
  return value === undefined || value === '' ? undefined : value
}

/** Two options of a command line both read stdin. */
export function stdinTaken(): CliError {
  return usageError('stdin is read twice', 'read one of the two from a file')
}
