import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { exitCodes } from '../../errors.ts'
import { requestMembers } from '../../output/request/plain-formats.ts'
import { encodePathText } from '../../request/percent-encoding.ts'
import { parseRequestUrl } from '../../request/request-url.ts'
import { type BulkRequest, type BulkSigner, bulkSigner } from '../../sign/bulk.ts'
import { createInputReader } from '../input-reader.ts'
import type { BatchLine } from './batch-line.ts'
import { describeRequest } from './describe.ts'
import type { SignOptions } from './options.ts'
import { makeSigning, printableRequest, type Signing } from './signing.ts'
import { signingWarnings } from './warnings.ts'

/** A line's result, with its line feed. */
export interface BatchResult {
  readonly output: string
  /** What the user should know of it. */
  readonly notes: readonly string[]
}

/** Lines of one kind: they differ in path and query only. */
interface Kind {
  readonly signInBulk: BulkSigner
  /** `https://HOST` */
  readonly origin: string
  /** In front of a key, where the target is an s3:// URI: `/`, or `/BUCKET/` and the like for path style. */
  readonly keyHead: string
  readonly print: (url: string, signature: string) => string
}

/** What `sign` may warn of or refuse: a raw plus, an encoded slash, parameters of a signature (names may be encoded). */
const remarkablePath = /\+|%2f/i
const remarkableQuery = /\+|x-amz-|(?:^|&)[^=&]*%/i

/** More kinds than this are forgotten, so that memory does not grow with the number of buckets or hosts. */
const maxKinds = 1000

/**
 * Signs lines: the first of each kind as `sign` does, and then, as long as the signing second lasts, others of its kind from
 * the template that it leaves behind.
 */
export class BatchSigner {
  readonly #options: SignOptions
  readonly #context: Context
  /** By bucket, or by a URL's origin (with its path, where that matters). */
  readonly #plainKinds = new Map<string, Kind>()
  /** The same for lines with settings of their own. */
  readonly #ownKinds = new Map<string, Map<string, Kind>>()
  #kindCount = 0
  #credentials: Credentials
  #second = Number.NaN

  constructor(options: SignOptions, credentials: Credentials, context: Context) {
    this.#options = options
    this.#credentials = credentials
    this.#context = context
  }

  /** To be told every few milliseconds: what is signed later is signed with these credentials, as of then. */
  update(credentials: Credentials, now: Date): void {
    const second = Math.floor(now.getTime() / 1000)
    if (credentials === this.#credentials && second === this.#second) return
    this.#forgetKinds()
    this.#credentials = credentials
    this.#second = second
  }

  /** Undefined for the first line of a kind, and for lines that want a warning: they are for `sign`. @throws CliError (usage) */
  signQuickly({ target, own }: BatchLine): string | undefined {
    const kinds = own === undefined ? this.#plainKinds : this.#ownKinds.get(own.id)
    if (kinds === undefined) return undefined
    if ('key' in target) {
      const kind = kinds.get(target.bucket)
      const path = encodePathText(target.key)
      return kind && signKind(kind, { path: `${kind.keyHead}${path}`, query: undefined, pathIsEncoded: true })
    }
    const { scheme, host, path, query } = parseRequestUrl(target.url)
    const origin = `${scheme}://${host}`
    const kind = kinds.get(origin) ?? kinds.get(origin + path)
    if (kind === undefined || remarkablePath.test(path) || (query !== undefined && remarkableQuery.test(query))) return
    return signKind(kind, { path, query, pathIsEncoded: false })
  }

  /** Signs a line as `sign` signs a target. @throws CliError */
  async sign({ target, own }: BatchLine): Promise<BatchResult> {
    const text = 'key' in target ? `s3://${target.bucket}/${target.key}` : target.url
    const options = { ...this.#options, ...ownOptions(own, this.#options), target: text }
    const reader = createInputReader(this.#context, { unreadableExitCode: exitCodes.failure })
    const described = await describeRequest(options, this.#context, reader)
    const signing = await makeSigning({ options, described, credentials: this.#credentials, context: this.#context })
    const printed = printableRequest(described, signing.signed)
    const json = options.format === 'json' ? JSON.stringify(requestMembers(printed)) : undefined
    this.#remember({ target, own }, signing, json)
    return { output: `${json ?? printed.url}\n`, notes: signingWarnings(signing) }
  }

  #remember({ target, own }: BatchLine, signing: Signing, json: string | undefined): void {
    const { scope, described, request, signed, signingOptions } = signing
    if (scope.algorithm.value !== 'sigv4') return
    if (++this.#kindCount > maxKinds) this.#forgetKinds()
    const { scheme, host, path } = described.url
    const origin = `${scheme}://${host}`
    // The path has a say in what a host is signed for, except with S3.
    const ofUrl = signingOptions.pathEncoding === 'single' ? origin : origin + path
    let signInBulk: BulkSigner | undefined
    this.#kindsOf(own).set('key' in target ? target.bucket : ofUrl, {
      // Made for the second line: where every line is of its own kind, a signing key for each would be the most work of all.
      signInBulk: (line) => {
        signInBulk ??= bulkSigner(request, signed, signingOptions)
        return signInBulk(line)
      },
      origin,
      keyHead: 'key' in target ? path.slice(0, path.length - encodePathText(target.key).length) : '',
      print: json === undefined ? (url: string) => `${url}\n` : jsonPrinter(signing, json),
    })
  }

  #kindsOf(own: BatchLine['own']): Map<string, Kind> {
    if (own === undefined) return this.#plainKinds
    const kinds = this.#ownKinds.get(own.id) ?? new Map<string, Kind>()
    this.#ownKinds.set(own.id, kinds)
    return kinds
  }

  #forgetKinds(): void {
    this.#plainKinds.clear()
    this.#ownKinds.clear()
    this.#kindCount = 0
  }
}

function signKind({ signInBulk, origin, print }: Kind, request: BulkRequest): string {
  const { query, signature } = signInBulk(request)
  return print(`${origin}${request.path}${query === undefined ? '' : `?${query}`}`, signature)
}

/** What JSON prints of the first line, with gaps for URL and signature. */
function jsonPrinter({ described, signed, request }: Signing, json: string): Kind['print'] {
  const head = `{"method":${JSON.stringify(request.method)},"url":`
  const url = JSON.stringify(printableRequest(described, signed).url)
  const tail = json.slice(head.length + url.length)
  const at = tail.lastIndexOf(signed.steps.signature)
  if (at < 0) return (newUrl) => `${head}${JSON.stringify(newUrl)}${tail}\n`
  const behind = tail.slice(at + signed.steps.signature.length)
  const before = tail.slice(0, at)
  return (newUrl, signature) => `${head}${JSON.stringify(newUrl)}${before}${signature}${behind}\n`
}

/** A line's own headers replace those of the command line. */
function ownOptions(own: BatchLine['own'], options: SignOptions): Partial<SignOptions> {
  if (own === undefined) return {}
  const names = new Set(own.headers.map(headerName))
  return {
    method: own.method ?? options.method,
    headers: [...options.headers.filter((header) => !names.has(headerName(header))), ...own.headers],
    expiresInSeconds: own.expiresInSeconds ?? options.expiresInSeconds,
  }
}

function headerName(header: string): string {
  return header
    .replace(/[:;].*$/s, '')
    .trim()
    .toLowerCase()
}
