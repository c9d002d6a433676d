import { hash } from 'node:crypto'
import type { Credentials } from '../credentials/credentials.ts'
import { type ChecksumName, createChecksum } from './payload-checksum.ts'
import type { SigningSteps } from './sign-request.ts'
import { algorithmIdentifiers, type SigningAlgorithm, sigV4StringSigner } from './sigv4.ts'

/** The form in which S3 takes a body in pieces, each with its proof. */
export interface ChunkedForm {
  readonly chunks: 'signed' | 'unsigned'
  readonly algorithm: SigningAlgorithm
  /** The checksum that trails the body. */
  readonly checksum: ChecksumName | undefined
}

/** S3 wants at least 8 KiB in every chunk but the last; its own examples and the SDKs use 64 KiB. */
const chunkBytes = 65_536

/** A DER signature's length varies: SigV4a's are padded to this many characters, so that the length is known before. */
const paddedSigV4aLength = 144

/**
 * What the canonical request says of the payload.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
export function streamingPayloadHash({ chunks, algorithm, checksum }: ChunkedForm): string {
  const trailer = checksum === undefined ? '' : '-TRAILER'
  return chunks === 'unsigned'
    ? 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
    : `STREAMING-${algorithmIdentifiers[algorithm]}-PAYLOAD${trailer}`
}

/** The bytes on the wire for so many bytes of body. */
export function chunkedLength(decodedLength: number, form: ChunkedForm): number {
  const full = Math.floor(decodedLength / chunkBytes)
  const rest = decodedLength % chunkBytes
  const signature = form.chunks === 'unsigned' ? 0 : signatureLength(form.algorithm)
  const frame = (size: number) =>
    size.toString(16).length + (signature === 0 ? 0 : ';chunk-signature='.length + signature) + size + 4
  const trailers =
    form.checksum === undefined
      ? 2
      : `x-amz-checksum-${form.checksum}:`.length +
        checksumLengths[form.checksum] +
        2 +
        (signature === 0 ? 0 : 'x-amz-trailer-signature:'.length + signature + 2) +
        2
  return full * frame(chunkBytes) + (rest === 0 ? 0 : frame(rest)) + frame(0) - 2 + trailers
}

export interface ChunkSigningInput {
  readonly steps: Pick<SigningSteps, 'algorithm' | 'time' | 'credentialScope' | 'service' | 'region' | 'signature'>
  readonly credentials: Credentials
}

/** A body in its chunked form; each signature builds on the one before, the first on the request's own. */
export async function* chunkedPayload(
  body: AsyncIterable<Uint8Array>,
  form: ChunkedForm,
  input: ChunkSigningInput,
): AsyncGenerator<Uint8Array> {
  const checksum = form.checksum === undefined ? undefined : createChecksum(form.checksum)
  const signer = form.chunks === 'signed' ? new ChainedSigner(input, await stringSigner(input)) : undefined
  for await (const data of inChunks(body)) {
    checksum?.update(data)
    const extension = signer ? `;chunk-signature=${await signer.chunk(data)}` : ''
    yield Buffer.from(`${data.length.toString(16)}${extension}\r\n`)
    yield data
    yield Buffer.from('\r\n')
  }
  const extension = signer ? `;chunk-signature=${await signer.chunk(Buffer.alloc(0))}` : ''
  let end = `0${extension}\r\n`
  if (checksum) {
    const trailer = `x-amz-checksum-${form.checksum}:${checksum.digest()}`
    end += `${trailer}\r\n`
    if (signer) end += `x-amz-trailer-signature:${await signer.trailer(`${trailer}\n`)}\r\n`
  }
  yield Buffer.from(`${end}\r\n`)
}

/** Base64 lengths. */
const checksumLengths: Readonly<Record<ChecksumName, number>> = {
  crc32: 8,
  crc32c: 8,
  crc64nvme: 12,
  sha256: 44,
  sha1: 28,
}

function signatureLength(algorithm: SigningAlgorithm): number {
  return algorithm === 'sigv4' ? 64 : paddedSigV4aLength
}

type StringSigner = (stringToSign: string) => string | Promise<string>

async function stringSigner({ steps, credentials }: ChunkSigningInput): Promise<StringSigner> {
  if (steps.algorithm === 'sigv4a') return (await import('./sigv4a.ts')).sigV4aStringSigner(credentials)
  return sigV4StringSigner({ ...steps, credentials })
}

class ChainedSigner {
  readonly #input: ChunkSigningInput
  readonly #sign: StringSigner
  #previous: string

  constructor(input: ChunkSigningInput, sign: StringSigner) {
    this.#input = input
    this.#sign = sign
    this.#previous = input.steps.signature
  }

  chunk(data: Uint8Array): Promise<string> {
    return this.#next('PAYLOAD', `${hash('sha256', '')}\n${hash('sha256', data)}`)
  }

  trailer(lines: string): Promise<string> {
    return this.#next('TRAILER', hash('sha256', lines))
  }

  async #next(kind: 'PAYLOAD' | 'TRAILER', hashes: string): Promise<string> {
    const { algorithm, time, credentialScope } = this.#input.steps
    const stringToSign = `${algorithmIdentifiers[algorithm]}-${kind}\n${time.longDate}\n${credentialScope}\n${this.#previous}\n${hashes}`
    const signature = await this.#sign(stringToSign)
    this.#previous = signature
    return algorithm === 'sigv4' ? signature : signature.padEnd(paddedSigV4aLength, '*')
  }
}

/** The same bytes in pieces of 64 KiB. */
async function* inChunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    let rest = piece
    while (size + rest.length >= chunkBytes) {
      const taken = rest.subarray(0, chunkBytes - size)
      yield held.length === 0 ? taken : Buffer.concat([...held, taken])
      rest = rest.subarray(taken.length)
      held = []
      size = 0
    }
    if (rest.length > 0) held.push(Buffer.from(rest))
    size += rest.length
  }
  if (size > 0) yield Buffer.concat(held)
}
