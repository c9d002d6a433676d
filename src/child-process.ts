import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Environment } from './context.ts'
import { CliError, systemCode } from './errors.ts'

interface RunOptions {
  readonly env: Environment
  /** Listens to signals in place of whoever listened before, until the returned function is called. */
  readonly onSignals: (names: readonly NodeJS.Signals[], listener: (name: NodeJS.Signals) => void) => () => void
}

/** What a terminal sends to all its foreground processes by itself, so to the child as well. */
const keyboardSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
const otherSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

/**
 * Runs a program on our own stdin, stdout and stderr, and passes signals on to it: where a terminal sends Ctrl-C to both
 * it is not sent a second time, which many programs take for "at once".
 * @param command the program and its arguments
 * @returns its exit code, as a shell says it: 128 + n for the signal n
 * @throws CliError with a shell's exit codes: 127 for a program that is not there, 126 for one that cannot be run
 */
export function runProgram(command: readonly string[], { env, onSignals }: RunOptions): Promise<number> {
  const [program = '', ...words] = command
  const onTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  return new Promise((resolve, reject) => {
    const child = start(program, words, env)
    const stopListening = onSignals([...keyboardSignals, ...otherSignals], (name) => {
      if (!onTerminal || !keyboardSignals.includes(name)) child.kill(name)
    })
    child.on('error', (error) => {
      stopListening()
      reject(cannotRun(program, error))
    })
    child.on('exit', (code, signalName) => {
      stopListening()
      resolve(signalName === null ? (code ?? 0) : 128 + constants.signals[signalName])
    })
  })
}

/** What the system refuses outright (a name or arguments too long), node throws; the rest it tells later. */
function start(program: string, words: readonly string[], env: Environment): ChildProcess {
  try {
    return spawn(program, words, { stdio: 'inherit', env: { ...env } })
  } catch (error) {
    throw error instanceof Error ? cannotRun(program, error) : error
  }
}

function cannotRun(program: string, error: Error): CliError {
  const code = systemCode(error) ?? error.name
  return code === 'ENOENT' || program === ''
    ? new CliError(`'${program}' is not found`, { exitCode: 127, hint: 'check its name and PATH', cause: error })
    : new CliError(`'${program}' cannot be run (${code})`, {
        exitCode: 126,
        hint: 'check its permissions',
        cause: error,
      })
}
