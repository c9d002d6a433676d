import fs from 'node:fs'

/** Bytes to send, read when they are needed, in constant memory. */
export interface Body {
  /** In bytes; undefined for a pipe, whose end nobody knows. */
  readonly length: number | undefined
  /** Whether `chunks` may be called again: for hashing first, for redirects and retries. */
  readonly replayable: boolean
  /** Each chunk's bytes may be overwritten as soon as the next one is asked for: keep a copy of what is to stay. */
  chunks(): AsyncIterable<Uint8Array>
}

/** Large enough that system calls do not matter, small enough that a few of them in flight do not either. */
const fileChunkBytes = 131_072

/** What is in memory already; no chunk at all where it is empty. */
export function bytesBody(bytes: Uint8Array): Body {
  return {
    length: bytes.length,
    replayable: true,
    async *chunks() {
      if (bytes.length > 0) yield bytes
    },
  }
}

/** A regular file of known size; one that has become shorter or longer meanwhile is an error, not a broken request. */
export function fileBody(path: string, length: number): Body {
  return { length, replayable: true, chunks: () => fileChunks(path, length) }
}

/** Something that can be read once. */
export function pipeBody(chunks: () => AsyncIterable<Uint8Array>): Body {
  return { length: undefined, replayable: false, chunks }
}

/** Writes what becomes of `bytes` to the beginning of `target`; the count of bytes written. */
export type PieceWriter = (bytes: Uint8Array, target: Buffer) => number

/**
 * A body that can be read again, each of its pieces changed; it is read once for its new length.
 * @param growth how many bytes one byte becomes at most
 * @throws what reading throws
 */
export async function mappedBody(
  body: Body,
  { write, growth }: { readonly write: PieceWriter; readonly growth: number },
): Promise<Body> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // One buffer for all, as for files.
    let target = Buffer.alloc(0)
    for await (const chunk of body.chunks()) {
      if (target.length < chunk.length * growth) target = Buffer.allocUnsafeSlow(chunk.length * growth)
      const length = write(chunk, target)
      if (length > 0) yield target.subarray(0, length)
    }
  }
  let length = 0
  for await (const chunk of chunks()) length += chunk.length
  return { length, replayable: body.replayable, chunks }
}

/** One after the other. */
export function concatenatedBody(parts: readonly Body[]): Body {
  const lengths = parts.map((part) => part.length)
  return {
    length: lengths.reduce<number | undefined>(
      (sum, length) => (sum === undefined || length === undefined ? undefined : sum + length),
      0,
    ),
    replayable: parts.every((part) => part.replayable),
    async *chunks() {
      for (const part of parts) yield* part.chunks()
    },
  }
}

/** @throws FileChanged when the file is not as long as it was. */
async function* fileChunks(path: string, length: number): AsyncGenerator<Uint8Array> {
  const file = await fs.promises.open(path)
  try {
    // One buffer for all: the garbage of new ones grows to hundreds of MB before anybody collects it.
    const buffer = Buffer.allocUnsafeSlow(Math.min(fileChunkBytes, length))
    for (let position = 0; position < length; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length - position), position)
      if (bytesRead === 0) throw new FileChanged(path)
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
    const { size } = await file.stat()
    if (size > length) throw new FileChanged(path)
  } finally {
    await file.close()
  }
}

/** A file changed while its bytes were signed or sent. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'
  readonly path: string

  constructor(path: string) {
    super(`'${path}' changed while it was read`)
    this.path = path
  }
}
