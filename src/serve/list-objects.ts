import { encodeText } from '../request/percent-encoding.ts'
import type { Bucket, KeyRange, ObjectEntry } from './bucket-folder.ts'
import { entityTag } from './object-answer.ts'
import { s3Document, type XmlNode } from './s3-document.ts'

/** A ListObjects or ListObjectsV2 request. */
export interface ListRequest {
  readonly version: 1 | 2
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number
  readonly encodingType: 'url' | undefined
  /** V2: `start-after`; V1: `marker`. */
  readonly startAfter: string
  readonly continuationToken: string | undefined
  readonly fetchOwner: boolean
}

/** Undefined where `max-keys`, `encoding-type` or the token are none. */
export function parseListRequest(parameters: ReadonlyMap<string, string>): ListRequest | undefined {
  const version = parameters.get('list-type') === '2' ? 2 : 1
  const maxKeys = parameters.get('max-keys') ?? '1000'
  const encodingType = parameters.get('encoding-type')
  const token = parameters.get('continuation-token')
  if (!/^\d{1,9}$/.test(maxKeys) || (encodingType !== undefined && encodingType !== 'url')) return undefined
  if (token !== undefined && readToken(token) === undefined) return undefined
  return {
    version,
    prefix: parameters.get('prefix') ?? '',
    delimiter: parameters.get('delimiter') ?? '',
    maxKeys: Math.min(Number(maxKeys), 1000),
    encodingType,
    startAfter: parameters.get(version === 2 ? 'start-after' : 'marker') ?? '',
    continuationToken: version === 2 ? token : undefined,
    fetchOwner: version === 1 || parameters.get('fetch-owner') === 'true',
  }
}

/** One page of a bucket, as XML. */
export async function listObjects(bucket: Bucket, request: ListRequest): Promise<string> {
  const page = await collectPage(bucket, request)
  return s3Document(['ListBucketResult', [...frame(bucket, request, page), ...contents(request, page)]])
}

interface Page {
  readonly objects: readonly ObjectEntry[]
  readonly commonPrefixes: readonly string[]
  /** The last key or common prefix of a page that is not the last one. */
  readonly next: string | undefined
}

async function collectPage(bucket: Bucket, request: ListRequest): Promise<Page> {
  const { prefix, delimiter, maxKeys } = request
  const start =
    request.continuationToken === undefined ? request.startAfter : (readToken(request.continuationToken) ?? '')
  const objects: ObjectEntry[] = []
  const commonPrefixes: string[] = []
  let last = start
  let after: string | undefined = commonPrefixOf(start, { prefix, delimiter }) === start ? behindAll(start) : start
  while (after !== undefined) {
    const range: KeyRange = { prefix, after }
    after = undefined
    for await (const object of bucket.objects(range)) {
      const common = commonPrefixOf(object.key, { prefix, delimiter })
      if (common !== undefined && common === last) continue
      if (objects.length + commonPrefixes.length >= maxKeys) {
        return { objects, commonPrefixes, next: maxKeys === 0 ? undefined : last }
      }
      last = common ?? object.key
      if (common === undefined) {
        objects.push(object)
        continue
      }
      commonPrefixes.push(common)
      after = behindAll(common)
      break
    }
  }
  return { objects, commonPrefixes, next: undefined }
}

/** A key behind (nearly) all that begin with a prefix, so that those need not be read. */
function behindAll(prefix: string): string {
  return `${prefix}\u{10ffff}`
}

function commonPrefixOf(
  key: string,
  { prefix, delimiter }: Pick<ListRequest, 'prefix' | 'delimiter'>,
): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

function frame(bucket: Bucket, request: ListRequest, page: Page): readonly XmlNode[] {
  const shown = (text: string) => (request.encodingType === 'url' ? urlEncoded(text) : text)
  const second = request.version === 2
  return [
    ['Name', bucket.name],
    ['Prefix', shown(request.prefix)],
    ...(second
      ? ([
          ['KeyCount', page.objects.length + page.commonPrefixes.length],
          ['ContinuationToken', request.continuationToken],
          ['StartAfter', request.startAfter === '' ? undefined : shown(request.startAfter)],
          ['NextContinuationToken', page.next === undefined ? undefined : makeToken(page.next)],
        ] as const)
      : ([
          ['Marker', shown(request.startAfter)],
          ['NextMarker', page.next === undefined || request.delimiter === '' ? undefined : shown(page.next)],
        ] as const)),
    ['MaxKeys', request.maxKeys],
    ['Delimiter', request.delimiter === '' ? undefined : shown(request.delimiter)],
    ['EncodingType', request.encodingType],
    ['IsTruncated', page.next === undefined ? 'false' : 'true'],
  ]
}

function contents(request: ListRequest, page: Page): readonly XmlNode[] {
  const shown = (text: string) => (request.encodingType === 'url' ? urlEncoded(text) : text)
  const objects = page.objects.map(
    (object): XmlNode => [
      'Contents',
      [
        ['Key', shown(object.key)],
        ['LastModified', object.modifiedAt.toISOString()],
        ['ETag', entityTag(object)],
        ['Size', object.size],
        ...(request.fetchOwner
          ? ([
              [
                'Owner',
                [
                  ['ID', 'sigv4'],
                  ['DisplayName', 'sigv4'],
                ],
              ],
            ] as const)
          : []),
        ['StorageClass', 'STANDARD'],
      ],
    ],
  )
  const prefixes = page.commonPrefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', shown(prefix)]]])
  return [...objects, ...prefixes]
}

/** S3's form: a space is `+`, and `/` stays. */
function urlEncoded(text: string): string {
  return encodeText(text).replaceAll('%2F', '/').replaceAll('%20', '+')
}

function makeToken(last: string): string {
  return Buffer.from(last).toString('base64url')
}

function readToken(token: string): string | undefined {
  return /^[A-Za-z0-9_-]*$/.test(token) ? Buffer.from(token, 'base64url').toString() : undefined
}
