import { createHash } from 'node:crypto'
import type { ObjectEntry } from './bucket-folder.ts'

/** The part of an object that an answer carries. */
export interface ByteRange {
  readonly start: number
  /** Inclusive. */
  readonly end: number
}

/**
 * Reads a `Range` header of one range (RFC 9110, 14.1.2).
 * @returns `whole` where there is none that counts, `unsatisfiable` where it lies beyond the end
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Changes with the file; of the form of a multipart upload's, which nobody takes for the MD5 of the content. */
export function entityTag({ key, size, modifiedAt }: ObjectEntry): string {
  const digest = createHash('sha256').update(`${key}\n${size}\n${modifiedAt.getTime()}`).digest('hex')
  return `"${digest.slice(0, 32)}-1"`
}
