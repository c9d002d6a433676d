/**
 * S3's order of keys: by their UTF-8 bytes, which is the order of their code points. JavaScript compares UTF-16 units, and
 * the two differ where a surrogate meets U+E000 to U+FFFF.
 * @returns a negative number, 0 or a positive number
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return codePointRank(left) - codePointRank(right)
  }
  return a.length - b.length
}

/** Lifts surrogates above all other units; which of two surrogates is greater is right already. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** The next character in that order; undefined after the last one. Takes and gives code points, never a surrogate. */
export function nextCodePoint(codePoint: number): number | undefined {
  if (codePoint >= 0x10ffff) return undefined
  return codePoint === 0xd7ff ? 0xe000 : codePoint + 1
}
