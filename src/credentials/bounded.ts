import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'

interface Bounds {
  readonly timeoutMs: number
  readonly limitBytes: number
  readonly signal: AbortSignal
}

/** The bounds were reached; the message ends a sentence about who was asked. */
export class OutOfBounds extends Error {
  override readonly name = 'OutOfBounds'
}

const checkMs = 25

/**
 * Bounds for what asks over connections of its own, as the SDK does for containers and instances: there it waits without
 * end for a silent or slow server, keeps whatever is sent, and neither answers nor fails where an answer breaks off or
 * asks for another protocol, by which the process would end as if all were well.
 * @throws OutOfBounds, the signal's reason, or what the work throws
 */
export async function withinBounds<T>(work: () => Promise<T>, { timeoutMs, limitBytes, signal }: Bounds): Promise<T> {
  signal.throwIfAborted()
  const requests = new Set<ClientRequest>()
  const own = new AsyncLocalStorage<true>()
  const watch = (message: unknown) => {
    const request = own.getStore() && requestOf(message)
    if (request) requests.add(request)
  }
  subscribe('http.client.request.start', watch)
  let stop = () => {}
  const reached = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason)
    const deadline = setTimeout(
      () => reject(new OutOfBounds(`no whole answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    const check = setInterval(() => {
      const large = [...requests].some((request) => (request.socket?.bytesRead ?? 0) > limitBytes)
      if (large) reject(new OutOfBounds(`an answer of more than ${limitBytes} bytes`))
    }, checkMs)
    signal.addEventListener('abort', abort)
    stop = () => {
      clearTimeout(deadline)
      clearInterval(check)
      signal.removeEventListener('abort', abort)
    }
  })
  try {
    return await Promise.race([own.run(true, work), reached])
  } finally {
    stop()
    unsubscribe('http.client.request.start', watch)
    for (const request of requests) request.destroy()
  }
}

function requestOf(message: unknown): ClientRequest | undefined {
  const request = typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined
  return request instanceof ClientRequest ? request : undefined
}
