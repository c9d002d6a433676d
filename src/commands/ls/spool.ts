import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is written later than it arrives, in memory as long as it is small, then in a file that only its owner can read. */
export class Spool {
  readonly #memoryBytes: number
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #file: { readonly descriptor: number; readonly folder: string } | undefined
  #fileBytes = 0

  constructor(memoryBytes = 4 * 1024 * 1024) {
    this.#memoryBytes = memoryBytes
  }

  append(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes > this.#memoryBytes) this.#flush()
  }

  /** Everything appended, in order. */
  *pieces(): Generator<Uint8Array> {
    for (let at = 0; this.#file !== undefined && at < this.#fileBytes; ) {
      const piece = Buffer.alloc(Math.min(1024 * 1024, this.#fileBytes - at))
      at += readSync(this.#file.descriptor, piece, 0, piece.length, at)
      yield piece
    }
    yield* this.#waiting
  }

  dispose(): void {
    this.#waiting = []
    if (this.#file === undefined) return
    closeSync(this.#file.descriptor)
    rmSync(this.#file.folder, { recursive: true, force: true })
    this.#file = undefined
  }

  #flush(): void {
    if (this.#file === undefined) {
      const folder = mkdtempSync(join(tmpdir(), 'sigv4-ls-'))
      this.#file = { folder, descriptor: openSync(join(folder, 'later'), 'wx+', 0o600) }
    }
    for (const piece of this.#waiting) {
      for (let written = 0; written < piece.length; ) {
        const count = writeSync(this.#file.descriptor, piece, written, piece.length - written, this.#fileBytes)
        written += count
        this.#fileBytes += count
      }
    }
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
