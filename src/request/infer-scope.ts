import { type AwsHost, parseAwsHost } from './aws-host.ts'
import { awsRulesFor, type HostRule } from './aws-host-rules.ts'
import { matchHostPattern } from './host-pattern.ts'
import { isRegionName, looksLikeAwsRegion, partitionNamed } from './partition.ts'
import { compatibleHostsOf } from './s3-compatible-hosts.ts'
import { isServiceName, knownSigningName } from './service-names.ts'
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
  if (host.startsWith('[')) return {}
  const [withoutPort = ''] = host.toLowerCase().split(':')
  const name = withoutPort.endsWith('.') ? withoutPort.slice(0, -1) : withoutPort
  return awsScope(name, path) ?? compatibleScope(name) ?? {}
}

function awsScope(name: string, path: string): InferredScope | undefined {
  const host = parseAwsHost(name)
  if (host === undefined) return undefined
  for (const rule of awsRulesFor(host.words.at(-1) ?? '')) {
    if (!pathFits(rule.path, path)) continue
    const match = matchHostPattern(rule.pattern, host.labels, looksLikeAwsRegion)
    if (match !== undefined) return scopeOfRule(rule, host, match.region)
  }
  return scopeOfWord(host)
}

function pathFits(wanted: string | undefined, path: string): boolean {
  return wanted === undefined || (wanted.endsWith('/') ? path.startsWith(wanted) : path === wanted)
}

function scopeOfRule(rule: HostRule, { partition }: AwsHost, named: string | undefined): InferredScope {
  const form = `hosts of the form ${rule.pattern.replace('**.', '*.').replace('+.', '*.')}`
  const service = rule.service === undefined ? {} : { service: { value: rule.service, reason: form } }
  const scope = { ...service, partition }
  if (named !== undefined) return { ...scope, region: labelOf(named) }
  if (rule.region === '*') return { ...scope, algorithm: { value: 'sigv4a', reason: `${form} serve several regions` } }
  if (rule.region === 'any') return partition === 'aws' ? { ...scope, regionless: true } : scope
  if (rule.region === undefined) return scope
  return { ...scope, region: { value: rule.region, reason: `${form} are in ${rule.region}` } }
}

/** What the words of the service table say: the longest known one in front of the region, or behind it. */
function scopeOfWord(host: AwsHost): InferredScope {
  const known = longestKnownWord(host.words)
  if (known === undefined) return scopeOfUnknown(host)
  const { word, signingName } = known
  const { partition } = host
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

/** A service newer than the table signs, as most do, under the one label in front of its region. */
function scopeOfUnknown({ labels, words, partition, region }: AwsHost): InferredScope {
  if (region === undefined) return { partition }
  const scope = { region: labelOf(region), partition }
  const [only = ''] = words
  if (words.length !== 1 || labels.at(-1) !== region || !isServiceName(only)) return scope
  return {
    service: { value: only, reason: `label '${only}' of the host, which the service table does not know` },
    ...scope,
  }
}

/** No word of the table has more labels than four. */
function longestKnownWord(
  labels: readonly string[],
): { readonly word: string; readonly signingName: string } | undefined {
  for (let start = Math.max(0, labels.length - 4); start < labels.length; start++) {
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
  for (const { pattern, service, region, provider } of compatibleHostsOf(name)) {
    const match = matchHostPattern(pattern, labels, isRegionName)
    if (match === undefined) continue
    if (service === undefined) return {}
    const inferred = { service: { value: service, reason: `the host is ${provider}'s` } }
    if (match.region !== undefined) return { ...inferred, region: labelOf(match.region) }
    if (region !== undefined)
      return { ...inferred, region: { value: region, reason: `${provider} signs for ${region}` } }
  }
  return undefined
}
