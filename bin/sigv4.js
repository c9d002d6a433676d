#!/usr/bin/env node
'use strict'
// Runs the built bundle, with V8's code cache where this very Node (version, platform, processor) made one at build time.
const fs = require('node:fs')

const file = `${__dirname}/../dist/main.js`
const cacheFile = `${__dirname}/../dist/main-${process.version}-${process.platform}-${process.arch}.cache`
const main = { exports: {} }
const cachedData = fs.existsSync(cacheFile) ? fs.readFileSync(cacheFile) : undefined
if (cachedData) {
  const { Script } = require('node:vm')
  const code = `(function(exports,require,module){${fs.readFileSync(file, 'latin1')}\n})`
  const script = new Script(code, { filename: file, cachedData })
  const requireFromBundle = (name) => require(name.startsWith('.') ? `../dist/${name}` : name)
  script.runInThisContext()(main.exports, requireFromBundle, main)
} else {
  main.exports = require('../dist/main.js')
}
main.exports.main()
