import type { ListEntry } from '../../s3/list-page.ts'
import { escapeForTerminal } from '../escape.ts'
import { LocalTime } from './local-time.ts'
import { humanSize } from './sizes.ts'

export interface TextLineOptions {
  /** Cut off the beginning of names: that many characters. */
  readonly nameStart: number
  readonly details: 'usual' | 'long'
  readonly sizes: 'bytes' | 'human'
  /** Sets off the names of common prefixes. */
  readonly highlight: (text: string) => string
}

/**
 * Lines as `aws s3 ls` prints them: local time, size, name, and `PRE` for common prefixes; with `long` storage class and
 * ETag before the name; versions with their id. Names are escaped for terminals.
 */
export function textLineWriter(options: TextLineOptions): (entries: readonly ListEntry[]) => string {
  const times = new LocalTime()
  const time = (entry: ListEntry): string => {
    const text = entry.lastModified ?? ''
    return times.format(text) ?? escapeForTerminal(text).padEnd(19)
  }
  const size = (entry: ListEntry): string => {
    if (entry.kind === 'delete-marker') return '       DEL'
    if (entry.size === undefined) return '          '
    return (options.sizes === 'human' ? humanSize(entry.size) : String(entry.size)).padStart(10)
  }
  const details = (entry: ListEntry): string => `${versionOf(entry)}${options.details === 'long' ? longOf(entry) : ''}`
  return (entries) => {
    let text = ''
    for (const entry of entries) {
      const name = escapeForTerminal(entry.key.slice(options.nameStart))
      text +=
        entry.kind === 'prefix'
          ? `                           PRE ${options.highlight(name)}\n`
          : `${time(entry)} ${size(entry)} ${details(entry)}${name}\n`
    }
    return text
  }
}

function versionOf(entry: ListEntry): string {
  if (entry.kind === 'object') return ''
  const id = escapeForTerminal(entry.versionId ?? '-')
  return `${id.padEnd(32)} ${entry.isLatest ? 'latest' : '-     '} `
}

function longOf(entry: ListEntry): string {
  const storageClass = escapeForTerminal(entry.storageClass ?? '-')
  return `${storageClass.padEnd(19)} ${escapeForTerminal(entry.eTag ?? '-')} `
}
