/** Exit codes of every command but `curl`, which uses curl's own. */
export const exitCodes = {
  done: 0,
  failure: 1,
  usage: 2,
  credentials: 3,
  refused: 4,
  serviceFailure: 5,
  network: 6,
  interrupted: 130,
  terminated: 143,
} as const

interface CliErrorOptions {
  /** The process's exit code. */
  readonly exitCode: number
  /** The next step for the user, printed after `hint: `. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** Further lines of evidence, shown below the hint (a refusal's diagnosis); already escaped for a terminal. */
  readonly details?: string | undefined
}

/** Something a user can cause: the message says what failed, with its value, in lower case and without a full stop. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number
  readonly hint: string | undefined
  readonly details: string | undefined

  constructor(message: string, options: CliErrorOptions) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.exitCode = options.exitCode
    this.hint = options.hint
    this.details = options.details
  }
}

/** The command line is wrong (exit 2). */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, hint })
}

/** Something could not be done (exit 1). */
export function failure(message: string, hint?: string, cause?: unknown): CliError {
  return new CliError(message, { exitCode: exitCodes.failure, hint, cause })
}

/** No usable credentials (exit 3). */
export function credentialsError(message: string, hint?: string, cause?: unknown): CliError {
  return new CliError(message, { exitCode: exitCodes.credentials, hint, cause })
}

/** The code of a system error, `ENOENT`; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** ` (ENOENT)`, for the end of a message; empty for what is no system error. */
export function systemCodeNote(error: unknown): string {
  const code = systemCode(error)
  return code === undefined ? '' : ` (${code})`
}

/** The reader of stdout went away (`| head`): not an error of ours, ends the program without a word. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}
