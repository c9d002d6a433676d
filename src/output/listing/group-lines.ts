import { escapeForTerminal } from '../escape.ts'
import { type DelimitedFormat, delimitedRow } from './delimited.ts'
import { jsonText } from './json-text.ts'
import { humanSize } from './sizes.ts'

/** A group as it is shown. */
export interface GroupRow {
  readonly name: string
  readonly count: number
  readonly size: bigint
}

export interface GroupDocument {
  readonly head: string
  /** One group's text; the first one of a document may differ. */
  readonly row: (group: GroupRow, position: 'first' | 'further') => string
  readonly tail: string
}

/** Groups in a format: text has count, bytes and name; the others `Group`, `Count` and `Size`. */
export function groupDocument(options: {
  readonly format: 'text' | 'json' | 'ndjson' | DelimitedFormat
  readonly sizes: 'bytes' | 'human'
  readonly target: 'terminal' | 'program'
}): GroupDocument {
  const { format, sizes, target } = options
  switch (format) {
    case 'text':
      return {
        head: '',
        row: ({ name, count, size }) => {
          const shown = sizes === 'human' ? humanSize(size) : String(size)
          const label = name === '' ? '(top level)' : escapeForTerminal(name)
          return `${String(count).padStart(10)} ${shown.padStart(15)} ${label}\n`
        },
        tail: '',
      }
    case 'json':
      return {
        head: '{"Groups":[',
        row: (group, position) => `${position === 'first' ? '' : ','}\n${groupJson(group)}`,
        tail: ']}\n',
      }
    case 'ndjson':
      return { head: '', row: (group) => `${groupJson(group)}\n`, tail: '' }
    case 'csv':
    case 'tsv': {
      const row = (fields: readonly string[]): string => delimitedRow(fields, { format, target })
      return {
        head: row(['Group', 'Count', 'Size']),
        row: ({ name, count, size }) => row([name, String(count), String(size)]),
        tail: '',
      }
    }
  }
}

function groupJson({ name, count, size }: GroupRow): string {
  return `{"Group":${jsonText(name)},"Count":${count},"Size":${size}}`
}
