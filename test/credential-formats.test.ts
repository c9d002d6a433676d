import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import type { Credentials } from '../src/credentials/credentials.ts'
import { parseIni } from '../src/credentials/ini.ts'
import { Secret } from '../src/credentials/secret.ts'
import { CliError } from '../src/errors.ts'
import { environmentCleared, environmentOf } from '../src/output/credentials/environment-change.ts'
import { formatDocker, formatDotenv, formatGithubActions, formatIni } from '../src/output/credentials/files.ts'
import { formatForShell, type ShellName } from '../src/output/credentials/shells.ts'
import { makeHome } from './support/home.ts'

/** Values that some shell reads as something else, each of them whole. */
const uglyValues = [
  'FwoGZXIvYXdzEBYaDJ+plain/token==',
  "it's",
  "''",
  "'",
  'double"quote',
  '$HOME ${PATH} $(id) `id`',
  '%PATH% !! !x 100%',
  'two  blanks',
  ' at both ends ',
  'back\\slash \\n \\\\ end\\',
  '* ? [a-z] {a,b} ~ ~root #hash ; & | < > ( )',
  'tab\there',
  'bell\x07 escape\x1b[31m',
  'carriage\rreturn',
  'line\nbreak',
  '\nleading and trailing\n',
  'naïve é 😀 ‘curly’ “quotes”',
  '-n',
  '=equals=',
  '\x7f',
] as const

/** How each shell that Debian has reads what it is given on stdin; then `env` says what came of it. */
const shells: readonly { name: ShellName; program: string; args: readonly string[]; script: string }[] = [
  { name: 'env', program: 'sh', args: [], script: 'eval "$(cat)"; exec env -0' },
  { name: 'env', program: 'dash', args: [], script: 'eval "$(cat)"; exec env -0' },
  { name: 'env', program: 'bash', args: ['--posix'], script: 'eval "$(cat)"; exec env -0' },
  { name: 'env', program: 'zsh', args: ['-f', '-o', 'rcquotes'], script: 'eval "$(cat)"; exec env -0' },
  { name: 'bash', program: 'bash', args: ['--norc'], script: 'eval "$(cat)"; exec env -0' },
  { name: 'bash', program: 'zsh', args: ['-f'], script: 'eval "$(cat)"; exec env -0' },
  { name: 'fish', program: 'fish', args: ['--no-config'], script: 'cat | source; exec env -0' },
  { name: 'fish', program: 'fish', args: ['--no-config'], script: 'eval (cat); exec env -0' },
  { name: 'tcsh', program: 'tcsh', args: ['-f'], script: 'eval "`cat`"; exec env -0' },
  { name: 'tcsh', program: 'tcsh', args: ['-f'], script: 'set backslash_quote; eval "`cat`"; exec env -0' },
]

for (const { name, program, args, script } of shells) {
  const missing = spawnSync(program, ['-c', 'true']).status !== 0
  if (missing) console.error(`\n*** NOT RUN: ${program} is not installed ***\n`)

  test(`--format ${name} gives ${program} (${script}) the same bytes`, { skip: missing }, () => {
    for (const value of uglyValues) {
      const change = { set: [{ name: 'AWS_SESSION_TOKEN', value }], unset: ['AWS_PROFILE', 'AWS_NEVER_SET'] }
      const text = carried(() => formatForShell(name, change))
      if (text === undefined) {
        assert.ok(name === 'tcsh' && /[\r\n]/.test(value), JSON.stringify(value))
        continue
      }
      const environment = evaluate(program, [...args, '-c', script], text)
      assert.equal(environment.get('AWS_SESSION_TOKEN'), value, JSON.stringify(value))
      assert.equal(environment.has('AWS_PROFILE'), false)
    }
  })
}

const nu = 'nu'
const hasNu = spawnSync(nu, ['--version']).status === 0
if (!hasNu) console.error('\n*** NOT RUN: nu is not installed (its quoting rules are checked) ***\n')

test('--format nu gives nu the same bytes', { skip: !hasNu }, () => {
  for (const value of uglyValues) {
    const change = { set: [{ name: 'AWS_SESSION_TOKEN', value }], unset: ['AWS_PROFILE', 'AWS_NEVER_SET'] }
    const commands = `${formatForShell('nu', change)}^env -0`
    const environment = evaluate(nu, ['--no-config-file', '-c', commands], '')
    assert.equal(environment.get('AWS_SESSION_TOKEN'), value, JSON.stringify(value))
    assert.equal(environment.has('AWS_PROFILE'), false)
  }
})

