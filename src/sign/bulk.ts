import { hash } from 'node:crypto'
import type { Credentials } from '../credentials/credentials.ts'
import { canonicalPath, canonicalQuery, type PathRules } from './canonical-request.ts'
import { type HmacKey, hmacKey, hmacSha256 } from './hmac.ts'
import type { SignedRequest, SigningOptions, UnsignedRequest } from './sign-request.ts'

/** Signs requests that differ from a signed one only in path and query. */
export type BulkSigner = (request: BulkRequest) => BulkSignature

export interface BulkRequest {
  /** As it is sent. */
  readonly path: string
  /** As it is sent; undefined where there is none. */
  readonly query: string | undefined
  /** Whether the path holds nothing but unreserved characters, slashes and what RFC 3986 encodes, as `encodePathText` gives it. */
  readonly pathIsEncoded: boolean
}

export interface BulkSignature {
  readonly signature: string
  /** The query to send: changed only by presigning. */
  readonly query: string | undefined
}

/**
 * What requests of one kind share: all but path, query and signature. Plain data, which another thread can be given; it
 * holds the key of one day, region and service, not the secret.
 */
export interface BulkTemplate extends PathRules {
  /** The canonical request in front of the path, and behind the query. */
  readonly head: string
  readonly tail: string
  /** What presigning adds to the query, in front of the signature and behind it; undefined for the header form. */
  readonly parameters: string | undefined
  readonly afterSignature: string
  /** The string to sign in front of the canonical request's hash. */
  readonly beforeHash: string
  readonly signingKey: HmacKey
}

/**
 * Takes from a request that the one signer signed (SigV4) what others of its kind share. So the rules stay in one place, and
 * signing such another request is three hash calls.
 */
export function bulkTemplate(request: UnsignedRequest, signed: SignedRequest, options: SigningOptions): BulkTemplate {
  const { steps } = signed
  const head = `${request.method}\n`
  return {
    ...presignedParts(request, signed),
    head,
    tail: steps.canonicalRequest.slice(`${head}${steps.canonicalPath}\n${steps.canonicalQuery}`.length),
    beforeHash: steps.stringToSign.slice(0, steps.stringToSign.lastIndexOf('\n') + 1),
    signingKey: signingKey(options.credentials, [steps.time.shortDate, options.region, options.service]),
    pathEncoding: options.pathEncoding,
    normalizePath: options.normalizePath,
  }
}

export function bulkSigner(template: BulkTemplate): BulkSigner {
  const { head, tail, parameters, afterSignature } = template
  const plainQuery = canonicalQuery(parameters ?? '')
  const signHash = hashSigner(template.signingKey, template.beforeHash)
  // Encoded once already, and nothing in it to decode: recoding would find the same.
  const encodedIsCanonical = template.pathEncoding === 'single' && !template.normalizePath
  return ({ path, query, pathIsEncoded }) => {
    const ownQuery = query ? `${query}&` : ''
    const canonical = query ? canonicalQuery(`${query}&${parameters ?? ''}`) : plainQuery
    const canonicalUri = pathIsEncoded && encodedIsCanonical ? path : canonicalPath(path, template)
    const signature = signHash(hash('sha256', `${head}${canonicalUri}\n${canonical}${tail}`))
    if (parameters === undefined) return { signature, query }
    return { signature, query: `${ownQuery}${parameters}&X-Amz-Signature=${signature}${afterSignature}` }
  }
}

function presignedParts(
  request: UnsignedRequest,
  { query, steps }: SignedRequest,
): Pick<BulkTemplate, 'parameters' | 'afterSignature'> {
  const mark = `&X-Amz-Signature=${steps.signature}`
  const end = query?.lastIndexOf(mark) ?? -1
  if (query === undefined || end < 0) return { parameters: undefined, afterSignature: '' }
  return {
    parameters: query.slice(request.query ? request.query.length + 1 : 0, end),
    afterSignature: query.slice(end + mark.length),
  }
}

/**
 * HMAC-SHA256 (hex) of a fixed text and 64 characters behind it, in buffers that are used again: to make a Buffer for each
 * digest takes longer than the hash.
 */
function hashSigner(key: HmacKey, text: string): (canonicalRequestHash: string) => string {
  const inner = Buffer.concat([key.inner, Buffer.from(text), Buffer.alloc(64)])
  const outer = Buffer.concat([key.outer, Buffer.alloc(32)])
  const hashAt = inner.length - 64
  const digestAt = key.outer.length
  return (canonicalRequestHash) => {
    inner.write(canonicalRequestHash, hashAt, 'latin1')
    outer.write(hash('sha256', inner, 'binary'), digestAt, 'latin1')
    return hash('sha256', outer)
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 4 */
function signingKey(credentials: Credentials, scope: readonly string[]): HmacKey {
  const secret = hmacKey(`AWS4${credentials.secretAccessKey.reveal()}`)
  return [...scope, 'aws4_request'].reduce((key, part) => hmacKey(hmacSha256(key, part)), secret)
}
