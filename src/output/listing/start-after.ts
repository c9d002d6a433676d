import { escapeForTerminal } from '../escape.ts'
import { quotePosix } from '../shell-quote.ts'

/**
 * A key as a word for the shell that a terminal may show: as `quotePosix` writes it, or, where that would hold what a
 * terminal obeys, as `$'...'` (bash, zsh, ksh).
 */
export function shownShellWord(key: string): string {
  if (escapeForTerminal(key) === key) return quotePosix(key)
  return `$'${escapeForTerminal(key.replaceAll('\\', '\\\\').replaceAll("'", "\\'"))}'`
}
