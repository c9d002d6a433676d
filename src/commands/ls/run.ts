import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { CliError, exitCodes } from '../../errors.ts'
import { createTransport } from '../../http/transport.ts'
import { headerValue } from '../../request/header.ts'
import { emptyBody } from '../../request/received-request.ts'
import { S3Refusal } from '../../s3/refusal.ts'
import type { S3Session } from '../../s3/s3-session.ts'
import { openS3Session } from '../open-s3-session.ts'
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
  let session: S3Session | undefined
  try {
    session = await openS3Session(options, { context, transport, status })
    const input = { options, context, session, status, concurrency }
    const { rows } = options.bucket === undefined ? await listAllBuckets(input) : await listKeys(input)
    return rows === 0 && options.failEmpty ? exitCodes.failure : exitCodes.done
  } catch (error) {
    throw await withDiagnosis(error, session?.credentials, context)
  } finally {
    await status.stop()
    transport.close()
  }
}

/** A refusal of the signature, wherever it stands among the causes, gets what `verify` says of it. */
async function withDiagnosis(error: unknown, credentials: Credentials | undefined, { now }: Context): Promise<unknown> {
  let refusal = error
  while (refusal instanceof Error && !(refusal instanceof S3Refusal)) refusal = refusal.cause
  if (!(refusal instanceof S3Refusal) || !(error instanceof CliError) || refusal.status !== 403) return error
  const { request, status, headers, body } = refusal
  const [path = '', query] = splitTarget(request.target)
  const { diagnoseRefusal } = await import('../refusal-diagnosis.ts')
  const authority = headerValue(request.headers, 'host')
  const sent = { method: request.method, scheme: request.scheme, authority, path, query, headers: request.headers }
  const lines = await diagnoseRefusal(
    { request: { ...sent, body: emptyBody }, status, headers, body },
    { credentials, now },
  )
  if (lines.length === 0) return error
  const { message, exitCode, hint, cause } = error
  return new CliError(message, { exitCode, hint, cause, details: lines.join('\n') })
}

function splitTarget(target: string): readonly [path: string, query: string | undefined] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)]
}
