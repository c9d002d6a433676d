import { fillTemplate, findTemplate, plainTemplate, rejectNoName } from './default-host.ts'
import { partitionOf } from './partition.ts'
import { endpointPrefixOf } from './service-names.ts'
import { dualstackTemplates, fipsDualstackTemplates, fipsTemplates } from './variant-templates.ts'

export interface HostVariant {
  readonly fips: boolean
  readonly dualstack: boolean
}

/**
 * The FIPS or dual-stack host (or both) that a service has in a region by AWS's endpoint rules, whether or not it has been
 * built there: those rules do not say.
 * @param service an endpoint prefix or a signing name
 * @throws CliError (usage) where service or region cannot be part of a host name
 */
export function variantHost(service: string, region: string, variant: HostVariant): string {
  rejectNoName(service, region)
  const prefix = endpointPrefixOf(service)
  const partition = partitionOf(region)
  const place = { prefix, partition, region }
  const template =
    findTemplate(rowsOf(variant), place) ?? deriveTemplate(plainTemplate(prefix, partition, region), variant)
  return fillTemplate(template, place)
}

function rowsOf({ fips, dualstack }: HostVariant): readonly string[] {
  if (!fips) return dualstack ? dualstackTemplates : []
  return dualstack ? fipsDualstackTemplates : fipsTemplates
}

function deriveTemplate(template: string, { fips, dualstack }: HostVariant): string {
  const named = fips ? template.replace('{p}', '{p}-fips') : template
  return dualstack ? named.replace('{s}', '{d}') : named
}
