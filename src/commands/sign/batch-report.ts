import type { Context } from '../../context.ts'
import { CliError, exitCodes } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'

/** What stderr says of the lines. */
export class BatchReport {
  lineNumber = 0
  readonly #context: Context
  readonly #said = new Set<string>()
  #badLines = 0
  #progressAt = 0
  #progressShown = false

  constructor(context: Context) {
    this.#context = context
  }

  /** Says what is wrong with the line, and each hint once. @throws what is no fault of the line */
  async badLine(error: unknown): Promise<void> {
    const ofLine =
      error instanceof CliError && (error.exitCode === exitCodes.usage || error.exitCode === exitCodes.failure)
    if (!ofLine) throw error
    this.#badLines++
    const hint = error.hint === undefined || !this.#isNew(error.hint) ? '' : `hint: ${escapeForTerminal(error.hint)}\n`
    await this.#write(`sigv4: line ${this.lineNumber}: ${escapeForTerminal(error.message)}\n${hint}`)
  }

  /** Says each note once, with its first line: a note that differs in numbers only is the same. */
  async notes(notes: readonly string[]): Promise<void> {
    for (const note of notes) await this.#noteOnce(`line ${this.lineNumber}: `, note)
  }

  /** Says once what is the matter with all lines from here on. */
  async note(text: string): Promise<void> {
    await this.#noteOnce('note: ', text)
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

  async #noteOnce(start: string, note: string): Promise<void> {
    if (this.#isNew(note.replace(/\d+/g, '#'))) await this.#write(`${start}${escapeForTerminal(note)}\n`)
  }

  /** Whether it has not been said yet; after a hundred there is nothing new. */
  #isNew(text: string): boolean {
    if (this.#said.has(text) || this.#said.size >= 100) return false
    this.#said.add(text)
    return true
  }

  async #write(text: string): Promise<void> {
    const clear = this.#progressShown ? '\r\x1b[K' : ''
    this.#progressShown = false
    await this.#context.stderr.write(clear + text)
  }
}
