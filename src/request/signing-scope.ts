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
  const warnings: string[] = []
  const service = input.service ? checkedService(input.service) : inferred.service
  if (!service) {
    throw usageError(
      `the host '${input.host}' does not tell which service it is`,
      'name it with --service, for instance --service execute-api',
    )
  }
  if (inferred.service && inferred.service.value !== service.value) {
    warnings.push(
      `signing for service '${service.value}' (${service.reason}), but the host belongs to '${inferred.service.value}'`,
    )
  }
  if (input.service) warnings.push(...spellingWarnings(service))
  const algorithm = resolveAlgorithm(input, inferred.algorithm)
  if (algorithm.value === 'sigv4a') {
    const region = regionSetOf(input, inferred, warnings)
    return { service, region, algorithm, warnings }
  }
  const region = await resolveRegion(input, inferred, service, warnings)
  return { service, region, algorithm, warnings }
}

async function resolveRegion(
  input: ScopeInput,
  inferred: InferredScope,
  service: Inferred,
  warnings: string[],
): Promise<Inferred> {
  if (input.region) {
    const { value, reason } = checkedRegion(input.region)
    if (inferred.region && inferred.region.value !== value) {
      warnings.push(`signing for region '${value}' (${reason}), but the host is in '${inferred.region.value}'`)
    }
    return { value, reason }
  }
  if (inferred.region) return inferred.region
  const configured = await input.configuredRegion()
  if (configured) return checkedRegion(configured)
  if (inferred.regionless) {
    warnings.push(`no region given for '${input.host}': signing for us-east-1`)
    return { value: 'us-east-1', reason: "the default of S3's region-less hosts" }
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

function regionSetOf(input: ScopeInput, inferred: InferredScope, warnings: string[]): Inferred {
  if (input.regionSet !== undefined) return { value: checkedRegionSet(input.regionSet), reason: '--region-set' }
  if (!input.region) return { value: '*', reason: 'every region, the default of SigV4a' }
  const { value, reason } = checkedRegion(input.region)
  if (inferred.algorithm !== undefined) {
    warnings.push(`signing for the region set '${value}' (${reason}), but the host serves every region ('*')`)
  }
  return { value, reason }
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
export function serviceHint(service: string): string | undefined {
  const nearest = nearestService(service)
  return nearest === undefined ? undefined : `did you mean '${nearest}'?`
}
