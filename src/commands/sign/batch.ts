import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { CliError, exitCodes, usageError } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { createInputReader } from '../input-reader.ts'
import { limitYoungGeneration } from '../young-generation.ts'
import { parseBatchLine } from './batch-line.ts'
import { BatchSigner } from './batch-signer.ts'
import { readHeaders } from './describe.ts'
import { lastingCredentials } from './lasting-credentials.ts'
import { type Line, readLines } from './lines.ts'
import type { SignOptions } from './options.ts'

const writeCharacters = 65_536

/**
 * Signs each line of stdin and prints one result a line, in order; a bad line is reported and the rest goes on.
 * @returns 1 where a line was bad, else 0
 * @throws CliError (usage) for what is wrong for every line; what `resolveCredentials` throws, also midway
 */
export async function runBatch(given: SignOptions, context: Context): Promise<number> {
  const options = { ...given, headers: await headersReadOnce(given, context) }
  const rules = { bucket: options.bucket, mode: options.mode }
  const credentials = await lastingCredentials(() => resolved(options, context), context.now())
  const signer = new BatchSigner(options, await credentials.current(context.now()), context)
  const report = new BatchReport(context)
  let output = ''
  for await (const lines of readLines(context.stdin.chunks())) {
    const now = context.now()
    signer.update(await credentials.current(now), now)
    await limitYoungGeneration()
    await report.progress(now)
    for (const text of lines) {
      report.lineNumber++
      try {
        const line = parseBatchLine(asText(text), rules)
        const quick = signer.signQuickly(line)
        if (quick === undefined) {
          const { output: slow, notes } = await signer.sign(line)
          output += slow
          await report.notes(notes)
        } else output += quick
      } catch (error) {
        await report.badLine(error)
      }
      if (output.length >= writeCharacters) {
        await context.stdout.write(output)
        output = ''
      }
    }
    if (output !== '') await context.stdout.write(output)
    output = ''
  }
  return report.end()
}

async function resolved(options: SignOptions, context: Context): Promise<Credentials> {
  const credentials = await resolveCredentials(options.credentials, context)
  if (!credentials) throw usageError('--batch has nothing to sign with --no-sign-request')
  return credentials
}

function asText(line: Line): string {
  if (typeof line === 'string') return line
  throw new CliError(line.problem, { exitCode: exitCodes.usage })
}

/** A `-H @FILE` is read once, not for every line. */
async function headersReadOnce(options: SignOptions, context: Context): Promise<readonly string[]> {
  const reader = createInputReader(context, { unreadableExitCode: exitCodes.failure })
  const headers = await readHeaders(options.headers, reader)
  return headers.map(({ name, value }) => (value === '' ? `${name};` : `${name}: ${value}`))
}

/** What stderr says of the lines. */
class BatchReport {
  lineNumber = 0
  readonly #context: Context
  readonly #said = new Set<string>()
  #badLines = 0
  #progressAt = 0
  #progressShown = false

  constructor(context: Context) {
    this.#context = context
  }

  /** @throws what is no fault of the line */
  async badLine(error: unknown): Promise<void> {
    const ofLine =
      error instanceof CliError && (error.exitCode === exitCodes.usage || error.exitCode === exitCodes.failure)
    if (!ofLine) throw error
    this.#badLines++
    await this.#write(`sigv4: line ${this.lineNumber}: ${escapeForTerminal(error.message)}\n`)
  }

  /** Says each note once, with its first line: a note that differs in numbers only is the same. */
  async notes(notes: readonly string[]): Promise<void> {
    for (const note of notes) {
      const kind = note.replace(/\d+/g, '#')
      if (this.#said.has(kind) || this.#said.size >= 100) continue
      this.#said.add(kind)
      await this.#write(`line ${this.lineNumber}: ${escapeForTerminal(note)}\n`)
    }
  }

  /** On a terminal that does not show the results, how many lines are done, twice a second. */
  async progress(now: Date): Promise<void> {
    const { stdout, stderr } = this.#context
    if (now.getTime() < this.#progressAt + 500) return
    const first = this.#progressAt === 0
    this.#progressAt = now.getTime()
    if (first || !stderr.isTerminal || stdout.isTerminal) return
    this.#progressShown = true
    await stderr.write(`\r${this.lineNumber.toLocaleString('en-US')} lines`)
  }

  async end(): Promise<number> {
    if (this.#badLines > 0) {
      await this.#write(`sigv4: ${this.#badLines} of ${this.lineNumber} lines could not be signed\n`)
    } else if (this.#progressShown) await this.#write('')
    return this.#badLines > 0 ? exitCodes.failure : exitCodes.done
  }

  async #write(text: string): Promise<void> {
    const clear = this.#progressShown ? '\r\x1b[K' : ''
    this.#progressShown = false
    await this.#context.stderr.write(clear + text)
  }
}
