import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { exampleKeys } from './support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'sigv4-startup-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const signing = ['crypto', 'stream', 'stream/promises', 'string_decoder']

/** Loaded at every start: next to nothing, they are in Node's snapshot. */
const always = ['events', 'process', 'vm']

/** What each command line loads beyond an empty script: bundles exactly, built-ins at most. */
const loads: Readonly<
  Record<string, { argv: readonly string[]; bundles: readonly string[]; builtIns: readonly string[] }>
> = {
  help: { argv: ['--help'], bundles: ['help'], builtIns: [] },
  version: { argv: ['--version'], bundles: ['help'], builtIns: [] },
  'sign with keys from the environment': {
    argv: ['sign', 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'],
    bundles: ['sign'],
    builtIns: signing,
  },
  'sign with keys from a profile': {
    argv: ['sign', '--profile', 'alice', 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'],
    bundles: ['sign'],
    builtIns: signing,
  },
  'assume with keys from a profile': { argv: ['assume', '--profile', 'alice'], bundles: ['main'], builtIns: [] },
  'sign --presign': {
    argv: ['sign', '--presign', '--region', 'us-east-1', 's3://b/k'],
    bundles: ['sign'],
    builtIns: signing,
  },
  'sign --no-sign-request': {
    argv: ['sign', '--no-sign-request', 'https://sts.us-east-1.amazonaws.com/'],
    bundles: ['sign'],
    builtIns: [],
  },
  'sign with a shared option before the command': {
    argv: ['--region', 'us-east-1', 'sign', '--service', 'sts'],
    bundles: ['main'],
    builtIns: signing,
  },
  'sign with SigV4a': {
    argv: ['sign', '--algorithm', 'sigv4a', 'https://sts.us-east-1.amazonaws.com/'],
    bundles: ['sign', 'sign-rest'],
    builtIns: signing,
  },
  'sign in colour': {
    argv: ['sign', '--explain', '--color', 'always', '--region', 'us-east-1', 's3://b/k'],
    bundles: ['sign', 'chalk-style'],
    builtIns: [...signing, 'tty', 'net', 'os', 'diagnostics_channel'],
  },
}

mkdirSync(join(folder, '.aws'))
writeFileSync(
  join(folder, '.aws', 'credentials'),
  '[alice]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n',
)

const probe = join(folder, 'probe.cjs')
writeFileSync(
  probe,
  `const fs = require('node:fs')
const before = new Set(process.moduleLoadList)
const bundles = []
const { readFileSync } = fs
fs.readFileSync = (path, ...rest) => {
  const bundle = /[\\\\/]dist[\\\\/]([\\w-]+)\\.js$/.exec(String(path))
  if (bundle) bundles.push(bundle[1])
  return readFileSync(path, ...rest)
}
process.on('exit', () => {
  const builtIns = process.moduleLoadList
    .filter((entry) => !before.has(entry) && /^NativeModule (?!internal\\/)/.test(entry))
    .map((entry) => entry.slice('NativeModule '.length))
  fs.writeFileSync(process.env.PROBE_RESULT, JSON.stringify({ bundles, builtIns }))
})`,
)

for (const [name, { argv, bundles, builtIns }] of Object.entries(loads)) {
  test(`${name}: loads ${bundles.join(' and ')} and ${builtIns.length === 0 ? 'no built-in' : builtIns.join(', ')}`, () => {
    const result = join(folder, 'result.json')
    const child = spawnSync(process.execPath, ['--require', probe, 'bin/sigv4.js', ...argv], {
      encoding: 'utf8',
      env: { ...exampleKeys, PATH: process.env.PATH, HOME: folder, PROBE_RESULT: result },
    })
    assert.equal(child.status, 0, child.stderr)
    const loaded: { bundles: string[]; builtIns: string[] } = JSON.parse(readFileSync(result, 'utf8'))
    assert.deepEqual(loaded.bundles, bundles)
    assert.deepEqual(
      loaded.builtIns.filter((builtIn) => ![...always, ...builtIns].includes(builtIn)),
      [],
    )
  })
}

test('the loader knows every command that has a bundle of its own', () => {
  const [, list = ''] = /const commands = \[(.*?)\]/s.exec(readFileSync('bin/sigv4.js', 'utf8')) ?? []
  const listed = [...list.matchAll(/'([\w-]+)'/g)].map(([, name]) => name)
  const program = readFileSync('src/program.ts', 'utf8')
  const commands = [...program.matchAll(/import\('\.\/commands\/(\w+)\.ts'\)/g)].map(([, name]) => name)
  assert.ok(listed.length > 0 && listed.every((name) => commands.includes(name)))
  const bundles = readdirSync('dist').filter((file) => file.endsWith('.js'))
  assert.deepEqual(
    listed.filter((name) => !bundles.includes(`${name}.js`)),
    [],
  )
})

test('every bundle that a bundle asks for is there', () => {
  const files = readdirSync('dist')
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const asked = readFileSync(join('dist', file), 'utf8').matchAll(/require\("\.\/([\w-]+\.js)"\)/g)
    assert.deepEqual(
      [...asked].map(([, name = '']) => name).filter((name) => !files.includes(name)),
      [],
      file,
    )
  }
})

for (const command of ['sign', 'curl', 'ls', 'assume', 'verify', 'whoami', 'completion']) {
  test(`the bundle of ${command} prints its help`, () => {
    const child = spawnSync(process.execPath, ['bin/sigv4.js', command, '--help'], { encoding: 'utf8', env: {} })
    assert.equal(child.status, 0, child.stderr)
    assert.match(child.stdout, new RegExp(`^Usage: sigv4 ${command}`, 'm'))
  })
}

test('an error from the bundle of the rest is one of ours to the bundle of sign', () => {
  const child = spawnSync(
    process.execPath,
    ['bin/sigv4.js', 'sign', '--credentials', join(folder, 'missing.json'), 'https://sts.us-east-1.amazonaws.com/'],
    { encoding: 'utf8', env: { HOME: folder } },
  )
  assert.equal(child.status, 3, child.stderr)
  assert.match(child.stderr, /^sigv4: cannot read .*missing\.json/)
  assert.equal(child.stdout, '')
})

test('a code cache of another build of V8 is ignored', () => {
  const cache = `dist/sign-${process.version}-${process.platform}-${process.arch}.cache`
  const whole = readFileSync(cache)
  const copy = mkdtempSync(join(folder, 'copy-'))
  const script = `
    const fs = require('node:fs')
    const { openSync, readSync } = fs
    const caches = new Set()
    fs.openSync = (path, ...rest) => {
      const file = openSync(path, ...rest)
      if (String(path).endsWith('.cache')) caches.add(file)
      return file
    }
    fs.readSync = (file, buffer, ...rest) => {
      const size = readSync(file, buffer, ...rest)
      if (caches.has(file)) buffer[8] ^= 0xff
      return size
    }
    process.on('exit', () => { if (caches.size === 0) process.exitCode = 99 })`
  writeFileSync(join(copy, 'spoil.cjs'), script)
  const child = spawnSync(
    process.execPath,
    ['--require', join(copy, 'spoil.cjs'), 'bin/sigv4.js', 'sign', '--region', 'us-east-1', '--service', 'sts'],
    { encoding: 'utf8', env: { ...exampleKeys, HOME: folder } },
  )
  assert.equal(child.status, 0)
  assert.match(child.stdout, /^Authorization: AWS4-HMAC-SHA256 /m)
  assert.equal(child.stderr, '')
  assert.deepEqual(readFileSync(cache), whole)
})
