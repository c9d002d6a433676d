import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { exitCodes } from '../../errors.ts'
import { requestMembers } from '../../output/request/plain-formats.ts'
import { encodePathText } from '../../request/percent-encoding.ts'
import { bulkTemplate } from '../../sign/bulk.ts'
import { createInputReader } from '../input-reader.ts'
import { BatchKinds, type JsonParts, type KindName, type KindTemplate } from './batch-kinds.ts'
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

/** Signs the first line of each kind as `sign` does, and learns from it how to sign others, as long as the signing second lasts. */
export class BatchSigner {
  readonly kinds = new BatchKinds()
  readonly #options: SignOptions
  readonly #context: Context
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
    this.kinds.forget()
    this.#credentials = credentials
    this.#second = second
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
    if (signing.scope.algorithm.value === 'sigv4') {
      this.kinds.learn({
        name: kindName({ target, own }, signing),
        template: onceMade(() => kindTemplate(target, signing, json)),
      })
    }
    return { output: `${json ?? printed.url}\n`, notes: signingWarnings(signing) }
  }
}

function kindName({ target, own }: BatchLine, { described, signingOptions }: Signing): KindName {
  const { scheme, host, path } = described.url
  const origin = `${scheme}://${host}`
  // The path has a say in what a host is signed for, except with S3.
  const ofUrl = signingOptions.pathEncoding === 'single' ? origin : origin + path
  return { ownId: own?.id, place: 'key' in target ? target.bucket : ofUrl }
}

function kindTemplate(target: BatchLine['target'], signing: Signing, json: string | undefined): KindTemplate {
  const { described, request, signed, signingOptions } = signing
  const { scheme, host, path } = described.url
  return {
    origin: `${scheme}://${host}`,
    keyHead: 'key' in target ? path.slice(0, path.length - encodePathText(target.key).length) : '',
    json: json === undefined ? undefined : jsonParts(signing, json),
    bulk: bulkTemplate(request, signed, signingOptions),
  }
}

/** What JSON prints of the first line, with gaps for URL and signature. */
function jsonParts({ described, signed, request }: Signing, json: string): JsonParts {
  const beforeUrl = `{"method":${JSON.stringify(request.method)},"url":`
  const url = JSON.stringify(printableRequest(described, signed).url)
  const tail = json.slice(beforeUrl.length + url.length)
  const at = tail.lastIndexOf(signed.steps.signature)
  if (at < 0) return { beforeUrl, behindUrl: tail, behindSignature: undefined }
  return {
    beforeUrl,
    behindUrl: tail.slice(0, at),
    behindSignature: tail.slice(at + signed.steps.signature.length),
  }
}

function onceMade<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
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