for (const { name, program, args, script } of shells) {
  const missing = spawnSync(program, ['-c', 'true']).status !== 0
  test(`what --format ${name} prints ends well in ${program} (${script}), also where nothing is to be unset`, {
    skip: missing,
  }, () => {
    const input = formatForShell(name, { set: [], unset: ['AWS_NEVER_SET'] })
    const { status, stderr } = spawnSync(program, [...args, '-c', script.replace(/; exec env -0$/, '')], { input })
    assert.equal(status, 0, stderr.toString())
  })
}

test('every POSIX shell value but NUL is carried, in one evaluation of many', () => {
  const values = fc.sample(
    fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
    200,
  )
  const set = values.map((value, index) => ({ name: `AWS_V${index}`, value: Buffer.from(value).toString() }))
  const environment = evaluate('sh', ['-c', 'eval "$(cat)"; exec env -0'], formatForShell('env', { set, unset: [] }))
  for (const { name, value } of set) assert.equal(environment.get(name), value, JSON.stringify(value))
})

test('an eval without quotes, which joins the lines, still sets and unsets everything', () => {
  const text = formatForShell('env', environmentOf(credentials({ sessionToken: undefined }), 'eu-west-1'))
  const environment = evaluate('bash', ['-c', 'eval $(cat); exec env -0'], text)
  assert.equal(environment.get('AWS_REGION'), 'eu-west-1')
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) assert.equal(environment.has(name), false)
})

const refusals: readonly (readonly [ShellName, string])[] = [
  ...(['env', 'bash', 'fish', 'powershell', 'cmd', 'nu', 'tcsh'] as const).map((name) => [name, 'nul\0'] as const),
  ['tcsh', 'line\nbreak'],
  ['cmd', 'line\nbreak'],
  ['cmd', '100%'],
  ['cmd', 'a"&calc'],
  ['cmd', 'a!b'],
  ['cmd', 'é'],
]

for (const [name, value] of refusals) {
  test(`--format ${name} refuses ${JSON.stringify(value)}, which it cannot carry, and does not repeat it`, () => {
    const change = { set: [{ name: 'AWS_SESSION_TOKEN', value }], unset: [] }
    assert.throws(
      () => formatForShell(name, change),
      (error) =>
        error instanceof CliError &&
        error.exitCode === 1 &&
        /^AWS_SESSION_TOKEN holds/.test(error.message) &&
        !error.message.includes(value),
    )
  })
}

test('PowerShell gets ASCII only, straight quotes doubled and all else by number', () => {
  const text = formatForShell('powershell', {
    set: [
      { name: 'A', value: "it's $x `n" },
      { name: 'B', value: '‘é\n😀' },
    ],
    unset: ['C'],
  })
  assert.equal(
    text,
    "$Env:A = 'it''s $x `n';\n$Env:B = '' + [char]0x2018 + [char]0x00e9 + [char]0x000a + [char]0xd83d + [char]0xde00;\nRemove-Item -ErrorAction SilentlyContinue Env:C;\n",
  )
})

test('what PowerShell is given means the value, by its rules for single quotes and [char]', () => {
  for (const value of uglyValues) {
    const text = formatForShell('powershell', { set: [{ name: 'A', value }], unset: [] })
    assert.match(text, /^[\x20-\x7e]+\n$/)
    assert.equal(readPowershell(text), value)
  }
})

test('what nu is given means the value, by its rules for double quotes', () => {
  for (const value of uglyValues) {
    const text = formatForShell('nu', { set: [{ name: 'A', value }], unset: [] })
    const quoted = /^\$env\.A = ("[^\n]*")\n$/.exec(text)?.[1] ?? ''
    assert.equal(
      JSON.parse(quoted.replace(/\\u\{([0-9a-f]+)\}/g, (_all, digits) => `\\u${digits.padStart(4, '0')}`)),
      value,
    )
  }
})

test('cmd gets a quoted set for what it can carry', () => {
  const change = { set: [{ name: 'A', value: 'a b&c|d^e<f>(g)=+/' }], unset: ['B'] }
  assert.equal(formatForShell('cmd', change), 'set "A=a b&c|d^e<f>(g)=+/"\nset "B="\n')
})

