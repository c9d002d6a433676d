import type { Output } from '../../context.ts'

const writeCharacters = 65_536

/** Results on their way to stdout, in writes of 64 KB and more. */
export class BatchOutput {
  readonly #stdout: Output
  #text = ''

  constructor(stdout: Output) {
    this.#stdout = stdout
  }

  /** Whether it is time to flush. */
  get isFull(): boolean {
    return this.#text.length >= writeCharacters
  }

  add(text: string): void {
    this.#text += text
  }

  /** Adds what is encoded already. Settles when the reader has taken enough for more. @throws ClosedPipe */
  async addBytes(bytes: Uint8Array): Promise<void> {
    if (bytes.length >= writeCharacters) {
      await this.flush()
      await this.#stdout.write(bytes)
    } else {
      this.add(decoder.decode(bytes))
      if (this.isFull) await this.flush()
    }
  }

  /** Settles when the reader has taken enough for more. @throws ClosedPipe */
  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '') await this.#stdout.write(text)
  }
}

const decoder = new TextDecoder()
