import type { Part } from './key-range.ts'

/** What waits for its turn, and how large pages are. */
export class Backlog {
  /** How many bytes may wait. */
  readonly limit: number
  #bytes = 0
  /** Of the largest page so far, in keys and in digests' bytes. */
  #pageKeys = 0
  #pageBytes = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Keys in a page; 0 before the first one. */
  get pageKeys(): number {
    return this.#pageKeys
  }

  /** How many pages may wait. */
  get pages(): number {
    return this.limit / Math.max(1, this.#pageBytes)
  }

  get isHalfEmpty(): boolean {
    return this.#bytes < this.limit / 2
  }

  notePage(keys: number): void {
    this.#pageKeys = Math.max(this.#pageKeys, keys)
  }

  add({ bytes }: Part<unknown>): void {
    this.#bytes += bytes
    this.#pageBytes = Math.max(this.#pageBytes, bytes)
  }

  remove({ bytes }: Part<unknown>): void {
    this.#bytes -= bytes
  }

  /** About how many bytes so many keys become. */
  bytesOf(keys: number): number {
    return (keys / this.#pageKeys) * this.#pageBytes
  }

  /**
   * Whether one more page may be asked for, beside those under way. The range in turn never waits; the next few may
   * overdraw, or it could not be helped along by splitting it.
   * @param index of the range among those that are left
   */
  hasRoom(index: number, inFlight: number): boolean {
    const expected = this.#bytes + inFlight * this.#pageBytes
    return index === 0 || expected < this.limit || (index < 8 && expected < this.limit * 1.5)
  }
}
