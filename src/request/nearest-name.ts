/**
 * The known name a misspelt one most likely means, by edits (a letter added, lost or changed, two neighbours swapped);
 * undefined where none is near: at most two edits, and no more than half of the letters.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (edits <= 2 && edits <= candidate.length / 2 && (!best || edits < best.edits)) best = { name: candidate, edits }
  }
  return best?.name
}

/** Damerau-Levenshtein distance in its optimal string alignment form. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const changed = left[row - 1] === right[column - 1] ? 0 : 1
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
          ? (beforeLast[column - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY
      current.push(
        Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + changed, swapped),
      )
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? left.length
}
