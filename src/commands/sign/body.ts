import { createHash } from 'node:crypto'
import { failure } from '../../errors.ts'
import type { RequestFormat } from '../../output/request/format-request.ts'
import type { BodyFile } from '../../output/request/printable-request.ts'
import { bodyChunks, type DataArgument, inputPath } from '../../request/request-body.ts'
import { payloadHashOf } from '../../sign/sign-request.ts'
import type { InputReader } from '../input-reader.ts'
import type { SignOptions } from './options.ts'

/** A body, as far as signing and printing need it: where no format prints its bytes, it may be of any size. */
export interface DescribedBody {
  /** Undefined where the printed form names the body's file, writes it in pieces, or leaves it out. */
  readonly bytes: Uint8Array | undefined
  /** The file that is the whole body. */
  readonly file: BodyFile | undefined
  /** Hashes the body, reading it where nobody has. */
  readonly digest: () => Promise<BodyDigest>
  /** The body in pieces, where it is a file. */
  readonly chunks: () => AsyncIterable<Uint8Array>
}

export interface BodyDigest {
  /** Hex. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/** Beyond this a file has to be named: in JSON, each byte of a body may become six characters, and V8's text ends at 2^29. */
const maxBytesInText = 64 * 1024 * 1024
const maxBytesOfHttp = 2 * 1024 * 1024 * 1024

/** Formats that need nothing of the body but its hash. */
const formatsWithoutBody: ReadonlySet<RequestFormat> = new Set(['headers', 'url'])

/** Formats that name a file, or are written in pieces, and those that can have curl take the line breaks out of one. */
const formatsNamingFiles: ReadonlySet<RequestFormat> = new Set(['http', 'httpie', 'fetch', 'python'])
const formatsOfCurl: ReadonlySet<RequestFormat> = new Set(['curl', 'curl-config'])

/** @throws CliError (failure) for what cannot be read, or is too large for the format */
export async function describeBody(options: SignOptions, reader: InputReader): Promise<DescribedBody | undefined> {
  if (options.data.length === 0) return undefined
  const file = bodyFile(options, reader)
  const chunks = () => bodyChunks(options.data, (path, kind) => reader.open(path, optionNames[kind]))
  if (formatsWithoutBody.has(options.format) || file !== undefined) {
    return { bytes: undefined, file, digest: () => digestOf(chunks()), chunks }
  }
  const bytes = await collect(chunks(), options.format)
  return { bytes, file, digest: async () => ({ sha256: payloadHashOf({ body: bytes }), size: bytes.length }), chunks }
}

const optionNames = { data: '--data', raw: '--data-raw', binary: '--data-binary' } as const

function bodyFile({ data, format }: SignOptions, reader: InputReader): BodyFile | undefined {
  const [part] = data
  const path = part && inputPath(part)
  if (!part || path === undefined || data.length > 1) return undefined
  const size = reader.fileSize(path, optionNames[part.kind])
  const canName = formatsOfCurl.has(format) || (part.kind === 'binary' && formatsNamingFiles.has(format))
  return size === undefined || !canName ? undefined : { path, lineBreaks: linesOf(part), size }
}

function linesOf({ kind }: DataArgument): BodyFile['lineBreaks'] {
  return kind === 'binary' ? 'kept' : 'removed'
}

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<BodyDigest> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

async function collect(chunks: AsyncIterable<Uint8Array>, format: RequestFormat): Promise<Uint8Array> {
  const limit = format === 'http' ? maxBytesOfHttp : maxBytesInText
  const collected: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    collected.push(chunk)
    size += chunk.length
    if (size > limit) {
      throw failure(
        `the body is larger than ${limit} bytes, too large for --format ${format}`,
        'give it as --data-binary @FILE, and --format headers, curl or http',
      )
    }
  }
  return Buffer.concat(collected)
}
