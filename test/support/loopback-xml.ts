import type { LoopbackObject } from './loopback-bucket.ts'

export type Encoding = 'url' | 'none'

export const ownerXml =
  '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID><DisplayName>o</DisplayName></Owner>'

export function versionXml(object: LoopbackObject, isLatest: boolean, encoding: Encoding): string {
  const common = `<Key>${encodeKey(object.key, encoding)}</Key><VersionId>${object.versionId ?? 'null'}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${modifiedOf(object)}</LastModified>`
  return object.isDeleteMarker
    ? `<DeleteMarker>${common}${ownerXml}</DeleteMarker>`
    : `<Version>${common}<ETag>&quot;${eTag}&quot;</ETag><Size>${object.size ?? 0}</Size>${ownerXml}<StorageClass>${object.storageClass ?? 'STANDARD'}</StorageClass></Version>`
}

const eTag = 'd41d8cd98f00b204e9800998ecf8427e'

export function contentsXml(object: LoopbackObject, encoding: Encoding, owner = ''): string {
  return `<Contents><Key>${encodeKey(object.key, encoding)}</Key><LastModified>${modifiedOf(object)}</LastModified><ETag>&quot;${eTag}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${object.size ?? 0}</Size>${owner}<StorageClass>${object.storageClass ?? 'STANDARD'}</StorageClass></Contents>`
}

function modifiedOf(object: LoopbackObject): string {
  return object.lastModified ?? '2013-09-02T21:37:53.000Z'
}

/** As S3 does it: escapes of UTF-8, a slash as it is, and a plus for a space. */
export function encodeKey(key: string, encoding: Encoding): string {
  if (encoding === 'none') return escapeXml(key)
  if (/^[A-Za-z0-9/._-]*$/.test(key)) return key
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
}

export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\x00-\x1f\x7f-\x9f\ufffe\uffff]/g,
    (character) => `&#x${character.charCodeAt(0).toString(16)};`,
  )
}
