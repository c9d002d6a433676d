import { escapeForTerminal } from '../escape.ts'

/** Writes the values of a line, with its line feed. */
export type LineWriter = (values: readonly string[]) => string

/**
 * Values between commas, quoted as RFC 4180 says where they hold a quote, a comma, a line break or blanks at an end; lines
 * end in a line feed, as Unix tools want them. Every value is exact, also one that spreadsheets take for a formula.
 */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvValue).join()}\n`
}

/** The same for a terminal, which must not obey what stands in a key. */
export function csvLineForTerminal(values: readonly string[]): string {
  return csvLine(values.map(escapeForTerminal))
}

/**
 * Values between tabs, escaped as PostgreSQL's COPY reads them: `\\`, `\t`, `\n`, `\r`, and `\xHH` for each UTF-8 byte
 * of other controls and bidirectional marks.
 */
export function tsvLine(values: readonly string[]): string {
  return `${values.map(tsvValue).join('\t')}\n`
}

function csvValue(value: string): string {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function tsvValue(value: string): string {
  return unsafe.test(value) ? value.replace(unsafeAll, escapeCharacter) : value
}

const unsafe = /[\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const unsafeAll = new RegExp(unsafe.source, 'g')
const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  return (
    named[character] ?? [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  )
}
