import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { decodeText } from '../request/percent-encoding.ts'
import { queryParts } from '../request/query-parts.ts'
import { hostOf, type ReceivedRequest } from '../request/received-request.ts'
import type { Bucket, BucketFolder, OpenObject } from './bucket-folder.ts'
import { listObjects, parseListRequest } from './list-objects.ts'
import { type ByteRange, entityTag, parseRange } from './object-answer.ts'
import type { Refusal } from './refusal.ts'
import { s3Document } from './s3-document.ts'

/** What is answered to a request whose signature is right. */
export type Answer =
  | { readonly kind: 'document'; readonly status: number; readonly headers: readonly Header[]; readonly body: string }
  | {
      readonly kind: 'object'
      readonly status: number
      readonly headers: readonly Header[]
      readonly object: OpenObject
      readonly range: ByteRange
    }
  | ({ readonly kind: 'refusal' } & Refusal)

/** Answers a read from the folder; everything else is refused. */
export async function answerFromFolder(request: ReceivedRequest, folder: BucketFolder): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'MethodNotAllowed', 'The folder is served read-only.')
  const place = placeOf(request)
  if (place === undefined) return refuse(400, 'InvalidURI', "Couldn't parse the specified URI.")
  const parameters = ownParameters(request)
  if (place.bucket === '' && place.key === '') return listBuckets(folder)
  const bucket = await folder.bucket(place.bucket)
  if (bucket === undefined) return refuse(404, 'NoSuchBucket', 'The specified bucket does not exist')
  const subresource = subresources.find((name) => parameters.has(name))
  if (subresource !== undefined) return refuse(501, 'NotImplemented', `?${subresource} is not served here.`)
  if (place.key !== '') return answerObject(request, bucket, place.key)
  if (parameters.has('location')) return document(s3Document(['LocationConstraint', '']))
  if (request.method === 'HEAD') return document('')
  const list = parseListRequest(parameters)
  if (list === undefined)
    return refuse(400, 'InvalidArgument', 'max-keys, encoding-type or continuation-token is not valid')
  return document(await listObjects(bucket, list))
}

const subresources = [
  'acl',
  'cors',
  'encryption',
  'lifecycle',
  'logging',
  'notification',
  'object-lock',
  'policy',
  'replication',
  'tagging',
  'torrent',
  'uploads',
  'uploadId',
  'versionId',
  'versioning',
  'versions',
  'website',
]

interface Place {
  /** Empty where only the service is asked. */
  readonly bucket: string
  readonly key: string
}

/** Bucket and key from host and path; undefined where the path is no UTF-8. */
function placeOf(request: ReceivedRequest): Place | undefined {
  const path = decodeText(request.path.replaceAll('+', ' '))
  if (path.includes('\ufffd')) return undefined
  const inHost = bucketInHost(hostOf(request) ?? '')
  if (inHost !== undefined) return { bucket: inHost, key: path.slice(1) }
  const slash = path.indexOf('/', 1)
  return slash < 0 ? { bucket: path.slice(1), key: '' } : { bucket: path.slice(1, slash), key: path.slice(slash + 1) }
}

/** `BUCKET.localhost`, `BUCKET.s3.REGION.amazonaws.com`; hosts without a bucket have it in the path. */
function bucketInHost(host: string): string | undefined {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  return (
    /^(.+?)\.(?:s3\.)?localhost$/.exec(name)?.[1] ?? /^(.+)\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com$/.exec(name)?.[1]
  )
}

/** The query's parameters beside the signature's, decoded. */
function ownParameters(request: ReceivedRequest): ReadonlyMap<string, string> {
  const decoded = (text: string) => decodeText(text.replaceAll('+', ' '))
  return new Map(queryParts(request.query).map(({ name, value }) => [decoded(name), decoded(value ?? '')]))
}

async function listBuckets(folder: BucketFolder): Promise<Answer> {
  const buckets = await folder.buckets()
  return document(
    s3Document([
      'ListAllMyBucketsResult',
      [
        [
          'Owner',
          [
            ['ID', 'sigv4'],
            ['DisplayName', 'sigv4'],
          ],
        ],
        [
          'Buckets',
          buckets.map(
            ({ name, createdAt }) =>
              [
                'Bucket',
                [
                  ['Name', name],
                  ['CreationDate', createdAt.toISOString()],
                ],
              ] as const,
          ),
        ],
      ],
    ]),
  )
}

async function answerObject(request: ReceivedRequest, bucket: Bucket, key: string): Promise<Answer> {
  const object = await bucket.open(key)
  if (object === undefined)
    return { ...refuse(404, 'NoSuchKey', 'The specified key does not exist.'), members: [['Key', key]] }
  const headers = [
    { name: 'ETag', value: entityTag(object) },
    { name: 'Last-Modified', value: object.modifiedAt.toUTCString() },
    { name: 'Accept-Ranges', value: 'bytes' },
    { name: 'Content-Type', value: 'binary/octet-stream' },
  ]
  const range = parseRange(headerValue(request.headers, 'range'), object.size)
  if (range === 'whole')
    return { kind: 'object', status: 200, headers, object, range: { start: 0, end: object.size - 1 } }
  if (range === 'unsatisfiable') {
    await object.file.close()
    return refuse(416, 'InvalidRange', 'The requested range is not satisfiable')
  }
  const contentRange = { name: 'Content-Range', value: `bytes ${range.start}-${range.end}/${object.size}` }
  return { kind: 'object', status: 206, headers: [...headers, contentRange], object, range }
}

function document(body: string): Answer {
  return { kind: 'document', status: 200, headers: [{ name: 'Content-Type', value: 'application/xml' }], body }
}

function refuse(status: number, code: string, message: string): { readonly kind: 'refusal' } & Refusal {
  return { kind: 'refusal', status, code, message, members: [] }
}
