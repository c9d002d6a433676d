import net, { type AddressInfo } from 'node:net'

/** A request as it arrived: its head to the byte, its body with any chunks taken apart. */
export interface RecordedRequest {
  readonly head: string
  readonly method: string
  readonly target: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** The body's bytes with their chunk sizes. */
  readonly rawBody: Buffer
}

/** What to answer: bytes, or a function that does it itself. */
export type Reply = string | Buffer | ((socket: net.Socket, request: RecordedRequest) => void)

export interface ScriptedServer {
  readonly port: number
  readonly url: string
  /** What arrived since the last call. */
  take(): readonly RecordedRequest[]
  close(): Promise<void>
}

/** A loopback server that keeps every request and answers by script, one reply for each request, connections kept open. */
export async function startScriptedServer(
  script: (request: RecordedRequest, count: number) => Reply,
  wrap: (listener: (socket: net.Socket) => void) => net.Server = (listener) => net.createServer(listener),
): Promise<ScriptedServer> {
  let requests: RecordedRequest[] = []
  const sockets = new Set<net.Socket>()
  const server = wrap((socket) => {
    let received = Buffer.alloc(0)
    let continued = false
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      for (;;) {
        const end = received.indexOf('\r\n\r\n')
        if (end >= 0 && !continued && /^expect: 100-continue/im.test(received.subarray(0, end).toString())) {
          continued = true
          socket.write('HTTP/1.1 100 Continue\r\n\r\n')
        }
        const taken = takeRequest(received)
        if (!taken) return
        received = received.subarray(taken.length)
        continued = false
        requests.push(taken.request)
        const reply = script(taken.request, requests.length)
        if (typeof reply === 'function') reply(socket, taken.request)
        else socket.write(reply)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = requests
      requests = []
      return taken
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** A plain answer. */
export function answer(status: string, body: string | Buffer = '', headers: readonly string[] = []): Buffer {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

function takeRequest(bytes: Buffer): { request: RecordedRequest; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.subarray(0, end).toString('latin1')
  const [requestLine = '', ...lines] = head.split('\r\n')
  const [method = '', target = ''] = requestLine.split(' ')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
  })
  const header = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1]
  const rest = bytes.subarray(end + 4)
  const chunked = /chunked/i.test(header('transfer-encoding') ?? '')
  const decoded = chunked ? unchunk(rest) : undefined
  if (chunked && !decoded) return undefined
  const bodyLength = decoded?.length ?? Number(header('content-length') ?? 0)
  if (rest.length < bodyLength) return undefined
  const rawBody = Buffer.from(rest.subarray(0, bodyLength))
  const path = target.replace(/^http:\/\/[^/]*/, '').replace(/\?.*/, '')
  const request = { head, method, target, path, headers, body: decoded?.data ?? rawBody, rawBody }
  return { request, length: end + 4 + bodyLength }
}

function unchunk(bytes: Buffer): { data: Buffer; length: number } | undefined {
  const pieces: Buffer[] = []
  for (let position = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', position)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString(), 16)
    position = lineEnd + 2
    if (bytes.length < position + size + 2) return undefined
    if (size === 0) return { data: Buffer.concat(pieces), length: position + 2 }
    pieces.push(bytes.subarray(position, position + size))
    position += size + 2
  }
}
