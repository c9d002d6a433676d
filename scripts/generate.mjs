// Writes completions/ and man/ from the command tree as compiled in build/. With --check it only says what is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bashCompletion } from './generate/bash.mjs'
import { readCommandWords } from './generate/command-words.mjs'
import { fishCompletion } from './generate/fish.mjs'
import { manualPages } from './generate/manual.mjs'
import { zshCompletion } from './generate/zsh.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const commands = await readCommandWords(root)
const template = (name) => readFileSync(join(root, 'scripts/generate/templates', name), 'utf8')

const files = new Map([
  ['completions/sigv4.bash', bashCompletion(template('bash'), commands)],
  ['completions/_sigv4', zshCompletion(template('zsh'), commands)],
  ['completions/sigv4.fish', fishCompletion(template('fish'), commands)],
  ...manualPages(commands, { root, version }),
])

const written = ['completions', 'man'].flatMap((folder) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [],
)
const surplus = written.filter((path) => !files.has(path))
const stale = [...files].filter(([path, text]) => !written.includes(path) || read(path) !== text).map(([path]) => path)

if (process.argv.includes('--check')) {
  for (const path of [...stale, ...surplus]) console.error(`${path} is stale: run npm run generate`)
  if (stale.length + surplus.length > 0) process.exitCode = 1
} else {
  for (const path of surplus) rmSync(join(root, path))
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), files.get(path))
  }
}

function read(path) {
  return readFileSync(join(root, path), 'utf8')
}
