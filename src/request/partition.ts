/** AWS's partitions, from botocore 1.43.11 (`partitions.json`): how a region's name looks and what its host names end in. */
const partitions = [
  { id: 'aws-cn', region: /^cn-\w+-\d+$/, dnsSuffix: 'amazonaws.com.cn' },
  { id: 'aws-us-gov', region: /^us-gov-\w+-\d+$/, dnsSuffix: 'amazonaws.com' },
  { id: 'aws-eusc', region: /^eusc-\w+-\w+-\d+$/, dnsSuffix: 'amazonaws.eu' },
  { id: 'aws-iso', region: /^us-iso-\w+-\d+$/, dnsSuffix: 'c2s.ic.gov' },
  { id: 'aws-iso-b', region: /^us-isob-\w+-\d+$/, dnsSuffix: 'sc2s.sgov.gov' },
  { id: 'aws-iso-e', region: /^eu-isoe-\w+-\d+$/, dnsSuffix: 'cloud.adc-e.uk' },
  { id: 'aws-iso-f', region: /^us-isof-\w+-\d+$/, dnsSuffix: 'csp.hci.ic.gov' },
] as const

const commercialSuffix = 'amazonaws.com'

/** What the host names of a region end in; a region of no known form is taken for a commercial one, as the AWS SDKs do. */
export function dnsSuffixOf(region: string): string {
  return partitions.find((partition) => partition.region.test(region))?.dnsSuffix ?? commercialSuffix
}

/** The same for a partition's id, as it stands in an ARN: `aws`, `aws-cn`. */
export function dnsSuffixOfPartition(id: string): string {
  return partitions.find((partition) => partition.id === id)?.dnsSuffix ?? commercialSuffix
}
