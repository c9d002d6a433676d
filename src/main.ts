import fs from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { type Context, type Input, Interrupted, stdinTaken } from './context.ts'
import { exitCodes, failure } from './errors.ts'
import { run } from './program.ts'
import { neverFailing, standardOutput } from './standard-output.ts'

export { run }

/**
 * Runs the process's command line. The only file that touches `process`.
 * @param packageFolder where the package is installed
 */
export async function main(packageFolder: string): Promise<void> {
  process.on('beforeExit', endWithoutResult)
  // Every write was awaited; leaving at once spares the teardown of what is open, 2 ms of a start.
  process.exit(await run(process.argv.slice(2), processContext(packageFolder)))
}

/** Nothing is left to wait for, and yet no result: something waits for what never comes. That is no success. */
function endWithoutResult(): void {
  fs.writeSync(2, 'sigv4: internal error: ended without a result\nhint: please report it\n')
  process.exit(exitCodes.failure)
}

function processContext(packageFolder: string): Context {
  let interrupt: AbortSignal | undefined
  const stdin = standardInput()
  const watched = () => {
    interrupt ??= watchSignals((reason) => stdin.giveUp(reason))
    return interrupt
  }
  return {
    env: process.env,
    stdin,
    stdout: standardOutput(1, () => process.stdout),
    stderr: neverFailing(standardOutput(2, () => process.stderr)),
    now: () => new Date(),
    clock: () => process.uptime() * 1000,
    idleMs: () => performance.eventLoopUtilization().idle,
    random: Math.random,
    get homeDirectory() {
      return homeDirectory()
    },
    get userName() {
      return userName()
    },
    get userId() {
      return process.geteuid?.()
    },
    get workingDirectory() {
      return process.cwd()
    },
    packageFolder,
    platform: process.platform,
    askTerminal: async (question) => (await import('./terminal.ts')).askTerminal(question, watched()),
    runProgram: async (command, env) => {
      const { runProgram } = await import('./child-process.ts')
      return runProgram(command, { env, onSignals })
    },
    // Handlers only where a command asks for them: without, the signals end the process as usual.
    get interrupt() {
      return watched()
    },
  }
}

/** Takes these signals away from whatever else listens to them, until the returned function is called. */
function onSignals(names: readonly NodeJS.Signals[], listener: (name: NodeJS.Signals) => void): () => void {
  const before = names.map((name) => [name, process.listeners(name)] as const)
  for (const name of names) process.removeAllListeners(name).on(name, listener)
  return () => {
    for (const [name, listeners] of before) {
      process.removeListener(name, listener)
      for (const other of listeners) process.on(name, other)
    }
  }
}

/** @param onInterrupt called before whoever listens to the signal */
function watchSignals(onInterrupt: (reason: Interrupted) => void): AbortSignal {
  const controller = new AbortController()
  const listen = (signalName: 'SIGINT' | 'SIGTERM', exitCode: number) => {
    process.on(signalName, () => {
      // A second signal ends at once what does not end by itself.
      if (controller.signal.aborted) process.exit(exitCode)
      const reason = new Interrupted(signalName)
      onInterrupt(reason)
      controller.abort(reason)
    })
  }
  listen('SIGINT', exitCodes.interrupted)
  listen('SIGTERM', exitCodes.terminated)
  return controller.signal
}

/** `giveUp` ends a reading that waits, which rejects with the reason. */
function standardInput(): Input & { readonly giveUp: (reason: Error) => void } {
  let taken = false
  return {
    giveUp(reason) {
      if (taken) process.stdin.destroy(reason)
    },
    get isTerminal() {
      return process.stdin.isTTY === true
    },
    chunks() {
      // Node takes a folder for an empty stream.
      if (fs.fstatSync(0).isDirectory())
        throw failure('cannot read stdin (EISDIR)', 'it is a folder: name a file in it')
      if (taken) throw stdinTaken()
      taken = true
      return process.stdin
    },
  }
}

function homeDirectory(): string {
  if (process.platform === 'win32') return homedir()
  // What homedir() says as well, but for an empty HOME, by which it would be the working directory; and node:os is not
  // worth loading for it.
  if (process.env.HOME) return process.env.HOME
  try {
    return userInfo().homedir
  } catch {
    return '/nonexistent'
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an entry in the user database, as in many containers.
    return process.env.USER ?? 'user'
  }
}
