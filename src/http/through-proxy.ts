import net from 'node:net'
import { decodeText } from '../request/percent-encoding.ts'
import { withBrackets } from '../request/request-url.ts'
import { reasonOf } from './abort-reason.ts'
import type { ConnectOptions } from './connect.ts'
import { resolvedAddresses } from './connection-rules.ts'
import { proxyAuthorization } from './proxy.ts'
import { ResponseParser } from './response-parser.ts'
import { curlCodes, TransferError, transferErrorOf } from './transfer-error.ts'

export interface Tunnel {
  readonly proxy: URL
  readonly target: { readonly hostname: string; readonly port: number }
  readonly options: ConnectOptions
  readonly signal: AbortSignal
}

/** Has a SOCKS proxy connect. @throws TransferError (6, 97) */
export async function throughSocks(socket: net.Socket, { proxy, target, options, signal }: Tunnel): Promise<void> {
  const { requestThroughSocks } = await import('./socks.ts')
  const version = socksVersions[proxy.protocol] ?? '5h'
  const hostname = version === '4' || version === '5' ? await resolveName(target, options) : target.hostname
  await abortable(socket, signal, () =>
    requestThroughSocks(socket, {
      version,
      username: decodeText(proxy.username),
      password: decodeText(proxy.password),
      hostname,
      port: target.port,
    }),
  )
}

const socksVersions: Readonly<Record<string, '4' | '4a' | '5' | '5h'>> = {
  'socks:': '4',
  'socks4:': '4',
  'socks4a:': '4a',
  'socks5:': '5',
  'socks5h:': '5h',
}

async function resolveName(
  target: { readonly hostname: string; readonly port: number },
  options: ConnectOptions,
): Promise<string> {
  const [fixed] = resolvedAddresses(target, options.resolve()) ?? []
  if (fixed !== undefined || net.isIP(target.hostname)) return fixed ?? target.hostname
  const { lookup } = await import('node:dns/promises')
  try {
    return (await lookup(target.hostname, { family: options.family })).address
  } catch (error) {
    throw transferErrorOf(error, target.hostname, 'connect')
  }
}

/**
 * Has an HTTP proxy open a tunnel (RFC 9110 9.3.6); the status it answered with.
 * @throws TransferError (56) where it refuses
 */
export async function openTunnel(socket: net.Socket, { proxy, target, options, signal }: Tunnel): Promise<number> {
  const authority = `${withBrackets(target.hostname)}:${target.port}`
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...proxyAuthorization(proxy).map((value) => `Proxy-Authorization: ${value}`),
    ...(options.userAgent === undefined ? [] : [`User-Agent: ${options.userAgent}`]),
    'Proxy-Connection: Keep-Alive',
  ]
  options.trace(() => `CONNECT tunnel to ${authority}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const status = await abortable(socket, signal, () => tunnelAnswer(socket))
  if (status < 200 || status > 299) {
    throw new TransferError(curlCodes.receive, `the proxy refused the tunnel to ${authority}: status ${status}`)
  }
  return status
}

function tunnelAnswer(socket: net.Socket): Promise<number> {
  // No body follows an answer to CONNECT that opens the tunnel, as after HEAD.
  const parser = new ResponseParser('HEAD')
  return new Promise((resolve, reject) => {
    const finish = () => {
      socket.off('data', onData).off('end', onEnd).off('error', reject)
      socket.pause()
    }
    let received = Buffer.alloc(0)
    let headBytes = 0
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      try {
        for (const part of parser.feed(chunk)) {
          if (part.kind !== 'head') continue
          headBytes += part.head.raw.length
          if (part.head.status < 200) continue
          finish()
          // Whatever follows is the other end's: a proxy that sends a body gets it taken for that, and fails at once.
          if (received.length > headBytes) socket.unshift(received.subarray(headBytes))
          resolve(part.head.status)
        }
      } catch (error) {
        reject(error)
      }
    }
    const onEnd = () => reject(new TransferError(curlCodes.receive, 'the proxy closed the connection'))
    socket.on('data', onData).on('end', onEnd).on('error', reject)
  })
}

/** Runs a step that waits for the socket; an abort ends it with the signal's reason. */
async function abortable<T>(socket: net.Socket, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  const abort = () => socket.destroy(reasonOf(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    // It says so no more.
    if (socket.destroyed) throw Object.assign(new Error('closed'), { code: 'ECONNRESET' })
    return await step()
  } catch (error) {
    throw signal.aborted ? reasonOf(signal) : transferErrorOf(error, 'the proxy', 'receive')
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
