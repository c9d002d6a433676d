import { Handed } from '../../http/handed.ts'
import type { Header } from '../../request/header.ts'
import type { BodyText } from '../body-text.ts'
import type { EntryMember } from '../entry-shape.ts'
import type { ListPage } from '../list-page.ts'
import { pageReader } from '../read-page.ts'
import { S3Refusal } from '../refusal.ts'
import { withRetries } from '../retries.ts'
import type { S3Session } from '../s3-session.ts'
import type { QueryParameter } from '../session-sender.ts'
import type { Congestion } from './congestion.ts'
import type { FetchPage, PageRequest } from './fetch-page.ts'

export interface PageSourceOptions {
  readonly session: S3Session
  readonly congestion: Congestion
  readonly lists: 'objects' | 'versions'
  /** Keys asked for in a page; undefined leaves it to the service. */
  readonly pageSize: number | undefined
  readonly owner: 'wanted' | 'unwanted'
  /** Members that entries need to have. */
  readonly members: ReadonlySet<EntryMember>
  readonly headers: readonly Header[]
  readonly healing: 'allowed' | 'forbidden'
  readonly random: () => number
  readonly note: (line: string) => void
}

/** How a service wants to be asked, learnt from what it refuses. */
interface Dialect {
  readonly version: 1 | 2
  readonly sendsOwner: boolean
  readonly sendsEncoding: boolean
}

/** Asks a bucket for its pages, in the dialect that it understands, with retries. */
export class PageSource {
  readonly #options: PageSourceOptions
  readonly #read: (body: BodyText) => Promise<Handed<ListPage>>
  #dialect: Dialect
  #hasAnswered = false
  #hasThrottled = false
  /** Requests under way, and entries received. */
  inFlight = 0
  entries = 0

  constructor(options: PageSourceOptions) {
    this.#options = options
    this.#read = pageReader(options.members)
    this.#dialect = { version: 2, sendsOwner: options.owner === 'wanted', sendsEncoding: true }
  }

  readonly fetchPage: FetchPage = async (request, signal) => {
    const { congestion, random, note } = this.#options
    let { epoch } = congestion
    return withRetries(
      async () => {
        epoch = congestion.epoch
        return this.#ask(request, signal)
      },
      {
        signal,
        random,
        hasAnswered: () => this.#hasAnswered,
        onThrottle: () => {
          congestion.shrink(epoch)
          if (!this.#hasThrottled) note('S3 asks to slow down: sending fewer requests at once')
          this.#hasThrottled = true
        },
      },
    )
  }

  async #ask(request: PageRequest, signal: AbortSignal): Promise<Handed<ListPage>> {
    for (;;) {
      const dialect = this.#dialect
      try {
        const body = await this.#get(this.#query(request, dialect), signal)
        const page = this.#inServiceOrder((await this.#read(body.take())).take())
        this.#hasAnswered = true
        this.entries += page.entries.length
        if (!this.#isVersion1(page)) return new Handed(page)
        // Asked for version 2, it answered with 1: a start-after was overlooked.
        this.#dialect = { ...this.#dialect, version: 1 }
        if ('next' in request.from || request.from.after === undefined) return new Handed(page)
      } catch (error) {
        if (!(error instanceof S3Refusal) || !this.#adapt(error, dialect)) throw error
      }
    }
  }

  async #get(query: readonly QueryParameter[], signal: AbortSignal): Promise<Handed<BodyText>> {
    const { session, headers } = this.#options
    this.inFlight += 1
    try {
      return await session.get(query, { headers, signal })
    } finally {
      this.inFlight -= 1
    }
  }

  #query({ prefix, delimiter, from }: PageRequest, dialect: Dialect): readonly QueryParameter[] {
    const { lists, pageSize } = this.#options
    const isVersions = lists === 'versions'
    const parameters: (readonly [name: string, value: string | undefined])[] = [
      ...(isVersions ? [['versions', ''] as const] : dialect.version === 2 ? [['list-type', '2'] as const] : []),
      ['prefix', prefix === '' ? undefined : prefix],
      ['delimiter', delimiter],
      ['max-keys', pageSize?.toString()],
      ['encoding-type', dialect.sendsEncoding ? 'url' : undefined],
      ['fetch-owner', dialect.sendsOwner && !isVersions && dialect.version === 2 ? 'true' : undefined],
      ...startParameters(from, isVersions ? 'versions' : dialect.version),
    ]
    return parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  }

  /** A directory bucket's page may happen to ascend; the next one still goes back. */
  #inServiceOrder(page: ListPage): ListPage {
    return this.#options.session.endpoint.kind === 'directory' ? { ...page, isOrdered: false } : page
  }

  #isVersion1(page: ListPage): boolean {
    return this.#dialect.version === 2 && page.next !== undefined && 'marker' in page.next
  }

  /** Leaves out what a service may have refused; false where there is nothing left to leave out. */
  #adapt(refusal: S3Refusal, used: Dialect): boolean {
    const code = refusal.error?.code ?? ''
    const isAboutParameters = parameterCodes.has(code) || refusal.status === 501 || refusal.status === 405
    if (!isAboutParameters || this.#options.healing === 'forbidden' || this.#hasAnswered) return false
    if (used !== this.#dialect) return true
    const named = `${refusal.error?.message} ${refusal.error?.details.get('ArgumentName')}`.toLowerCase()
    const { note, lists } = this.#options
    if (used.sendsOwner && !named.includes('encoding')) {
      note('the service refuses fetch-owner: listing without owners')
      this.#dialect = { ...used, sendsOwner: false }
    } else if (used.sendsEncoding) {
      note('the service refuses encoding-type: keys that XML cannot hold may fail')
      this.#dialect = { ...used, sendsEncoding: false }
    } else if (used.version === 2 && lists === 'objects') {
      note('the service refuses ListObjectsV2: using version 1')
      this.#dialect = { ...used, version: 1, sendsEncoding: true }
    } else return false
    return true
  }
}

const parameterCodes: ReadonlySet<string> = new Set([
  'InvalidArgument',
  'InvalidRequest',
  'NotImplemented',
  'UnsupportedArgument',
  'UnsupportedOperation',
  'MethodNotAllowed',
])

function startParameters(
  from: PageRequest['from'],
  form: 'versions' | 1 | 2,
): readonly (readonly [name: string, value: string | undefined])[] {
  if ('after' in from) {
    const name = form === 'versions' ? 'key-marker' : form === 2 ? 'start-after' : 'marker'
    return [[name, from.after]]
  }
  const { next } = from
  if ('continuationToken' in next) return [['continuation-token', next.continuationToken]]
  if ('marker' in next) return [['marker', next.marker]]
  return [
    ['key-marker', next.keyMarker],
    ['version-id-marker', next.versionIdMarker],
  ]
}
