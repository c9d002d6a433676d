import { GlobAutomaton } from './glob-automaton.ts'
import { type GlobDialect, type GlobPiece, parseGlob } from './glob-syntax.ts'

/** A pattern for whole keys. */
export interface Glob {
  /** What every key that matches begins with. */
  readonly fixedPrefix: string
  /** Whether the fixed prefix is all there is: a key, not a pattern. */
  readonly isFixed: boolean
  matches(key: string): boolean
}

/** Whether a text has characters that make it a pattern, also if each of them is escaped. */
export function looksLikeGlob(text: string): boolean {
  return /[*?[{]/.test(text)
}

/** Makes a matcher of a pattern. No text is an error: what is not closed means itself. */
export function compileGlob(pattern: string, dialect: GlobDialect = 'paths'): Glob {
  const pieces = parseGlob(pattern, dialect)
  const firstSpecial = pieces.findIndex((piece) => piece.kind !== 'literal')
  const fixed = firstSpecial < 0 ? pieces : pieces.slice(0, firstSpecial)
  const fixedPrefix = fixed.map(textOf).join('')
  const automaton = new GlobAutomaton(pieces.slice(fixed.length))
  return {
    fixedPrefix,
    isFixed: firstSpecial < 0,
    matches: (key) => key.startsWith(fixedPrefix) && automaton.matches(key, fixedPrefix.length),
  }
}

function textOf(piece: GlobPiece): string {
  return piece.kind === 'literal' ? String.fromCodePoint(piece.codePoint) : ''
}
