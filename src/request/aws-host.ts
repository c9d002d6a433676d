import { looksLikeAwsRegion, partitionOf, partitions } from './partition.ts'

/** A host of AWS's, taken apart. */
export interface AwsHost {
  /** What stands in front of the domain, without VPC endpoint, FIPS, dual stack, and the mark of a global host. */
  readonly labels: readonly string[]
  readonly partition: string
  /** The labels that may name the service: those in front of a region at the end, or only the one behind a region. */
  readonly words: readonly string[]
  /** The last label or the one before it, where that looks like a region. */
  readonly region: string | undefined
  /** Whether services answer under this domain without a region (`ec2.amazonaws.com`). */
  readonly mayLackRegion: boolean
}

/** @param name in lower case, without port and final dot. Undefined for names outside AWS's domains. */
export function parseAwsHost(name: string): AwsHost | undefined {
  const domain = domainOf(name)
  if (domain === undefined) return undefined
  const written = withoutVpcEndpoint(name.slice(0, -domain.suffix.length - 1).split('.'))
  const mark = written.length > 1 ? written.at(-1) : undefined
  const labels = withoutVariants(mark === 'global' || mark === 'us-gov' ? written.slice(0, -1) : written)
  const region = labels.slice(-2).reverse().find(looksLikeAwsRegion)
  const words = region === undefined ? labels : labels.at(-1) === region ? labels.slice(0, -1) : labels.slice(-1)
  const partition = mark === 'us-gov' ? 'aws-us-gov' : partitionWithRegion(domain.partition, region)
  return { labels, words, partition, region, mayLackRegion: domain.mayLackRegion }
}

/** Domains of single resources: in no partition of botocore's list. */
const resourceDomains = [
  { suffix: 'on.aws', partition: 'aws' },
  { suffix: 'on.amazonwebservices.com.cn', partition: 'aws-cn' },
  { suffix: 'on.amazonwebservices.eu', partition: 'aws-eusc' },
]

interface Domain {
  readonly suffix: string
  readonly partition: string
  readonly mayLackRegion: boolean
}

function domainOf(name: string): Domain | undefined {
  for (const { id, dnsSuffix, dualStackDnsSuffix } of partitions()) {
    if (name.endsWith(`.${dnsSuffix}`)) return { suffix: dnsSuffix, partition: id, mayLackRegion: true }
    if (name.endsWith(`.${dualStackDnsSuffix}`))
      return { suffix: dualStackDnsSuffix, partition: id, mayLackRegion: false }
  }
  const found = resourceDomains.find(({ suffix }) => name.endsWith(`.${suffix}`))
  return found && { ...found, mayLackRegion: false }
}

/** `BUCKET.vpce-ID.s3.us-east-1.vpce`: what stands in front of the service belongs to the endpoint. */
function withoutVpcEndpoint(labels: readonly string[]): readonly string[] {
  if (labels.at(-1) !== 'vpce') return labels
  return labels.slice(labels.findLastIndex((label) => label.startsWith('vpce-')) + 1, -1)
}

/** `sqs-fips`, `fips.batch`, `s3express-fips-usw2-az1`, `s3.dualstack.us-west-2`, `s3-accelerate.dualstack`. */
function withoutVariants(written: readonly string[]): readonly string[] {
  const labels = (written[0] === 'fips' ? written.slice(1) : written).map(withoutFips)
  const place = looksLikeAwsRegion(labels.at(-1) ?? '') ? labels.length - 2 : labels.length - 1
  return labels.filter((label, index) => index !== place || label !== 'dualstack')
}

function withoutFips(label: string): string {
  return label.includes('-fips') ? label.replace(/-fips(?=-|$)/, '') : label
}

/** `amazonaws.com` and `api.aws` serve two partitions: the region tells which. */
function partitionWithRegion(partition: string, region: string | undefined): string {
  const byRegion = region === undefined ? 'aws' : partitionOf(region).id
  return byRegion === 'aws' ? partition : byRegion
}
