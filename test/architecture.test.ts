import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** ARCHITECTURE.md holds the rules; here they are only read and applied. */
const architecture = readFileSync('ARCHITECTURE.md', 'utf8')
const allowedImports = tableBelow('folder')
const packageHomes = tableBelow('package')
const forAll = ['errors.ts', 'context.ts']

/** What only `main.ts` may do. Literals that begin with it are lines of programs that are printed. */
const touchesProcess =
  /(?<![.\w'"`$-])(?:process|globalThis)\s*(?:[.[;)]|$)|(?<!['"`])\bconsole\.[a-z]+\(|['"]node:process['"]|(?<![.\w])(?:require|createRequire)\(/m
const asksTheWorld = /\bDate\.now\(|new Date\(\)|\bperformance\.now\(|Math\.random\(/
const worldlyModules = ['node:child_process', 'node:os', 'node:tty', 'node:readline']

const names = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
const sources = names.map((file) => ({ file, text: withoutComments(readFileSync(join('src', file), 'utf8')) }))
const imports = sources.flatMap(({ file, text }) => importsIn(file, text))

test('each folder imports only what the table allows', () => {
  assert.deepEqual(imports.filter((one) => one.target !== undefined && !isAllowed(one)).map(shown), [])
})

test('each package is imported in its one home', () => {
  const foreign = imports.filter(({ target, specifier }) => target === undefined && !specifier.startsWith('node:'))
  const wrong = foreign.filter(({ file, specifier }) => !packageHomes.get(specifier)?.some((home) => isIn(file, home)))
  assert.deepEqual(wrong.map(shown), [])
  assert.deepEqual(
    [...packageHomes.keys()].filter((name) => !foreign.some(({ specifier }) => specifier === name)),
    [],
    'packages that nothing imports',
  )
})

test('only main.ts touches the process, and nobody else reads the clock or the machine', () => {
  const wrong = sources.filter(
    ({ file, text }) => file !== 'main.ts' && (touchesProcess.test(text) || asksTheWorld.test(text)),
  )
  assert.deepEqual(
    wrong.map(({ file }) => file),
    [],
  )
  // `fetch` squashes paths; the one that names it prints a program.
  const fetching = sources.filter(({ text }) => /(?<![.\w])fetch\(/.test(text)).map(({ file }) => file)
  assert.deepEqual(fetching, ['output/request/fetch-format.ts'])
  const below = imports.filter(({ file }) => file.includes('/') && !isIn(file, 'commands/'))
  // `credential_process` is a program: the one that anything below the commands runs.
  const running = below.filter(
    ({ file, specifier }) => worldlyModules.includes(specifier) && file !== 'credentials/process-source.ts',
  )
  assert.deepEqual(running.map(shown), [])
})

test('only program.ts imports a command, and commands do not import each other', () => {
  const commands = sources
    .filter(({ file, text }) => /^commands\/[a-z]+\.ts$/.test(file) && /^export function register/m.test(text))
    .map(({ file }) => file.replace(/\.ts$/, ''))
  assert.ok(commands.includes('commands/sign'))
  const commandOf = (file: string) => commands.find((command) => file === `${command}.ts` || isIn(file, `${command}/`))
  const wrong = imports.filter(({ file, target }) => {
    const imported = target === undefined ? undefined : commandOf(target)
    return imported !== undefined && imported !== commandOf(file) && file !== 'program.ts'
  })
  assert.deepEqual(wrong.map(shown), [])
})

test('every folder is in the drawing and in the table', () => {
  const folders = [...new Set(names.filter((file) => file.includes('/')).map((file) => file.replace(/\/.*/s, '')))]
  for (const folder of folders) {
    assert.match(architecture, new RegExp(`^  ${folder}/ `, 'm'), `the drawing lacks ${folder}/`)
    assert.ok(allowedImports.has(folder), `the table lacks ${folder}`)
  }
})

test('each rule of the table is needed: what nothing imports is not allowed', () => {
  const rules = [...allowedImports].flatMap(([folder, allowed]) => allowed.map((target) => ({ folder, target })))
  const unused = rules.filter(
    ({ folder, target }) => !imports.some((one) => folderOf(one.file) === folder && one.target && covers(target, one)),
  )
  assert.deepEqual(unused, [])
})

interface Import {
  readonly file: string
  readonly specifier: string
  /** The file in `src`, for our own. */
  readonly target: string | undefined
  /** Erased when compiled. */
  readonly isType: boolean
}

function importsIn(file: string, text: string): readonly Import[] {
  const names = String.raw`\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:,\s*\{[^}]*\})?`
  const statement = new RegExp(
    String.raw`^(?:import|export)\s+(type\s+)?(${names})\s+from\s+'([^'\n]+)'|^import\s+'([^'\n]+)'|\bimport\(\s*'([^'\n]+)'`,
    'gm',
  )
  const found = [...text.matchAll(statement)]
  const literal = found.filter((match) => match[5] !== undefined).length
  assert.equal(literal, text.split(/\bimport\(/).length - 1, `${file} imports what is known only when it runs`)
  return found.map(([, type, bindings = '', from, alone, lazy]) => {
    const specifier = from ?? alone ?? lazy ?? ''
    const each = bindings.startsWith('{') ? bindings.slice(1, -1).split(',') : [bindings]
    const isType = type !== undefined || each.every((name) => name.trim() === '' || name.trim().startsWith('type '))
    const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined
    return { file, specifier, target, isType: from !== undefined && isType }
  })
}

function isAllowed(one: Import): boolean {
  const own = folderOf(one.file)
  if (folderOf(one.target ?? '') === own || forAll.includes(one.target ?? '')) return true
  return allowedImports.get(own)?.some((rule) => covers(rule, one)) ?? false
}

/** Rules are `s3`, `credentials (types)`, `version.ts` or `credentials/secret.ts`. */
function covers(rule: string, { target = '', isType }: Import): boolean {
  const [, place = '', types] = /^(\S+?)( \(types\))?$/.exec(rule) ?? []
  return (types === undefined || isType) && (place.endsWith('.ts') ? target === place : isIn(target, `${place}/`))
}

function isIn(file: string, home: string): boolean {
  return file === home || (home.endsWith('/') && file.startsWith(home))
}

/** `src/*.ts` for the files that are in no folder, as the table calls them. */
function folderOf(file: string): string {
  return file.includes('/') ? file.replace(/\/.*/s, '') : 'src/*.ts'
}

function shown({ file, specifier, target }: Import): string {
  return `${file} imports ${target ?? specifier}`
}

/** The rows of the table whose first column has that title: the first cell, and what the second lists. */
function tableBelow(title: string): ReadonlyMap<string, readonly string[]> {
  const rows = new RegExp(String.raw`^\| ${title} .*\n\| -.*\n((?:\|.*\n)+)`, 'm').exec(architecture)?.[1] ?? ''
  const cells = rows.split('\n').map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  return new Map(cells.flatMap(([, first, second]) => (first && second ? [[first, second.split(', ')]] : [])))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
