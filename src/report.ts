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
    return error.exitCode === 0 ? exitCodes.done : write(context, commandLineError(error, command), { debug })
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

/** An error as stderr shows it: what failed, the next step, and with `debug` where it came from. */
export function formatError(error: CliError, { debug }: { debug: boolean }): string {
  const lines = [`sigv4: ${escapeForTerminal(error.message)}`]
  if (error.hint !== undefined) lines.push(`hint: ${escapeForTerminal(error.hint)}`)
  if (error.details !== undefined) lines.push(error.details)
  if (debug) lines.push(...causes(error))
  return `${lines.join('\n')}\n`
}

async function write(context: Context, error: CliError, { debug }: { debug: boolean }): Promise<number> {
  await context.stderr.write(formatError(error, { debug }))
  return error.exitCode
}

function causes(error: Error): readonly string[] {
  const lines = [escapeLines(error.stack ?? error.message)]
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    lines.push(`caused by: ${escapeLines(cause.stack ?? cause.message)}`)
  }
  return lines
}

/** What commander says is wrong, in our words: it has its suggestion and the values that an option takes only as text. */
function commandLineError({ message: text }: CommanderError, command: string | undefined): CliError {
  const [, message = '', suggestion, values] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (.*)\?\)|\. Allowed choices are (.*)\.)?$/s.exec(text) ?? []
  const help = `'${command === undefined ? 'sigv4' : `sigv4 ${command}`} --help' tells more`
  const hint = suggestion ? `did you mean ${suggestion}?` : values ? `its values are ${values}` : help
  return new CliError(message, { exitCode: exitCodes.usage, hint })
}
