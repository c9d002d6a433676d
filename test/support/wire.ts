import { createHash, createHmac } from 'node:crypto'
import net, { type AddressInfo } from 'node:net'

/** A request as its bytes arrived. */
export interface WireMessage {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: Buffer])[]
  readonly body: Buffer
}

export interface WireServer {
  readonly port: number
  /** What arrived since the last call. */
  take(): readonly WireMessage[]
  close(): Promise<void>
}

/** A loopback server that keeps every request byte for byte and answers 200. Bodies need a Content-Length. */
export async function startWireServer(): Promise<WireServer> {
  let messages: WireMessage[] = []
  const server = net.createServer((socket) => {
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const message = parseMessage(received)
      if (!message) return
      messages.push(message)
      received = Buffer.alloc(0)
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    take: () => {
      const taken = messages
      messages = []
      return taken
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Undefined while bytes are missing. */
export function parseMessage(bytes: Buffer): WireMessage | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [requestLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const match = /^(\S+) (.*) HTTP\/1\.1$/.exec(requestLine)
  if (!match) throw new Error(`no request line: ${requestLine}`)
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), Buffer.from(line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''), 'latin1')] as const
  })
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
  const body = bytes.subarray(end + 4)
  return body.length < length
    ? undefined
    : { method: match[1] ?? '', target: match[2] ?? '', headers, body: Buffer.from(body.subarray(0, length)) }
}

/** A signature as a request carries it. */
interface Claim {
  readonly day: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: string
  readonly signature: string
  readonly date: string
  readonly payloadHash: string
  /** Without the signature. */
  readonly query: string | undefined
}

/**
 * Verifies the SigV4 signature of received bytes, header or presigned form, written from AWS's "Create a signed AWS API
 * request" and S3's "Authenticating Requests" and from nothing in `src/`. Expiry is not judged.
 * @returns undefined where it is right, else what is wrong
 */
export function refuses(message: WireMessage, secret: string): string | undefined {
  const header = headerOf(message)
  const [path = '', query] = splitAt(message.target, '?')
  const claim = /(^|&)X-Amz-Signature=/.test(query ?? '') ? queryClaim(query ?? '') : headerClaim(message, query)
  if (typeof claim === 'string') return claim
  const { day, region, service, signedHeaders, date, payloadHash } = claim
  const lines = signedHeaders.split(';').map(
    (name) =>
      `${name}:${header(name)
        .map((value) => value.trim().replace(/ +/g, ' '))
        .join(',')}\n`,
  )
  for (const required of [
    'host',
    ...message.headers.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('x-amz-')),
  ]) {
    if (!signedHeaders.split(';').includes(required)) return `${required} is not signed`
  }
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== sha256(message.body))
    return 'the payload hash is not of this body'
  const canonical = [
    message.method,
    service.startsWith('s3') ? encode(decode(path), '/') : encode(Buffer.from(withoutDots(path)), '/'),
    canonicalQuery(claim.query),
    lines.join(''),
    signedHeaders,
    payloadHash,
  ].join('\n')
  if (date.slice(0, 8) !== day) return 'the scope is of another day'
  const text = ['AWS4-HMAC-SHA256', date, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n')
  let key: Buffer | string = `AWS4${secret}`
  for (const part of [day, region, service, 'aws4_request']) key = hmac(key, part)
  const computed = hmac(key, text).toString('hex')
  return computed === claim.signature ? undefined : `the signature differs; canonical request:\n${canonical}`
}

function headerOf(message: WireMessage): (name: string) => readonly string[] {
  return (name) => message.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.toString())
}

function headerClaim(message: WireMessage, query: string | undefined): Claim | string {
  const header = headerOf(message)
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header('authorization')[0] ?? '',
    )
  if (!match) return `no SigV4 Authorization: ${header('authorization')}`
  const [, , day = '', region = '', service = '', signedHeaders = '', signature = ''] = match
  const payloadHash = header('x-amz-content-sha256')[0] ?? sha256(message.body)
  return { day, region, service, signedHeaders, signature, date: header('x-amz-date')[0] ?? '', payloadHash, query }
}

function queryClaim(query: string): Claim | string {
  const parameters = new URLSearchParams(query)
  const [, day = '', region = '', service = ''] = parameters.get('X-Amz-Credential')?.split('/') ?? []
  return {
    ...{ day, region, service },
    signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
    signature: parameters.get('X-Amz-Signature') ?? '',
    date: parameters.get('X-Amz-Date') ?? '',
    payloadHash: service.startsWith('s3') ? 'UNSIGNED-PAYLOAD' : sha256(Buffer.alloc(0)),
    query: query.replace(/(^|&)X-Amz-Signature=[0-9a-f]{64}/, ''),
  }
}

function canonicalQuery(query: string | undefined): string {
  return (query ?? '')
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = splitAt(part, '=')
      return [encode(decode(name.replaceAll('+', ' ')), ''), encode(decode(value.replaceAll('+', ' ')), '')] as const
    })
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function decode(text: string): Buffer {
  const bytes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const hexEscape = /^%([0-9A-Fa-f]{2})/.exec(text.slice(index, index + 3))
    if (hexEscape) index += 2
    bytes.push(hexEscape ? Number.parseInt(hexEscape[1] ?? '', 16) : text.charCodeAt(index))
  }
  return Buffer.from(bytes)
}

function encode(bytes: Buffer, kept: string): string {
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      const plain = /[A-Za-z0-9\-._~]/.test(character) || (kept !== '' && character === kept)
      return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

function withoutDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${path.endsWith('/') && kept.length > 0 ? '/' : ''}`
}

function splitAt(text: string, separator: string): readonly [string, string | undefined] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
