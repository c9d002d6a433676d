// Writes src/request/service-table.ts and variant-templates.ts from a botocore data folder:
//   node scripts/generate-service-table.mjs BOTOCORE_DATA_FOLDER [VERSION]
// VERSION is botocore's; left out, it is read from the package around the folder.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compare, readBotocore, serviceEndpoints } from './endpoint-rules.mjs'
import { hostTemplates, standardTemplate } from './host-templates.mjs'
import { hostWord } from './host-word.mjs'

const [folder, givenVersion] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node scripts/generate-service-table.mjs BOTOCORE_DATA_FOLDER [VERSION]\n')
  process.exit(2)
}

const version = givenVersion ?? versionAround(folder)
const { services, partitions, endpoints } = readBotocore(folder)
// A service whose tokens are not signatures (CodeCatalyst) has nothing to say to a signer.
const signed = services.filter((service) => service.metadata.signatureVersion !== 'bearer')
const endpointsOf = new Map(signed.map((service) => [service.name, serviceEndpoints(service, partitions)]))

const words = collectWords()
const { globals, globalRegions, pinned, asymmetric } = collectRegions()
writeModule('service-table.ts', render())
writeModule('variant-templates.ts', renderVariants())

function writeModule(name, text) {
  writeFileSync(fileURLToPath(new URL(`../src/request/${name}`, import.meta.url)), text)
}

function versionAround(dataFolder) {
  const source = readFileSync(join(dataFolder, '..', '__init__.py'), 'utf8')
  return /^__version__ = '([^']+)'/m.exec(source)[1]
}

/** Every name in front of a region, with its signing name, and whether it is the service's own prefix or only seen in some hosts. */
function collectWords() {
  const found = new Map()
  const add = (word, signingName, isPrefix) => {
    const known = found.get(word)
    if (known === undefined) found.set(word, { signingName, isPrefix })
    else if (known.signingName !== signingName)
      throw new Error(`${word} signs as ${known.signingName} and as ${signingName}`)
    else known.isPrefix ||= isPrefix
  }
  for (const service of signed) {
    const own = endpointsOf.get(service.name)
    // Import/Export's model knows only version 2; its rule set names the version 4 service.
    const signingName =
      own.find((endpoint) => endpoint.signingName !== service.metadata.endpointPrefix)?.signingName ??
      signingNameOf(service)
    add(service.metadata.endpointPrefix, signingName, true)
    for (const endpoint of own) {
      const split = hostWord(endpoint)
      if (split !== undefined) add(split.word, signingName, false)
    }
    for (const { endpoint } of Object.values(service.operations)) {
      // `data.` in front of `iotsitewise` is a label of its own; `data-` in front of `servicediscovery` makes another word.
      const prefix = endpoint?.hostPrefix ?? ''
      if (/^[a-z-]+-$/.test(prefix)) add(prefix + service.metadata.endpointPrefix, signingName, false)
    }
  }
  for (const partition of endpoints) {
    for (const [word, service] of Object.entries(partition.services)) {
      const signingName = service.defaults?.credentialScope?.service
      if (signingName !== undefined) add(word, signingName, false)
    }
  }
  for (const signingName of allSigningNames()) {
    if (!found.has(signingName)) found.set(signingName, { signingName, isPrefix: false })
  }
  return found
}

function signingNameOf({ metadata }) {
  return metadata.signingName ?? metadata.endpointPrefix
}

