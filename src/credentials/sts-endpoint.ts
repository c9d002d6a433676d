import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { inferScope } from '../request/infer-scope.ts'
import { dnsSuffixOf, isRegionName } from '../request/partition.ts'
import { parseEndpointUrl, parseRequestUrl, type RequestUrl } from '../request/request-url.ts'
import { note } from './notes.ts'
import type { CredentialOptions } from './options.ts'
import { configuredEndpoint, configuredRegion, configuredVariants } from './settings.ts'

/** Where STS answers, and for which region a request to it is signed. */
export interface StsEndpoint {
  readonly url: RequestUrl
  readonly region: string
}

/**
 * STS's endpoint for the options: the given or configured one, else the region's own, else the global one. The region is
 * the flag's, else the one that a given host names, else the configured one.
 * Host forms are those of STS's endpoint rule set (botocore `sts/2011-06-15/endpoint-rule-set-1.json`).
 * @throws CliError (usage) for a region that cannot be part of a host
 */
export async function stsEndpoint(options: CredentialOptions, context: Context): Promise<StsEndpoint> {
  const configured = async () => (await configuredRegion(options, context))?.value
  const flag = options.stsEndpointUrl
  const given =
    flag === undefined ? await configuredEndpoint('STS', options, context) : { value: flag, reason: '--endpoint-url' }
  if (given !== undefined) {
    const url = parseEndpointUrl(given)
    const named = inferScope(url.host, url.path).region?.value
    await noteContradiction(options.region, named, context)
    const region = options.region ?? named ?? (await configured())
    return { url, region: checkedRegion(region ?? 'us-east-1') }
  }
  const region = options.region ?? (await configured())
  if (region === undefined || region === 'aws-global') {
    return { url: parseRequestUrl('https://sts.amazonaws.com/'), region: 'us-east-1' }
  }
  checkedRegion(region)
  return { url: parseRequestUrl(`https://${hostOf(region, await configuredVariants(options, context))}/`), region }
}

const noted = new WeakSet<Context>()

async function noteContradiction(flag: string | undefined, named: string | undefined, context: Context): Promise<void> {
  if (flag === undefined || named === undefined || flag === named || noted.has(context)) return
  noted.add(context)
  await note(context, `signing for region '${flag}' (--region), but the host of STS is in '${named}'`)
}

function checkedRegion(region: string): string {
  if (isRegionName(region)) return region
  throw usageError(`'${region}' is not a region`, 'write --region us-east-1, for instance')
}

function hostOf(region: string, { fips, dualstack }: { readonly fips: boolean; readonly dualstack: boolean }): string {
  // In GovCloud the plain host is the FIPS one.
  const plain = !fips || (region.startsWith('us-gov-') && !dualstack)
  return `${plain ? 'sts' : 'sts-fips'}.${region}.${dnsSuffixOf(region, { dualstack })}`
}
