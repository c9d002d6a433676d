import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/**
 * Reads a botocore data folder: `partitions.json`, `endpoints.json` and, of every service, the newest model and endpoint rule set.
 * @param {string} folder
 */
export function readBotocore(folder) {
  const services = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const versions = readdirSync(join(folder, entry.name)).sort()
    const newest = versions.at(-1)
    const model = readJson(join(folder, entry.name, newest, 'service-2.json'))
    const ruleSet = readJson(join(folder, entry.name, newest, 'endpoint-rule-set-1.json'))
    services.push({ name: entry.name, metadata: model.metadata, operations: model.operations, ruleSet })
  }
  services.sort((a, b) => compare(a.name, b.name))
  return {
    services,
    partitions: readJson(join(folder, 'partitions.json')).partitions,
    endpoints: readJson(join(folder, 'endpoints.json')).partitions,
  }
}

function readJson(path) {
  try {
    return JSON.parse(gunzipSync(readFileSync(`${path}.gz`)).toString())
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return JSON.parse(readFileSync(path, 'utf8'))
  }
}

/** Orders by code unit, the same on every machine. */
export function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Every endpoint a service's rule set gives for a region, in its four variants.
 * @returns {{host: string, region: string, partition: object, fips: boolean, dualstack: boolean, signingName: string, signingRegion: string, scheme: string}[]}
 */
export function serviceEndpoints(service, partitions) {
  const { metadata, ruleSet } = service
  const found = []
  for (const partition of partitions) {
    for (const region of Object.keys(partition.regions)) {
      for (const [fips, dualstack] of [
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ]) {
        const parameters = { Region: region }
        if ('UseFIPS' in ruleSet.parameters) parameters.UseFIPS = fips
        else if (fips) continue
        if ('UseDualStack' in ruleSet.parameters) parameters.UseDualStack = dualstack
        else if (dualstack) continue
        const endpoint = resolveEndpoint(ruleSet, parameters, partitions)
        if (endpoint === undefined) continue
        const schemes = endpoint.properties?.authSchemes ?? []
        const v4 = schemes.find((scheme) => scheme.name === 'sigv4')
        found.push({
          host: endpoint.url.replace(/^https?:\/\//, '').replace(/\/.*/, ''),
          region,
          partition,
          fips,
          dualstack,
          signingName: v4?.signingName ?? metadata.signingName ?? metadata.endpointPrefix,
          signingRegion: v4?.signingRegion ?? region,
          scheme: schemes[0]?.name ?? 'sigv4',
        })
      }
    }
  }
  return found
}

/** Evaluates a rule set (the smithy endpoint rules language, as far as parameters without buckets and ARNs need it). */
export function resolveEndpoint(ruleSet, parameters, partitions) {
  const scope = { ...parameters }
  for (const [name, parameter] of Object.entries(ruleSet.parameters)) {
    if (scope[name] === undefined && parameter.default !== undefined) scope[name] = parameter.default
  }
  const answer = firstMatch(ruleSet.rules, scope, partitions)
  return answer?.endpoint
}

function firstMatch(rules, outer, partitions) {
  for (const rule of rules) {
    const scope = { ...outer }
    if (!rule.conditions.every((condition) => holds(condition, scope, partitions))) continue
    if (rule.type === 'tree') {
      const answer = firstMatch(rule.rules, scope, partitions)
      if (answer !== undefined) return answer
      continue
    }
    return rule.type === 'error' ? {} : { endpoint: fill(rule.endpoint, scope, partitions) }
  }
  return undefined
}

function holds(condition, scope, partitions) {
  const value = call(condition, scope, partitions)
  if (condition.assign !== undefined) scope[condition.assign] = value
  return value !== undefined && value !== null && value !== false
}

function fill(value, scope, partitions) {
  if (typeof value === 'string') return evaluate(value, scope, partitions)
  if (Array.isArray(value)) return value.map((item) => fill(item, scope, partitions))
  if (typeof value !== 'object') return value
  if ('ref' in value || 'fn' in value) return evaluate(value, scope, partitions)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, scope, partitions)]))
}

function evaluate(argument, scope, partitions) {
  if (typeof argument === 'string') {
    return argument.replace(/\{([^{}]+)\}/g, (_, path) => {
      const [name, attribute] = path.split('#')
      return attribute === undefined ? scope[name] : attributeOf(scope[name], attribute)
    })
  }
  if (typeof argument !== 'object') return argument
  if ('ref' in argument) return scope[argument.ref]
  return call(argument, scope, partitions)
}

function call({ fn, argv }, scope, partitions) {
  const values = argv.map((argument) => evaluate(argument, scope, partitions))
  switch (fn) {
    case 'isSet':
      return values[0] !== undefined && values[0] !== null
    case 'not':
      return !values[0]
    case 'stringEquals':
    case 'booleanEquals':
      return values[0] === values[1]
    case 'getAttr':
      return attributeOf(values[0], values[1])
    case 'isValidHostLabel':
      return (values[1] ? values[0].split('.') : [values[0]]).every((label) =>
        /^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/.test(label),
      )
    case 'aws.partition':
      return partitionFor(values[0], partitions).outputs
    default:
      throw new Error(`endpoint rule function ${fn} is not known here`)
  }
}

function attributeOf(value, path) {
  return path.split('.').reduce((inner, name) => inner?.[name], value)
}

/** The partition that lists the region, else the one whose pattern it fits, else `aws`. */
export function partitionFor(region, partitions) {
  return (
    partitions.find((partition) => region in partition.regions) ??
    partitions.find((partition) => new RegExp(partition.regionRegex).test(region)) ??
    partitions.find((partition) => partition.id === 'aws')
  )
}
