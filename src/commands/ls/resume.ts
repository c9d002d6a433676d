import { escapeForTerminal } from '../../output/escape.ts'
import { quotePosix } from '../../output/shell-quote.ts'
import type { ListEntry } from '../../s3/list-page.ts'

/**
 * The key behind which a listing goes on that ended with these entries: the last one; behind a common prefix, all that is
 * in it; of versions the last key whose versions are surely complete.
 * @returns undefined where only the beginning will do
 */
export function resumeKey(entries: readonly ListEntry[], before: string | undefined): string | undefined {
  const last = entries.at(-1)
  if (last === undefined) return before
  if (last.kind === 'prefix') return `${copy(last.key)}\u{10ffff}`
  if (last.kind === 'object') return copy(last.key)
  const complete = entries.findLast((entry) => entry.key !== last.key)
  return complete === undefined ? before : copy(complete.key)
}

/** A word for a POSIX shell that a terminal can show: control characters as `$'\x1b'`. */
export function quoteVisibly(text: string): string {
  if (escapeForTerminal(text) === text && !text.includes('\u{10ffff}')) return quotePosix(text)
  const bytes = Buffer.from(text)
  let quoted = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    quoted +=
      byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : character.replace(/['\\]/, '\\$&')
  }
  return `$'${quoted}'`
}

/** A key cut out of a page keeps the page's whole text in memory. */
function copy(text: string): string {
  return Buffer.from(text).toString()
}
