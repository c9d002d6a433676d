import type { SpareBuffers } from '../spare-buffers.ts'
import type { BatchKinds } from './batch-kinds.ts'
import { type LineRules, parseBatchLine } from './batch-line.ts'
import { type Block, type Line, takeLines } from './lines.ts'

/** Lines of a block that follow each other: signed, their results in UTF-8; or left to who can sign and report every line. */
export type BlockPart =
  | { readonly signedLines: number; readonly output: Uint8Array }
  | { readonly leftLines: readonly Line[] }

/** A text of this length is cheap to build and to hand over; a whole block's would be a large object to V8 and to malloc. */
const partCharacters = 65_536

/** A block's results wait for those of the blocks before it: what would take more, of short lines with long session tokens, is left. */
const mostCharacters = 64 * partCharacters

export interface BlockRules {
  readonly kinds: BatchKinds
  readonly rules: LineRules
  /** For the results; and the block goes back there. */
  readonly buffers: SpareBuffers
}

/** Signs what is of a kind that is known. What is not, cannot be signed or wants a warning, is left. */
export function signBlock(block: Block, { kinds, rules, buffers }: BlockRules): readonly BlockPart[] {
  const parts: BlockPart[] = []
  let characters = 0
  let signedLines = 0
  let output = ''
  let leftLines: Line[] = []
  const endSigned = () => {
    if (signedLines > 0) parts.push({ signedLines, output: buffers.encoded(output) })
    characters += output.length
    signedLines = 0
    output = ''
  }
  for (const line of takeLines(block, buffers)) {
    const signed = characters < mostCharacters ? signLine(line, kinds, rules) : undefined
    if (signed === undefined) {
      if (leftLines.length === 0) {
        endSigned()
        parts.push({ leftLines })
      }
      leftLines.push(line)
    } else {
      output += signed
      signedLines++
      if (leftLines.length > 0) leftLines = []
      if (output.length >= partCharacters) endSigned()
    }
  }
  endSigned()
  return parts
}

function signLine(line: Line, kinds: BatchKinds, rules: LineRules): string | undefined {
  if (typeof line !== 'string') return undefined
  try {
    return kinds.sign(parseBatchLine(line, rules))
  } catch {
    // Whoever takes what is left meets the same error, and says so.
    return undefined
  }
}
