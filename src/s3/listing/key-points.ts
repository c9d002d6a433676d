/** A key as code points, so that no surrogate pair is ever cut. */
export type KeyPoints = readonly number[]

export function pointsOf(key: string): KeyPoints {
  return Array.from(key, (character) => character.codePointAt(0) ?? 0)
}

/** How many code points two keys have in common at their beginning. */
export function commonLength(a: KeyPoints, b: KeyPoints): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return index
  return length
}
