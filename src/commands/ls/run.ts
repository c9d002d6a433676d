import type { Context } from '../../context.ts'
import { exitCodes } from '../../errors.ts'
import { createTransport } from '../../http/transport.ts'
import { openSession } from './connect.ts'
import { listAllBuckets } from './list-all-buckets.ts'
import { listKeys } from './list-keys.ts'
import type { RunnableLsOptions } from './options.ts'
import { StatusLine } from './status-line.ts'

/** Chosen by measuring: with 50 ms a request more gain nothing on one core, and fewer leave it idle. */
const usualConcurrency = 64

/** Lists buckets, or what is in one. */
export async function runLs(options: RunnableLsOptions, context: Context): Promise<number> {
  const concurrency = options.parallel ? (options.concurrency ?? usualConcurrency) : 1
  const transport = createTransport({ ...options.transport, maxConnections: concurrency })
  const status = new StatusLine(context)
  try {
    const session = await openSession(options, { context, transport, status })
    const input = { options, context, session, status, concurrency }
    const { rows } = options.bucket === undefined ? await listAllBuckets(input) : await listKeys(input)
    return rows === 0 && options.failEmpty ? exitCodes.failure : exitCodes.done
  } finally {
    await status.stop()
    transport.close()
  }
}
