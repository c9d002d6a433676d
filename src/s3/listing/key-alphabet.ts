import type { KeyPoints } from './key-points.ts'

/**
 * The code points that keys are likely to have at a level (an index of code points), in order: of the sampled keys' letters
 * and digits from there to the next other character, completed to whole classes (`07` to all digits, `3f` to hexadecimal
 * ones, `k` to all small letters).
 */
export function likelyCodePoints(keys: readonly KeyPoints[], level: number): readonly number[] {
  const seen = new Set(keys.flatMap((key) => wordFrom(key, level)))
  const likely = new Set(seen)
  for (const { trigger, whole } of classes) {
    if (![...seen].some((codePoint) => isWithin(codePoint, trigger))) continue
    for (let codePoint = whole[0]; codePoint <= whole[1]; codePoint += 1) likely.add(codePoint)
  }
  return [...likely].sort((a, b) => a - b)
}

type Span = readonly [first: number, last: number]

const classes: readonly { readonly trigger: Span; readonly whole: Span }[] = [
  { trigger: span('0', '9'), whole: span('0', '9') },
  { trigger: span('a', 'f'), whole: span('a', 'f') },
  { trigger: span('g', 'z'), whole: span('a', 'z') },
  { trigger: span('A', 'F'), whole: span('A', 'F') },
  { trigger: span('G', 'Z'), whole: span('A', 'Z') },
]

function wordFrom(key: KeyPoints, level: number): KeyPoints {
  const rest = key.slice(level)
  const end = rest.findIndex((codePoint) => !isLetterOrDigit(codePoint))
  return end === -1 ? rest : rest.slice(0, Math.max(end, 1))
}

/** Whether a code point belongs to a class of which other members are to be expected. */
export function isLetterOrDigit(codePoint: number): boolean {
  return classes.some(({ whole }) => isWithin(codePoint, whole))
}

function isWithin(codePoint: number, [first, last]: Span): boolean {
  return codePoint >= first && codePoint <= last
}

function span(first: string, last: string): Span {
  return [first.charCodeAt(0), last.charCodeAt(0)]
}
