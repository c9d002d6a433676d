import { usageError } from '../errors.ts'
import { isRegionName, type Partition, partitionOf } from './partition.ts'
import { endpointPrefixOf, isServiceName, nearestService } from './service-names.ts'
import { hostTemplates } from './service-table.ts'

/** Services outside the table whose hosts are not of the usual form. */
const templatesOutsideTheTable: Readonly<Record<string, string>> = {
  'aws-external-anthropic': '{p}.{r}.{d}',
  'bedrock-mantle': '{p}.{r}.{d}',
}

/**
 * The host a service has in a region: `PREFIX.REGION.SUFFIX`, but where the table says otherwise the global host
 * (`iam.amazonaws.com`), the partition's one region (`organizations.us-east-1.amazonaws.com`) or the dual-stack domain
 * (`dsql.us-east-1.api.aws`), as AWS's endpoint rules give it without FIPS and dual stack.
 * @param service an endpoint prefix or a signing name; `endpointPrefixOf` says which prefix a signing name becomes
 * @throws CliError (usage) where service or region cannot be part of a host name
 */
export function defaultHost(service: string, region: string): string {
  rejectNoName(service, region)
  const prefix = endpointPrefixOf(service)
  const partition = partitionOf(region)
  return fillTemplate(plainTemplate(prefix, partition, region), { prefix, partition, region })
}

/** @throws CliError (usage) where service or region cannot be part of a host name */
export function rejectNoName(service: string, region: string): void {
  if (!isServiceName(service)) {
    const nearest = nearestService(service)
    throw usageError(
      `'${service}' is not a service`,
      nearest === undefined ? 'write --service s3, for instance' : `did you mean ${nearest}?`,
    )
  }
  if (!isRegionName(region)) throw usageError(`'${region}' is not a region`, 'write --region us-east-1, for instance')
}

interface HostPlace {
  readonly prefix: string
  readonly partition: Partition
  readonly region: string
}

/** A host from a template of the service table: `{p}` prefix, `{r}` region, `{g}` the partition's global region, `{s}` and `{d}` its DNS suffixes. */
export function fillTemplate(template: string, { prefix, partition, region }: HostPlace): string {
  return template
    .replace('{p}', prefix)
    .replace('{r}', region)
    .replace('{g}', partition.globalRegion)
    .replace('{s}', partition.dnsSuffix)
    .replace('{d}', partition.dualStackDnsSuffix)
    .toLowerCase()
}

/**
 * Whether a service answers every region of the partition `aws` at one host (`iam.amazonaws.com`).
 * @throws as `defaultHost`
 */
export function hasOneHost(service: string): boolean {
  return defaultHost(service, 'us-east-1') === defaultHost(service, 'eu-west-1')
}

/** The template without FIPS and dual stack. */
export function plainTemplate(prefix: string, partition: Partition, region: string): string {
  if (Object.hasOwn(templatesOutsideTheTable, prefix)) return templatesOutsideTheTable[prefix] ?? usualTemplate
  return findTemplate(hostTemplates, { prefix, partition, region }) ?? usualTemplate
}

/** What rows of the form of `hostTemplates` say of a prefix in a region. */
export function findTemplate(rows: readonly string[], { prefix, partition, region }: HostPlace): string | undefined {
  for (const row of rows) {
    const [templates = '', prefixes = ''] = row.split('|')
    if (!prefixes.split(' ').includes(prefix)) continue
    const [usual, ...exceptions] = templates.split(' ')
    return exceptionFor(region, exceptions) ?? exceptionFor(partition.id, exceptions) ?? usual
  }
  return undefined
}

const usualTemplate = '{p}.{r}.{s}'

/** `PLACE:TEMPLATE` of a region or a partition. */
function exceptionFor(place: string, exceptions: readonly string[]): string | undefined {
  return exceptions.find((exception) => exception.startsWith(`${place}:`))?.slice(place.length + 1)
}
