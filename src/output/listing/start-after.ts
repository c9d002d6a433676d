import { escapeForTerminal } from '../escape.ts'
import { quotePosix } from '../shell-quote.ts'

/**
 * A key as a word for the shell that a terminal may show: as `quotePosix` writes it, or, where that would hold what a
 * terminal obeys, as `$'...'` (bash, zsh, ksh) with the UTF-8 bytes of such characters in octal: `\u` means nothing to a
 * shell without a UTF-8 locale, and `\x85` one byte of the two of U+0085.
 */
export function shownShellWord(key: string): string {
  if (escapeForTerminal(key) === key) return quotePosix(key)
  return `$'${Array.from(key, shownCharacter).join('')}'`
}

function shownCharacter(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`
  const escaped = escapeForTerminal(character)
  if (escaped === character || /^\\[nrt]$/.test(escaped)) return escaped
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
