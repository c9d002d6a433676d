import type { EntryGroup } from '../../s3/entry-groups.ts'
import { escapeForTerminal } from '../escape.ts'
import { csvLine, csvLineForTerminal, type LineWriter, tsvLine } from './delimited-text.ts'
import { humanSize } from './human-size.ts'
import { jsonText } from './json-text.ts'

export interface GroupFormat {
  readonly format: 'text' | 'json' | 'ndjson' | 'csv' | 'tsv'
  readonly sizes: 'bytes' | 'human'
  readonly isTerminal: boolean
}

/** Groups with their number of objects and bytes; in text the bytes stand where a listing has an object's size. */
export function formatGroups(groups: readonly EntryGroup[], { format, sizes, isTerminal }: GroupFormat): string {
  switch (format) {
    case 'text':
      return textRows(groups, sizes === 'human' ? humanSize : String)
    case 'json':
      return `{"Groups":[${groups.map((group) => `\n${jsonGroup(group)}`).join()}\n]}\n`
    case 'ndjson':
      return groups.map((group) => `${jsonGroup(group)}\n`).join('')
    case 'csv':
      return table(groups, isTerminal ? csvLineForTerminal : csvLine)
    case 'tsv':
      return table(groups, tsvLine)
  }
}

function textRows(groups: readonly EntryGroup[], sizeText: (bytes: number) => string): string {
  const countWidth = groups.reduce((width, { count }) => Math.max(width, String(count).length), 10)
  const sizeWidth = groups.reduce((width, { bytes }) => Math.max(width, sizeText(bytes).length), 15)
  return groups
    .map(({ name, count, bytes }) => {
      const label = name === '' ? '(none)' : escapeForTerminal(name)
      return `${String(count).padStart(countWidth)} ${sizeText(bytes).padStart(sizeWidth)} ${label}\n`
    })
    .join('')
}

function jsonGroup({ name, count, bytes }: EntryGroup): string {
  return `{"Group":${jsonText(name)},"Count":${count},"Size":${bytes}}`
}

function table(groups: readonly EntryGroup[], line: LineWriter): string {
  const rows = groups.map(({ name, count, bytes }) => line([name, String(count), String(bytes)]))
  return line(['Group', 'Count', 'Size']) + rows.join('')
}
