import { type Context, Interrupted } from '../../context.ts'
import { ClosedPipe, exitCodes } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { groupDocument } from '../../output/listing/group-lines.ts'
import { humanSize } from '../../output/listing/sizes.ts'
import { groupNamer } from '../../s3/entry-groups.ts'
import type { ListEntry } from '../../s3/list-page.ts'
import { Congestion } from '../../s3/listing/congestion.ts'
import { listInOrder } from '../../s3/listing/ordered-listing.ts'
import { PageSource } from '../../s3/listing/page-source.ts'
import type { LsOptions } from '../ls.ts'
import { openS3, type S3Access } from './access.ts'
import { runBuckets } from './buckets.ts'
import { type Collector, LimitedCollector, SortingCollector, StreamCollector } from './collectors.ts'
import { createEntryOutput, type Write } from './entry-output.ts'
import { GroupCollector } from './group-collector.ts'
import { type ListingPlan, planListing } from './plan.ts'
import { Progress } from './progress.ts'
import { quoteVisibly, resumeKey } from './resume.ts'

/** Lists a bucket's keys, or the buckets. */
export async function runLs(options: LsOptions, context: Context): Promise<number> {
  const plan = planListing(options)
  if (plan === undefined) return runBuckets(options, context)
  const listing = new Listing(plan, options, context)
  return listing.run()
}

/** A listing of one bucket, from its first request to its summary. */
class Listing {
  readonly #plan: ListingPlan
  readonly #options: LsOptions
  readonly #context: Context
  #progress: Progress | undefined
  /** Where the listing would go on, and whether it has shown anything. */
  #resumeAfter: string | undefined
  #hasTaken = false

  constructor(plan: ListingPlan, options: LsOptions, context: Context) {
    this.#plan = plan
    this.#options = options
    this.#context = context
    this.#resumeAfter = options.startAfter
  }

  async run(): Promise<number> {
    const { bucket } = this.#plan
    const access = await openS3(bucket, { options: this.#options, context: this.#context, note: this.#note })
    const collector = await this.#collector(access)
    try {
      await this.#collect(collector, access)
      await this.#progress?.stop()
      await collector.finish()
      if (this.#options.summarize) await this.#summarize(collector, access.session.requests)
    } catch (error) {
      await this.#progress?.stop()
      await this.#explainStop(error)
      throw error
    } finally {
      collector.dispose()
      access.transport.close()
    }
    const isEmpty = collector.totals.count === 0
    return isEmpty && this.#options.failEmpty ? exitCodes.failure : exitCodes.done
  }

  async #collect<Digest>(collector: Collector<Digest>, { session }: S3Access): Promise<void> {
    const { prefix, delimiter, lists, filterMembers } = this.#plan
    const { concurrency, pageSize, fetchOwner, requestPayer, healing, summarize, startAfter, maxItems } = this.#options
    const congestion = new Congestion(concurrency)
    const source = new PageSource({
      session,
      congestion,
      lists,
      pageSize: pageSize ?? smallPage(this.#options),
      owner: fetchOwner ? 'wanted' : 'unwanted',
      members: new Set([...collector.members, ...filterMembers, ...(summarize ? (['size'] as const) : [])]),
      headers: requestPayer === undefined ? [] : [{ name: 'x-amz-request-payer', value: requestPayer }],
      healing,
      random: this.#context.random,
      note: this.#note,
    })
    this.#progress = new Progress({
      stderr: this.#context.stderr,
      figures: () => ({ keys: source.entries, inFlight: source.inFlight }),
      now: this.#context.now,
    })
    const isSmall = maxItems !== undefined && maxItems <= 1000 && this.#options.sort === undefined
    const parts = listInOrder({
      fetchPage: source.fetchPage,
      prefix,
      delimiter,
      startAfter,
      division: concurrency === 1 || session.endpoint.kind === 'directory' || isSmall ? 'forbidden' : 'allowed',
      congestion,
      bufferBytes,
      digest: (entries) => withResumeKey(collector.digest(entries), entries),
      signal: this.#context.interrupt,
    })
    for await (const { digest } of parts) {
      const wantsMore = await collector.take(digest.inner)
      this.#hasTaken = true
      this.#resumeAfter = digest.resumeAfter ?? this.#resumeAfter
      if (!wantsMore) break
    }
  }

  async #collector(access: S3Access): Promise<Collector<unknown>> {
    const { groupBy, sort, maxItems } = this.#options
    const { isWanted } = this.#plan
    if (groupBy !== undefined) return this.#groupCollector(groupBy, access)
    const output = await createEntryOutput(
      { options: this.#options, plan: this.#plan, context: this.#context },
      this.#write,
    )
    if (sort !== undefined && !(sort.field === 'key' && sort.direction === 'ascending')) {
      return new SortingCollector(output, { isWanted, order: sort, limit: maxItems })
    }
    return maxItems === undefined
      ? new StreamCollector(output, isWanted)
      : new LimitedCollector(output, { isWanted, limit: maxItems })
  }

  #groupCollector(grouping: NonNullable<LsOptions['groupBy']>, { session }: S3Access): GroupCollector {
    const { folder, isWanted } = this.#plan
    const { sort, maxItems, format, sizes } = this.#options
    const now = this.#context.now().getTime()
    return new GroupCollector({
      grouping,
      nameOf: groupNamer(grouping, { folder, delimiter: '/', now }),
      isWanted,
      order: sort,
      limit: maxItems,
      scattered: folder,
      keysAreOrdered: session.endpoint.kind !== 'directory',
      document: groupDocument({ format, sizes, target: this.#context.stdout.isTerminal ? 'terminal' : 'program' }),
      write: this.#write,
    })
  }

  readonly #write: Write = async (bytes) => {
    if (this.#context.stdout.isTerminal) await this.#progress?.hide()
    await this.#context.stdout.write(bytes)
  }

  readonly #note = (line: string): void => {
    const write = async (): Promise<void> => {
      await this.#progress?.hide()
      await this.#context.stderr.write(`note: ${escapeForTerminal(line)}\n`)
    }
    // A note nobody can read any more is no reason to stop.
    write().catch(() => {})
  }

  async #summarize({ totals }: Collector<unknown>, requests: number): Promise<void> {
    const size = this.#options.sizes === 'human' ? humanSize(totals.size) : String(totals.size)
    const isText = this.#options.format === 'text' && this.#options.names === undefined
    const text = `Total Objects: ${totals.count}\n   Total Size: ${size}\nLIST Requests: ${requests}\n`
    if (isText) await this.#context.stdout.write(`\n${text}`)
    else await this.#context.stderr.write(text)
  }

