#!/usr/bin/env node
'use strict'
// Runs the bundle of the command that is called, of help, or of the whole program, with V8's code cache where this very Node
// (version, platform, processor) made one at build time.
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')

const dist = `${__dirname}/../dist/`
// What is started often, by scripts and by the Tab key; all else runs from main.
const commands = ['sign', 'ls', 'curl', 'candidates']
const loaded = new Map()

function load(name) {
  const before = loaded.get(name)
  if (before) return before.exports
  const filename = `${dist}${name}.js`
  const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: codeCache(name) })
  const module = { exports: {} }
  loaded.set(name, module)
  script.runInThisContext()(module.exports, requireFromBundle, module)
  return module.exports
}

function codeCache(name) {
  try {
    return readFileSync(`${dist}${name}-${process.version}-${process.platform}-${process.arch}.cache`)
  } catch {
    return undefined
  }
}

function requireFromBundle(name) {
  return name.startsWith('./') ? load(name.slice(2, -3)) : require(name)
}

function bundleFor([first = '-', ...more]) {
  if (commands.includes(first)) return first
  return first.startsWith('-') && more.length === 0 ? 'help' : 'main'
}

load(bundleFor(process.argv.slice(2))).main(`${__dirname}/..`)
