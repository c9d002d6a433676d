import { isAscii, isUtf8 } from 'node:buffer'
import { MalformedXml } from './xml.ts'

/**
 * A body's text, in the pieces that it is to be read in: joined they are the whole. Of 300 KB in one text V8 gets new memory
 * from the system each time; pieces like these stand among its short-lived objects.
 */
export type BodyText = readonly string[]

/** As much as a socket gives at once. V8's large objects, which are the slow ones, begin at 128 KB. */
const pieceBytes = 64 * 1024

/**
 * The text of a body that came in these chunks.
 * @throws MalformedXml for a body that is no UTF-8
 */
export function bodyText(chunks: readonly Buffer[]): BodyText {
  // Nearly all bodies are ASCII, which is read ten times as fast, and may be cut anywhere.
  if (chunks.every(isAscii)) return largePieces(chunks).map((piece) => piece.toString('latin1'))
  const body = Buffer.concat(chunks)
  if (isUtf8(body)) return [body.toString()]
  throw new MalformedXml('the answer is not UTF-8')
}

/** The same bytes in pieces of about `pieceBytes`: a slow network brings them a thousand at a time. */
function largePieces(chunks: readonly Buffer[]): readonly Buffer[] {
  const pieces: Buffer[] = []
  let small: Buffer[] = []
  let bytes = 0
  for (const chunk of chunks) {
    if (bytes + chunk.length > pieceBytes) {
      pieces.push(joined(small))
      small = []
      bytes = 0
    }
    small.push(chunk)
    bytes += chunk.length
  }
  return [...pieces, joined(small)]
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}

/** A body's text that is read from its beginning to its end, a few pieces at a time. */
export class TextWindow {
  readonly #body: BodyText
  #taken = 0
  text = ''
  /** Where in the text reading stands. */
  at = 0

  constructor(body: BodyText) {
    this.#body = body
    this.widen()
  }

  get isLast(): boolean {
    return this.#taken === this.#body.length
  }

  /**
   * Lets go what has been read, and takes in at least as much again as is left: who widens until something is whole copies
   * no more than twice its length.
   * @returns false where there is no more
   */
  widen(): boolean {
    if (this.isLast) return false
    const pieces = [this.text.slice(this.at)]
    const left = pieces[0]?.length ?? 0
    for (let added = 0; !this.isLast && (added === 0 || added < left); this.#taken += 1) {
      const piece = this.#body[this.#taken] ?? ''
      pieces.push(piece)
      added += piece.length
    }
    this.text = pieces.join('')
    this.at = 0
    return true
  }
}
