/** A key as code points, so that no surrogate pair is ever cut. */
export type KeyPoints = readonly number[]

export function pointsOf(key: string): KeyPoints {
  return Array.from(key, (character) => character.codePointAt(0) ?? 0)
}

/** What two keys begin with, in whole code points. */
export function sharedBeginning(a: string, b: string): string {
  const length = Math.min(a.length, b.length)
  let end = 0
  while (end < length && a.charCodeAt(end) === b.charCodeAt(end)) end += 1
  const isCut = end > 0 && (a.codePointAt(end - 1) ?? 0) > 0xffff
  return a.slice(0, isCut ? end - 1 : end)
}

/**
 * A point behind all keys that begin so: no usual character is beyond it. A range that ends there can be asked for by that
 * beginning. (U+10FFFF would be behind all, but services may refuse what is no character.)
 */
export function endOfBeginning(beginning: string): string {
  return beginning + lastCharacter
}

/** What `endOfBeginning` was made of; any other point as it is. */
export function beginningOf(point: string): string {
  return point.endsWith(lastCharacter) ? point.slice(0, -lastCharacter.length) : point
}

const lastCharacter = '\u{fffd}'

/** How many code points two keys have in common at their beginning. */
export function commonLength(a: KeyPoints, b: KeyPoints): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return index
  return length
}
