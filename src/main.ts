import fs from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { type Context, type Input, Interrupted, type Output, stdinTaken } from './context.ts'
import { ClosedPipe, exitCodes, failure } from './errors.ts'
import { run } from './program.ts'

export { run }

/** Runs the process's command line. The only file that touches `process`. */
export async function main(): Promise<void> {
  // Every write was awaited; leaving at once spares the teardown of what is open, 2 ms of a start.
  process.exit(await run(process.argv.slice(2), processContext()))
}

function processContext(): Context {
  let interrupt: AbortSignal | undefined
  const watched = () => {
    interrupt ??= watchSignals()
    return interrupt
  }
  return {
    env: process.env,
    stdin: standardInput(),
    stdout: standardOutput(1, () => process.stdout),
    stderr: standardOutput(2, () => process.stderr),
    now: () => new Date(),
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

function watchSignals(): AbortSignal {
  const controller = new AbortController()
  const listen = (signalName: 'SIGINT' | 'SIGTERM', exitCode: number) => {
    process.on(signalName, () => {
      // A second signal ends at once what does not end by itself.
      if (controller.signal.aborted) process.exit(exitCode)
      controller.abort(new Interrupted(signalName))
    })
  }
  listen('SIGINT', exitCodes.interrupted)
  listen('SIGTERM', exitCodes.terminated)
  return controller.signal
}

function standardInput(): Input {
  let taken = false
  return {
    get isTerminal() {
      return process.stdin.isTTY === true
    },
    chunks() {
      if (taken) throw stdinTaken()
      taken = true
      return process.stdin
    },
  }
}

/** Pipes hold this much: less never waits for a reader. */
const pipeBytes = 65_536

/**
 * Small outputs go out by one synchronous write, which is 3 ms cheaper than setting up a stream; from 64 KB on the
 * stream takes over, so that a slow reader holds up the writer and not the event loop.
 */
function standardOutput(descriptor: 1 | 2, open: () => NodeJS.WriteStream): Output {
  let written = 0
  let stream: NodeJS.WriteStream | undefined
  return {
    get isTerminal() {
      return open().isTTY === true
    },
    get columns() {
      return (stream ?? (fs.fstatSync(descriptor).isCharacterDevice() ? open() : undefined))?.columns ?? 80
    },
    async write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      let rest = bytes
      if (!stream && written + bytes.length <= pipeBytes) {
        written += bytes.length
        rest = writeSynchronously(descriptor, bytes)
      }
      if (rest.length === 0) return
      if (!stream) {
        stream = open()
        // Each failed write reports its own error; this listener keeps it from being thrown again.
        stream.on('error', () => {})
      }
      await writeToStream(stream, rest)
    },
  }
}

/** Returns what could not be written without waiting. */
function writeSynchronously(descriptor: number, bytes: Uint8Array): Uint8Array {
  let offset = 0
  while (offset < bytes.length) {
    try {
      offset += fs.writeSync(descriptor, bytes, offset)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EAGAIN') return bytes.subarray(offset)
      throw writeError(error)
    }
  }
  return bytes.subarray(offset)
}

function writeToStream(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (!error) resolve()
      else reject(writeError(error))
    })
  })
}

function writeError(error: unknown): Error {
  const code = errorCode(error)
  return code === 'EPIPE'
    ? new ClosedPipe()
    : failure(`cannot write the output (${code})`, 'check the disk it goes to', error)
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
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
