import type { ListEntry } from '../../s3/list-page.ts'

/**
 * How a listing is written: rows in one or more sections, which stand one after the other although their rows come mixed
 * (the AWS CLI's JSON has its keys and its common prefixes apart).
 */
export interface ListingRenderer {
  /** What stands before the rows of each section, and last what stands behind all. */
  readonly frame: readonly string[]
  /** What each row begins with; it is left out before the first of a section. */
  readonly separator: string
  /** The rows of some entries, one text for each section. Has no effect, so it may be called ahead and in any order. */
  render(entries: readonly ListEntry[]): readonly string[]
}

export interface RowOptions {
  readonly lists: 'objects' | 'versions'
  /** Whether there may be common prefixes. */
  readonly isDelimited: boolean
  readonly hasOwner: boolean
}
