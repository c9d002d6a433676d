import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** An object; several with one key are its versions, the newest first. */
export interface LoopbackObject {
  readonly key: string
  readonly size?: number
  readonly lastModified?: string
  readonly storageClass?: string
  readonly versionId?: string
  readonly isDeleteMarker?: boolean
}

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

export interface LoopbackOptions {
  readonly buckets: Readonly<Record<string, readonly LoopbackObject[]>>
  readonly latencyMs?: number
  /** Called for every request, before it is answered. */
  readonly fault?: (request: SeenRequest) => Fault | undefined
  /** Requests signed for another region are sent there. */
  readonly region?: string
  readonly keepsOrder?: boolean
  readonly ignoresStartAfter?: boolean
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

/** A bucket in memory: its objects in order, and each one's XML with its key encoded, ready to be sent. */
interface Bucket {
  readonly objects: readonly LoopbackObject[]
  readonly keys: readonly string[]
  readonly xml: Buffer
  readonly ends: Float64Array
}

interface Service {
  readonly options: LoopbackOptions
  readonly buckets: ReadonlyMap<string, Bucket>
}

function prepareBucket(objects: readonly LoopbackObject[], options: LoopbackOptions): Bucket {
  const ordered = options.keepsOrder === false ? [...objects] : [...objects].sort((a, b) => byteOrder(a.key, b.key))
  const isVersioned = ordered.some((object) => object.versionId !== undefined)
  const ends = new Float64Array(ordered.length)
  const pieces: Buffer[] = []
  let size = 0
  for (const [index, object] of ordered.entries()) {
    const piece = Buffer.from(isVersioned ? '' : contents(object, 'url'))
    pieces.push(piece)
    size += piece.length
    ends[index] = size
  }
  return { objects: ordered, keys: ordered.map((object) => object.key), xml: Buffer.concat(pieces), ends }
}

/** Keys are compared by their UTF-8 bytes; below U+D800 that is the order of JavaScript's strings. */
export function byteOrder(a: string, b: string): number {
  if (!/[\ud800-\uffff]/.test(a) && !/[\ud800-\uffff]/.test(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
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
  const page = { query: seen.query, maxKeys, bucket, options }
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

interface PageInput {
  readonly query: URLSearchParams
  readonly maxKeys: number
  readonly bucket: Bucket
  readonly options: LoopbackOptions
}

type Encoding = 'url' | 'none'

/** ListObjectsV2 with `list-type=2`, otherwise ListObjects. */
function objectsPage({ query, maxKeys, bucket, options }: PageInput): readonly Buffer[] {
  const isVersion2 = query.get('list-type') === '2'
  const encoding: Encoding = query.get('encoding-type') === 'url' ? 'url' : 'none'
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const token = query.get('continuation-token')
  const after = token !== null ? Buffer.from(token, 'base64url').toString() : afterOf(query, isVersion2, options)
  const found = entriesAfter({ bucket, prefix, delimiter, after, maxKeys, sorted: options.keepsOrder !== false })
  const last = found.last
  const next =
    found.isTruncated && last !== undefined
      ? isVersion2
        ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>`
        : delimiter === ''
          ? ''
          : `<NextMarker>${encodeKey(last, encoding)}</NextMarker>`
      : ''
  const head = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>bucket</Name><Prefix>${encodeKey(prefix, encoding)}</Prefix>${next}`,
    isVersion2 ? `<KeyCount>${found.count}</KeyCount>` : '<Marker></Marker>',
    `<MaxKeys>${maxKeys}</MaxKeys>`,
    delimiter === '' ? '' : `<Delimiter>${encodeKey(delimiter, encoding)}</Delimiter>`,
    encoding === 'url' ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${found.isTruncated}</IsTruncated>`,
  ].join('')
  const owner = query.get('fetch-owner') === 'true' || !isVersion2 ? ownerXml : ''
  const isReady = encoding === 'url' && owner === '' && found.run !== undefined
  const lists =
    isReady && found.run !== undefined
      ? bucket.xml.subarray(endOf(bucket, found.run.from - 1), endOf(bucket, found.run.to - 1))
      : Buffer.from(
          found
            .objects()
            .map((object) => contents(object, encoding, owner))
            .join(''),
        )
  const prefixes = found.prefixes.map(
    (name) => `<CommonPrefixes><Prefix>${encodeKey(name, encoding)}</Prefix></CommonPrefixes>`,
  )
  return [Buffer.from(head), lists, Buffer.from(`${prefixes.join('')}</ListBucketResult>`)]
}

function afterOf(query: URLSearchParams, isVersion2: boolean, options: LoopbackOptions): string | undefined {
  if (options.ignoresStartAfter) return undefined
  return query.get(isVersion2 ? 'start-after' : 'marker') ?? undefined
}

const ownerXml =
  '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID><DisplayName>o</DisplayName></Owner>'

interface FoundEntries {
  /** Where the entries are one run of objects. */
  readonly run: { readonly from: number; readonly to: number } | undefined
  readonly objects: () => readonly LoopbackObject[]
  readonly prefixes: readonly string[]
  readonly count: number
  readonly isTruncated: boolean
  /** The last key or common prefix given. */
  readonly last: string | undefined
}

function entriesAfter(input: {
  bucket: Bucket
  prefix: string
  delimiter: string
  after: string | undefined
  maxKeys: number
  sorted: boolean
}): FoundEntries {
  const { bucket, prefix, delimiter, after, maxKeys } = input
  const { keys, objects } = bucket
  if (!input.sorted) return unsortedEntries(input)
  const start = Math.max(firstFrom(keys, prefix), after === undefined ? 0 : firstBeyond(keys, after))
  const end = prefix === '' ? keys.length : endOfPrefix(keys, prefix)
  if (delimiter === '') {
    const to = Math.max(start, Math.min(start + maxKeys, end))
    return {
      run: { from: start, to },
      objects: () => objects.slice(start, to),
      prefixes: [],
      count: to - start,
      isTruncated: to < end && to > start,
      last: keys[to - 1],
    }
  }
  const found: LoopbackObject[] = []
  const prefixes: string[] = []
  let last: string | undefined
  let at = start
  // A common prefix given as the place to go on is past, with all that is in it; one given by a user is not.
  const passed = after?.endsWith(delimiter) && after.length > prefix.length ? after : undefined
  if (passed !== undefined) at = Math.max(at, endOfPrefix(keys, passed))
  while (at < end && found.length + prefixes.length < maxKeys) {
    const key = keys[at] ?? ''
    const cut = key.indexOf(delimiter, prefix.length)
    if (cut === -1) {
      const object = objects[at]
      if (object) found.push(object)
      last = key
      at += 1
    } else {
      const name = key.slice(0, cut + delimiter.length)
      prefixes.push(name)
      last = name
      at = endOfPrefix(keys, name)
    }
  }
  const count = found.length + prefixes.length
  return { run: undefined, objects: () => found, prefixes, count, isTruncated: at < end && count > 0, last }
}

/** A directory bucket: no order; a token says where to go on. */
function unsortedEntries({ bucket, prefix, after, maxKeys }: Parameters<typeof entriesAfter>[0]): FoundEntries {
  const { keys, objects } = bucket
  const start = after === undefined ? 0 : keys.indexOf(after) + 1
  const found: LoopbackObject[] = []
  let at = start
  for (; at < keys.length && found.length < maxKeys; at += 1) {
    const object = objects[at]
    if (object?.key.startsWith(prefix)) found.push(object)
  }
  const isTruncated = keys.slice(at).some((key) => key.startsWith(prefix))
  return {
    run: undefined,
    objects: () => found,
    prefixes: [],
    count: found.length,
    isTruncated,
    last: found.at(-1)?.key,
  }
}

function versionsPage({ query, maxKeys, bucket }: PageInput): string {
  const encoding: Encoding = query.get('encoding-type') === 'url' ? 'url' : 'none'
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const versionMarker = query.get('version-id-marker')
  const passedPrefix =
    versionMarker === null && delimiter !== '' && keyMarker.endsWith(delimiter) ? keyMarker : undefined
  const lists: string[] = []
  const prefixes: string[] = []
  let isPassing = keyMarker !== ''
  let isTruncated = false
  let last: LoopbackObject | undefined
  let lastPrefix: string | undefined
  for (const object of bucket.objects) {
    if (!object.key.startsWith(prefix)) continue
    if (isPassing) {
      const order = byteOrder(object.key, keyMarker)
      if (order < 0 || (order === 0 && versionMarker === null)) continue
      if (order === 0) {
        if (object.versionId === versionMarker) isPassing = false
        continue
      }
      isPassing = false
    }
    if (passedPrefix !== undefined && object.key.startsWith(passedPrefix)) continue
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length)
    const name = cut === -1 ? undefined : object.key.slice(0, cut + delimiter.length)
    if (name !== undefined && name === lastPrefix) continue
    if (lists.length + prefixes.length === maxKeys) {
      isTruncated = true
      break
    }
    if (name === undefined) {
      lists.push(version(object, bucket, encoding))
      last = object
      lastPrefix = undefined
    } else {
      prefixes.push(name)
      lastPrefix = name
    }
  }
  const next = !isTruncated
    ? ''
    : lastPrefix !== undefined
      ? `<NextKeyMarker>${encodeKey(lastPrefix, encoding)}</NextKeyMarker>`
      : `<NextKeyMarker>${encodeKey(last?.key ?? '', encoding)}</NextKeyMarker><NextVersionIdMarker>${last?.versionId ?? 'null'}</NextVersionIdMarker>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/>',
    `<KeyMarker>${encodeKey(keyMarker, encoding)}</KeyMarker><VersionIdMarker/>${next}<MaxKeys>${maxKeys}</MaxKeys>`,
    encoding === 'url' ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${isTruncated}</IsTruncated>${lists.join('')}`,
    ...prefixes.map((name) => `<CommonPrefixes><Prefix>${encodeKey(name, encoding)}</Prefix></CommonPrefixes>`),
    '</ListVersionsResult>',
  ].join('')
}

function version(object: LoopbackObject, { objects }: Bucket, encoding: Encoding): string {
  const isLatest = objects.find((other) => other.key === object.key) === object
  const common = `<Key>${encodeKey(object.key, encoding)}</Key><VersionId>${object.versionId ?? 'null'}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${modifiedOf(object)}</LastModified>`
  return object.isDeleteMarker
    ? `<DeleteMarker>${common}${ownerXml}</DeleteMarker>`
    : `<Version>${common}<ETag>&quot;${eTag}&quot;</ETag><Size>${object.size ?? 0}</Size>${ownerXml}<StorageClass>${object.storageClass ?? 'STANDARD'}</StorageClass></Version>`
}

const eTag = 'd41d8cd98f00b204e9800998ecf8427e'

function contents(object: LoopbackObject, encoding: Encoding, owner = ''): string {
  return `<Contents><Key>${encodeKey(object.key, encoding)}</Key><LastModified>${modifiedOf(object)}</LastModified><ETag>&quot;${eTag}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${object.size ?? 0}</Size>${owner}<StorageClass>${object.storageClass ?? 'STANDARD'}</StorageClass></Contents>`
}

function modifiedOf(object: LoopbackObject): string {
  return object.lastModified ?? '2013-09-02T21:37:53.000Z'
}

/** As S3 does it: escapes of UTF-8, a slash as it is, and a plus for a space. */
function encodeKey(key: string, encoding: Encoding): string {
  if (encoding === 'none') return escapeXml(key)
  if (/^[A-Za-z0-9/._-]*$/.test(key)) return key
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
}

function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\x00-\x1f\x7f-\x9f\ufffe\uffff]/g,
    (character) => `&#x${character.charCodeAt(0).toString(16)};`,
  )
}

function endOf(bucket: Bucket, index: number): number {
  return bucket.ends[index] ?? 0
}

/** The index of the first key that is not before this one. */
function firstFrom(keys: readonly string[], key: string): number {
  return search(keys, (other) => byteOrder(other, key) >= 0)
}

function firstBeyond(keys: readonly string[], key: string): number {
  return search(keys, (other) => byteOrder(other, key) > 0)
}

function endOfPrefix(keys: readonly string[], prefix: string): number {
  return search(keys, (other) => byteOrder(other, prefix) > 0 && !other.startsWith(prefix))
}

function search(keys: readonly string[], isFound: (key: string) => boolean): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isFound(keys[middle] ?? '')) high = middle
    else low = middle + 1
  }
  return low
}
