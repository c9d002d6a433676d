import { CommanderError } from 'commander'
import { type Context, Interrupted } from './context.ts'
import { CliError, ClosedPipe, exitCodes } from './errors.ts'
import { escapeForTerminal, escapeLines } from './output/escape.ts'

interface ReportInput {
  readonly context: Context
  readonly command: string | undefined
  readonly debug: boolean
}

/** Writes an error to stderr and returns its exit code: every error of every command ends here, once. */
export async function reportError(error: unknown, { context, command, debug }: ReportInput): Promise<number> {
  if (error instanceof ClosedPipe) return exitCodes.done
  const interrupt: unknown = context.interrupt.aborted ? context.interrupt.reason : error
  if (interrupt instanceof Interrupted) {
    return interrupt.signalName === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
    const program = command === undefined ? 'sigv4' : `sigv4 ${command}`
    const help = suggestion === undefined ? `'${program} --help' tells more` : didYouMean(suggestion)
    return write(context, new CliError(message, { exitCode: exitCodes.usage, hint: help }), { debug })
  }
  if (error instanceof CliError) return write(context, error, { debug })
  const message = error instanceof Error ? error.message : String(error)
  const internal = new CliError(`internal error: ${message}`, {
    exitCode: exitCodes.failure,
    hint: 'please report it, with what --debug says',
    cause: error,
  })
  return write(context, internal, { debug })
}

async function write(context: Context, error: CliError, { debug }: { debug: boolean }): Promise<number> {
  const lines = [`sigv4: ${escapeForTerminal(error.message)}`]
  if (error.hint !== undefined) lines.push(`hint: ${escapeForTerminal(error.hint)}`)
  if (error.details !== undefined) lines.push(error.details)
  if (debug) lines.push(...causes(error))
  try {
    await context.stderr.write(`${lines.join('\n')}\n`)
  } catch {
    // Closed, or on a full disk: there is nowhere to say it, and the exit code still tells.
  }
  return error.exitCode
}

function causes(error: Error): readonly string[] {
  const lines = [escapeLines(error.stack ?? error.message)]
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    lines.push(`caused by: ${escapeLines(cause.stack ?? cause.message)}`)
  }
  return lines
}

/** commander's `(Did you mean --x?)` */
function didYouMean(suggestion: string): string {
  return suggestion.replace(/^\(D/, 'd').replace(/\)$/, '')
}
