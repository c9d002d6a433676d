import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { usageError } from '../errors.ts'
import type { ColorMode } from '../output/style.ts'
import { checkedHeaderName, checkedMethod } from '../request/header-argument.ts'
import type { DataArgument } from '../request/request-body.ts'
import { parseSigningDate } from '../request/signing-date.ts'
import { parseBucketName } from '../s3/bucket-name.ts'
import type { PathEncoding } from '../sign/canonical-request.ts'
import type { SigningAlgorithm } from '../sign/sigv4.ts'
import { setAction } from './action.ts'
import { addSharedOptions, parseCredentialOptions, type SharedValues } from './shared-options.ts'
import { parseExpires } from './sign/expires.ts'
import { addChoice } from './sparse-command.ts'

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

interface SignValues extends SharedValues {
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

const examples = `
Examples:
  $ sigv4 sign 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'
  $ sigv4 sign "$URL" | curl -H @- "$URL"
  $ sigv4 sign --presign --expires 15m s3://examplebucket/photo.jpg
  $ sigv4 sign --explain --service dynamodb --region eu-west-1 -X POST -d '{}'
`

/** Adds `sign`'s words. */
export function registerSign(command: Command, context: Context): void {
  const data: DataArgument[] = []
  const collectData = (kind: DataArgument['kind']) => (value: string) => data.push({ kind, value })
  command
    .argument('[target]', 'an http(s):// URL, or s3://BUCKET/KEY')
    .addHelpText('before', examples.trimStart())
    .option('-X, --request <method>', 'the method (default: GET, or POST with a body)')
    .option('-H, --header <header>', "'Name: value'; 'Name;' is an empty value; @FILE reads lines", collect)
    .option(
      '-d, --data <data>',
      'the body, or @FILE or @- without its line breaks; several are joined by &',
      collectData('data'),
    )
    .option('--data-raw <data>', 'the body; @ means nothing special', collectData('raw'))
    .option('--data-binary <data>', 'the body, or @FILE or @- byte for byte', collectData('binary'))
    .option('--service <name>', 'the service to sign for, as signing names it')
    .option('--host <host>', 'in place of a URL: the host (default: SERVICE.REGION.amazonaws.com)')
    .option('--path <path>', 'in place of a URL: the path (default: /)')
    .option('--query <name=value>', 'in place of a URL: a query parameter, unencoded (repeatable)', collect)
    .option('--date <time>', 'sign as of this time (ISO 8601 or 20150830T123600Z)')
    .option('--presign', 'put the signature into the URL')
    .option('--expires <time>', 'how long a presigned URL is valid: seconds, 15m, 12h, 7d (default: 1h)')
  addChoice(command, '--algorithm <name>', { description: 'the signing algorithm', choices: ['sigv4', 'sigv4a'] })
  command
    .option('--region-set <list>', "the regions of a SigV4a signature (default: '*')")
    .option('--payload-hash <value>', 'sign this as the payload hash')
    .option('--unsigned-payload', 'sign UNSIGNED-PAYLOAD as the payload hash')
    .option('--content-sha256', 'add the header x-amz-content-sha256')
    .option('--no-content-sha256', 'leave it out')
    .option('--signed-header <name>', 'sign this header although it usually is not (repeatable)', collect)
    .option('--unsigned-header <name>', 'leave this header out of the signature (repeatable)', collect)
    .option('--omit-session-token', 'sign without the session token, then add it')
  addChoice(command, '--path-encoding <how>', {
    description: 'encode the path once (S3) or twice',
    choices: ['single', 'double'],
  })
  command
    .option('--normalize-path', 'remove dot and empty segments from the path before signing')
    .option('--no-normalize-path', 'sign the path as it is')
  addChoice(command, '--format <format>', { description: 'what to print', choices: signFormats })
  command
    .option('--batch', 'sign each line of stdin: a URL, s3://BUCKET/KEY, a key with --bucket, or a JSON object')
    .option('--bucket <name>', 'with --batch: lines are keys in this bucket')
    .option('--explain', 'show each step of the signature, and where every inferred value came from')
  addSharedOptions(command)
  setAction(command, async ([target]) => {
    const options = await parseSign(target, { values: command.opts<SignValues>(), data })
    return options.batch
      ? (await import('./sign/batch.ts')).runBatch(options, context)
      : (await import('./sign/run.ts')).runSign(options, context)
  })
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
  if (values.expires !== undefined && !values.presign) throw usageError('--expires is for --presign')
  if (values.algorithm === 'sigv4' && values.regionSet !== undefined) {
    throw usageError('--region-set is for SigV4a, but --algorithm sigv4 is given')
  }
  if (headerNames(values.unsignedHeader).has('host')) {
    throw usageError('--unsigned-header host: AWS refuses every signature that leaves out the host')
  }
  const both = [...headerNames(values.signedHeader)].find((name) => headerNames(values.unsignedHeader).has(name))
  if (both !== undefined) throw usageError(`--signed-header ${both} and --unsigned-header ${both} exclude each other`)
  if (values.payloadHash !== undefined && values.unsignedPayload) {
    throw usageError('--payload-hash and --unsigned-payload exclude each other')
  }
}

/** A batch takes its targets from stdin and prints one line for each. */
function rejectBatchContradictions(
  target: string | undefined,
  values: SignValues,
  data: readonly DataArgument[],
): void {
  if (target !== undefined) throw usageError(`--batch reads its targets from stdin, but '${target}' is given`)
  for (const name of ['host', 'path', 'query', 'explain'] as const) {
    if (values[name] !== undefined) throw usageError(`--${name} is for a single request, not for --batch`)
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
    )
  }
  return hash
}

function headerNames(names: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((names ?? []).map((name) => checkedHeaderName(name).toLowerCase()))
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
