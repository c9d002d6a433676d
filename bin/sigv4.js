#!/usr/bin/env node
'use strict'
// Runs the bundle of the command that is called, of help, or of the whole program, with V8's code cache where this very Node
// (version, platform, processor) made one at build time. Everything here and every function of Node's is compiled at each start:
// this is why it reads the cache by hand.
const { closeSync, fstatSync, openSync, readFileSync, readSync } = require('node:fs')
const { Script } = require('node:vm')

const dist = `${__dirname}/../dist/`
const ofThisNode = `-${process.version}-${process.platform}-${process.arch}.cache`
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
    const file = openSync(dist + name + ofThisNode)
    // Of its size, and no larger: by the largest block that was freed the system's allocator decides what it keeps, 5 MB of a long listing.
    const bytes = new Uint8Array(fstatSync(file).size)
    readSync(file, bytes)
    closeSync(file)
    return bytes
  } catch {
    return undefined
  }
}

function requireFromBundle(name) {
  return name.startsWith('./') ? load(name.slice(2, -3)) : require(name)
}

const [first = '-', second] = process.argv.slice(2)
const name = commands.includes(first) ? first : first.startsWith('-') && second === undefined ? 'help' : 'main'
load(name).main(`${__dirname}/..`)
