import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { BatchKinds } from '../src/commands/sign/batch-kinds.ts'
import { BatchWorkers } from '../src/commands/sign/batch-workers.ts'
import { SpareBuffers } from '../src/commands/spare-buffers.ts'
import type { BulkTemplate } from '../src/sign/bulk.ts'
import { hmacKey } from '../src/sign/hmac.ts'

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
  /^dist\/[a-z-]+-v[\d.]+-\w+-\w+\.cache$/,
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
  // Half of it are code caches, a little more where a newer Node made them: ARCHITECTURE.md says why they are worth it.
  assert.ok(packed.size < 1_850_000, `${packed.size} bytes packed`)
  assert.ok(packed.unpackedSize - caches < 2_500_000, `${packed.unpackedSize - caches} bytes without code caches`)
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

describe('installed into an empty folder without a network, the package', () => {
  let installed = ''
  let project = ''

  before(() => {
    project = join(folder, 'project')
    mkdirSync(project)
    const flags = ['--offline', '--no-audit', '--no-fund', '--registry', 'http://127.0.0.1:9']
    npm(
      ['install', '--prefix', project, ...flags, '--cache', `${folder}/cache`, join(folder, packed.filename)],
      project,
    )
    installed = join(project, 'node_modules/sigv4/bin/sigv4.js')
  })

  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  }

  function sigv4(words: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
    const env = { ...environment, HOME: project, PATH: process.env.PATH }
    return spawnSync(process.execPath, [installed, ...words], { encoding: 'utf8', env, input })
  }

  test('is called by its name', () => {
    const link = join(project, 'node_modules/.bin', process.platform === 'win32' ? 'sigv4.cmd' : 'sigv4')
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
    const printed = execFileSync(link, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
    assert.equal(printed.trim(), version)
  })

  test("presigns as AWS's page does", () => {
    // The query form of AWS's page "Authenticating Requests: Using Query Parameters".
    const { status, stdout, stderr } = sigv4([
      ...['sign', '--presign', '--expires', '86400', '--date', '20130524T000000Z', '--region', 'us-east-1'],
      'https://examplebucket.s3.amazonaws.com/test.txt',
    ])
    assert.equal(status, 0, stderr)
    assert.match(stdout, /&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/m)
  })

  const url = 'https://sts.us-east-1.amazonaws.com/'
  const alone: readonly { readonly words: readonly string[]; readonly prints: RegExp }[] = [
    { words: ['--help'], prints: /^Examples:/ },
    { words: ['sign', url], prints: /^Authorization: AWS4-HMAC-SHA256 /m },
    {
      words: ['sign', '--algorithm', 'sigv4a', '--region-set', '*', url],
      prints: /^Authorization: AWS4-ECDSA-P256-SHA/m,
    },
    { words: ['sign', '--explain', '--format', 'json', url], prints: /"stringToSign"/ },
    { words: ['assume', '--format', 'json'], prints: /"Version": 1/ },
    { words: ['completion', 'bash'], prints: /^complete -F _sigv4 sigv4$/m },
    { words: ['candidates', '--', 'region', ''], prints: /eu-central-1\0/ },
  ]
  for (const { words, prints } of alone) {
    test(`answers 'sigv4 ${words.join(' ')}'`, () => {
      const { status, stdout, stderr } = sigv4(words)
      assert.equal(stderr, '')
      assert.equal(status, 0)
      assert.match(stdout, prints)
    })
  }

  test('signs lines on a thread of its own, with nothing but the kinds of line that it was told of', async () => {
    const kinds = new BatchKinds()
    const workers = new BatchWorkers({
      count: 1,
      kinds,
      rules: { bucket: 'bucket', mode: 'presign' },
      buffers: new SpareBuffers(),
      packageFolder: join(installed, '..', '..'),
    })
    try {
      const block = Buffer.from('one\ntwo\nhttps://sts.amazonaws.com/\nthree')
      assert.deepEqual(await workers.sign(block), [
        { leftLines: ['one', 'two', 'https://sts.amazonaws.com/', 'three'] },
      ])
      const bulk: BulkTemplate = {
        head: 'GET\n',
        tail: '',
        parameters: 'a=b',
        afterSignature: '&c=d',
        beforeHash: '',
        signingKey: hmacKey('key'),
        pathEncoding: 'single',
        normalizePath: false,
      }
      const template = { origin: 'https://host', keyHead: '/', json: undefined, bulk }
      kinds.learn({ name: { ownId: undefined, place: 'bucket' }, template: () => template })
      const parts = await workers.sign(block)
      assert.deepEqual(
        parts.map((part) => ('output' in part ? part.signedLines : part.leftLines)),
        [2, ['https://sts.amazonaws.com/'], 1],
      )
      const [first] = parts
      assert.ok(first && 'output' in first)
      const url = (key: string) => `https://host/${key}\\?a=b&X-Amz-Signature=[0-9a-f]{64}&c=d\n`
      assert.match(Buffer.from(first.output).toString(), new RegExp(`^${url('one')}${url('two')}$`))
    } finally {
      workers.end()
    }
  })

  test('serves, lists, fetches and judges', async () => {
    mkdirSync(join(project, 'buckets/examplebucket'), { recursive: true })
    writeFileSync(join(project, 'buckets/examplebucket/a.txt'), 'content')
    const server = spawn(process.execPath, [installed, 'verify', '--serve', '0', '--bucket-dir', 'buckets'], {
      cwd: project,
      env: { ...environment, HOME: project },
    })
    try {
      const endpoint = await new Promise<string>((resolve, reject) => {
        let said = ''
        for (const stream of [server.stdout, server.stderr]) {
          stream.on('data', (text) => {
            said += text
            const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
            if (address) resolve(address)
          })
        }
        server.on('exit', () => reject(new Error(said)))
      })
      const listed = sigv4(['ls', '--endpoint-url', endpoint, 's3://examplebucket/'])
      assert.match(listed.stdout, / 7 a\.txt\n$/, listed.stderr)
      const fetched = sigv4(['curl', '-sS', '--endpoint-url', endpoint, 's3://examplebucket/a.txt'])
      assert.equal(fetched.stdout, 'content', fetched.stderr)
      const right = sigv4(['sign', '--format', 'http', '--service', 's3', `${endpoint}/examplebucket/a.txt`])
      assert.equal(sigv4(['verify', '-'], right.stdout).status, 0)
      assert.equal(sigv4(['verify', '-'], right.stdout.replace('a.txt', 'b.txt')).status, 1)
    } finally {
      server.kill()
    }
  })
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
