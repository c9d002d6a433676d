import { usageError } from '../errors.ts'
import { withBrackets } from '../request/request-url.ts'
import { Answer } from './answer.ts'
import type { KeptConnection } from './kept-connection.ts'
import type { KeptConnections } from './kept-connections.ts'
import { NetworkError } from './network-error.ts'
import { proxyAuthorization } from './proxy.ts'
import type { ResponseHead } from './response-head.ts'
import { placeOf, type Route } from './route.ts'
import type { IncomingResponse, OutgoingRequest, TransportOptions } from './transport.ts'
import { wireHeaders } from './wire-headers.ts'

/** RFC 9110 9.2.2: what may be sent again without being asked. */
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

interface Sending {
  readonly route: Route
  readonly connections: KeptConnections
  readonly options: TransportOptions
}

/**
 * Sends a request over one of these connections.
 * @throws NetworkError, CliError (usage) for what HTTP cannot carry, or StaleConnection where the request may go again
 */
export async function sendOnce(
  request: OutgoingRequest,
  { route, connections, options }: Sending,
): Promise<IncomingResponse> {
  const bytes = requestBytes(request, route)
  const connection = connections.takeIdle() ?? (await acquire(request, connections))
  const where = placeOf(request)
  const { readTimeoutMs } = options
  const cleanUp: (() => void)[] = []
  const answer = new Answer(connection, {
    method: request.method,
    where,
    mayBeStale: connection.isUsed && idempotent.has(request.method),
    readTimeoutMs,
    done: (reusableAfter) => {
      for (const step of cleanUp) step()
      if (reusableAfter !== undefined) connections.release(connection, idleLimitMs(reusableAfter))
    },
  })
  connection.carry(answer, readTimeoutMs)
  const head = answer.head()
  const stopLimit = limitHead(answer, where, documentTimeoutMs(options))
  cleanUp.push(stopLimit)
  cleanUp.push(giveUpOn(request.signal, answer, where))
  connection.write(bytes)
  const { status, reason, headers } = await head
  stopLimit()
  if (status === 407 && route.plainProxy) throw refusedByProxy(answer, where)
  return { status, statusText: reason, headers, body: answer }
}

/** Both timeouts together; 0 where one of them waits without end. */
export function documentTimeoutMs({ connectTimeoutMs, readTimeoutMs }: TransportOptions): number {
  return readTimeoutMs === 0 || connectTimeoutMs === 0 ? 0 : connectTimeoutMs + readTimeoutMs
}

/** A connection, unless the request is given up meanwhile: then whoever comes next gets it. */
async function acquire({ signal, ...request }: OutgoingRequest, connections: KeptConnections): Promise<KeptConnection> {
  const acquired = connections.acquire()
  if (signal === undefined) return acquired
  const aborted = () => new NetworkError('aborted', `the request to ${placeOf(request)} was given up`, signal.reason)
  let giveUp = () => {}
  const given = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(aborted())
    signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([acquired, given])
  } catch (error) {
    acquired.then(
      (connection) => connections.release(connection, 0),
      () => {},
    )
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function giveUpOn(signal: AbortSignal | undefined, answer: Answer, where: string): () => void {
  if (signal === undefined) return () => {}
  const giveUp = () => answer.fail(new NetworkError('aborted', `the request to ${where} was given up`, signal.reason))
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp)
  return () => signal.removeEventListener('abort', giveUp)
}

/** A head that comes byte by byte never lets a read timeout pass. */
function limitHead(answer: Answer, where: string, limitMs: number): () => void {
  if (limitMs === 0) return () => {}
  const timer = setTimeout(() => {
    const message = `${where} did not complete the head of its answer within ${limitMs / 1000} s`
    answer.fail(new NetworkError('timeout', message))
  }, limitMs)
  return () => clearTimeout(timer)
}

function refusedByProxy(answer: Answer, where: string): NetworkError {
  const error = new NetworkError('proxy', `the proxy refused the request to ${where}: status 407`)
  answer.fail(error)
  return error
}

/** A little less than the server says that it keeps an idle connection; 0 where it says nothing. */
function idleLimitMs({ headers }: ResponseHead): number {
  const header = headers.find(({ name }) => name.toLowerCase() === 'keep-alive')?.value
  const seconds = Number(/\btimeout=(\d{1,6})\b/i.exec(header ?? '')?.[1] ?? 0)
  return seconds === 0 ? 0 : Math.max(1, seconds * 1000 - 1000)
}

function requestBytes(request: OutgoingRequest, { plainProxy }: Route): Buffer {
  const { method, hostname, port, target, body } = request
  const pairs = wireHeaders(request)
  // An HTTP proxy takes the whole URL in the request line.
  const origin = plainProxy ? `http://${withBrackets(hostname)}${port === 80 ? '' : `:${port}`}` : ''
  if (plainProxy) for (const value of proxyAuthorization(plainProxy)) pairs.push('Proxy-Authorization', value)
  let head = `${method} ${origin}${target} HTTP/1.1\r\n`
  let isPlain = /^[!#$%&'*+.^_`|~\w-]+$/.test(method) && /^[!-\xff]+$/.test(target)
  for (let index = 0; index < pairs.length; index += 2) {
    const [name = '', value = ''] = [pairs[index], pairs[index + 1]]
    isPlain &&= /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    head += `${name}: ${value}\r\n`
  }
  if (!isPlain) throw usageError(`no such request can be sent to ${placeOf(request)}: HTTP cannot carry what it holds`)
  const bytes = Buffer.from(`${head}Connection: keep-alive\r\n\r\n`, 'latin1')
  return body === undefined ? bytes : Buffer.concat([bytes, typeof body === 'string' ? Buffer.from(body) : body])
}
