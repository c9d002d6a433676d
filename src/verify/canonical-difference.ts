/** Where two canonical requests part. */
export interface Difference {
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1, in characters: the first that differs. */
  readonly column: number
  readonly part: CanonicalPart
  /** Undefined where the text has no such line. */
  readonly actual: string | undefined
  readonly expected: string | undefined
}

export type CanonicalPart = 'method' | 'path' | 'query' | 'headers' | 'signed headers' | 'payload hash'

/** A canonical request in its parts; lines that are missing are empty. */
export interface CanonicalParts {
  readonly method: string
  readonly path: string
  readonly query: string
  /** Header lines, the blank line and the list of signed headers. */
  readonly headerBlock: string
  readonly payloadHash: string
}

/** Takes a canonical request apart at its lines, also one that is none: what lacks is empty. */
export function splitCanonicalRequest(text: string): CanonicalParts {
  const lines = text.split('\n')
  return {
    method: lines[0] ?? '',
    path: lines[1] ?? '',
    query: lines[2] ?? '',
    headerBlock: lines.slice(3, -1).join('\n'),
    payloadHash: lines.length > 3 ? (lines.at(-1) ?? '') : '',
  }
}

/**
 * Lines the two up (a line that only one of them has does not shift the rest) and gives every line that differs, in
 * order. Empty where they are equal.
 */
export function canonicalDifferences(actual: string, expected: string): readonly Difference[] {
  const [left, right] = [actual.split('\n'), expected.split('\n')]
  const differences: Difference[] = []
  let [leftAt, rightAt] = [0, 0]
  while (leftAt < left.length || rightAt < right.length) {
    const [one, other] = [left[leftAt], right[rightAt]]
    if (one === other) {
      leftAt++
      rightAt++
      continue
    }
    const step = stepAt({ left, right, leftAt, rightAt })
    differences.push({
      line: (step.right > 0 ? rightAt : Math.min(rightAt, right.length - 1)) + 1,
      column: columnOf(step.left > 0 ? one : undefined, step.right > 0 ? other : undefined),
      part: partOf(step.right > 0 ? { index: rightAt, lines: right } : { index: leftAt, lines: left }),
      actual: step.left > 0 ? one : undefined,
      expected: step.right > 0 ? other : undefined,
    })
    leftAt += step.left
    rightAt += step.right
  }
  return differences
}

interface Position {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly leftAt: number
  readonly rightAt: number
}

/** Whether a line was added, left out, or changed: an equal line that comes next on the other side decides. */
function stepAt({ left, right, leftAt, rightAt }: Position): { readonly left: 0 | 1; readonly right: 0 | 1 } {
  const [one, other] = [left[leftAt], right[rightAt]]
  if (one === undefined) return { left: 0, right: 1 }
  if (other === undefined) return { left: 1, right: 0 }
  // Method, path and query are the first three lines, whatever they say.
  if (rightAt < 3 || leftAt < 3) return { left: 1, right: 1 }
  if (left[leftAt + 1] === other && right[rightAt + 1] !== one && headerName(one) !== headerName(other))
    return { left: 1, right: 0 }
  if (right[rightAt + 1] === one && left[leftAt + 1] !== other && headerName(one) !== headerName(other))
    return { left: 0, right: 1 }
  return { left: 1, right: 1 }
}

function headerName(line: string): string {
  return line.split(':', 1)[0]?.toLowerCase() ?? ''
}

function columnOf(actual: string | undefined, expected: string | undefined): number {
  if (actual === undefined || expected === undefined) return 1
  const [one, other] = [[...actual], [...expected]]
  const at = one.findIndex((character, index) => character !== other[index])
  return (at < 0 ? one.length : at) + 1
}

function partOf({ index, lines }: { readonly index: number; readonly lines: readonly string[] }): CanonicalPart {
  if (index < 3) return (['method', 'path', 'query'] as const)[index] ?? 'query'
  if (index === lines.length - 1) return 'payload hash'
  return index === lines.length - 2 ? 'signed headers' : 'headers'
}
