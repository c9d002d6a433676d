import { escapeForTerminal } from './escape.ts'
import type { Style } from './style.ts'

export interface Layout {
  readonly style: Style
  /** Of the terminal. */
  readonly columns: number
}

interface Row {
  readonly label: string
  /** The lines of the value: none is broken, so that hashes can be copied. */
  readonly lines: readonly string[]
  /** Says why; behind a value that leaves room for it, else below. */
  readonly remark?: string | undefined
  readonly emphasis?: 'value' | 'result' | undefined
}

const indent = 2
/** With the indent, leaves a SHA-256 in hex its place in 80 columns. */
const labelColumns = 14
/** Narrower terminals get the label on a line of its own. */
const narrowestForLabels = 60

/** A label and what it stands for, one below the other in columns that suit the terminal. Values and remarks are escaped. */
export function formatRow(row: Row, layout: Layout): readonly string[] {
  const { style, columns } = layout
  const beside = columns >= narrowestForLabels
  const start = beside ? indent + labelColumns : 2 * indent
  const head = ' '.repeat(indent) + row.label
  const values = row.lines.map(escapeForTerminal)
  const [only] = values
  const remark = row.remark === undefined ? undefined : escapeForTerminal(row.remark)
  const fits = values.length === 1 && remark !== undefined && start + (only ?? '').length + 2 + remark.length <= columns
  const painted = values.map((value) => paint(value, row.emphasis, style))
  const lines = fits ? [`${painted[0]}  ${style.dim(remark)}`] : [...painted, ...remarkLines(remark, start, layout)]
  const placed = lines.map((line) => ' '.repeat(start) + line)
  const label = row.label === '' ? '' : style.dim(row.label)
  if (!beside) return row.label === '' ? placed : [' '.repeat(indent) + label, ...placed]
  const first = `${' '.repeat(indent)}${label}${' '.repeat(Math.max(1, start - head.length))}${lines[0] ?? ''}`
  return [first.trimEnd(), ...placed.slice(1)]
}

/** Text broken at blanks, each line with so many blanks in front. */
export function wrapText(text: string, { columns, start }: { columns: number; start: number }): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && start + last.length + 1 + word.length <= columns) lines.push(`${lines.pop()} ${word}`)
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(start) + line)
}

function remarkLines(remark: string | undefined, start: number, { style, columns }: Layout): readonly string[] {
  if (remark === undefined) return []
  return wrapText(remark, { columns: columns - start, start: 0 }).map((line) => style.dim(line))
}

function paint(value: string, emphasis: Row['emphasis'], style: Style): string {
  if (emphasis === undefined) return value
  return emphasis === 'result' ? style.green(value) : style.cyan(value)
}
