// Runs the compiled tests: all of build/test, `interop` for build/test/interop, or the files whose names contain the words given.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const words = process.argv.slice(2)
const interop = words[0] === 'interop'
const folder = interop ? join('build', 'test', 'interop') : join('build', 'test')
const wanted = interop ? words.slice(1) : words
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.js') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .map((name) => join(folder, name))
if (files.length === 0) {
  console.error(`no test in ${folder} matches ${wanted.join(' ')}`)
  process.exit(1)
}
// Servers and their ports are shared by the interop tests: one file at a time. Others wait for processes, too: node's own choice is one fewer.
const concurrency = `--test-concurrency=${interop ? 1 : availableParallelism()}`
// A file that hangs, by a server left open behind a failed hook, is ended and named: without a limit the runner waits for ever.
const limit = `--test-timeout=${10 * 60 * 1000}`
const result = spawnSync(process.execPath, ['--test', limit, concurrency, ...files], { stdio: 'inherit' })
process.exit(result.status ?? 1)
