// Prints the software bill of materials of the package (CycloneDX 1.5): what the bundles of the last build hold.
// `npm sbom` sees no dependency, for they are all bundled.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const own = readJson('package.json')
const bundled = readJson('build/bundled-packages.json')
const lock = readJson('package-lock.json')

const components = [...new Map(bundled.map((manifest) => [purl(manifest), component(manifest)])).values()]
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { ...component(own), type: 'application' } },
  components,
  dependencies: [{ ref: purl(own), dependsOn: components.map((part) => part['bom-ref']) }],
}
process.stdout.write(`${JSON.stringify(bom, undefined, 2)}\n`)

function component({ name, version, license }) {
  const scoped = /^(@[^/]+)\/(.+)$/.exec(name)
  const reference = purl({ name, version })
  return {
    type: 'library',
    'bom-ref': reference,
    ...(scoped ? { group: scoped[1], name: scoped[2] } : { name }),
    version,
    purl: reference,
    ...(license ? { licenses: [licenseChoice(license)] } : {}),
    ...hashes(name, version),
  }
}

function licenseChoice(license) {
  return /\s/.test(license) ? { expression: license } : { license: { id: license } }
}

/** The tarball's hash, as the lock file has it. */
function hashes(name, version) {
  const entries = Object.entries(lock.packages)
  const entry = entries.find(
    ([path, { version: locked }]) => path.endsWith(`node_modules/${name}`) && locked === version,
  )
  const sha512 = /^sha512-(.+)$/.exec(entry?.[1].integrity ?? '')?.[1]
  return sha512 ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] } : {}
}

function purl({ name, version }) {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}
