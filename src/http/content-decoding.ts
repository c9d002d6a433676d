import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import type { ByteSink } from './byte-sink.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

/**
 * Decompresses what passes, by a response's `Content-Encoding`.
 * @throws TransferError (61) for an encoding that is not known; writing and ending reject with it for bytes that are none
 */
export function decodedInto(sink: ByteSink, contentEncoding: string | undefined): ByteSink {
  const names = (contentEncoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'aws-chunked')
  // The encoding applied last stands last and is taken off first.
  return names.reduce<ByteSink>((inner, name) => decoding(inner, name), sink)
}

function decoding(sink: ByteSink, name: string): ByteSink {
  if (name === 'gzip' || name === 'x-gzip') return new Decoder(sink, () => zlib.createGunzip())
  if (name === 'br') return new Decoder(sink, () => zlib.createBrotliDecompress())
  if (name === 'deflate') return new Decoder(sink, createInflate)
  throw new TransferError(curlCodes.badEncoding, `the content encoding ${JSON.stringify(name)} is not known`, {
    hint: `leave out --compressed to get the bytes as they are`,
  })
}

/** `deflate` is zlib's format by RFC 9110, but some servers send the bare stream. */
function createInflate(first: Uint8Array): Transform {
  return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
}

class Decoder implements ByteSink {
  readonly #sink: ByteSink
  readonly #create: (first: Uint8Array) => Transform
  #stream: Transform | undefined
  /** Settles when everything decompressed has arrived; rejects as soon as something is wrong. */
  #output: Promise<void> = Promise.resolve()
  #failed = false

  constructor(sink: ByteSink, create: (first: Uint8Array) => Transform) {
    this.#sink = sink
    this.#create = create
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0) return undefined
    this.#stream ??= this.#start(bytes)
    const stream = this.#stream
    if (stream.write(bytes)) return this.#failed ? this.#output : undefined
    return Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), this.#output])
  }

  async end(): Promise<void> {
    this.#stream?.end()
    await this.#output
    await this.#sink.end()
  }

  #start(first: Uint8Array): Transform {
    const stream = this.#create(first)
    this.#output = this.#pump(stream)
    this.#output.catch(() => {
      this.#failed = true
    })
    return stream
  }

  async #pump(stream: Transform): Promise<void> {
    for await (const bytes of decompressed(stream)) {
      const waiting = this.#sink.write(bytes)
      if (waiting) await waiting
    }
  }
}

/** Errors in here are the stream's; those of the sink pass by. */
async function* decompressed(stream: Transform): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await nextChunk(chunks)
      if (next.done) return
      yield next.value
    }
  } finally {
    stream.destroy()
  }
}

async function nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new TransferError(curlCodes.badEncoding, `the compressed content is broken: ${message}`, { cause: error })
  }
}
