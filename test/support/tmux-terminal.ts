import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

interface TerminalOptions {
  /** Where the program starts, and where tmux has its socket. */
  readonly folder: string
  readonly command: readonly string[]
  /** All that the program finds in its environment. */
  readonly env: Readonly<Record<string, string>>
}

/** A program in a terminal of 160 columns and 50 rows, by a tmux of its own. */
export class TmuxTerminal {
  readonly #socket: string

  constructor({ folder, command, env }: TerminalOptions) {
    this.#socket = join(folder, 'tmux.socket')
    const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    this.#tmux('new-session', '-d', '-x', '160', '-y', '50', '-c', folder, 'env', '-i', ...assignments, ...command)
  }

  screen(): string {
    return this.#tmux('capture-pane', '-p').toString()
  }

  /** Presses a key by tmux's name for it: `Enter`, `C-c`. */
  press(key: string): void {
    this.#tmux('send-keys', key)
  }

  /** Types text, and presses Tab once for each `\t` in it, each when the screen has answered the one before. */
  async type(text: string): Promise<void> {
    for (const [index, part] of text.split('\t').entries()) {
      if (index > 0) {
        // What was typed has to stand on the screen before the Tab can be told from it.
        await this.settled()
        const before = this.screen()
        this.press('Tab')
        await this.until(() => this.screen() !== before, `an answer to the Tab behind ${JSON.stringify(text)}`)
        await this.settled()
      }
      if (part !== '') this.#tmux('send-keys', '-l', part.replace(/;$/, '\\;'))
    }
  }

  /** @throws Error with what the screen shows, after 20 s and more */
  async until(isDone: () => boolean, what: string): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 25) {
      if (isDone()) return
      await sleep(25)
    }
    throw new Error(`${what} did not come; the screen shows:\n${this.screen().trimEnd()}`)
  }

  /** Waits until the screen stands still. */
  async settled(): Promise<void> {
    let before = ''
    for (let now = this.screen(); now !== before; now = this.screen()) {
      before = now
      await sleep(120)
    }
  }

  close(): void {
    this.#tmux('kill-server')
  }

  #tmux(...words: readonly string[]): Buffer {
    return execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...words])
  }
}
