'use strict'
// Runs the bundle through its most usual work and keeps V8's code cache of what that compiled, beside the bundle.
// bin/sigv4.js reads it; the text of the script has to be the same there.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const dist = path.join(__dirname, '..', 'dist')
const file = path.join(dist, 'main.js')
const code = `(function(exports,require,module){${fs.readFileSync(file, 'latin1')}\n})`
const script = new vm.Script(code, { filename: file })
const main = { exports: {} }
script.runInThisContext()(main.exports, require('node:module').createRequire(file), main)

const output = () => ({ isTerminal: false, columns: 80, write: async () => {} })
const context = {
  env: {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'us-east-1',
  },
  stdin: { isTerminal: false, chunks: async function* () {} },
  stdout: output(),
  stderr: output(),
  now: () => new Date(),
  random: Math.random,
  homeDirectory: dist,
  userName: 'user',
  workingDirectory: dist,
  platform: process.platform,
  interrupt: new AbortController().signal,
}

const commands = [
  ['sign', 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'],
  ['sign', '--presign', 's3://examplebucket/a key'],
  ['--help'],
]

async function run() {
  for (const argv of commands) {
    const exitCode = await main.exports.run(argv, context)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}`)
  }
  const name = `main-${process.version}-${process.platform}-${process.arch}.cache`
  fs.writeFileSync(path.join(dist, name), script.createCachedData())
}

run().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
