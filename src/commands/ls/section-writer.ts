import type { ListingRenderer } from '../../output/listing/listing-renderer.ts'
import { Spool } from './spool.ts'

/** Rows in UTF-8, in order; none is empty. */
export type Pieces = readonly Uint8Array[]

/**
 * Writes rendered rows: those of the first section at once, those of later ones (common prefixes, delete markers) when
 * the first has ended.
 */
export class SectionWriter {
  readonly #renderer: ListingRenderer
  readonly #write: (data: string | Uint8Array) => Promise<void>
  readonly #later: readonly Spool[]
  #hasBegun = false
  #hasRow = false

  constructor(renderer: ListingRenderer, write: (data: string | Uint8Array) => Promise<void>) {
    this.#renderer = renderer
    this.#write = write
    this.#later = renderer.frame.slice(2).map(() => new Spool())
  }

  /** @param sections the rows of each section, as the renderer made them, in pieces; those of the first can be used again afterwards */
  async rows([now = [], ...later]: readonly Pieces[]): Promise<void> {
    for (const [index, pieces] of later.entries()) for (const rows of pieces) this.#later[index]?.append(rows)
    for (const rows of now) {
      await this.#begin()
      await this.#write(this.#hasRow ? rows : rows.subarray(this.#renderer.separator.length))
      this.#hasRow = true
    }
  }

  async finish(): Promise<void> {
    await this.#begin()
    const { frame, separator } = this.#renderer
    for (const [index, text] of frame.slice(1).entries()) {
      if (text !== '') await this.#write(text)
      let isFirst = true
      for (const rows of this.#later[index]?.pieces() ?? []) {
        await this.#write(isFirst ? rows.subarray(separator.length) : rows)
        isFirst = false
      }
    }
  }

  /** Forgets what was not written. */
  dispose(): void {
    for (const spool of this.#later) spool.dispose()
  }

  async #begin(): Promise<void> {
    const [head = ''] = this.#renderer.frame
    if (!this.#hasBegun && head !== '') await this.#write(head)
    this.#hasBegun = true
  }
}