/** The models' signing names and those that only rule sets with a bucket or an ARN give. */
function allSigningNames() {
  const names = new Set(signed.map(signingNameOf))
  for (const service of signed) {
    for (const [, name] of JSON.stringify(service.ruleSet).matchAll(/"signingName":"([^"{]+)"/g)) names.add(name)
  }
  return names
}

/** Where the signing region is not the one in the host: hosts without a region, hosts whose region does not count, version 4a. */
function collectRegions() {
  const found = { globals: new Set(), globalRegions: new Map(), pinned: new Set(), asymmetric: new Set() }
  for (const endpoint of [...endpointsOf.values()].flat()) {
    const split = hostWord(endpoint)
    if (split === undefined) continue
    const globalRegion = endpoint.partition.outputs.implicitGlobalRegion
    if (endpoint.scheme === 'sigv4a') found.asymmetric.add(split.word)
    if (split.region === undefined) {
      found.globals.add(split.word)
      // FIPS hosts of China are written by rule sets and exist nowhere; they contradict the real ones.
      if (endpoint.signingRegion !== globalRegion && !endpoint.fips) {
        found.globalRegions.set(`${split.word}@${endpoint.partition.id}`, endpoint.signingRegion)
      }
    } else if (split.region !== endpoint.signingRegion) {
      if (endpoint.signingRegion !== globalRegion)
        throw new Error(`${endpoint.host} signs for ${endpoint.signingRegion}`)
      found.pinned.add(split.word)
    }
  }
  found.globals.delete('s3') // region-less S3 hosts stand for every region; aws-host-rules.ts has them
  return found
}

/** The prefix of each signing name that is none itself: its only one, or that of the service called like it (`ses` is `email`). */
function mainPrefixes() {
  const found = new Map()
  for (const [name, { signingName, isPrefix }] of words) {
    if (name !== signingName || isPrefix) continue
    const own = signed.filter((service) => words.get(service.metadata.endpointPrefix).signingName === name)
    const prefixes = new Set(own.map((service) => service.metadata.endpointPrefix))
    const main = prefixes.size === 1 ? own[0] : own.find((service) => service.name === name)
    if (main !== undefined) found.set(name, main.metadata.endpointPrefix)
  }
  return [...found].sort((a, b) => compare(a[0], b[0])).map(([name, prefix]) => `${name}=${prefix}`)
}

/** What the AWS CLI calls a service, where that is neither a prefix nor a signing name: only for hints. */
function commandNames() {
  return signed
    .filter((service) => !words.has(service.name))
    .map((service) => `${service.name}=${service.metadata.endpointPrefix}`)
}

function render() {
  const wordList = [...words]
    .sort((a, b) => compare(a[0], b[0]))
    .map(([word, { signingName, isPrefix }]) =>
      signingName === word ? word : `${word}${isPrefix ? '=' : '~'}${signingName}`,
    )
  const partitionList = [...partitions]
    .sort((a, b) => compare(a.id, b.id))
    .map(({ id, outputs, regionRegex, regions }) => {
      const names = Object.keys(regions)
        .filter((region) => !region.endsWith('-global'))
        .sort(compare)
      return [
        id,
        outputs.dnsSuffix,
        outputs.dualStackDnsSuffix,
        outputs.implicitGlobalRegion,
        regionRegex.replaceAll('\\-', '-'),
        names.join(' '),
      ].join(';')
    })
  const regionList = [...globalRegions].map(([key, region]) => `${key}=${region}`)
  return [
    '// Generated by scripts/generate-service-table.mjs; do not edit. The packed strings are read by search, nothing is built at start.',
    `export const botocoreVersion = '${version}'`,
    '',
    '/** Host prefixes and signing names, each between blanks: `WORD` signs as itself, `PREFIX=NAME` as NAME, `LABEL~NAME` is only part of some hosts. */',
    `export const serviceWords =\n${packed(wordList)}`,
    '',
    '/** Words of hosts without a region: they sign for the global region of the partition, or as `globalRegions` (`WORD@PARTITION=REGION`) says. */',
    `export const globalWords =\n${packed([...globals].sort(compare))}`,
    `export const globalRegions =\n${packed(regionList.sort(compare))}`,
    '',
    "/** Words that sign for the partition's global region even where the host names another. */",
    `export const pinnedWords =\n${packed([...pinned].sort(compare))}`,
    '',
    '/** Words whose first choice is SigV4a. */',
    `export const asymmetricWords =\n${packed([...asymmetric].sort(compare))}`,
    '',
    '/** `NAME=PREFIX`: the prefix meant by a signing name that is none itself. */',
    `export const mainPrefixes =\n${packed(mainPrefixes())}`,
    '',
    '/** `NAME=PREFIX`: the names the AWS CLI has for services, where they are no word above. */',
    `export const commandNames =\n${packed(commandNames())}`,
    '',
    '/** `ID;dns suffix;dual-stack suffix;global region;pattern of region names;regions`. */',
    `export const partitionLines = [\n${partitionList.map((line) => `  ${quoted(line)},\n`).join('')}]`,
    '',
    `/** \`TEMPLATE[ PARTITION or REGION:TEMPLATE...]|PREFIXES\`, where the host is not \`${standardTemplate}\` (prefix, region, suffix; {g} global region, {d} dual-stack suffix). */`,
    `export const hostTemplates = ${templateList({ fips: false, dualstack: false })}`,
    '',
  ].join('\n')
}

/** A module of its own: few command lines ask for these hosts. */
function renderVariants() {
  return [
    '// Generated by scripts/generate-service-table.mjs with service-table.ts, in the form of its `hostTemplates`; do not edit.',
    '',
    '/** Where a FIPS host is not the plain template with `{p}-fips`. */',
    `export const fipsTemplates = ${templateList({ fips: true, dualstack: false })}`,
    '',
    '/** Where a dual-stack host is not the plain template with `{d}` for `{s}`. */',
    `export const dualstackTemplates = ${templateList({ fips: false, dualstack: true })}`,
    '',
    '/** Where the host of both is not the plain template with `{p}-fips` and `{d}`. */',
    `export const fipsDualstackTemplates = ${templateList({ fips: true, dualstack: true })}`,
    '',
  ].join('\n')
}

function templateList(variant) {
  const lines = hostTemplates(signed, endpointsOf, partitions, variant)
  return `[\n${lines.map((line) => `  ${quoted(line)},\n`).join('')}]`
}

/** Blank-separated words as a sum of string literals, with a blank at both ends. */
function packed(list) {
  const lines = [' ']
  for (const word of list) {
    if (lines.at(-1).length + word.length > 110) lines.push('')
    lines.push(`${lines.pop()}${word} `)
  }
  return lines.map((line) => `  ${quoted(line)}`).join(' +\n')
}

function quoted(text) {
  return `'${text.replaceAll('\\', '\\\\')}'`
}
