import { nearestName } from './nearest-name.ts'
import { commandNames, mainPrefixes, serviceWords } from './service-table.ts'

/** Signing names that botocore's models do not have; the services' own pages and SDKs name them. */
const signingNamesOutsideTheTable = [
  'aws-external-anthropic',
  'bedrock-mantle',
  'iotdevicegateway',
  'kafka-cluster',
  'rds-db',
  'vpc-lattice-svcs',
]

/** Hosts of signing names that no prefix in the table carries. */
const prefixesOutsideTheTable: Readonly<Record<string, string>> = {
  iotdevicegateway: 'data-ats.iot',
  s3express: 's3express-control',
}

/** The name to sign under for an endpoint prefix (`email` is `ses`, `bedrock-runtime` is `bedrock`); any other word is its own. */
export function signingNameOf(serviceWord: string): string {
  return knownSigningName(serviceWord) ?? serviceWord
}

/** The same, and undefined for what is neither a prefix, a part of a host nor a signing name in the table. */
export function knownSigningName(word: string): string | undefined {
  return packedValue(serviceWords, word)
}

/**
 * The first part of a service's host. A prefix stays what it is; a signing name that is none becomes the one prefix that signs
 * under it, or the main one of several (`ses` is `email`); with several equals (`lex`, `timestream`) it stays.
 * A label that only some hosts have (`efs`) stands for its service.
 */
export function endpointPrefixOf(serviceWord: string): string {
  const name = isHostLabelOnly(serviceWord) ? signingNameOf(serviceWord) : serviceWord
  const outside = Object.hasOwn(prefixesOutsideTheTable, name) ? prefixesOutsideTheTable[name] : undefined
  return outside ?? packedValue(mainPrefixes, name) ?? name
}

/** Every word that `--service` may be, sorted: prefixes and signing names. */
export function knownServices(): readonly string[] {
  const words = entries(serviceWords).filter((entry) => !entry.includes('~'))
  return [...words.map((entry) => entry.split('=')[0] ?? entry), ...signingNamesOutsideTheTable].sort()
}

/** Whether a signing name is in the table, or among those that only pages and SDKs name. */
export function isKnownService(signingName: string): boolean {
  return knownSigningName(signingName) === signingName || signingNamesOutsideTheTable.includes(signingName)
}

/** Whether the text has the form of a service's name, one or more DNS labels, and so may stand in a host name. */
export function isServiceName(text: string): boolean {
  // Without a flag `i`: the first one of a process makes V8 load Unicode's tables.
  return /^(?=.{1,100}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(
    text,
  )
}

/** The service that was probably meant, for a hint: by what the AWS CLI calls it (`cloudwatch` is `monitoring`), else by spelling. */
export function nearestService(text: string): string | undefined {
  const wanted = text.toLowerCase()
  const byCommand = packedValue(commandNames, wanted)
  if (byCommand !== undefined) return byCommand
  if (isHostLabelOnly(wanted)) return endpointPrefixOf(wanted)
  return nearestName(wanted, knownServices())
}

function isHostLabelOnly(word: string): boolean {
  return isServiceName(word) && serviceWords.includes(` ${word}~`)
}

function entries(packed: string): readonly string[] {
  return packed.trim().split(' ')
}

/** Looks a word up in a packed list of the service table: the part behind `=` or `~`, or the word itself. */
function packedValue(packed: string, word: string): string | undefined {
  if (word === '' || word.includes(' ') || word.includes('=') || word.includes('~')) return undefined
  for (let at = packed.indexOf(` ${word}`); at >= 0; at = packed.indexOf(` ${word}`, at + 1)) {
    const end = at + 1 + word.length
    const mark = packed[end]
    if (mark === ' ') return word
    if (mark === '=' || mark === '~') return packed.slice(end + 1, packed.indexOf(' ', end))
  }
  return undefined
}
