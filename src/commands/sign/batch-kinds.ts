import { encodePathText } from '../../request/percent-encoding.ts'
import { parseRequestUrl } from '../../request/request-url.ts'
import { type BulkRequest, type BulkTemplate, bulkSigner } from '../../sign/bulk.ts'
import type { BatchLine } from './batch-line.ts'

/** What lines of one kind share: they differ in path and query only. Plain data, which another thread can be given. */
export interface KindTemplate {
  /** `https://HOST` */
  readonly origin: string
  /** In front of a key, where the target is an s3:// URI: `/`, or `/BUCKET/` and the like for path style. */
  readonly keyHead: string
  /** What JSON prints around URL and signature; undefined where the result is the URL. */
  readonly json: JsonParts | undefined
  readonly bulk: BulkTemplate
}

export interface JsonParts {
  readonly beforeUrl: string
  /** Between URL and signature; all that is behind the URL where the signature is in it. */
  readonly behindUrl: string
  readonly behindSignature: string | undefined
}

/** Which lines are of a kind. */
export interface KindName {
  /** `OwnSettings.id`; undefined for lines without any. */
  readonly ownId: string | undefined
  /** The bucket of an s3:// URI or a key, or a URL's origin (with its path, where that matters). */
  readonly place: string
}

export interface LearnedKind {
  readonly name: KindName
  /** Made when it is first asked for: where every line is of its own kind, a signing key for each would be the most work of all. */
  readonly template: () => KindTemplate
}

/** Path and query as they are sent -> the result, with its line feed. */
type KindSigner = (
  keyOrUrl: { readonly key: string } | { readonly path: string; readonly query: string | undefined },
) => string

/** More kinds than this are forgotten, so that memory does not grow with the number of buckets or hosts. */
const maxKinds = 1000

/** What `sign` may warn of or refuse: a raw plus, an encoded slash, parameters of a signature (names may be encoded). */
const remarkablePath = /\+|%2f/i
const remarkableQuery = /\+|x-amz-|(?:^|&)[^=&]*%/i

/** The kinds of line that are known: signing further lines of them takes no more than their path and query. */
export class BatchKinds {
  /** Another one when all that was known is forgotten. */
  generation = 0
  /** In the order they were learned. */
  readonly learned: LearnedKind[] = []
  readonly #plain = new Map<string, KindSigner>()
  readonly #own = new Map<string, Map<string, KindSigner>>()

  learn(kind: LearnedKind): void {
    if (this.#signersOf(kind.name.ownId).has(kind.name.place)) return
    if (this.learned.length >= maxKinds) this.forget()
    this.learned.push(kind)
    let signer: KindSigner | undefined
    this.#signersOf(kind.name.ownId).set(kind.name.place, (target) => {
      signer ??= kindSigner(kind.template())
      return signer(target)
    })
  }

  forget(): void {
    this.generation++
    this.learned.length = 0
    this.#plain.clear()
    this.#own.clear()
  }

  /** A line's result; undefined for a line of no known kind, and for one that wants a warning. @throws CliError (usage) */
  sign({ target, own }: BatchLine): string | undefined {
    const signers = own === undefined ? this.#plain : this.#own.get(own.id)
    if (signers === undefined) return undefined
    if ('key' in target) return signers.get(target.bucket)?.(target)
    const { scheme, host, path, query } = parseRequestUrl(target.url)
    const origin = `${scheme}://${host}`
    const signer = signers.get(origin) ?? signers.get(origin + path)
    if (signer === undefined || remarkablePath.test(path) || (query !== undefined && remarkableQuery.test(query)))
      return
    return signer({ path, query })
  }

  #signersOf(ownId: string | undefined): Map<string, KindSigner> {
    if (ownId === undefined) return this.#plain
    const signers = this.#own.get(ownId) ?? new Map<string, KindSigner>()
    this.#own.set(ownId, signers)
    return signers
  }
}

function kindSigner({ origin, keyHead, json, bulk }: KindTemplate): KindSigner {
  const sign = bulkSigner(bulk)
  const print = json === undefined ? (url: string) => `${url}\n` : jsonPrinter(json)
  return (target) => {
    const request: BulkRequest =
      'key' in target
        ? { path: `${keyHead}${encodePathText(target.key)}`, query: undefined, pathIsEncoded: true }
        : { ...target, pathIsEncoded: false }
    const { query, signature } = sign(request)
    return print(`${origin}${request.path}${query === undefined ? '' : `?${query}`}`, signature)
  }
}

function jsonPrinter({ beforeUrl, behindUrl, behindSignature }: JsonParts): (url: string, signature: string) => string {
  if (behindSignature === undefined) return (url) => `${beforeUrl}${JSON.stringify(url)}${behindUrl}\n`
  return (url, signature) => `${beforeUrl}${JSON.stringify(url)}${behindUrl}${signature}${behindSignature}\n`
}
