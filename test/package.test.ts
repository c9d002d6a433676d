import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

const allowed: readonly RegExp[] = [
  /^bin\/(sigv4\.js|package\.json)$/,
  /^dist\/[a-z0-9-]+\.js$/,
  /^dist\/(package\.json|THIRD-PARTY-LICENSES\.txt)$/,
  /^dist\/[a-z]+-v[\d.]+-\w+-\w+\.cache$/,
  /^completions\/(_sigv4|sigv4\.bash|sigv4\.fish)$/,
  /^man\/sigv4(-[a-z0-9]+)?\.1$/,
  /^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/,
]

let folder = ''
let packed: Packed

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-package-'))
  // The tests run on a built tree; prepack would take it away under the others.
  const printed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], process.cwd())
  const list: readonly Packed[] = JSON.parse(printed)
  assert.ok(list[0])
  packed = list[0]
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the package holds what runs, its licences and its documentation, and nothing else', (t) => {
  const paths = packed.files.map(({ path }) => path)
  assert.deepEqual(
    paths.filter((path) => !allowed.some((pattern) => pattern.test(path))),
    [],
  )
  for (const path of ['bin/sigv4.js', 'dist/main.js', 'dist/THIRD-PARTY-LICENSES.txt', 'man/sigv4.1']) {
    assert.ok(paths.includes(path), path)
  }
  const caches = packed.files.filter(({ path }) => path.endsWith('.cache')).reduce((sum, { size }) => sum + size, 0)
  const kilobytes = (bytes: number) => Math.round(bytes / 1024)
  t.diagnostic(
    `${packed.filename}: ${kilobytes(packed.size)} KB, ${paths.length} files; ${kilobytes(caches)} of the ${kilobytes(packed.unpackedSize)} KB unpacked are code caches`,
  )
  assert.ok(packed.size < 1_500_000, `${packed.size} bytes packed`)
})

test('the package brings no dependencies and runs no script when it is installed', () => {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    assert.equal(manifest[kind], undefined, kind)
  }
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    assert.equal(Object(manifest.scripts)[script], undefined, script)
  }
})

test('installed into an empty folder without a network, the package signs', () => {
  const project = join(folder, 'project')
  mkdirSync(project)
  const flags = [
    '--offline',
    '--no-audit',
    '--no-fund',
    '--registry',
    'http://127.0.0.1:9',
    '--cache',
    `${folder}/cache`,
  ]
  npm(['install', '--prefix', project, ...flags, join(folder, packed.filename)], project)
  // The query form of AWS's page "Authenticating Requests: Using Query Parameters".
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(project, 'node_modules/sigv4/bin/sigv4.js'),
      ...['sign', '--presign', '--expires', '86400', '--date', '20130524T000000Z', '--region', 'us-east-1'],
      'https://examplebucket.s3.amazonaws.com/test.txt',
    ],
    {
      encoding: 'utf8',
      env: {
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
    },
  )
  assert.equal(status, 0, stderr)
  assert.match(stdout, /&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/m)
  const link = join(project, 'node_modules/.bin', process.platform === 'win32' ? 'sigv4.cmd' : 'sigv4')
  const version: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
  assert.equal(
    execFileSync(link, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim(),
    version.version,
  )
})

test('the bill of materials names every bundled package with the hash of the lock file', () => {
  const bom: { components: readonly { name: string; group?: string; version: string; hashes?: unknown }[] } =
    JSON.parse(execFileSync(process.execPath, ['scripts/sbom.mjs'], { encoding: 'utf8' }))
  const licences = readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8')
  const names = bom.components.map(({ group, name }) => (group ? `${group}/${name}` : name))
  assert.ok(names.includes('commander'))
  for (const [index, { version, hashes }] of bom.components.entries()) {
    assert.ok(licences.includes(`${names[index]} ${version} (`), names[index])
    assert.ok(hashes, `${names[index]} has no hash`)
  }
})

function npm(words: readonly string[], workingDirectory: string): string {
  return execFileSync('npm', words, {
    cwd: workingDirectory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
}
