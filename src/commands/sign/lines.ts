import { isUtf8 } from 'node:buffer'
import type { SpareBuffers } from '../spare-buffers.ts'

/** A line as text, or why it is none. */
export type Line = string | { readonly problem: string }

/** Longer lines are no targets: HTTP servers stop far earlier, and keys end at 1024 bytes. */
const maxLineBytes = 1 << 20

/** Bytes of whole lines, the last one without its line feed; or a line that is none. */
export type Block = Buffer | { readonly problem: string }

/**
 * The lines of a stream of bytes, a block at a time; a last line may lack its end. A byte order mark in front of all, which
 * editors and PowerShell write, goes.
 * @param chunks are given away: their memory is taken from them
 * @param buffers where the blocks are from, and where they are given back
 */
export async function* readBlocks(chunks: AsyncIterable<Uint8Array>, buffers: SpareBuffers): AsyncGenerator<Block> {
  let isFirst = true
  for await (const block of wholeLines(chunks, buffers)) {
    const hasMark = isFirst && Buffer.isBuffer(block) && block.subarray(0, 3).equals(byteOrderMark)
    isFirst = false
    yield hasMark ? block.subarray(3) : block
  }
}

async function* wholeLines(chunks: AsyncIterable<Uint8Array>, buffers: SpareBuffers): AsyncGenerator<Block> {
  let rest: Buffer = Buffer.alloc(0)
  let skipping = false
  for await (const chunk of chunks) {
    const bytes = buffers.joined([rest, chunk])
    buffers.give(rest)
    release(chunk)
    const end = bytes.lastIndexOf(0x0a)
    rest = bytes
    if (end >= 0) {
      // Copied: once the block is yielded, its buffer is somebody else's.
      rest = Buffer.from(bytes.subarray(end + 1))
      // The end of a line that was too long, and reported, is no line.
      const start = skipping ? bytes.indexOf(0x0a) + 1 : 0
      if (start <= end) yield bytes.subarray(start, end)
      skipping = false
    }
    if (rest.length > maxLineBytes) {
      if (!skipping) yield tooLong
      skipping = true
    }
    if (skipping) rest = Buffer.alloc(0)
  }
  if (rest.length > 0 && !skipping) yield rest
}

/**
 * Takes a chunk's memory from it. The stream, its iterator and the loop over that hold each chunk until its lines are signed: it outlives
 * two collections of V8's young generation, and of such garbage there were 20 MB at times.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  // What is smaller may be a part of Node's pool.
  if (byteLength <= Buffer.poolSize || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return
  structuredClone(buffer, { transfer: [buffer] })
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

const tooLong = { problem: `is longer than ${maxLineBytes} bytes` }

/** A block's lines; a CR in front of a line feed is no part of them. The block itself is given back. */
export function takeLines(block: Block, buffers: SpareBuffers): readonly Line[] {
  if (!Buffer.isBuffer(block)) return [block]
  const lines = linesIn(block)
  buffers.give(block)
  return lines
}

function linesIn(bytes: Buffer): readonly Line[] {
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
