import type { Context } from '../../context.ts'
import { configuredEndpoint, configuredRegion } from '../../credentials/settings.ts'
import { usageError } from '../../errors.ts'
import { defaultHost } from '../../request/default-host.ts'
import { type Inferred, inferScope } from '../../request/infer-scope.ts'
import { encodeForWire, encodePathText, encodeText } from '../../request/percent-encoding.ts'
import { parseAuthority, parseRequestUrl, type RequestUrl } from '../../request/request-url.ts'
import { isServiceName } from '../../request/service-names.ts'
import { serviceHint } from '../../request/signing-scope.ts'
import { s3Endpoint } from '../../s3/addressing.ts'
import { splitS3Target } from '../../s3/bucket-name.ts'
import type { SignOptions } from '../sign.ts'

/** Where a request goes, and what its form of target already says about the scope. */
export interface DescribedTarget {
  readonly url: RequestUrl
  readonly service: Inferred | undefined
  readonly region: Inferred | undefined
  readonly algorithm?: 'sigv4' | 'sigv4a' | undefined
  readonly hostReason: string
}

/** @throws CliError (usage) for a target that cannot be, or a region that is needed and not known */
export async function describeTarget(options: SignOptions, context: Context): Promise<DescribedTarget> {
  if (options.service !== undefined && !isServiceName(options.service)) {
    throw usageError(`--service '${options.service}' cannot be the name of a service`, serviceHint(options.service))
  }
  if (options.target === undefined) return describeParts(options, context)
  if (options.target.startsWith('s3://')) return describeS3Target(options.target, options, context)
  if (options.credentials.endpointUrl !== undefined) {
    throw usageError('--endpoint-url is for s3:// targets and requests without a URL', 'put the endpoint into the URL')
  }
  const url = parseRequestUrl(options.target)
  return { url, service: serviceFlag(options), region: regionFlag(options), hostReason: 'the URL' }
}

async function describeS3Target(target: string, options: SignOptions, context: Context): Promise<DescribedTarget> {
  const { bucket, key } = splitS3Target(target)
  const endpoint = await endpointSetting('S3', options, context)
  const known =
    regionFlag(options) ??
    (endpoint ? inferScope(parseRequestUrl(endpoint.value).host).region : undefined) ??
    (await configuredRegion(options.credentials, context))
  if (!known && !bucket.startsWith('arn:')) {
    throw usageError(
      `no region for 's3://${bucket}'`,
      'give --region NAME, or set AWS_REGION or the region of the profile',
    )
  }
  const address = s3Endpoint(bucket, { region: known?.value ?? '', endpointUrl: endpoint?.value })
  return {
    url: parseRequestUrl(`${address.url}/${encodePathText(key)}`),
    service: serviceFlag(options) ?? { value: address.service, reason: 'the s3:// target' },
    region: known?.value === address.region ? known : { value: address.region, reason: `the name '${bucket}'` },
    algorithm: address.algorithm === 'sigv4a' ? 'sigv4a' : undefined,
    hostReason: endpoint ? endpoint.reason : `the address of '${bucket}'`,
  }
}

async function describeParts(options: SignOptions, context: Context): Promise<DescribedTarget> {
  const service = serviceFlag(options)
  const endpoint = service ? await endpointSetting(service.value, options, context) : undefined
  const base = endpoint ? parseRequestUrl(endpoint.value) : undefined
  const { host, reason } =
    options.host !== undefined
      ? { host: options.host, reason: '--host' }
      : base && endpoint
        ? { host: base.host, reason: endpoint.reason }
        : await inferredHost(service, options, context)
  const { hostname, port } = parseAuthority(host, host)
  const path = encodeForWire(options.path ?? base?.path ?? '/').replace(/[?#]/g, encodeText)
  if (!path.startsWith('/')) throw usageError(`--path '${options.path}' does not begin with /`)
  const scheme = base?.scheme ?? 'https'
  const query = options.query.map(encodeQueryArgument).join('&')
  const url = `${scheme}://${hostname}${port === undefined ? '' : `:${port}`}${path}${query === '' ? '' : `?${query}`}`
  return { url: parseRequestUrl(url), service, region: regionFlag(options), hostReason: reason }
}

async function inferredHost(
  service: Inferred | undefined,
  options: SignOptions,
  context: Context,
): Promise<{ readonly host: string; readonly reason: string }> {
  if (!service) throw usageError('no host to sign for', 'give a URL, --host, or --service NAME')
  const region = regionFlag(options) ?? (await configuredRegion(options.credentials, context))
  const host = defaultHost(service.value, region?.value ?? 'us-east-1')
  if (!region && host.includes('us-east-1')) {
    throw usageError(
      `no region to sign '${service.value}' for`,
      'give --region NAME, or set AWS_REGION or the region of the profile',
    )
  }
  return { host, reason: `the usual host of '${service.value}'${region ? ` in ${region.value}` : ''}` }
}

function encodeQueryArgument(argument: string): string {
  const equals = argument.indexOf('=')
  return equals < 0
    ? encodeText(argument)
    : `${encodeText(argument.slice(0, equals))}=${encodeText(argument.slice(equals + 1))}`
}

async function endpointSetting(service: string, options: SignOptions, context: Context): Promise<Inferred | undefined> {
  const flag = options.credentials.endpointUrl
  if (flag !== undefined) return { value: flag, reason: '--endpoint-url' }
  return configuredEndpoint(service.toUpperCase().replaceAll('-', '_'), options.credentials, context)
}

function serviceFlag(options: SignOptions): Inferred | undefined {
  return options.service === undefined ? undefined : { value: options.service, reason: '--service' }
}

function regionFlag(options: SignOptions): Inferred | undefined {
  const { region } = options.credentials
  return region === undefined ? undefined : { value: region, reason: '--region' }
}
