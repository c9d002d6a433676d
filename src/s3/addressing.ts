import { usageError } from '../errors.ts'
import { dnsSuffixOf } from '../request/partition.ts'
import { encodePathText, encodeText } from '../request/percent-encoding.ts'
import { parseRequestUrl } from '../request/request-url.ts'
import { type BucketName, parseBucketName } from './bucket-name.ts'

/** How a bucket's host is to be written; everything that is not said is S3's own default. */
export interface AddressingOptions {
  readonly region: string
  /** The service's own endpoint, `https://minio.example:9000/base`; the bucket goes into its path unless `style` says otherwise. */
  readonly endpointUrl?: string | undefined
  readonly style?: 'path' | 'virtual-host' | undefined
  readonly dualstack?: boolean | undefined
  readonly fips?: boolean | undefined
  readonly accelerate?: boolean | undefined
}

/** Where a bucket answers, and for what a request to it is signed. */
export interface S3Endpoint {
  /** Scheme, host and, for path style, the path with the bucket; never ends in `/`. */
  readonly url: string
  readonly service: 's3' | 's3express' | 's3-object-lambda' | 's3-outposts'
  /** The region to sign for: an ARN's own, `*` for a multi-region access point. */
  readonly region: string
  readonly algorithm: 'sigv4' | 'sigv4a'
  readonly kind: BucketName['kind']
}

/**
 * The endpoint of a bucket name, access point ARN or alias, directory bucket, Outposts or multi-region access point.
 * Host forms are those of S3's endpoint rule set (botocore `s3/2006-03-01/endpoint-rule-set-1.json`).
 * @throws CliError (usage) where the name or region cannot be part of a host, or the options contradict each other
 */
export function s3Endpoint(bucket: string, options: AddressingOptions): S3Endpoint {
  const name = parseBucketName(bucket)
  rejectContradictions(bucket, name, options)
  const region = ('region' in name ? name.region : undefined) ?? options.region
  const withRegion = { ...options, region }
  if (options.endpointUrl !== undefined) return customEndpoint(name, withRegion, options.endpointUrl)
  if (!/^[a-z0-9-]{1,63}$/.test(region) && name.kind !== 'multi-region') {
    throw usageError(`'${region}' is not a region`, 'write --region us-east-1, for instance')
  }
  const signing = signingOf(name, region)
  if (name.kind === 'bucket' && usesPath(name.label, options)) {
    return { url: `https://${serviceHost(withRegion)}/${encodeText(name.label)}`, ...signing }
  }
  return { url: `https://${name.label}.${hostAfterLabel(name, withRegion)}`, ...signing }
}

/**
 * The endpoint for requests that name no bucket: listing buckets.
 * @throws CliError (usage) for an endpoint that is no URL
 */
export function s3ServiceEndpoint(options: AddressingOptions): S3Endpoint {
  const url =
    options.endpointUrl === undefined
      ? `https://${serviceHost(options)}`
      : endpointParts(options.endpointUrl).join('').replace(/\/+$/, '')
  return { url, service: 's3', region: options.region, algorithm: 'sigv4', kind: 'bucket' }
}

/**
 * The URL of `s3://BUCKET/KEY`; the key is text, `/` kept and all else encoded by RFC 3986.
 * @throws as `s3Endpoint`
 */
export function s3UrlFor(target: AddressingOptions & { readonly bucket: string; readonly key: string }): string {
  return `${s3Endpoint(target.bucket, target).url}/${encodePathText(target.key)}`
}

function signingOf(name: BucketName, region: string): Omit<S3Endpoint, 'url'> {
  if (name.kind === 'multi-region') return { service: 's3', region: '*', algorithm: 'sigv4a', kind: name.kind }
  const service = signingServices[name.kind]
  return { service, region, algorithm: 'sigv4', kind: name.kind }
}

const signingServices = {
  bucket: 's3',
  'access-point': 's3',
  'object-lambda': 's3-object-lambda',
  outposts: 's3-outposts',
  directory: 's3express',
} as const

