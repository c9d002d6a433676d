import { isUtf8 } from 'node:buffer'

/** A line as text, or why it is none. */
export type Line = string | { readonly problem: string }

/** Longer lines are no targets: HTTP servers stop far earlier, and keys end at 1024 bytes. */
const maxLineBytes = 1 << 20

/**
 * The lines of a stream of bytes, a block at a time; a last line may lack its end. A CR before the line feed goes, and so
 * does a byte order mark in front of all, which editors and PowerShell write.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let isFirst = true
  for await (const lines of blocksOfLines(chunks)) {
    const [first, ...others] = isFirst ? lines : []
    isFirst = false
    yield typeof first === 'string' && first.startsWith('\ufeff') ? [first.slice(1), ...others] : lines
  }
}

async function* blocksOfLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0)
  let skipping = false
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? bufferOf(chunk) : Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(0x0a)
    rest = bytes.subarray(end + 1)
    if (end >= 0) {
      // The end of a line that was too long, and reported, is no line.
      const lines = linesOf(bytes.subarray(0, end))
      yield skipping ? lines.slice(1) : lines
      skipping = false
    }
    if (rest.length > maxLineBytes) {
      if (!skipping) yield [tooLong]
      skipping = true
    }
    if (skipping) rest = Buffer.alloc(0)
  }
  if (rest.length > 0 && !skipping) yield linesOf(rest)
}

const tooLong = { problem: `is longer than ${maxLineBytes} bytes` }

function bufferOf(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function linesOf(bytes: Buffer): readonly Line[] {
  const text = bytes.toString()
  const lines = text.split('\n')
  if (!text.includes('\ufffd') || isUtf8(bytes)) {
    return text.includes('\r') ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines
  }
  return linesOneByOne(bytes)
}

/** For a block with bytes that are no UTF-8: they would silently name another object. */
function linesOneByOne(bytes: Buffer): readonly Line[] {
  const lines: Line[] = []
  for (let start = 0; start <= bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed < 0 ? bytes.length : feed
    const line = bytes.subarray(start, end)
    lines.push(isUtf8(line) ? line.toString().replace(/\r$/, '') : { problem: 'is not UTF-8' })
    start = end + 1
  }
  return lines
}
