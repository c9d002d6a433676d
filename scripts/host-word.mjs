/**
 * Splits an endpoint's host into the words in front of the region, and the region; FIPS and partition marks are dropped.
 * Undefined for hosts outside the partition's suffixes and for regional hosts of the made-up `aws-global` regions.
 */
export function hostWord({ host, region, partition }) {
  const { dnsSuffix, dualStackDnsSuffix } = partition.outputs
  const suffix = [dualStackDnsSuffix, dnsSuffix].find((known) => host.endsWith(`.${known}`))
  if (suffix === undefined) return undefined
  const labels = host
    .slice(0, -suffix.length - 1)
    .split('.')
    .map((label) => label.replace(/-fips(?=-|$)/, ''))
    .filter((label) => label !== 'fips' && label !== 'dualstack')
  if (region.endsWith('-global') && labels.includes(region)) return undefined
  if (labels.length > 1 && ['global', 'us-gov'].includes(labels.at(-1))) labels.pop()
  const named = labels.at(-1) in partition.regions ? labels.pop() : undefined
  return { word: labels.join('.'), region: named }
}
