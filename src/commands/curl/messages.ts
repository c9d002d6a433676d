import type { Context } from '../../context.ts'
import { type CliError, ClosedPipe } from '../../errors.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { formatRequestHead, formatResponseHead } from '../../output/exchange-text.ts'
import { formatError } from '../../report.ts'
import type { PreparedHop } from './hop.ts'

export interface MessageOptions {
  /** Warnings, notes and errors; not with `-s` alone. */
  readonly messages: 'shown' | 'silent'
  /** What may still come right; not with `-s`. */
  readonly problems: 'shown' | 'silent'
  /** `-v` */
  readonly verbose: boolean
  readonly debug: boolean
}

/** Everything that a transfer tells on stderr, in order. */
export class Messages {
  readonly #context: Context
  readonly #options: MessageOptions
  #queue: Promise<void> = Promise.resolve()

  constructor(context: Context, options: MessageOptions) {
    this.#context = context
    this.#options = options
  }

  get shown(): boolean {
    return this.#options.messages === 'shown'
  }

  warn(text: string): void {
    if (this.shown) this.write(`warning: ${escapeForTerminal(text)}\n`)
  }

  problem(text: string): void {
    if (this.#options.problems === 'shown') this.write(`warning: problem: ${escapeForTerminal(text)}\n`)
  }

  note(text: string): void {
    if (this.shown) this.write(`note: ${escapeForTerminal(text)}\n`)
  }

  /** What a service said, and below it what comes of it; both escaped already. */
  refusal(line: string, details: string | undefined): void {
    if (this.shown) this.write(`sigv4: ${line}\n${details === undefined ? '' : `${details.trimEnd()}\n`}`)
  }

  error(error: CliError): void {
    if (this.shown) this.write(formatError(error, { debug: this.#options.debug }))
  }

  /** A line about the connection, under `-v`. */
  trace(text: () => string): void {
    if (this.#options.verbose) this.write(`* ${escapeForTerminal(text())}\n`)
  }

  /** Why something is done, under `--debug`. */
  debug(text: string): void {
    if (this.#options.debug) this.write(`debug: ${escapeForTerminal(text)}\n`)
  }

  /** A request's head, under `-v`. */
  sending({ requestLine, headers }: PreparedHop): void {
    if (this.#options.verbose) this.write(formatRequestHead(requestLine, headers))
  }

  /** The same for `--dry-run`, which is about nothing else. */
  rehearsing({ requestLine, headers }: PreparedHop): void {
    this.write(formatRequestHead(requestLine, headers))
  }

  /** An answer's head, under `-v`. */
  received(head: ResponseHead): void {
    if (!this.#options.verbose) return
    this.write(formatResponseHead(`HTTP/${head.version} ${head.status} ${head.reason}`.trimEnd(), head.headers))
  }

  write(text: string): void {
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#context.stderr.write(text)
      } catch (error) {
        // Nobody reads the messages any more: the transfer goes on.
        if (!(error instanceof ClosedPipe)) throw error
      }
    })
    this.#queue.catch(() => {})
  }

  /** Settles when everything is written. */
  flush(): Promise<void> {
    return this.#queue
  }
}
