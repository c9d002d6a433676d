import { usageError } from '../errors.ts'
import { type Inferred, type InferredScope, inferScope } from './infer-scope.ts'
import { isRegionName } from './partition.ts'
import { isKnownService, isServiceName, knownSigningName, nearestService } from './service-names.ts'

/** What a request is signed for, each part with its reason. */
export interface SigningScope {
  readonly service: Inferred
  /** For SigV4a the region set. */
  readonly region: Inferred
  readonly algorithm: Inferred & { readonly value: 'sigv4' | 'sigv4a' }
  readonly warnings: readonly string[]
}

export interface ScopeInput {
  /** What the `Host` header will say. */
  readonly host: string
  /** Without query: a few hosts tell the service by it. */
  readonly path: string
  /** What the flags say; a bucket's address may fix service and region, with its own reason. */
  readonly service?: Inferred | undefined
  readonly region?: Inferred | undefined
  readonly algorithm?: 'sigv4' | 'sigv4a' | undefined
  readonly regionSet?: string | undefined
  /** Environment and profile, asked only where flag and host say nothing. */
  readonly configuredRegion: () => Promise<Inferred | undefined>
}

/**
 * Service, region and algorithm: the flag, else what the host fixes, else the configuration.
 * @throws CliError (usage) where service or region stay unknown, or are no such names
 */
export async function resolveSigningScope(input: ScopeInput): Promise<SigningScope> {
  const inferred = inferScope(input.host, input.path)
  const service = input.service ? checkedService(input.service) : inferred.service
  if (!service) {
    throw usageError(
      `the host '${input.host}' does not tell which service it is`,
      'name it with --service, for instance --service execute-api',
    )
  }
  const algorithm = resolveAlgorithm(input, inferred.algorithm)
  const { region, warning } =
    algorithm.value === 'sigv4a' ? regionSetOf(input, inferred) : await resolveRegion(input, inferred, service)
  const warnings = [
    ...serviceWarnings(service, inferred.service),
    ...(input.service ? spellingWarnings(service) : []),
    ...(warning === undefined ? [] : [warning]),
  ]
  return { service, region, algorithm, warnings }
}

interface ResolvedRegion {
  readonly region: Inferred
  readonly warning?: string
}

async function resolveRegion(input: ScopeInput, inferred: InferredScope, service: Inferred): Promise<ResolvedRegion> {
  if (input.region) {
    const region = checkedRegion(input.region)
    if (!inferred.region || inferred.region.value === region.value) return { region }
    return {
      region,
      warning: `signing for region '${region.value}' (${region.reason}), but the host is in '${inferred.region.value}'`,
    }
  }
  if (inferred.region) return { region: inferred.region }
  const configured = await input.configuredRegion()
  if (configured) return { region: checkedRegion(configured) }
  if (inferred.regionless) {
    return {
      region: { value: 'us-east-1', reason: "the default of S3's region-less hosts" },
      warning: `no region given for '${input.host}': signing for us-east-1`,
    }
  }
  throw usageError(
    `no region to sign '${service.value}' for: the host '${input.host}' names none`,
    'give --region NAME, or set AWS_REGION or the region of the profile',
  )
}

function resolveAlgorithm(input: ScopeInput, inferred: Inferred | undefined): SigningScope['algorithm'] {
  if (input.algorithm) return { value: input.algorithm, reason: '--algorithm' }
  if (input.regionSet !== undefined) return { value: 'sigv4a', reason: '--region-set' }
  if (inferred?.value === 'sigv4a') return { value: 'sigv4a', reason: inferred.reason }
  return { value: 'sigv4', reason: 'the default' }
}

function regionSetOf(input: ScopeInput, inferred: InferredScope): ResolvedRegion {
  if (input.regionSet !== undefined) {
    return { region: { value: checkedRegionSet(input.regionSet), reason: '--region-set' } }
  }
  if (!input.region) return { region: { value: '*', reason: 'every region, the default of SigV4a' } }
  const region = checkedRegion(input.region)
  if (inferred.algorithm === undefined) return { region }
  return {
    region,
    warning: `signing for the region set '${region.value}' (${region.reason}), but the host serves every region ('*')`,
  }
}

function checkedRegionSet(text: string): string {
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!/^[a-z0-9*-]+$/.test(name))
      throw usageError(`'${name}' in --region-set is not a region`, "write a list such as us-east-1,eu-*, or '*'")
  }
  return names.join(',')
}

function checkedService({ value, reason }: Inferred): Inferred {
  if (!isServiceName(value)) {
    throw usageError(`'${value}' (${reason}) cannot be the name of a service`, serviceHint(value))
  }
  const signingName = knownSigningName(value) ?? knownSigningName(value.toLowerCase()) ?? value
  return signingName === value
    ? { value, reason }
    : { value: signingName, reason: `${reason} '${value}' signs as '${signingName}'` }
}

function serviceWarnings({ value, reason }: Inferred, ofHost: Inferred | undefined): readonly string[] {
  if (!ofHost || ofHost.value === value) return []
  return [`signing for service '${value}' (${reason}), but the host belongs to '${ofHost.value}'`]
}

/** A service that nobody knows is signed for all the same: it may be newer than the table, or somebody's own. */
function spellingWarnings({ value }: Inferred): readonly string[] {
  const nearest = isKnownService(value) ? undefined : nearestService(value)
  return nearest === undefined ? [] : [`no service is known as '${value}'; did you mean '${nearest}'?`]
}

function checkedRegion(region: Inferred): Inferred {
  if (isRegionName(region.value)) return region
  throw usageError(
    `'${region.value}' (${region.reason}) cannot be the name of a region`,
    'write for instance us-east-1',
  )
}

/** A hint for a service nobody knows. */
export function serviceHint(service: string): string {
  const nearest = nearestService(service)
  return nearest === undefined ? 'write --service execute-api, for instance' : `did you mean '${nearest}'?`
}
