import { type AwsHost, parseAwsHost } from './aws-host.ts'
import { awsHostRules, type HostRule } from './aws-host-rules.ts'
import { matchHostPattern } from './host-pattern.ts'
import { looksLikeAwsRegion, partitionNamed } from './partition.ts'
import { compatibleHosts } from './s3-compatible-hosts.ts'
import { knownSigningName } from './service-names.ts'
import { asymmetricWords, globalRegions, globalWords, pinnedWords } from './service-table.ts'

export interface Inferred {
  readonly value: string
  /** One phrase for an explanation: `label 'sqs' of the host`. */
  readonly reason: string
}

/** What a host says of the credential scope; a member is missing where it says nothing. */
export interface InferredScope {
  /** The signing name. */
  readonly service?: Inferred
  /** The region in the host, or the partition's for a global service. */
  readonly region?: Inferred
  /** A host of S3 in the `aws` partition that serves every region and names none: flag, environment or profile say which. */
  readonly regionless?: boolean
  /** `sigv4a` for hosts of several regions (region set `*`), otherwise missing. */
  readonly algorithm?: Inferred
  readonly partition?: string
}

/**
 * Service and region of a host. Host and path are taken as they stand in a request: any case, a port, a final dot.
 * An unknown host gives `{}`; a host of AWS's with an unknown service still says its partition, and its region where it names one.
 * @param path tells services apart that share a host (`/mqtt` on an IoT endpoint, Location's older `/places/v0/`)
 */
export function inferScope(host: string, path = '/'): InferredScope {
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  if (name.startsWith('[')) return {}
  return awsScope(name, path) ?? compatibleScope(name) ?? {}
}

function awsScope(name: string, path: string): InferredScope | undefined {
  const host = parseAwsHost(name)
  if (host === undefined) return undefined
  for (const rule of awsHostRules) {
    if (rule.path !== undefined && !rule.path.test(path)) continue
    const match = matchHostPattern(rule.pattern, host.labels, looksLikeAwsRegion)
    if (match !== undefined) return scopeOfRule(rule, host, match.region)
  }
  return scopeOfWord(host)
}

function scopeOfRule(rule: HostRule, host: AwsHost, named: string | undefined): InferredScope {
  const { partition } = host
  const form = `hosts of the form ${rule.pattern.replace(/^(?:\*\*|\+)\./, '*.')}`
  const service = rule.service === undefined ? {} : { service: { value: rule.service, reason: form } }
  const scope = { ...service, partition }
  if (rule.multiRegion) return { ...scope, algorithm: { value: 'sigv4a', reason: `${form} serve several regions` } }
  if (rule.regionless) return partition === 'aws' ? { ...scope, regionless: true } : scope
  if (named !== undefined) return { ...scope, region: labelOf(named) }
  return rule.region === undefined
    ? scope
    : { ...scope, region: { value: rule.region, reason: `${form} are in ${rule.region}` } }
}

/** What the words of the service table say: the longest known one in front of the region, or behind it. */
function scopeOfWord(host: AwsHost): InferredScope {
  const { labels, partition, region } = host
  const regionLast = region !== undefined && labels.at(-1) === region
  const words = regionLast ? labels.slice(0, -1) : region === undefined ? labels : labels.slice(-1)
  const known = longestKnownWord(words)
  if (known === undefined) {
    const [only] = words
    const unknownService =
      regionLast && words.length === 1 && only !== undefined && only !== ''
        ? { service: { value: only, reason: `label '${only}' of the host, which the service table does not know` } }
        : {}
    return { ...unknownService, ...(region === undefined ? {} : { region: labelOf(region) }), partition }
  }
  const { word, signingName } = known
  const service = {
    value: signingName,
    reason:
      word === signingName
        ? `label '${word}' of the host`
        : `label '${word}' of the host, which signs as ${signingName}`,
  }
  const signingRegion = regionOfWord(word, host)
  return {
    service,
    ...(signingRegion === undefined ? {} : { region: signingRegion }),
    ...(contains(asymmetricWords, word)
      ? { algorithm: { value: 'sigv4a', reason: `${word} serves several regions` } }
      : {}),
    partition,
  }
}

function longestKnownWord(
  labels: readonly string[],
): { readonly word: string; readonly signingName: string } | undefined {
  for (let start = 0; start < labels.length; start++) {
    const word = labels.slice(start).join('.')
    const signingName = knownSigningName(word)
    if (signingName !== undefined) return { word, signingName }
  }
  return undefined
}

function regionOfWord(word: string, { partition, region, mayLackRegion }: AwsHost): Inferred | undefined {
  if (contains(pinnedWords, word) || (region === undefined && contains(globalWords, word))) {
    const exception = ` ${word}@${partition}=`
    const at = globalRegions.indexOf(exception)
    const value =
      at < 0 ? partitionNamed(partition).globalRegion : globalRegions.slice(at + exception.length).replace(/ .*/s, '')
    return { value, reason: `${word} is a global service of partition ${partition}` }
  }
  if (region !== undefined) return labelOf(region)
  // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-endpoints.html and other services' pages say so of their general endpoint.
  return mayLackRegion && partition === 'aws'
    ? { value: 'us-east-1', reason: 'hosts of AWS without a region are in us-east-1' }
    : undefined
}

function contains(packed: string, word: string): boolean {
  return packed.includes(` ${word} `)
}

function labelOf(region: string): Inferred {
  return { value: region, reason: `label '${region}' of the host` }
}

function compatibleScope(name: string): InferredScope | undefined {
  const labels = name.split('.')
  for (const host of compatibleHosts) {
    const match = matchHostPattern(host.pattern, labels, (label) => /^[a-z0-9][a-z0-9-]*$/.test(label))
    if (match === undefined) continue
    if (host.service === 'none') return {}
    const value = host.service ?? 's3'
    const region = match.region === undefined ? undefined : labelOf(match.region)
    return {
      service: { value, reason: `the host is ${host.provider}'s` },
      region: region ?? { value: host.region ?? 'us-east-1', reason: `${host.provider} signs for this region` },
    }
  }
  return undefined
}
