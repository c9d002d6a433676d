import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Bucket, byteOrder, type LoopbackObject, prepareBucket } from './loopback-bucket.ts'
import { objectsPage, type PageRules, versionsPage } from './loopback-pages.ts'
import { escapeXml } from './loopback-xml.ts'

/** A request as the server understood it. */
export interface SeenRequest {
  readonly index: number
  readonly bucket: string
  readonly query: URLSearchParams
  readonly rawTarget: string
  readonly headers: http.IncomingHttpHeaders
  /** Of the credential scope. */
  readonly region: string | undefined
  readonly accessKeyId: string | undefined
}

/** What goes wrong with a request in place of an answer, or with its answer. */
export type Fault =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The answer's text is cut or changed; `declared` keeps the length that was announced. */
  | { readonly rewrite: (text: string) => string; readonly length?: 'real' | 'declared' }

export interface LoopbackOptions extends PageRules {
  readonly buckets: Readonly<Record<string, readonly LoopbackObject[]>>
  readonly latencyMs?: number
  /** Called for every request, before it is answered. */
  readonly fault?: (request: SeenRequest) => Fault | undefined
  /** Requests signed for another region are sent there. */
  readonly region?: string
  readonly port?: number
}

export interface LoopbackS3 {
  readonly url: string
  readonly port: number
  readonly requests: readonly SeenRequest[]
  /** Requests under way at once, at most. */
  readonly mostAtOnce: number
  close(): Promise<void>
}

/**
 * A loopback S3 that pages exactly as S3's documentation says: ListBuckets, ListObjects (1 and 2), ListObjectVersions,
 * CreateSession, path style and virtual-hosted. It verifies no signature: the real servers of test/interop do.
 */
export async function startLoopbackS3(options: LoopbackOptions): Promise<LoopbackS3> {
  const buckets = new Map(
    Object.entries(options.buckets).map(([name, objects]) => [name, prepareBucket(objects, options)]),
  )
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let atOnce = 0
  let mostAtOnce = 0
  const server = http.createServer(async (request, response) => {
    const seen = understand(request, requests.length)
    requests.push(seen)
    atOnce += 1
    mostAtOnce = Math.max(mostAtOnce, atOnce)
    try {
      if (options.latencyMs) await wait(options.latencyMs)
      respond(response, seen, { options, buckets })
    } finally {
      atOnce -= 1
    }
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get mostAtOnce() {
      return mostAtOnce
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

interface Service {
  readonly options: LoopbackOptions
  readonly buckets: ReadonlyMap<string, Bucket>
}

function understand(request: IncomingMessage, index: number): SeenRequest {
  const rawTarget = request.url ?? '/'
  const [rawPath = '', rawQuery = ''] = rawTarget.split(/\?(.*)/s)
  const hostBucket = /^([a-z0-9.-]+)\.(?:s3|localhost|127\.0\.0\.1)/.exec(request.headers.host ?? '')?.[1]
  const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\//.exec(request.headers.authorization ?? '')
  return {
    index,
    bucket: decodeURIComponent(hostBucket ?? rawPath.slice(1).split('/')[0] ?? ''),
    // URLSearchParams reads a plus as a space, and so does S3: a client has to write %2B.
    query: new URLSearchParams(rawQuery),
    rawTarget,
    headers: request.headers,
    region: scope?.[2],
    accessKeyId: scope?.[1],
  }
}

function respond(response: ServerResponse, seen: SeenRequest, service: Service): void {
  const { options, buckets } = service
  const fault = options.fault?.(seen)
  if (fault === 'hang') return
  if (fault === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (fault !== undefined && 'status' in fault) {
    send(response, { status: fault.status, body: fault.body ?? '', headers: fault.headers ?? {} })
    return
  }
  const bucket = buckets.get(seen.bucket)
  const answer = answerTo(seen, bucket, service)
  if (fault === undefined || answer.status !== 200) {
    send(response, answer)
    return
  }
  const text = bodyText(answer.body)
  const changed = fault.rewrite(text)
  const length = Buffer.byteLength(fault.length === 'declared' ? text : changed)
  response.writeHead(200, { ...answer.headers, 'Content-Type': 'application/xml', 'Content-Length': length })
  // A body shorter than announced ends with its connection.
  response.write(changed, () => (fault.length === 'declared' ? response.socket?.destroy() : response.end()))
}

interface Answer {
  readonly status: number
  readonly body: string | readonly Buffer[]
  readonly headers: Readonly<Record<string, string>>
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  response.writeHead(status, {
    'Content-Type': 'application/xml',
    'x-amz-request-id': 'LOOPBACK',
    ...headers,
    'Content-Length': length,
  })
  for (const piece of pieces) response.write(piece)
  response.end()
}

function bodyText(body: Answer['body']): string {
  return typeof body === 'string' ? body : Buffer.concat(body).toString()
}

function answerTo(seen: SeenRequest, bucket: Bucket | undefined, service: Service): Answer {
  const { options, buckets } = service
  const headers = options.region === undefined ? {} : { 'x-amz-bucket-region': options.region }
  if (options.region !== undefined && seen.region !== undefined && seen.region !== options.region) {
    const message = `The authorization header is malformed; the region '${seen.region}' is wrong; expecting '${options.region}'`
    return {
      ...errorAnswer(400, 'AuthorizationHeaderMalformed', message, `<Region>${options.region}</Region>`),
      headers,
    }
  }
  if (seen.bucket === '')
    return { status: 200, body: bucketList(seen.query, [...buckets.keys()].sort(byteOrder)), headers }
  if (bucket === undefined) return errorAnswer(404, 'NoSuchBucket', 'The specified bucket does not exist')
  if (seen.query.has('session')) return { status: 200, body: expressSession, headers }
  const maxKeys = Math.min(Number(seen.query.get('max-keys') ?? 1000), 1000)
  if (!Number.isInteger(maxKeys) || maxKeys < 0) return errorAnswer(400, 'InvalidArgument', 'max-keys')
  const page = { query: seen.query, maxKeys, bucket, rules: options }
  return { status: 200, body: seen.query.has('versions') ? versionsPage(page) : objectsPage(page), headers }
}

function errorAnswer(status: number, code: string, message: string, extra = ''): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${extra}<RequestId>LOOPBACK</RequestId></Error>`
  return { status, body, headers: {} }
}

const expressSession = `<?xml version="1.0" encoding="UTF-8"?>
<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials><SessionToken>EXPRESSTOKEN</SessionToken><SecretAccessKey>expressSecret</SecretAccessKey><AccessKeyId>EXPRESSKEY</AccessKeyId><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>`

function bucketList(query: URLSearchParams, names: readonly string[]): string {
  const limit = Number(query.get('max-buckets') ?? names.length)
  const from = Number(query.get('continuation-token') ?? 0)
  const region = query.has('max-buckets') ? '<BucketRegion>eu-north-1</BucketRegion>' : ''
  const page = names.slice(from, from + limit)
  const token = from + limit < names.length ? `<ContinuationToken>${from + limit}</ContinuationToken>` : ''
  const buckets = page.map(
    (name) =>
      `<Bucket><Name>${escapeXml(name)}</Name><CreationDate>2019-12-11T23:32:47.000Z</CreationDate>${region}</Bucket>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>${buckets.join('')}</Buckets>${token}</ListAllMyBucketsResult>`
}
