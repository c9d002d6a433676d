/** What a command may use of the world. Only `main.ts` builds the real one; tests build their own. */
export interface Context {
  readonly env: Environment
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly now: () => Date
  /** For backoff and jitter: a number from 0 up to 1. */
  readonly random: () => number
  readonly homeDirectory: string
  readonly userName: string
  readonly workingDirectory: string
  readonly platform: NodeJS.Platform
  /** Aborted on SIGINT and SIGTERM; its reason is an `Interrupted`. */
  readonly interrupt: AbortSignal
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface Input {
  readonly isTerminal: boolean
  /** The bytes, as a stream; may be taken once. */
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
