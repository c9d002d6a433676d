import type { Context } from '../../context.ts'
import { ClosedPipe } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'

/** A listing that takes less than this shows no progress. */
const quietMs = 1000
const refreshMs = 250
const clearLine = '\r\x1b[K'

/** What `ls` says on stderr: notes, and on a terminal a line of progress that gives way to everything else. */
export class StatusLine {
  readonly #context: Context
  readonly #startMs: number
  readonly #timer: NodeJS.Timeout | undefined
  #isShown = false
  /** Writes under way, one after the other. */
  #writes: Promise<void> = Promise.resolve()
  /** Counted by whoever fetches. */
  keys = 0
  inFlight = 0

  constructor(context: Context) {
    this.#context = context
    this.#startMs = context.clock()
    if (context.stderr.isTerminal) this.#timer = setInterval(() => this.#show(), refreshMs).unref()
  }

  /** Says something that does not change the result. */
  readonly note = (text: string): void => this.#say(`note: ${escapeForTerminal(text)}\n`)

  readonly warn = (text: string): void => this.#say(`warning: ${escapeForTerminal(text)}\n`)

  /** Takes the progress away, before something else is written. */
  clear(): Promise<void> {
    if (this.#isShown) this.#write(clearLine)
    this.#isShown = false
    return this.#writes
  }

  /** Ends the progress; nothing is shown after it. */
  stop(): Promise<void> {
    clearInterval(this.#timer)
    return this.clear()
  }

  #say(line: string): void {
    this.#write((this.#isShown ? clearLine : '') + line)
    this.#isShown = false
  }

  #show(): void {
    const elapsedMs = this.#context.clock() - this.#startMs
    if (elapsedMs < quietMs) return
    const rate = Math.round((this.keys * 1000) / elapsedMs)
    const requests = `${this.inFlight} request${this.inFlight === 1 ? '' : 's'} in flight`
    const text = `${grouped(this.keys)} keys, ${grouped(rate)} keys/s, ${requests}`
    this.#write(clearLine + text.slice(0, Math.max(0, this.#context.stderr.columns - 1)))
    this.#isShown = true
  }

  #write(text: string): void {
    this.#writes = this.#writes
      .then(() => this.#context.stderr.write(text))
      .catch((error: unknown) => {
        // Whoever closed stderr does not want to be told.
        if (!(error instanceof ClosedPipe)) throw error
      })
    // `clear` and `stop` hand on what went wrong.
    this.#writes.catch(() => {})
  }
}

function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}
