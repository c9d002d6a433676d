import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** The folders of src/ and what each may import; ARCHITECTURE.md shows the same table. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  '.': ['.', 'commands', 'output'],
  commands: ['.', 'commands', 'credentials', 'http', 'output', 'request', 's3', 'serve', 'sign', 'verify'],
  request: ['.', 'request', 'sign'],
  credentials: ['.', 'credentials', 'http', 'output', 'request', 's3', 'sign'],
  sign: ['.', 'credentials', 'request', 'sign', 's3'],
  http: ['.', 'credentials', 'http', 'request', 's3', 'sign'],
  s3: ['.', 'credentials', 'http', 'request', 's3', 'sign'],
  verify: ['.', 'credentials', 'request', 's3', 'sign', 'verify'],
  serve: ['.', 'credentials', 'request', 'serve', 'verify'],
  output: ['.', 'credentials', 'output', 'request', 's3', 'sign', 'verify'],
}

/** Packages and the one folder, or file, that may import each. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  commander: ['program.ts', 'report.ts', 'commands/'],
  chalk: ['output/'],
  '@smithy/signature-v4': ['sign/'],
  '@aws-sdk/credential-providers': ['credentials/'],
  '@smithy/eventstream-codec': ['http/'],
  'fast-xml-parser': ['s3/'],
}

const source = join(process.cwd(), 'src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))

test('each folder imports only what the table allows', () => {
  const wrong = importsOf(files).filter(({ file, imported }) => {
    const target = folderOf(normalize(join(dirname(file), imported)))
    return imported.startsWith('.') && !allowedImports[folderOf(file)]?.includes(target)
  })
  assert.deepEqual(wrong, [])
})

test('each package is imported in its one home', () => {
  const wrong = importsOf(files).filter(({ file, imported }) => {
    if (imported.startsWith('.') || imported.startsWith('node:')) return false
    return !packageHomes[imported]?.some((home) => file.startsWith(home))
  })
  assert.deepEqual(wrong, [])
})

test('only main.ts touches the process, and nobody below the commands reads the environment or the clock', () => {
  const wrong = files.filter((file) => {
    const text = withoutComments(readFileSync(join(source, file), 'utf8'))
    // A literal that begins with it is a line of a program that is printed; `console.` is also a host's first label.
    if (file !== 'main.ts' && /(?<!['"`])\bprocess\.|(?<!['"`])\bconsole\.[a-z]+\(/.test(text)) return true
    const below = !file.startsWith('commands/') && file.includes('/')
    return below && /\bDate\.now\(|new Date\(\)|Math\.random\(/.test(text)
  })
  assert.deepEqual(wrong, [])
})

test('commands do not import each other', () => {
  const commands = files.filter((file) => /^commands\/(sign|assume|ls|curl|verify|whoami|completion)\.ts$/.test(file))
  const wrong = importsOf(files).filter(({ file, imported }) => {
    if (!imported.startsWith('.') || file === 'program.ts') return false
    const target = normalize(join(dirname(file), imported))
    const own = target.replace(/\.ts$/, '/')
    return commands.includes(target) && !file.startsWith(own)
  })
  assert.deepEqual(wrong, [])
})

function importsOf(names: readonly string[]): readonly { file: string; imported: string }[] {
  return names.flatMap((file) => {
    const text = withoutComments(readFileSync(join(source, file), 'utf8'))
    const statements = /\bfrom '([^'\n]+)'$|^import '([^'\n]+)'$|\bimport\('([^'\n]+)'\)/gm
    return [...text.matchAll(statements)].map((match) => ({ file, imported: match[1] ?? match[2] ?? match[3] ?? '' }))
  })
}

function folderOf(file: string): string {
  const slash = file.indexOf('/')
  return slash < 0 ? '.' : file.slice(0, slash)
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
