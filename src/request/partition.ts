import { partitionLines } from './service-table.ts'

/** A group of AWS regions with accounts and domain names of its own. */
export interface Partition {
  /** `aws`, `aws-cn`, `aws-us-gov`, as in ARNs. */
  readonly id: string
  readonly dnsSuffix: string
  readonly dualStackDnsSuffix: string
  /** The region that the partition's global services sign for, unless the service table says otherwise. */
  readonly globalRegion: string
  /** Source of a regular expression that the region names of the partition fit, also those of regions not built yet. */
  readonly regionPattern: string
  /** Names of regions, each between two spaces: to make an array of them at every start costs more than all searches. */
  readonly regionList: string
}

let parsed: readonly Partition[] | undefined

/** Every partition, `aws` first. */
export function partitions(): readonly Partition[] {
  parsed ??= partitionLines.map(parsePartition)
  return parsed
}

function parsePartition(line: string): Partition {
  const [id = '', dnsSuffix = '', dualStackDnsSuffix = '', globalRegion = '', regionPattern = '', regions = ''] =
    line.split(';')
  return { id, dnsSuffix, dualStackDnsSuffix, globalRegion, regionPattern, regionList: ` ${regions} ` }
}

/**
 * The partition that lists the region, else the one whose pattern it fits, else `aws`: also of `auto` and of what is no region of AWS's.
 * This is `aws.partition` of the language that AWS's endpoint rules are written in.
 */
export function partitionOf(region: string): Partition {
  const all = partitions()
  return (
    all.find(({ regionList }) => regionList.includes(` ${region} `)) ??
    all.find(({ regionPattern }) => new RegExp(regionPattern).test(region)) ??
    partitionNamed('aws')
  )
}

/** The partition of that id, `aws` where there is none. */
export function partitionNamed(id: string): Partition {
  const found = partitions().find((candidate) => candidate.id === id) ?? partitions()[0]
  if (found === undefined) throw new Error('the service table holds no partition')
  return found
}

/**
 * What the host names of a region end in: `amazonaws.com`, `amazonaws.com.cn`; with `dualstack` `api.aws` and its like
 * (not S3's, whose dual-stack hosts keep the plain one).
 */
export function dnsSuffixOf(region: string, options: { readonly dualstack?: boolean } = {}): string {
  const found = partitionOf(region)
  return options.dualstack === true ? found.dualStackDnsSuffix : found.dnsSuffix
}

/** The same for a partition's id, as it stands in an ARN: `aws`, `aws-cn`. */
export function dnsSuffixOfPartition(id: string): string {
  return partitionNamed(id).dnsSuffix
}

/** The names of a partition's regions that the table knows. */
export function regionsOf({ regionList }: Partition): readonly string[] {
  return regionList.trim().split(' ')
}

/** Every region of AWS that the table knows, sorted. */
export function knownRegions(): readonly string[] {
  return partitions().flatMap(regionsOf).sort()
}

/**
 * Whether the text has the form of one DNS label, so that it may stand in a host name. Not whether AWS has such a region:
 * `auto`, `us-west-004` and `RegionOne` are regions elsewhere.
 */
export function isRegionName(text: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(text)
}

/** Whether a host's label looks like a region of AWS's, also one built after this table: `us-east-1`, `eusc-de-east-1`, `us-isob-west-1`. */
export function looksLikeAwsRegion(label: string): boolean {
  // Compiling the expression costs more than most inferences: known regions and plain words do without.
  if (!label.includes('-')) return false
  return (
    partitions().some(({ regionList }) => regionList.includes(` ${label} `)) ||
    /^(?=.{1,63}$)[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/.test(label)
  )
}
