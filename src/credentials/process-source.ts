import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { type Context, environmentValue } from '../context.ts'
import { credentialsError, systemCode } from '../errors.ts'
import { escapeLines } from '../output/escape.ts'
import { parseCredentialJson, UnusableCredentialJson } from './credential-json.ts'
import type { Credentials } from './credentials.ts'
import { rejectExpired } from './expiry.ts'
import type { ProcessSource } from './identity-plan.ts'
import { describeProcess } from './source-description.ts'

const outputLimitBytes = 1_048_576

/**
 * Runs a `credential_process` and reads what it prints. By the shell, as the SDK runs it; unlike there, the process can
 * ask its user (the terminal is its stdin, and what it writes to stderr is shown), ends with us, and no error repeats
 * its command line, which may hold secrets.
 * @throws CliError (credentials)
 */
export async function processCredentials(source: ProcessSource, context: Context): Promise<Credentials> {
  const description = describeProcess(source)
  const what = `the ${description.description}`
  const { spawn } = await import('node:child_process')
  const child = spawn(source.command, {
    shell: true,
    stdio: [context.stdin.isTerminal ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    env: { ...context.env, [runningVariable]: [...runningOf(context), idOf(source)].join(' ') },
    signal: context.interrupt,
  })
  const { output, ending } = await collect(child, context)
  if (ending !== undefined) throw credentialsError(`${what} ${ending}`, 'run its command by hand to see why')
  try {
    const credentials = parseCredentialJson(output)
    rejectExpired(credentials.expiration, what, context)
    return { ...credentials, source: description }
  } catch (error) {
    if (!(error instanceof UnusableCredentialJson)) throw error
    throw credentialsError(`what ${what} prints ${error.message}`, 'run its command by hand to see why')
  }
}

/** The processes of credentials that we are in, outermost first, told from one sigv4 to the next. */
const runningVariable = '_SIGV4_CREDENTIAL_PROCESSES'

/**
 * Refuses a process that asks for its own profile by sigv4 again: it would wait for itself without end.
 * @throws CliError (credentials)
 */
export function rejectItsOwnChild(source: ProcessSource, context: Context): void {
  if (!runningOf(context).includes(idOf(source))) return
  throw credentialsError(
    `the ${describeProcess(source).description} asks sigv4 for that very profile`,
    'let it ask for another profile, with --profile',
  )
}

function runningOf({ env }: Context): readonly string[] {
  return environmentValue(env, runningVariable)?.split(' ') ?? []
}

function idOf({ profile, command }: ProcessSource): string {
  return createHash('sha256')
    .update(JSON.stringify([profile, command]))
    .digest('hex')
    .slice(0, 16)
}

interface Collected {
  readonly output: string
  /** How it ended, where it did not end well. */
  readonly ending: string | undefined
}

function collect(child: ChildProcess, context: Context): Promise<Collected> {
  const chunks: Buffer[] = []
  let size = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size <= outputLimitBytes) return
    child.kill()
    // What the shell has started and left behind ends at its next write.
    child.stdout?.destroy()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void context.stderr.write(escapeLines(text)))
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      if (context.interrupt.aborted) reject(context.interrupt.reason)
      else resolve({ output: '', ending: `cannot be run (${systemCode(error) ?? error.name})` })
    })
    child.on('close', (code, signalName) => {
      const ending =
        size > outputLimitBytes
          ? 'printed too much'
          : signalName !== null
            ? `was ended by ${signalName}`
            : code === 0
              ? undefined
              : `ended with exit code ${code}`
      resolve({ output: Buffer.concat(chunks).toString(), ending })
    })
  })
}
