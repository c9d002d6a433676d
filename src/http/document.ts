import type { Header } from '../request/header.ts'
import { NetworkError } from './network-error.ts'
import { placeOf } from './route.ts'
import { type OutgoingRequest, readBody, type Transport } from './transport.ts'

/** An answer that is one small document, whole. */
export interface IncomingDocument {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/**
 * Sends a request and reads its answer whole: for token services, whose answers are small. Who sends a byte now and then
 * never lets a read timeout pass, so the whole answer has the transport's `documentTimeoutMs`.
 * @throws NetworkError (exit 6), also for an answer of more than `limitBytes`
 */
export async function fetchDocument(
  transport: Transport,
  request: OutgoingRequest,
  limitBytes: number,
): Promise<IncomingDocument> {
  const { documentTimeoutMs } = transport
  const deadline = documentTimeoutMs === 0 ? new AbortController().signal : AbortSignal.timeout(documentTimeoutMs)
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline])
  try {
    const response = await transport.send({ ...request, signal })
    const { status, statusText, headers } = response
    return { status, statusText, headers, body: await readBody(response, limitBytes) }
  } catch (error) {
    request.signal?.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new NetworkError(
      'timeout',
      `${placeOf(request)} did not complete its answer within ${documentTimeoutMs / 1000} s`,
    )
  }
}
