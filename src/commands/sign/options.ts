import type { CredentialOptions } from '../../credentials/options.ts'
import { usageError } from '../../errors.ts'
import type { ColorMode } from '../../output/style.ts'
import { checkedHeaderName, checkedMethod } from '../../request/header-argument.ts'
import type { DataArgument } from '../../request/request-body.ts'
import { parseSigningDate } from '../../request/signing-date.ts'
import { parseBucketName } from '../../s3/bucket-name.ts'
import type { PathEncoding } from '../../sign/canonical-request.ts'
import type { SigningAlgorithm } from '../../sign/sigv4.ts'
import { parseCredentialOptions, type SharedValues } from '../shared-options.ts'
import { parseExpires } from './expires.ts'

export const signFormats = [
  'headers',
  'url',
  'curl',
  'curl-config',
  'http',
  'httpie',
  'fetch',
  'python',
  'json',
] as const

export type SignFormat = (typeof signFormats)[number]

/** `sign`'s command line, parsed. */
export interface SignOptions {
  readonly credentials: CredentialOptions
  readonly color: ColorMode | undefined
  readonly target: string | undefined
  readonly service: string | undefined
  readonly host: string | undefined
  readonly path: string | undefined
  readonly query: readonly string[]
  readonly method: string | undefined
  readonly headers: readonly string[]
  readonly data: readonly DataArgument[]
  readonly date: Date | undefined
  readonly mode: 'headers' | 'presign'
  readonly expiresInSeconds: number
  readonly algorithm: SigningAlgorithm | undefined
  readonly regionSet: string | undefined
  readonly payloadHash: string | undefined
  readonly contentSha256: boolean | undefined
  readonly signedHeaders: ReadonlySet<string>
  readonly unsignedHeaders: ReadonlySet<string>
  readonly sessionToken: 'signed' | 'appended' | undefined
  readonly pathEncoding: PathEncoding | undefined
  readonly normalizePath: boolean | undefined
  readonly format: SignFormat
  readonly explain: boolean
  /** Targets come from stdin, one a line. */
  readonly batch: boolean
  /** With `batch`: the bucket of lines that are keys. */
  readonly bucket: string | undefined
}

/** What commander makes of `sign`'s words. */
export interface SignValues extends SharedValues {
  readonly service?: string
  readonly host?: string
  readonly path?: string
  readonly query?: readonly string[]
  readonly request?: string
  readonly header?: readonly string[]
  readonly date?: string
  readonly presign?: true
  readonly expires?: string
  readonly algorithm?: SigningAlgorithm
  readonly regionSet?: string
  readonly payloadHash?: string
  readonly unsignedPayload?: true
  readonly contentSha256?: boolean
  readonly signedHeader?: readonly string[]
  readonly unsignedHeader?: readonly string[]
  readonly omitSessionToken?: true
  readonly pathEncoding?: PathEncoding
  readonly normalizePath?: boolean
  readonly format?: SignFormat
  readonly explain?: true
  readonly batch?: true
  readonly bucket?: string
}

/** @throws CliError (usage) for values that cannot be and options that contradict each other */
export async function parseSign(
  target: string | undefined,
  { values, data }: { readonly values: SignValues; readonly data: readonly DataArgument[] },
): Promise<SignOptions> {
  const mode = values.presign ? 'presign' : 'headers'
  rejectContradictions(target, values)
  if (values.batch) rejectBatchContradictions(target, values, data)
  else if (values.bucket !== undefined) throw usageError('--bucket is for --batch', 'write s3://BUCKET/KEY')
  return {
    credentials: await parseCredentialOptions(values),
    color: values.color,
    target,
    service: values.service,
    host: values.host,
    path: values.path,
    query: values.query ?? [],
    method: values.request === undefined ? undefined : checkedMethod(values.request),
    headers: values.header ?? [],
    data,
    date: values.date === undefined ? undefined : parseSigningDate(values.date),
    mode,
    expiresInSeconds: values.expires === undefined ? 3600 : parseExpires(values.expires, '--expires'),
    algorithm: values.algorithm,
    regionSet: values.regionSet,
    payloadHash: parsePayloadHash(values),
    contentSha256: values.contentSha256,
    signedHeaders: headerNames(values.signedHeader),
    unsignedHeaders: headerNames(values.unsignedHeader),
    sessionToken: values.omitSessionToken ? 'appended' : undefined,
    pathEncoding: values.pathEncoding,
    normalizePath: values.normalizePath,
    format: values.format ?? (mode === 'presign' ? 'url' : values.batch ? 'json' : 'headers'),
    explain: values.explain ?? false,
    batch: values.batch ?? false,
    bucket: values.bucket,
  }
}

