// Holds the inference of service and region, and the default hosts, against every endpoint in a botocore data folder:
//   npm run compile && node scripts/check-service-table.mjs BOTOCORE_DATA_FOLDER
// Prints what differs and fails on it; hosts that the data writes and that are no real ones are listed here with their reason.
import { defaultHost } from '../build/src/request/default-host.js'
import { inferScope } from '../build/src/request/infer-scope.js'
import { variantHost } from '../build/src/request/variant-host.js'
import { readBotocore, serviceEndpoints } from './endpoint-rules.mjs'

const explained = [
  {
    pattern: /\.signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$/,
    why: 'signing in takes no signature version 4',
  },
  { pattern: /^importexport/, why: 'closed; outside the aws partition its rules are the generic ones' },
  { pattern: /^iam-fips\.(amazonaws\.com\.cn|api\.amazonwebservices\.com\.cn)$/, why: 'China has no FIPS hosts' },
  {
    pattern: /^(budgets|cloudfront)(-fips)?\.(amazonaws\.com|api\.aws)$/,
    why: 'the aws partition has the same host, and only it has the service',
  },
  { pattern: /^s3\.amazonaws\.com$/, why: 'stands for every region' },
  { pattern: /^greengrass-ats\.iot\./, why: 'wants a client certificate' },
  { pattern: /^localhost:/, why: 'a local DynamoDB' },
]

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node scripts/check-service-table.mjs BOTOCORE_DATA_FOLDER\n')
  process.exit(2)
}

const { services, partitions, endpoints } = readBotocore(folder)
const signed = services.filter((service) => service.metadata.signatureVersion !== 'bearer')
const signingNames = new Map(
  signed.map(({ metadata }) => [metadata.endpointPrefix, metadata.signingName ?? metadata.endpointPrefix]),
)
const counts = { compared: 0, explained: 0, mismatches: 0 }
for (const service of signed) checkRuleSet(service)
for (const partition of endpoints) checkEndpointsFile(partition)
process.stdout.write(
  `${counts.compared} comparisons, ${counts.explained} differences explained, ${counts.mismatches} mismatches\n`,
)
process.exitCode = counts.mismatches === 0 ? 0 : 1

/** A service in every region, in the variants FIPS and dual stack, by its endpoint rules; and with its operations' host prefixes. */
function checkRuleSet(service) {
  for (const endpoint of serviceEndpoints(service, partitions)) {
    const { host, region, signingName, signingRegion } = endpoint
    const isGlobalName = region.endsWith('-global')
    // `aws-global` and its like are no regions: regional services only write their name into a host.
    if (isGlobalName && host.includes(region)) continue
    // The Location services share hosts with their older interface and are told apart by the path.
    const path = service.name.startsWith('geo-') ? '/v2/' : '/'
    const expected = { service: signingName, region: signingRegion }
    compareScope(service.name, { host, path }, expected)
    if (!isGlobalName) compareDefaultHost(service, endpoint)
    if (region === 'us-east-1' || region === 'cn-north-1') {
      for (const prefixed of prefixedHosts(service, host)) compareScope(service.name, prefixed, expected)
    }
  }
}

function prefixedHosts(service, host) {
  return Object.values(service.operations)
    .filter((operation) => operation.endpoint?.hostPrefix !== undefined)
    .map((operation) => ({
      host: operation.endpoint.hostPrefix.replace(/\{\w+\}/g, 'abc123') + host,
      path: operation.http.requestUri,
    }))
}

/** The older file, written by other hands: its host names and credential scopes. */
function checkEndpointsFile({ dnsSuffix, defaults, regions, services: listed }) {
  for (const [prefix, entry] of Object.entries(listed)) {
    for (const [key, endpoint] of Object.entries(entry.endpoints)) {
      // `fips-us-east-1` and `ProdFips` are no regions; without a host of their own they name none.
      if (!(key in regions) && endpoint.hostname === undefined) continue
      const template = endpoint.hostname ?? entry.defaults?.hostname ?? defaults.hostname
      const host = template.replace('{service}', prefix).replace('{region}', key).replace('{dnsSuffix}', dnsSuffix)
      if (host.startsWith('codecatalyst.')) continue
      const region = endpoint.credentialScope?.region ?? (key in regions ? key : undefined)
      // Neptune and DocumentDB are listed with hosts of RDS: the name in front of their hosts counts.
      const service =
        endpoint.credentialScope?.service ??
        entry.defaults?.credentialScope?.service ??
        (host.startsWith(`${prefix}.`) ? signingNames.get(prefix) : undefined)
      compareScope(`endpoints.json ${prefix} ${key}`, { host, path: '/' }, { service, region })
    }
  }
}

/** Where `expected` leaves a member out, any value will do. */
function compareScope(source, { host, path }, expected) {
  const found = inferScope(host, path)
  const service = found.service?.value
  const region = found.region?.value
  const fits =
    (expected.service === undefined ? service !== undefined : service === expected.service) &&
    (expected.region === undefined ? region !== undefined : region === expected.region)
  count(fits, host, `${source}: ${host} is ${service} in ${region}, expected ${expected.service} in ${expected.region}`)
}

function compareDefaultHost(service, { host, region, fips, dualstack }) {
  const prefix = service.metadata.endpointPrefix
  const found = fips || dualstack ? variantHost(prefix, region, { fips, dualstack }) : defaultHost(prefix, region)
  const variant = `${fips ? ' FIPS' : ''}${dualstack ? ' dual-stack' : ''}`
  count(found === host, host, `${service.name}:${variant} host in ${region} is ${found}, expected ${host}`)
}

function count(fits, host, line) {
  counts.compared++
  if (fits) return
  if (explained.some(({ pattern }) => pattern.test(host))) {
    counts.explained++
    return
  }
  counts.mismatches++
  process.stdout.write(`${line}\n`)
}
