import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { LoopbackObject } from './loopback-bucket.ts'
import { startLoopbackS3 } from './loopback-s3.ts'
import { exampleKeys } from './run.ts'
import { parseMessage, refuses, type WireMessage } from './wire.ts'

/** Every host of AWS, on loopback: a proxy that answers by itself, with a certificate for all of them. */
export interface LoopbackAws {
  /** Sends what sigv4, curl, HTTPie and Node's fetch ask of any host here. */
  readonly env: Readonly<Record<string, string>>
  /** What came since the last call: how many requests were signed right, and what was wrong with the others. */
  take(): { readonly accepted: number; readonly refused: readonly string[] }
  close(): Promise<void>
}

interface LoopbackAwsOptions {
  /** Where the certificate goes. */
  readonly folder: string
  readonly buckets: Readonly<Record<string, readonly LoopbackObject[]>>
}

export const opensslIsMissing = spawnSync('openssl', ['version']).status !== 0

/** A wildcard stands for one label only. */
const hosts = [
  ...['', 'us-east-1.', 'eu-west-1.'].flatMap((region) => [
    `*.${region}amazonaws.com`,
    `*.s3.${region}amazonaws.com`,
    `*.execute-api.${region}amazonaws.com`,
    `*.${region}es.amazonaws.com`,
    `*.${region}aoss.amazonaws.com`,
    `*.lambda-url.${region}on.aws`,
  ]),
  '*.r2.cloudflarestorage.com',
]

/** Long-term keys, and those that a role got. */
export const roleSecret = 'assumed-secret'
const roleKeyId = 'ASIAEXAMPLE'

export async function startLoopbackAws({ folder, buckets }: LoopbackAwsOptions): Promise<LoopbackAws> {
  const identity = makeCertificate(folder)
  const s3 = await startLoopbackS3({ buckets })
  let seen: { accepted: number; refused: string[] } = { accepted: 0, refused: [] }
  const respond = async (message: WireMessage): Promise<Buffer> => {
    const problem = problemOf(message)
    if (problem === undefined) seen.accepted++
    else seen.refused.push(`${message.method} ${message.target}: ${problem}`)
    if (problem === undefined && isListing(message)) return forward(message, s3.port)
    return answerBytes(message, problem === undefined ? '200 OK' : '403 Forbidden')
  }
  const serve = (socket: Duplex) => answerRequests(socket, respond)
  const secure = tls.createServer(identity, serve)
  const proxy = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (first) => {
      if (first.toString('latin1').startsWith('CONNECT ')) {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        serve(new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext(identity) }))
      } else {
        serve(socket)
        socket.emit('data', first)
      }
    })
  })
  const ports = await Promise.all([secure, proxy].map(listen))
  const [securePort = 0, proxyPort = 0] = ports
  return {
    env: environment(folder, { securePort, proxyPort }),
    take() {
      const taken = seen
      seen = { accepted: 0, refused: [] }
      return taken
    },
    async close() {
      secure.close()
      proxy.close()
      await s3.close()
    },
  }
}

function makeCertificate(folder: string): { readonly key: string; readonly cert: string } {
  const files = { key: join(folder, 'aws.key'), cert: join(folder, 'aws.pem') }
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=loopback', '-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`],
      ...['-keyout', files.key, '-out', files.cert],
    ],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') }
}

function environment(
  folder: string,
  { securePort, proxyPort }: { readonly securePort: number; readonly proxyPort: number },
): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${proxyPort}`
  const authority = join(folder, 'aws.pem')
  return {
    ...{ https_proxy: proxy, http_proxy: proxy, AWS_CA_BUNDLE: authority },
    ...{ CURL_CA_BUNDLE: authority, REQUESTS_CA_BUNDLE: authority, NODE_EXTRA_CA_CERTS: authority },
    // Node's fetch knows no proxies before Node 24: see `fetchHook`.
    LOOPBACK_AWS_PORT: String(securePort),
  }
}

/** For `node --require`: what goes to port 443 goes to the loopback server instead. */
export const fetchHook = `const tls = require('node:tls')
const { connect } = tls
tls.connect = (options, ...rest) =>
  connect({ ...options, host: '127.0.0.1', port: Number(process.env.LOOPBACK_AWS_PORT) }, ...rest)
`

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function answerRequests(socket: Duplex, respond: (message: WireMessage) => Promise<Buffer>): void {
  let received = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', async (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    const head = received.toString('latin1')
    if (/^expect: *100-continue/im.test(head) && head.endsWith('\r\n\r\n')) {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    }
    const message = parseMessage(received)
    if (!message) return
    received = Buffer.alloc(0)
    // A proxy is given the whole URL.
    const target = message.target.replace(/^http:\/\/[^/]*/, '')
    socket.end(await respond({ ...message, target }))
  })
}

function problemOf(message: WireMessage): string | undefined {
  if (message.body.includes('Action=AssumeRoleWithWebIdentity')) return undefined
  const text = message.target + message.headers.map(([, value]) => value).join('\n')
  const secret = text.includes(roleKeyId) ? roleSecret : exampleKeys.AWS_SECRET_ACCESS_KEY
  return refuses(message, secret)
}

function isListing({ method, target, headers }: WireMessage): boolean {
  const host = String(headers.find(([name]) => name.toLowerCase() === 'host')?.[1])
  return method === 'GET' && /(^|\.)s3\./.test(host) && /^\/(\?|$)/.test(target)
}

async function forward({ target, headers }: WireMessage, port: number): Promise<Buffer> {
  const values = Object.fromEntries(headers.map(([name, value]) => [name, value.toString()]))
  const body = await new Promise<Buffer>((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: target, headers: values }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      resolve(Buffer.concat(chunks))
    })
    request.on('error', reject)
  })
  return Buffer.concat([Buffer.from(headOf('200 OK', body.length)), body])
}

function answerBytes(message: WireMessage, status: string): Buffer {
  const body = contentOf(message)
  return Buffer.from(headOf(status, Buffer.byteLength(body)) + (message.method === 'HEAD' ? '' : body))
}

function headOf(status: string, length: number): string {
  const lines = [`HTTP/1.1 ${status}`, `Date: ${new Date().toUTCString()}`, `Content-Length: ${length}`]
  return `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`
}

const identityXml =
  '<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>'
const assumedXml = `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>${roleKeyId}</AccessKeyId><SecretAccessKey>${roleSecret}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>`

/** STS's answers, and a word for all others. */
function contentOf({ target, body }: WireMessage): string {
  const action = /Action=(\w+)/.exec(target + body)?.[1]
  if (action === undefined) return '{"answer":"ok"}'
  const content = action === 'GetCallerIdentity' ? identityXml : action.startsWith('AssumeRole') ? assumedXml : ''
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result></${action}Response>`
}
