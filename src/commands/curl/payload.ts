import { createHash, hash as hashOnce } from 'node:crypto'
import { usageError } from '../../errors.ts'
import type { Body } from '../../request/body.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { inferScope } from '../../request/infer-scope.ts'
import { serviceRules } from '../../request/service-rules.ts'
import type { SigningScope } from '../../request/signing-scope.ts'
import { type ChunkedForm, chunkedLength, streamingPayloadHash } from '../../sign/chunked-payload.ts'
import { type ChecksumName, createChecksum } from '../../sign/payload-checksum.ts'
import type { CurlInputs } from './inputs.ts'
import type { TransferPlan } from './plan.ts'

/** How a request's body is proved and sent. */
export interface SignedPayload {
  /** The last line of the canonical request. */
  readonly hash: string
  /** What goes into the connection before any framing, or what `chunked` is made of. */
  readonly body: Body | undefined
  /** Bytes of the body as it is sent; undefined where nobody knows. */
  readonly length: number | undefined
  /** Set where the body goes out in S3's chunked form. */
  readonly chunked: ChunkedForm | undefined
  readonly headers: readonly Header[]
}

export interface PayloadInput {
  readonly plan: TransferPlan
  readonly scope: SigningScope
  readonly inputs: CurlInputs
  readonly signChunks: boolean
  readonly checksum: ChecksumName | undefined
}

/**
 * Decides how the payload is signed, and reads it for that where needed: files are hashed in a first pass; pipes go to S3
 * over TLS unsigned, elsewhere into a private temporary file first.
 * @throws CliError (usage) for `--sign-chunks` and `--checksum` to anything but S3; TransferError (26)
 */
export async function signedPayload(input: PayloadInput): Promise<SignedPayload> {
  const { plan, scope, signChunks, checksum } = input
  if (!isForS3(input) && (signChunks || checksum !== undefined)) {
    throw usageError(`${signChunks ? '--sign-chunks' : '--checksum'} is for S3, not for '${scope.service.value}'`)
  }
  const given = headerValue(plan.custom.lines, 'x-amz-content-sha256')
  const body = await measuredBody(input)
  if (signChunks) return chunkedForm({ chunks: 'signed', algorithm: scope.algorithm.value, checksum }, body, input)
  const unsigned = given ?? (serviceRules(scope.service.value).unsignedPayload ? 'UNSIGNED-PAYLOAD' : undefined)
  if (body && !body.replayable && given === undefined && checksum !== undefined && body.length !== undefined) {
    return chunkedForm({ chunks: 'unsigned', algorithm: scope.algorithm.value, checksum }, body, input)
  }
  const hash = unsigned ?? (fromPipe(input) ? 'UNSIGNED-PAYLOAD' : undefined)
  if (hash !== undefined && checksum === undefined) return { ...plain(body), hash }
  if (!body && checksum === undefined) return { ...plain(body), hash: hashOnce('sha256', '') }
  const digests = await digest(body, checksum)
  return { ...plain(body), hash: hash ?? digests.sha256, headers: digests.checksumHeaders }
}

/** The body, spooled where its length or its hash has to be known before it is sent. */
async function measuredBody(input: PayloadInput): Promise<Body | undefined> {
  const { plan, inputs, signChunks, checksum } = input
  const { body } = plan.content
  if (!body || body.length !== undefined) return body
  const givenLength = headerValue(plan.custom.lines, 'content-length')
  const length = givenLength !== undefined && /^\d+$/.test(givenLength) ? Number(givenLength) : undefined
  const givenHash = headerValue(plan.custom.lines, 'x-amz-content-sha256') !== undefined
  const needsHash = givenHash ? checksum !== undefined : !fromPipe(input)
  if (needsHash || ((signChunks || checksum !== undefined) && length === undefined)) return inputs.spool(body)
  if (length !== undefined) return { ...body, length }
  // AWS's S3 refuses a body whose length it does not know ("A header you provided implies functionality ...").
  const wantsLength = inferScope(plan.target.url.host).partition !== undefined
  return wantsLength && headerValue(plan.custom.lines, 'transfer-encoding') === undefined ? inputs.spool(body) : body
}

/** A pipe to S3 over TLS, which protects what no signature covers. */
function fromPipe(input: PayloadInput): boolean {
  const { content, target } = input.plan
  const { body } = content
  return body !== undefined && !body.replayable && isForS3(input) && target.url.scheme === 'https'
}

function isForS3({ scope }: PayloadInput): boolean {
  return scope.service.value.startsWith('s3')
}

function plain(body: Body | undefined): Omit<SignedPayload, 'hash'> {
  return { body, length: body?.length, chunked: undefined, headers: [] }
}

function chunkedForm(form: ChunkedForm, body: Body | undefined, { plan }: PayloadInput): SignedPayload {
  if (body?.length === undefined)
    throw usageError('--sign-chunks has no body to sign', 'give one with -T FILE or --data-binary @FILE')
  const encoding = headerValue(plan.custom.lines, 'content-encoding')
  return {
    hash: streamingPayloadHash(form),
    body,
    length: chunkedLength(body.length, form),
    chunked: form,
    headers: [
      { name: 'Content-Encoding', value: encoding === undefined ? 'aws-chunked' : `aws-chunked,${encoding}` },
      { name: 'x-amz-decoded-content-length', value: String(body.length) },
      ...(form.checksum === undefined ? [] : [{ name: 'x-amz-trailer', value: `x-amz-checksum-${form.checksum}` }]),
    ],
  }
}

async function digest(
  body: Body | undefined,
  checksumName: ChecksumName | undefined,
): Promise<{ sha256: string; checksumHeaders: readonly Header[] }> {
  const sha256 = createHash('sha256')
  const checksum = checksumName === undefined ? undefined : createChecksum(checksumName)
  if (body) {
    for await (const chunk of body.chunks()) {
      sha256.update(chunk)
      checksum?.update(chunk)
    }
  }
  return {
    sha256: sha256.digest('hex'),
    checksumHeaders: checksum ? [{ name: `x-amz-checksum-${checksumName}`, value: checksum.digest() }] : [],
  }
}
