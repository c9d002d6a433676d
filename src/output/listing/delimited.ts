import { escapeForTerminal } from '../escape.ts'

export type DelimitedFormat = 'csv' | 'tsv'

/**
 * A row of a table for programs. csv is RFC 4180's with line feeds as line ends: a field with a comma, quote, line break or
 * blank at its edge stands in quotes. tsv writes tab, line feed, carriage return and backslash as `\t`, `\n`, `\r`, `\\`.
 * @param target a terminal never gets control characters raw, whatever the format
 */
export function delimitedRow(
  fields: readonly string[],
  { format, target }: { readonly format: DelimitedFormat; readonly target: 'terminal' | 'program' },
): string {
  const safe = target === 'terminal' ? fields.map(escapeForTerminal) : fields
  return format === 'csv' ? `${safe.map(csvField).join(',')}\n` : `${safe.map(tsvField).join('\t')}\n`
}

function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const tsvEscapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' }

function tsvField(text: string): string {
  return text.replace(/[\t\n\r\\]/g, (character) => tsvEscapes[character] ?? character)
}