function rejectContradictions(target: string | undefined, values: SignValues): void {
  const parts = (['host', 'path', 'query'] as const).filter((name) => values[name] !== undefined)
  if (target !== undefined && parts.length > 0) {
    throw usageError(`--${parts[0]} is for requests without a URL, but '${target}' is given`, 'put it into the URL')
  }
  if (values.host !== undefined && values.endpointUrl !== undefined) {
    throw usageError('--host and --endpoint-url exclude each other', 'put the host into --endpoint-url')
  }
  if (target === undefined && values.service === undefined && values.host === undefined && !values.batch) {
    throw usageError('nothing to sign', 'give a URL, s3://BUCKET/KEY, or --service NAME --region NAME')
  }
  if (values.expires !== undefined && !values.presign) {
    throw usageError('--expires is for --presign', 'add --presign for a URL; signed headers are good for 15 minutes')
  }
  if (values.algorithm === 'sigv4' && values.regionSet !== undefined) {
    throw usageError(
      '--region-set is for SigV4a, but --algorithm sigv4 is given',
      'give --region in its place, or leave out --algorithm',
    )
  }
  if (headerNames(values.unsignedHeader).has('host')) {
    throw usageError('--unsigned-header host: AWS refuses every signature that leaves out the host', 'leave it out')
  }
  const both = [...headerNames(values.signedHeader)].find((name) => headerNames(values.unsignedHeader).has(name))
  if (both !== undefined)
    throw usageError(
      `--signed-header ${both} and --unsigned-header ${both} exclude each other`,
      'leave out one of them',
    )
  if (values.payloadHash !== undefined && values.unsignedPayload) {
    throw usageError('--payload-hash and --unsigned-payload exclude each other', 'leave out one of them')
  }
}

/** A batch takes its targets from stdin and prints one line for each. */
function rejectBatchContradictions(
  target: string | undefined,
  values: SignValues,
  data: readonly DataArgument[],
): void {
  if (target !== undefined)
    throw usageError(
      `--batch reads its targets from stdin, but '${target}' is given`,
      'write the target on a line of stdin',
    )
  for (const name of ['host', 'path', 'query', 'explain'] as const) {
    if (values[name] !== undefined)
      throw usageError(`--${name} is for a single request, not for --batch`, 'leave it out, or sign without --batch')
  }
  if (data.length > 0) throw usageError('a body is for a single request, not for --batch', 'give --payload-hash')
  if (values.header?.includes('@-') || values.credentials === '-') {
    throw usageError('--batch reads stdin, and another option does, too', 'read one of them from a file')
  }
  const formats = values.presign ? ['url', 'json'] : ['json']
  if (values.format !== undefined && !formats.includes(values.format)) {
    throw usageError(`--format ${values.format} is not one line a request`, `with --batch: ${formats.join(' or ')}`)
  }
  if (values.bucket !== undefined) parseBucketName(values.bucket)
}

function parsePayloadHash(values: SignValues): string | undefined {
  if (values.unsignedPayload) return 'UNSIGNED-PAYLOAD'
  const hash = values.payloadHash
  if (hash !== undefined && !/^([0-9a-f]{64}|[A-Z0-9-]+)$/.test(hash)) {
    throw usageError(
      `--payload-hash '${hash}' is neither a SHA-256 in lower-case hex nor a literal such as UNSIGNED-PAYLOAD`,
      "'sha256sum FILE' prints it, and -d @FILE does without",
    )
  }
  return hash
}

function headerNames(names: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((names ?? []).map((name) => checkedHeaderName(name).toLowerCase()))
}