  /** Says how far an unfinished listing came. */
  async #explainStop(error: unknown): Promise<void> {
    if (error instanceof ClosedPipe || !this.#hasTaken) return
    const { sort, groupBy } = this.#options
    const after = this.#resumeAfter
    const reason = error instanceof Interrupted ? 'interrupted' : 'stopped'
    const isPartial = sort === undefined && groupBy === undefined
    const lines = !isPartial
      ? `note: ${reason}: only a part was listed, so there is no result`
      : after === undefined
        ? `note: ${reason} before the versions of the first key were complete`
        : `note: ${reason} after the key ${quoteVisibly(after)}\nnote: --start-after ${quoteVisibly(after)} continues the listing`
    await this.#context.stderr.write(`${lines}\n`)
  }
}

/** What may wait for its turn, in bytes of output: some two hundred pages of text. */
const bufferBytes = 16 * 1024 * 1024

/** Asking for a thousand keys to show ten costs time; a filter may need many to find ten. */
function smallPage(options: LsOptions): number | undefined {
  const { maxItems, sort, groupBy, filters, newerThan, olderThan, largerThan, smallerThan, storageClasses } = options
  const isFiltered =
    filters.length > 0 ||
    storageClasses.size > 0 ||
    [newerThan, olderThan, largerThan, smallerThan].some((limit) => limit !== undefined)
  if (maxItems === undefined || sort !== undefined || groupBy !== undefined || isFiltered) return undefined
  return maxItems < 1000 ? maxItems : undefined
}

function withResumeKey<Digest>(
  digested: { readonly digest: Digest; readonly bytes: number },
  entries: readonly ListEntry[],
): { readonly digest: { readonly inner: Digest; readonly resumeAfter: string | undefined }; readonly bytes: number } {
  return {
    digest: { inner: digested.digest, resumeAfter: resumeKey(entries, undefined) },
    bytes: digested.bytes,
  }
}
