import type { Output } from '../../context.ts'

/** What the progress line shows, asked for each time it is drawn. */
export interface ProgressFigures {
  readonly keys: number
  readonly inFlight: number
}

const firstAfterMs = 1000
const everyMs = 200

/** A line on stderr that says how far a long listing has come; nothing where stderr is no terminal. */
export class Progress {
  readonly #stderr: Output
  readonly #figures: () => ProgressFigures
  readonly #now: () => Date
  readonly #start: number
  readonly #timer: NodeJS.Timeout | undefined
  #isShown = false

  constructor(options: { stderr: Output; figures: () => ProgressFigures; now: () => Date }) {
    this.#stderr = options.stderr
    this.#figures = options.figures
    this.#now = options.now
    this.#start = options.now().getTime()
    if (!options.stderr.isTerminal) return
    this.#timer = setInterval(() => this.#draw(), everyMs)
    this.#timer.unref()
  }

  /** Takes the line away, before something else is written to the terminal. */
  async hide(): Promise<void> {
    if (!this.#isShown) return
    this.#isShown = false
    await this.#stderr.write('\r\x1b[K')
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.hide()
  }

  #draw(): void {
    const elapsedMs = this.#now().getTime() - this.#start
    if (elapsedMs < firstAfterMs) return
    const { keys, inFlight } = this.#figures()
    const rate = Math.round((keys * 1000) / elapsedMs)
    const text = `${count(keys)} keys, ${count(rate)} keys/s, ${count(inFlight)} requests in flight`
    this.#isShown = true
    // Nobody waits for it: a terminal that is gone says so elsewhere.
    this.#stderr.write(`\r\x1b[K${text.slice(0, this.#stderr.columns - 1)}`).catch(() => {})
  }
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
