import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { configuredEndpoint, configuredRegion, configuredVariants } from '../credentials/settings.ts'
import { usageError } from '../errors.ts'
import { type Inferred, inferScope } from '../request/infer-scope.ts'
import { encodePathText } from '../request/percent-encoding.ts'
import { parseEndpointUrl, parseRequestUrl, type RequestUrl } from '../request/request-url.ts'
import { type S3Endpoint, s3Endpoint } from '../s3/addressing.ts'
import { splitS3Target } from '../s3/bucket-name.ts'

/** Where a region can be said. */
export const regionHint = 'give --region NAME, or set AWS_REGION or the region of the profile'

/** Where a request goes, and what its form of target already says about the scope. */
export interface DescribedTarget {
  readonly url: RequestUrl
  readonly service: Inferred | undefined
  readonly region: Inferred | undefined
  readonly algorithm?: 'sigv4' | 'sigv4a' | undefined
  readonly hostReason: string
  readonly warnings: readonly string[]
}

export interface S3TargetInput {
  readonly credentials: CredentialOptions
  /** `--service` */
  readonly service: string | undefined
}

/**
 * The URL of `s3://BUCKET/KEY`: of `--endpoint-url`, the configured endpoint, or S3's own.
 * @throws CliError (usage) for a bucket that cannot be, or a region that is needed and not known
 */
export async function describeS3Target(
  target: string,
  { credentials, service }: S3TargetInput,
  context: Context,
): Promise<DescribedTarget> {
  const { bucket, key } = splitS3Target(target)
  const endpoint = await endpointSetting('S3', credentials, context)
  const flag = regionFlag(credentials)
  const known =
    flag ??
    (endpoint ? inferScope(parseRequestUrl(endpoint.value).host).region : undefined) ??
    (await configuredRegion(credentials, context))
  if (!known && !endpoint && !bucket.startsWith('arn:')) {
    throw usageError(`no region for 's3://${bucket}'`, regionHint)
  }
  const variant = endpoint ? {} : await configuredVariants(credentials, context)
  const address = s3Endpoint(bucket, { region: known?.value ?? '', endpointUrl: endpoint?.value, ...variant })
  const named = address.algorithm === 'sigv4' && address.region !== (known?.value ?? '') ? address.region : undefined
  return {
    url: parseRequestUrl(`${address.url}/${encodePathText(key)}`),
    service: serviceFlag(service) ?? { value: address.service, reason: 'the s3:// target' },
    region: named === undefined ? regionOf(address, { flag, known }) : { value: named, reason: `the name '${bucket}'` },
    algorithm: address.algorithm === 'sigv4a' ? 'sigv4a' : undefined,
    hostReason: endpoint ? endpoint.reason : `the address of '${bucket}'`,
    warnings: named !== undefined && flag ? [`--region '${flag.value}' is not used: '${bucket}' is in '${named}'`] : [],
  }
}

/** A multi-region access point is for no configured region: only a flag narrows its region set. */
function regionOf(
  address: S3Endpoint,
  { flag, known }: { readonly flag: Inferred | undefined; readonly known: Inferred | undefined },
): Inferred | undefined {
  return address.algorithm === 'sigv4a' ? flag : known
}

/** The endpoint for a service: the flag, else environment or profile. @throws CliError (usage) for what is no URL */
export async function endpointSetting(
  service: string,
  credentials: CredentialOptions,
  context: Context,
): Promise<Inferred | undefined> {
  const flag = credentials.endpointUrl
  const setting =
    flag === undefined
      ? await configuredEndpoint(service.toUpperCase().replaceAll('-', '_'), credentials, context)
      : { value: flag, reason: '--endpoint-url' }
  if (setting) parseEndpointUrl(setting)
  return setting
}

/** `--service` with its reason for `--explain`. */
export function serviceFlag(service: string | undefined): Inferred | undefined {
  return service === undefined ? undefined : { value: service, reason: '--service' }
}

/** `--region` with its reason for `--explain`. */
export function regionFlag({ region }: CredentialOptions): Inferred | undefined {
  return region === undefined ? undefined : { value: region, reason: '--region' }
}