function hostAfterLabel(name: BucketName, options: AddressingOptions): string {
  const suffix = dnsSuffixOf(options.region)
  const fips = options.fips ? '-fips' : ''
  const dualstack = options.dualstack ? '.dualstack' : ''
  switch (name.kind) {
    case 'multi-region':
      return `accesspoint.s3-global.${name.partitionSuffix}`
    case 'access-point':
      return `s3-accesspoint${fips}${dualstack}.${options.region}.${suffix}`
    case 'object-lambda':
      return `s3-object-lambda${fips}.${options.region}.${suffix}`
    case 'outposts':
      return `${name.outpost}.s3-outposts.${options.region}.${suffix}`
    case 'directory':
      return `s3express${fips}-${name.zone}${dualstack}.${options.region}.${suffix}`
    case 'bucket':
      return options.accelerate ? `s3-accelerate${dualstack}.${suffix}` : serviceHost(options)
  }
}

function serviceHost(options: AddressingOptions): string {
  const fips = options.fips ? '-fips' : ''
  const dualstack = options.dualstack ? '.dualstack' : ''
  return `s3${fips}${dualstack}.${options.region}.${dnsSuffixOf(options.region)}`
}

function customEndpoint(name: BucketName, options: AddressingOptions, endpointUrl: string): S3Endpoint {
  const signing = signingOf(name, options.region)
  const [origin, path] = endpointParts(endpointUrl)
  const label = name.kind === 'outposts' ? `${name.label}.${name.outpost}` : name.label
  // A name from an ARN stands in front of the host, as in the AWS SDKs: such endpoints are VPC endpoints of S3.
  const inHost = name.fromArn || options.style === 'virtual-host'
  if (!inHost) return { url: `${origin}${path}/${encodeText(label)}`, ...signing }
  if (name.kind === 'bucket') requireHostLabel(label)
  return { url: `${origin.replace('://', `://${label}.`)}${path}`, ...signing }
}

/** Origin and path (without the final `/`) of an endpoint's URL. */
function endpointParts(endpointUrl: string): readonly [string, string] {
  const { scheme, host, path, query } = parseRequestUrl(endpointUrl)
  if (query !== undefined)
    throw usageError(`the endpoint URL ${endpointUrl} has a query`, 'leave out everything from the ?')
  return [`${scheme}://${host}`, path.replace(/\/+$/, '')]
}

/** Path style where TLS or DNS could not take the name as a label, as for `My.Bucket`. */
function usesPath(bucket: string, options: AddressingOptions): boolean {
  if (options.style === 'virtual-host' || options.accelerate) {
    requireHostLabel(bucket)
    return false
  }
  return options.style === 'path' || !/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)
}

function requireHostLabel(bucket: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.includes('..')) return
  throw usageError(
    `the bucket name '${bucket}' cannot be part of a host name`,
    'leave out --virtual-host and --accelerate',
  )
}

function rejectContradictions(bucket: string, name: BucketName, options: AddressingOptions): void {
  if (options.accelerate && (options.fips || options.style === 'path' || options.endpointUrl !== undefined)) {
    const other = options.fips ? '--fips' : options.style === 'path' ? '--path-style' : '--endpoint-url'
    throw usageError(`--accelerate and ${other} exclude each other`, 'leave out --accelerate')
  }
  if (options.endpointUrl !== undefined && (options.fips || options.dualstack)) {
    const other = options.fips ? '--fips' : '--dualstack'
    throw usageError(`--endpoint-url and ${other} exclude each other`, 'an endpoint of your own is used as it is')
  }
  if (name.kind === 'bucket') return
  const refused = refusedOptions(name, options)
  if (refused === undefined) return
  // FIPS and dual stack may also be asked for without an option.
  const variable = refused === '--fips' ? 'AWS_USE_FIPS_ENDPOINT' : 'AWS_USE_DUALSTACK_ENDPOINT'
  const hint =
    refused === '--fips' || refused === '--dualstack' ? `leave it out, and ${variable} unset` : 'leave it out'
  throw usageError(`${refused} does not go with '${bucket}'`, hint)
}

/** What S3's endpoint rules refuse for a name that is not an ordinary bucket's. */
function refusedOptions(name: BucketName, options: AddressingOptions): string | undefined {
  if (options.accelerate) return '--accelerate'
  if (options.style === 'path' && options.endpointUrl === undefined) return '--path-style'
  const noDualstack = name.kind === 'object-lambda' || name.kind === 'outposts' || name.kind === 'multi-region'
  if (options.dualstack && noDualstack) return '--dualstack'
  if (options.fips && (name.kind === 'outposts' || name.kind === 'multi-region')) return '--fips'
  if (options.endpointUrl !== undefined && name.kind === 'multi-region') return '--endpoint-url'
  return undefined
}
