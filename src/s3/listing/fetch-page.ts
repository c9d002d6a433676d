import type { Handed } from '../../http/handed.ts'
import type { ListPage, NextPage } from '../list-page.ts'

/** One page to ask for. */
export interface PageRequest {
  readonly prefix: string
  /** Undefined for all keys below the prefix. */
  readonly delimiter: string | undefined
  readonly from: PageStart
}

/** The beginning, behind a key (which need not exist), or where an earlier page said that it goes on. */
export type PageStart = { readonly after: string | undefined } | { readonly next: NextPage }

/**
 * Asks a service for a page, with whatever retries and repairs that takes.
 * @throws what cannot be repaired; the reason of `signal` when it is aborted
 */
export type FetchPage = (request: PageRequest, signal: AbortSignal) => Promise<Handed<ListPage>>
