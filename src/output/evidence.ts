import { shortenToken } from '../credentials/secret.ts'
import { escapeForTerminal } from './escape.ts'

/** Session tokens, wherever they stand in a canonical request or a message, keep their first six characters only. */
export function hideSecrets(text: string): string {
  return text
    .replace(
      /(x-amz-security-token(?:=|: ?))([^\s&'";,]+)/gi,
      (_, name: string, token: string) => name + shortenToken(token),
    )
    .replace(/(server-side-encryption-customer-key: ?)([^\s&'";,]+)/gi, '$1(redacted)')
}

/** Text with every character made visible that the eye would miss: line ends, tabs, odd blanks, blanks at the ends and in runs. */
export function visible(text: string): string {
  return [...text].map((character, index, all) => visibleCharacter(character, all[index - 1], all[index + 1])).join('')
}

function visibleCharacter(character: string, before: string | undefined, after: string | undefined): string {
  if (character === ' ') {
    const striking = before === undefined || after === undefined || before === ' ' || after === ' ' || before === ':'
    return striking ? '·' : ' '
  }
  return escapeOdd(character)
}

/** Like `escapeForTerminal`, and blanks of other widths, too: a sentence with values of a request in it. */
export function escapeOdd(text: string): string {
  return [...escapeForTerminal(text)]
    .map((character) => (oddBlank.test(character) ? escapeCode(character) : character))
    .join('')
}

function escapeCode(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}

/** Blanks of other widths, and characters without any. */
const oddBlank = /[\u00a0\u00ad\u115f\u1160\u1680\u180e\u2000-\u200f\u202f\u205f\u2060-\u2064\u3000\ufeff]/

export interface MarkedLine {
  readonly text: string
  /** How many columns stand before the marked character. */
  readonly caret: number
}

/** Characters shown around the marked one. */
const before = 50
const after = 50

/** A line cut to the surroundings of a column (from 1), all characters visible. A missing line says so. */
export function markedLine(line: string | undefined, column: number): MarkedLine {
  if (line === undefined) return { text: '(no such line)', caret: 0 }
  const characters = [...line]
  const start = Math.max(0, Math.min(column - 1, characters.length) - before)
  const end = Math.min(characters.length, column + after)
  const lead = start > 0 ? '...' : ''
  const shown = visible(characters.slice(start, end).join(''))
  const caret = lead.length + [...visible(characters.slice(start, column - 1).join(''))].length
  return { text: `${lead}${shown}${end < characters.length ? '...' : ''}`, caret }
}
