import type { Context } from '../../context.ts'
import { configuredRegion, configuredVariants } from '../../credentials/settings.ts'
import { usageError } from '../../errors.ts'
import { defaultHost, hasOneHost } from '../../request/default-host.ts'
import type { Inferred } from '../../request/infer-scope.ts'
import { encodeForWire, encodeText } from '../../request/percent-encoding.ts'
import { parseAuthority, parseEndpointUrl, parseRequestUrl, type RequestUrl } from '../../request/request-url.ts'
import { isServiceName } from '../../request/service-names.ts'
import { serviceHint } from '../../request/signing-scope.ts'
import {
  type DescribedTarget,
  describeS3Target,
  endpointSetting,
  regionFlag,
  regionHint,
  serviceFlag,
} from '../s3-target.ts'
import type { SignOptions } from './options.ts'

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
  return {
    url,
    service: serviceFlag(options.service),
    region: regionFlag(options.credentials),
    hostReason: 'the URL',
    warnings: [],
  }
}

async function describeParts(options: SignOptions, context: Context): Promise<DescribedTarget> {
  const service = serviceFlag(options.service)
  const { base, reason } = await partsBase(service, options, context)
  const query = options.query.map(encodeQueryArgument).join('&')
  return {
    url: { ...base, path: joinPaths(base.path, options.path), query: query === '' ? undefined : query },
    service,
    region: regionFlag(options.credentials),
    hostReason: reason,
    warnings: [],
  }
}

/** Scheme, host and base path: by `--host`, by an endpoint, by what host the service usually has. */
async function partsBase(
  service: Inferred | undefined,
  options: SignOptions,
  context: Context,
): Promise<{ readonly base: RequestUrl; readonly reason: string }> {
  if (options.host !== undefined) {
    parseAuthority(options.host, `--host '${options.host}'`)
    return { base: parseRequestUrl(`https://${options.host}`), reason: '--host' }
  }
  const endpoint = service ? await endpointSetting(service.value, options.credentials, context) : undefined
  if (endpoint) return { base: parseEndpointUrl(endpoint), reason: endpoint.reason }
  const { host, reason } = await inferredHost(service, options, context)
  return { base: parseRequestUrl(`https://${host}`), reason }
}

/** An endpoint's path and the request's, as botocore joins them: no `/` is doubled, and none is added to an endpoint alone. */
function joinPaths(base: string, path: string | undefined): string {
  if (path === undefined || path === '/') return base
  if (!path.startsWith('/')) throw usageError(`--path '${path}' does not begin with /`, `write --path '/${path}'`)
  if (/[\r\n\0]/.test(path))
    throw usageError(`--path ${JSON.stringify(path)} holds a line break or NUL`, 'write it as %0A')
  const encoded = encodeForWire(path).replace(/[?#]/g, encodeText)
  return base.endsWith('/') ? `${base}${encoded.slice(1)}` : `${base}${encoded}`
}

async function inferredHost(
  service: Inferred | undefined,
  options: SignOptions,
  context: Context,
): Promise<{ readonly host: string; readonly reason: string }> {
  if (!service) throw usageError('no host to sign for', 'give a URL, --host, or --service NAME')
  const region = regionFlag(options.credentials) ?? (await configuredRegion(options.credentials, context))
  if (!region && !hasOneHost(service.value)) throw usageError(`no region to sign '${service.value}' for`, regionHint)
  const place = region?.value ?? 'us-east-1'
  const variant = await configuredVariants(options.credentials, context)
  const isPlain = !variant.fips && !variant.dualstack
  const host = isPlain
    ? defaultHost(service.value, place)
    : (await import('../../request/variant-host.ts')).variantHost(service.value, place, variant)
  const kind = isPlain
    ? 'usual'
    : [variant.fips && 'FIPS', variant.dualstack && 'dual-stack'].filter(Boolean).join(', ')
  return { host, reason: `the ${kind} host of '${service.value}'${region ? ` in ${region.value}` : ''}` }
}

function encodeQueryArgument(argument: string): string {
  const equals = argument.indexOf('=')
  return equals < 0
    ? encodeText(argument)
    : `${encodeText(argument.slice(0, equals))}=${encodeText(argument.slice(equals + 1))}`
}
