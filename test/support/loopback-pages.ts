import { type Bucket, byteOrder, endOf, entriesAfter, type LoopbackObject } from './loopback-bucket.ts'
import { contentsXml, type Encoding, encodeKey, ownerXml, versionXml } from './loopback-xml.ts'

/** In what a service differs from S3 where it pages. */
export interface PageRules {
  readonly keepsOrder?: boolean
  readonly ignoresStartAfter?: boolean
}

export interface PageInput {
  readonly query: URLSearchParams
  readonly maxKeys: number
  readonly bucket: Bucket
  readonly rules: PageRules
}

/** ListObjectsV2 with `list-type=2`, otherwise ListObjects. */
export function objectsPage({ query, maxKeys, bucket, rules }: PageInput): readonly Buffer[] {
  const isVersion2 = query.get('list-type') === '2'
  const encoding: Encoding = query.get('encoding-type') === 'url' ? 'url' : 'none'
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const token = query.get('continuation-token')
  const after = token !== null ? Buffer.from(token, 'base64url').toString() : afterOf(query, isVersion2, rules)
  const found = entriesAfter({ bucket, prefix, delimiter, after, maxKeys, sorted: rules.keepsOrder !== false })
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
            .map((object) => contentsXml(object, encoding, owner))
            .join(''),
        )
  const prefixes = found.prefixes.map(
    (name) => `<CommonPrefixes><Prefix>${encodeKey(name, encoding)}</Prefix></CommonPrefixes>`,
  )
  return [Buffer.from(head), lists, Buffer.from(`${prefixes.join('')}</ListBucketResult>`)]
}

function afterOf(query: URLSearchParams, isVersion2: boolean, rules: PageRules): string | undefined {
  if (rules.ignoresStartAfter) return undefined
  return query.get(isVersion2 ? 'start-after' : 'marker') ?? undefined
}

/** ListObjectVersions. */
export function versionsPage({ query, maxKeys, bucket }: PageInput): string {
  const encoding: Encoding = query.get('encoding-type') === 'url' ? 'url' : 'none'
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const lists: string[] = []
  const prefixes: string[] = []
  let isTruncated = false
  let last: LoopbackObject | undefined
  let lastPrefix: string | undefined
  for (const object of versionsAfter(bucket, query)) {
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length)
    const name = cut === -1 ? undefined : object.key.slice(0, cut + delimiter.length)
    if (name !== undefined && name === lastPrefix) continue
    if (lists.length + prefixes.length === maxKeys) {
      isTruncated = true
      break
    }
    lastPrefix = name
    if (name === undefined) {
      const isLatest = bucket.objects.find((other) => other.key === object.key) === object
      lists.push(versionXml(object, isLatest, encoding))
      last = object
    } else prefixes.push(name)
  }
  // A common prefix has no version to go on behind.
  const version =
    lastPrefix === undefined ? `<NextVersionIdMarker>${last?.versionId ?? 'null'}</NextVersionIdMarker>` : ''
  const marker = encodeKey(lastPrefix ?? last?.key ?? '', encoding)
  const next = isTruncated ? `<NextKeyMarker>${marker}</NextKeyMarker>${version}` : ''
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/>',
    `<KeyMarker>${encodeKey(keyMarker, encoding)}</KeyMarker><VersionIdMarker/>${next}<MaxKeys>${maxKeys}</MaxKeys>`,
    encoding === 'url' ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${isTruncated}</IsTruncated>${lists.join('')}`,
    ...prefixes.map((name) => `<CommonPrefixes><Prefix>${encodeKey(name, encoding)}</Prefix></CommonPrefixes>`),
    '</ListVersionsResult>',
  ].join('')
}

/** What is below the prefix and behind the markers; a common prefix as the marker is past, with all that is in it. */
function* versionsAfter({ objects }: Bucket, query: URLSearchParams): Generator<LoopbackObject> {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const versionMarker = query.get('version-id-marker')
  const passedPrefix =
    versionMarker === null && delimiter !== '' && keyMarker.endsWith(delimiter) ? keyMarker : undefined
  let isPassing = keyMarker !== ''
  for (const object of objects) {
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
    if (passedPrefix === undefined || !object.key.startsWith(passedPrefix)) yield object
  }
}
