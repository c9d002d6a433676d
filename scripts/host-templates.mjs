import { compare } from './endpoint-rules.mjs'

/** The host of a prefix, a region and a dns suffix, where nothing else is said. */
export const standardTemplate = '{p}.{r}.{s}'

/** How a template becomes that of a variant, where nothing else is said; `variant-host.ts` does the same. */
export function deriveTemplate(template, { fips, dualstack }) {
  const named = fips ? template.replace('{p}', '{p}-fips') : template
  return dualstack ? named.replace('{s}', '{d}') : named
}

/**
 * Host templates of the prefixes whose host is not `PREFIX.REGION.SUFFIX`, or for a variant what `deriveTemplate` makes of the
 * plain one; prefixes with the same ones together.
 */
export function hostTemplates(services, endpointsOf, partitions, variant = plain) {
  const byPrefix = new Map()
  for (const service of services) {
    const spec = templateOf(service, endpointsOf.get(service.name), partitions, variant)
    const prefix = service.metadata.endpointPrefix
    if (spec === undefined || isDerived(service, endpointsOf.get(service.name), partitions, variant)) continue
    const known = byPrefix.get(prefix)
    if (known !== undefined && known !== spec) throw new Error(`two host templates of ${prefix}: ${known} and ${spec}`)
    byPrefix.set(prefix, spec)
  }
  const bySpec = new Map()
  for (const [prefix, spec] of byPrefix) {
    if (spec !== standardTemplate) bySpec.set(spec, [...(bySpec.get(spec) ?? []), prefix])
  }
  return [...bySpec].map(([spec, prefixes]) => `${spec}|${prefixes.sort(compare).join(' ')}`).sort(compare)
}

const plain = { fips: false, dualstack: false }

/** Whether the plain template's derivative gives every host of a variant. */
function isDerived(service, endpoints, partitions, variant) {
  if (!variant.fips && !variant.dualstack) return false
  const prefix = service.metadata.endpointPrefix
  const spec = templateOf(service, endpoints, partitions, plain) ?? standardTemplate
  return ofVariant(endpoints, variant).every((endpoint) => {
    const template = deriveTemplate(templateIn(spec, endpoint), variant)
    return hostOf(template, prefix, endpoint) === endpoint.host
  })
}

function ofVariant(endpoints, { fips, dualstack }) {
  return endpoints.filter(
    (endpoint) => endpoint.fips === fips && endpoint.dualstack === dualstack && !endpoint.region.endsWith('-global'),
  )
}

function templateIn(spec, { region, partition }) {
  const [usual, ...exceptions] = spec.split(' ')
  const find = (place) => exceptions.find((exception) => exception.startsWith(`${place}:`))?.slice(place.length + 1)
  return find(region) ?? find(partition.id) ?? usual
}

function hostOf(template, prefix, { region, partition }) {
  const { dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion } = partition.outputs
  return template
    .replace('{p}', prefix)
    .replace('{r}', region)
    .replace('{g}', implicitGlobalRegion)
    .replace('{s}', dnsSuffix)
    .replace('{d}', dualStackDnsSuffix)
    .toLowerCase()
}

/** `TEMPLATE` of most partitions, then ` PARTITION:TEMPLATE` and ` REGION:TEMPLATE` where it differs. */
function templateOf(service, endpoints, partitions, variant) {
  const usable = ofVariant(endpoints, variant)
  const rows = partitions
    .map((partition) => ({
      partition: partition.id,
      regions: usable
        .filter((endpoint) => endpoint.partition === partition)
        .map((endpoint) => ({ region: endpoint.region, forms: formsOf(service.metadata.endpointPrefix, endpoint) })),
    }))
    .filter(({ regions }) => regions.length > 0 && regions.every(({ forms }) => forms.length > 0))
  if (rows.length === 0) return undefined
  const usual = mostCommon(rows.flatMap(({ regions }) => mostCommonForm(regions)))
  const exceptions = rows.flatMap(({ partition, regions }) => {
    const forms = mostCommonForm(regions)
    const own = forms.includes(usual) ? usual : forms[0]
    const other = regions
      .filter(({ forms }) => !forms.includes(own))
      .map(({ region, forms }) => `${region}:${forms[0]}`)
    return own === usual ? other : [`${partition}:${own}`, ...other]
  })
  return [usual, ...exceptions].join(' ')
}

/** The ways to write a host as a template, the most general first. */
function formsOf(prefix, { host, region, partition }) {
  const { dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion } = partition.outputs
  const suffix = [dualStackDnsSuffix, dnsSuffix].find((known) => host.endsWith(`.${known}`))
  if (suffix === undefined) return []
  const rest = host.slice(0, -suffix.length) + (suffix === dnsSuffix ? '{s}' : '{d}')
  const isNamed = rest.startsWith(`${prefix}.`) || rest.startsWith(`${prefix}-fips.`)
  const named = isNamed ? `{p}${rest.slice(prefix.length)}` : rest
  const replace = (name, token) =>
    named
      .split('.')
      .map((label) => (label === name ? token : label))
      .join('.')
  const general = [replace(region, '{r}'), replace(implicitGlobalRegion, '{g}')].filter((form) => form !== named)
  return [...new Set([...general, named])]
}

/** The forms that fit the most regions, in their order of generality. */
function mostCommonForm(regions) {
  const all = regions.flatMap(({ forms }) => forms)
  const count = (form) => all.filter((other) => other === form).length
  const best = Math.max(...all.map(count))
  return [...new Set(all)].filter((form) => count(form) === best).sort((a, b) => generality(a) - generality(b))
}

function generality(form) {
  return form.includes('{r}') ? 0 : form.includes('{g}') ? 1 : 2
}

function mostCommon(values) {
  const count = (value) => values.filter((other) => other === value).length
  return [...new Set(values)].sort((a, b) => count(b) - count(a) || generality(a) - generality(b))[0]
}
