/** Enough for a block of lines as stdin gives them, for a part of the results, each with a line more than it was to have, and for most list pages as text. */
const bufferBytes = 72 * 1024

/** What takes less is as well off with a buffer of its own size. */
const smallBytes = bufferBytes / 4

/**
 * Buffers that circulate, also between threads, so that only so many exist as are in use at once. One that waits for its turn
 * outlives two collections of V8's young generation; from then on it counts as old, and such garbage is left to pile up to tens of megabytes.
 */
export class SpareBuffers {
  readonly #spare: ArrayBuffer[]

  /** @param spare taken from another thread's */
  constructor(spare: readonly ArrayBuffer[] = []) {
    this.#spare = [...spare]
  }

  /** The pieces' bytes one after the other, copied. */
  joined(pieces: readonly Uint8Array[]): Buffer {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const isUsual = length >= smallBytes && length <= bufferBytes
    // None of Node's pool, which cannot be handed over.
    const bytes = Buffer.from(isUsual ? this.#take() : new ArrayBuffer(length), 0, length)
    let offset = 0
    for (const piece of pieces) {
      bytes.set(piece, offset)
      offset += piece.length
    }
    return bytes
  }

  /** The text in UTF-8. */
  encoded(text: string): Uint8Array {
    if (text.length < smallBytes || text.length > bufferBytes) return encoder.encode(text)
    const bytes = new Uint8Array(this.#take())
    const { read, written } = encoder.encodeInto(text, bytes)
    if (read === text.length) return bytes.subarray(0, written)
    this.give(bytes)
    return encoder.encode(text)
  }

  /** The text in UTF-8, in as many pieces as that takes. */
  pieces(text: string): readonly Uint8Array[] {
    const pieces: Uint8Array[] = []
    let rest = text
    while (rest.length >= smallBytes) {
      const bytes = new Uint8Array(this.#take())
      const { read, written } = encoder.encodeInto(rest, bytes)
      pieces.push(bytes.subarray(0, written))
      rest = rest.slice(read)
    }
    return rest === '' ? pieces : [...pieces, encoder.encode(rest)]
  }

  /** For bytes that came from here, and that nobody is to use any longer. */
  give({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === bufferBytes) this.#spare.push(buffer)
  }

  /** So many of the spare ones, for another thread; all, where there are no more. */
  handOver(count = Number.POSITIVE_INFINITY): readonly ArrayBuffer[] {
    return this.#spare.splice(0, count)
  }

  #take(): ArrayBuffer {
    return this.#spare.pop() ?? new ArrayBuffer(bufferBytes)
  }
}

/** The buffer of bytes that came from here, for a message that moves it instead of copying it. */
export function movable({ buffer }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : []
}

/** Gives each text a buffer of its own, which can be handed over. */
const encoder = new TextEncoder()
