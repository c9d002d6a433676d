import { usageError } from '../errors.ts'
import { dnsSuffixOfPartition } from '../request/partition.ts'

/** What stands where a bucket's name is expected. `label` is what goes in front of the host, or into the path. */
export type BucketName =
  | { readonly kind: 'bucket'; readonly label: string; readonly fromArn: false }
  | { readonly kind: 'directory'; readonly label: string; readonly zone: string; readonly fromArn: false }
  | {
      readonly kind: 'access-point' | 'object-lambda'
      readonly label: string
      readonly region: string
      readonly fromArn: true
    }
  | {
      readonly kind: 'outposts'
      readonly label: string
      readonly outpost: string
      /** Undefined for an alias, which names none. */
      readonly region: string | undefined
      readonly fromArn: true
    }
  | { readonly kind: 'multi-region'; readonly label: string; readonly partitionSuffix: string; readonly fromArn: true }

/** `s3://BUCKET/KEY` or `BUCKET/KEY` taken apart; an access point's ARN keeps the `/` that belongs to it. */
export function splitS3Target(target: string): { readonly bucket: string; readonly key: string } {
  const text = target.startsWith('s3://') ? target.slice(5) : target
  const arn = /^arn:[^:]*:s3[a-z-]*:[^:]*:[^:]*:(?:outpost[:/][^:/]+[:/])?accesspoint[:/][^/]+/.exec(text)?.[0]
  const end = arn === undefined ? text.indexOf('/') : arn.length
  return end === -1 ? { bucket: text, key: '' } : { bucket: text.slice(0, end), key: text.slice(end + 1) }
}

/**
 * Reads a bucket's name, directory bucket's (`NAME--ZONE--x-s3`, also their access points), alias (a name like any other) or ARN.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
 * @throws CliError (usage) on anything that cannot be one
 */
export function parseBucketName(text: string): BucketName {
  if (text.startsWith('arn:')) return parseArn(text)
  if (text === '' || text === 's3:' || text === '.' || text === '..' || /[/\s\x00-\x1f\x7f]/.test(text)) {
    throw usageError(`${JSON.stringify(text)} is not a bucket name`, 'write s3://BUCKET or s3://BUCKET/PREFIX')
  }
  const zone = directoryName.exec(text)?.[1]
  if (zone !== undefined) return { kind: 'directory', label: text, zone, fromArn: false }
  const outpost = outpostOfAlias(text)
  if (outpost !== undefined) return { kind: 'outposts', label: text, outpost, region: undefined, fromArn: true }
  return { kind: 'bucket', label: text, fromArn: false }
}

/** Whether it is a directory bucket's name (or that of its access point): its keys come in no order. */
export function isDirectoryBucket(text: string): boolean {
  return directoryName.test(text)
}

const directoryName = /^[a-z0-9][a-z0-9-]*--([a-z0-9]+-[a-z0-9-]+?)--xa?-s3$/

/** `NAME-o...--op-s3`: an alias of an Outposts access point holds the Outpost's id at fixed places from its end. */
function outpostOfAlias(text: string): string | undefined {
  const match = /^[a-z0-9-]*([eo])([a-z0-9]{17})[a-z0-9-]{25}--op-s3$/.exec(text)
  if (match === null) return undefined
  return match[1] === 'e' ? 'ec2' : `op-${match[2]}`
}

function parseArn(arn: string): BucketName {
  const [, partition = '', service = '', region = '', account = '', ...rest] = arn.split(':')
  const [type = '', ...names] = rest.join(':').split(/[:/]/)
  const [first = '', second, third = ''] = names
  const wellFormed = /^aws[a-z-]*$/.test(partition) && /^\d{12}$/.test(account) && isLabel(first)
  if (!wellFormed) throw notUsable(arn)
  if (service === 's3' && region === '' && type === 'accesspoint' && names.length === 1) {
    return { kind: 'multi-region', label: first, partitionSuffix: dnsSuffixOfPartition(partition), fromArn: true }
  }
  if (!/^[a-z0-9-]{1,63}$/.test(region)) throw notUsable(arn)
  if (
    service === 's3-outposts' &&
    type === 'outpost' &&
    second === 'accesspoint' &&
    isLabel(third) &&
    names.length === 3
  ) {
    return { kind: 'outposts', label: `${third}-${account}`, outpost: first, region, fromArn: true }
  }
  if (type !== 'accesspoint' || names.length !== 1 || first.includes('.')) throw notUsable(arn)
  const label = `${first}-${account}`
  if (service === 's3') return { kind: 'access-point', label, region, fromArn: true }
  if (service === 's3-object-lambda') return { kind: 'object-lambda', label, region, fromArn: true }
  throw notUsable(arn)
}

function isLabel(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.mrap)?$/.test(name)
}

function notUsable(arn: string): Error {
  return usageError(
    `'${arn}' is not an access point's ARN`,
    'write arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, or the bucket by its name',
  )
}
