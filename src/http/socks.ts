import net from 'node:net'
import type { Duplex } from 'node:stream'
import { curlCodes, TransferError } from './transfer-error.ts'

export interface SocksRequest {
  readonly version: '4' | '4a' | '5' | '5h'
  readonly username: string
  readonly password: string
  /** `4` and `5` take an address, `4a` and `5h` a name that the proxy resolves. */
  readonly hostname: string
  readonly port: number
}

/**
 * Asks a SOCKS proxy for a connection; afterwards the socket carries it.
 * @throws TransferError (97) when the proxy refuses
 * @see RFC 1928, RFC 1929, https://www.openssh.com/txt/socks4.protocol and socks4a.protocol
 */
export async function requestThroughSocks(socket: Duplex, request: SocksRequest): Promise<void> {
  const reader = new ExactReader(socket)
  try {
    if (request.version.startsWith('4')) await requestSocks4(socket, reader, request)
    else await requestSocks5(socket, reader, request)
  } finally {
    reader.release()
  }
}

async function requestSocks4(socket: Duplex, reader: ExactReader, request: SocksRequest): Promise<void> {
  const byName = request.version === '4a' && !net.isIP(request.hostname)
  const address = byName ? [0, 0, 0, 1] : ipv4Bytes(request.hostname)
  const name = byName ? Buffer.from(`${request.hostname}\0`) : Buffer.alloc(0)
  socket.write(
    Buffer.concat([
      Buffer.from([4, 1, ...portBytes(request.port), ...address]),
      Buffer.from(`${request.username}\0`),
      name,
    ]),
  )
  const answer = await reader.read(8)
  if (answer[1] !== 90) throw refused(`code ${answer[1]}`)
}

async function requestSocks5(socket: Duplex, reader: ExactReader, request: SocksRequest): Promise<void> {
  const withPassword = request.username !== ''
  socket.write(Buffer.from(withPassword ? [5, 2, 0, 2] : [5, 1, 0]))
  const [, method] = await reader.read(2)
  if (method === 2 && withPassword) await authenticate(socket, reader, request)
  else if (method !== 0) throw refused('it takes none of our ways to log in')
  socket.write(Buffer.from([5, 1, 0, ...socks5Address(request.hostname), ...portBytes(request.port)]))
  const [, reply = 1, , addressType = 1] = await reader.read(4)
  if (reply !== 0) throw refused(replies[reply] ?? `code ${reply}`)
  const [nameLength = 0] = addressType === 3 ? await reader.read(1) : []
  await reader.read((addressType === 1 ? 4 : addressType === 4 ? 16 : nameLength) + 2)
}

async function authenticate(socket: Duplex, reader: ExactReader, request: SocksRequest): Promise<void> {
  const username = Buffer.from(request.username)
  const password = Buffer.from(request.password)
  if (username.length > 255 || password.length > 255) throw refused('user name and password take at most 255 bytes')
  socket.write(Buffer.concat([Buffer.from([1, username.length]), username, Buffer.from([password.length]), password]))
  const [, status] = await reader.read(2)
  if (status !== 0) throw refused('user name or password are wrong')
}

const replies: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'address type not supported',
}

function socks5Address(hostname: string): readonly number[] {
  if (net.isIPv4(hostname)) return [1, ...ipv4Bytes(hostname)]
  if (net.isIPv6(hostname)) return [4, ...ipv6Bytes(hostname)]
  const name = Buffer.from(hostname)
  if (name.length > 255) throw refused('a host name takes at most 255 bytes')
  return [3, name.length, ...name]
}

function ipv4Bytes(address: string): readonly number[] {
  if (!net.isIPv4(address)) throw refused(`SOCKS 4 reaches IPv4 addresses only, not '${address}'`)
  return address.split('.').map(Number)
}

function ipv6Bytes(address: string): readonly number[] {
  // The IPv4 address at the end of one such as `::ffff:192.0.2.1` is its last two groups.
  const mapped = address.replace(/\d+\.\d+\.\d+\.\d+$/, (ipv4) => {
    const hex = Buffer.from(ipv4Bytes(ipv4)).toString('hex')
    return `${hex.slice(0, 4)}:${hex.slice(4)}`
  })
  const [head = '', tail] = mapped.split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const middle = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...middle, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}

function portBytes(port: number): readonly number[] {
  return [port >> 8, port & 255]
}

function refused(reason: string): TransferError {
  return new TransferError(curlCodes.proxy, `the SOCKS proxy refused: ${reason}`)
}

/** Reads so many bytes and not one more: what follows belongs to the connection behind the proxy. */
class ExactReader {
  readonly #socket: Duplex
  readonly #chunks: Buffer[] = []
  #failure: Error | undefined
  #wake: () => void = () => {}

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#wake()
  }
  readonly #onEnd = (): void => {
    this.#failure ??= refused('it closed the connection')
    this.#wake()
  }
  readonly #onError = (error: Error): void => {
    this.#failure = error
    this.#wake()
  }

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError)
  }

  async read(length: number): Promise<Buffer> {
    for (;;) {
      const held = Buffer.concat(this.#chunks.splice(0))
      if (held.length >= length) {
        this.#chunks.push(held.subarray(length))
        return held.subarray(0, length)
      }
      this.#chunks.push(held)
      if (this.#failure) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  release(): void {
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError)
    this.#socket.pause()
    const rest = Buffer.concat(this.#chunks)
    if (rest.length > 0) this.#socket.unshift(rest)
  }
}
