import { storageClassOf } from '../../s3/key-filter.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import { escapeForTerminal } from '../escape.ts'
import { humanSize } from './human-size.ts'
import type { ListingRenderer } from './listing-renderer.ts'
import { localTimes } from './local-time.ts'
import { sizeDigits } from './size-digits.ts'

export interface TextOptions {
  /** `long` adds storage class and ETag. */
  readonly detail: 'usual' | 'long'
  readonly sizes: 'bytes' | 'human'
  readonly lists: 'objects' | 'versions'
  readonly owners: 'shown' | 'hidden'
  /** How many characters of each key are the listed folder's, and left out. */
  readonly folderLength: number
}

const prefixMark = 'PRE'.padStart(30)
/** `INTELLIGENT_TIERING` alone is longer. */
const classWidth = 12
const eTagWidth = 32

/** Rows as `aws s3 ls` prints them; what a terminal would obey is escaped in names. */
export function textRenderer(options: TextOptions): ListingRenderer {
  const localTime = localTimes()
  const sizeText = options.sizes === 'human' ? humanSize : sizeDigits
  const timeText = (text: string | undefined) => localTime(text) ?? escapeForTerminal(text ?? '').padEnd(19)
  const row = (entry: ListEntry) => {
    const name = escapeForTerminal(entry.key.slice(options.folderLength))
    if (entry.kind === 'prefix') return `${prefixMark} ${name}\n`
    const size = entry.kind === 'delete-marker' ? 'deleted' : entry.size === undefined ? '-' : sizeText(entry.size)
    const start = `${timeText(entry.lastModified)} ${size.padStart(10)} `
    const version = options.lists === 'versions' ? versionColumns(entry) : ''
    const detail = options.detail === 'long' ? detailColumns(entry) : ''
    return `${start}${version}${detail}${options.owners === 'shown' ? ownerColumn(entry) : ''}${name}\n`
  }
  return {
    frame: ['', ''],
    separator: '',
    render: (entries) => {
      let text = ''
      for (const entry of entries) text += row(entry)
      return [text]
    },
  }
}

/** `-1` and `-0`: names alone, ended by a line feed (escaped for terminals) or by NUL (exact). */
export function namesRenderer(options: {
  readonly ending: '\n' | '\0'
  readonly folderLength: number
  readonly escaping: 'terminal' | 'none'
}): ListingRenderer {
  const nameOf = options.escaping === 'terminal' ? escapeForTerminal : (name: string) => name
  return {
    frame: ['', ''],
    separator: '',
    render: (entries) => {
      let text = ''
      for (const { key } of entries) text += nameOf(key.slice(options.folderLength)) + options.ending
      return [text]
    },
  }
}

function versionColumns({ isLatest, versionId }: ListEntry): string {
  return `${isLatest ? 'latest' : '      '} ${escapeForTerminal(versionId ?? '-').padEnd(32)} `
}

function detailColumns(entry: ListEntry): string {
  const eTag = escapeForTerminal((entry.eTag ?? '-').replace(/^"(.*)"$/, '$1'))
  return `${escapeForTerminal(storageClassOf(entry) ?? '-').padEnd(classWidth)} ${eTag.padEnd(eTagWidth)} `
}

function ownerColumn({ owner }: ListEntry): string {
  return `${escapeForTerminal(owner?.displayName ?? owner?.id ?? '-')} `
}