test('every format sets keys, token, expiry and region, and takes other identities away', () => {
  const { set, unset } = environmentOf(credentials(), 'eu-west-1')
  assert.deepEqual(
    set.map(({ name }) => name),
    [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_CREDENTIAL_EXPIRATION',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ],
  )
  assert.deepEqual(unset, ['AWS_SECURITY_TOKEN', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE'])
  const permanent = environmentOf(credentials({ sessionToken: undefined, expiration: undefined }), undefined)
  assert.equal(permanent.set.length, 2)
  assert.ok(permanent.unset.includes('AWS_SESSION_TOKEN') && permanent.unset.includes('AWS_CREDENTIAL_EXPIRATION'))
  for (const { name } of set) assert.ok(environmentCleared.unset.includes(name), name)
  for (const name of unset) assert.ok(environmentCleared.unset.includes(name), name)
})

test('dotenv lines are read back by Node', () => {
  for (const value of uglyValues) {
    const text = carried(() => formatDotenv({ set: [{ name: 'A', value }], unset: [] }))
    if (text !== undefined) assert.equal(parseEnv(text).A, value)
    else assert.match(value, /['\\\x00-\x1f\x7f]/)
  }
})

test('docker lines hold the value to the end of the line, and refuse line breaks', () => {
  for (const value of uglyValues) {
    const text = carried(() => formatDocker({ set: [{ name: 'A', value }], unset: [] }))
    if (text !== undefined) assert.equal(text, `A=${value}\n`)
    else assert.match(value, /[\r\n]/)
  }
})

test('a section for the credentials file is read back whole, or refused', () => {
  for (const value of uglyValues) {
    const text = carried(() =>
      formatIni(credentials({ sessionToken: new Secret(value) }), { region: 'r', profileName: 'p' }),
    )
    if (text === undefined) {
      assert.match(value, /[\x00-\x1f\x7f]|^\s|\s$|\s[#;]/)
      continue
    }
    const section = parseIni(text).get('p')
    assert.equal(section?.get('aws_session_token')?.value, value)
    assert.equal(section?.get('aws_secret_access_key')?.value, 'secret/+')
    assert.equal(section?.get('region')?.value, 'r')
  }
  for (const profileName of ['', 'a b', 'a]', 'x\n[default', '[']) {
    assert.throws(() => formatIni(credentials(), { region: undefined, profileName }), CliError)
  }
})

test('GitHub Actions is told what to mask, and the variables with a delimiter that ends them only once', () => {
  const change = environmentOf(credentials({ sessionToken: new Secret('100%\nsecond') }), 'eu-west-1')
  const { stdout, environmentFile } = formatGithubActions(change, 'EOF_1')
  assert.equal(stdout, '::add-mask::ASIAEXAMPLE\n::add-mask::secret/+\n::add-mask::100%25%0Asecond\n')
  assert.match(environmentFile, /^AWS_ACCESS_KEY_ID<<EOF_1\nASIAEXAMPLE\nEOF_1\n/)
  assert.match(environmentFile, /AWS_SESSION_TOKEN<<EOF_1\n100%\nsecond\nEOF_1\n/)
  assert.doesNotMatch(environmentFile, /AWS_PROFILE/)
  assert.throws(() => formatGithubActions(change, 'second'), CliError)
  const none = formatGithubActions(environmentOf(credentials({ sessionToken: undefined }), undefined), 'EOF_1')
  assert.match(none.environmentFile, /AWS_SESSION_TOKEN<<EOF_1\n\nEOF_1\n/)
})

function credentials(changes: Partial<Credentials> = {}): Credentials {
  return {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: new Secret('secret/+'),
    sessionToken: new Secret('token=='),
    expiration: new Date('2030-01-02T03:04:05.678Z'),
    source: { kind: 'environment', description: 'a test' },
    ...changes,
  }
}

/** Undefined where the format refuses the value: the table of refusals says which it may. */
function carried(format: () => string): string | undefined {
  try {
    return format()
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

function evaluate(program: string, args: readonly string[], text: string): ReadonlyMap<string, string> {
  const home = makeHome()
  const env = {
    PATH: process.env.PATH,
    HOME: home.path,
    LANG: 'C.UTF-8',
    AWS_PROFILE: 'old',
    AWS_SESSION_TOKEN: 'old',
  }
  const result = spawnSync(program, args, { input: text, env, encoding: 'utf8' })
  home.remove()
  assert.equal(result.status, 0, result.stderr)
  assert.equal(result.stderr, '')
  const pairs = result.stdout.split('\0').map((entry): [string, string] => {
    const equals = entry.indexOf('=')
    return [entry.slice(0, equals), entry.slice(equals + 1)]
  })
  return new Map(pairs)
}

/** Terms joined by +: text in single quotes, where a quote is written twice, and characters by number. */
function readPowershell(text: string): string {
  const expression = /^\$Env:A = (.*);\n$/.exec(text)?.[1] ?? ''
  const terms = expression.match(/'(?:[^']|'')*'|\[char\]0x[0-9a-f]{4}/g) ?? []
  assert.equal(terms.join(' + '), expression)
  return terms
    .map((term) =>
      term.startsWith("'")
        ? term.slice(1, -1).replaceAll("''", "'")
        : String.fromCharCode(Number.parseInt(term.slice(8), 16)),
    )
    .join('')
}
