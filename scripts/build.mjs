// Builds dist/: the bundle of our own code, a bundle for each heavy part that is read only when it is used, the code
// cache for this very Node, and the licences of what is bundled.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { divide, restEntry, sharedModules, sharedPlugin, splits, usualEntry, usualPlugin } from './split-command.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** Modules that become bundles of their own, loaded by `require` where the source says `import()`. */
const lazyParts = {
  'chalk-style': 'src/output/chalk-style.ts',
  'event-stream-codec': 'src/http/event-stream-codec.ts',
  providers: 'src/credentials/providers.ts',
  'refusal-diagnosis': 'src/commands/refusal-diagnosis.ts',
  'xml-parser': 'src/s3/xml-parser.ts',
}

/** Points imports of lazy parts at their own bundles. */
const lazyPartsPlugin = {
  name: 'lazy-parts',
  setup(plugin) {
    const pathToName = new Map(Object.entries(lazyParts).map(([name, path]) => [resolve(root, path), name]))
    plugin.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, (args) => {
      const name = pathToName.get(resolve(args.resolveDir, args.path))
      return name && args.kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined
    })
  },
}

/** Leaves all other commands out of the bundle of one: bin/sigv4.js takes it only where the first word is that command. */
const onlyCommandPlugin = (command) => ({
  name: 'only-command',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\/commands\/\w+\.ts$/ }, (args) => {
      const ours = args.kind !== 'dynamic-import' || args.path === `./commands/${command}.ts`
      return ours ? undefined : { path: args.path, namespace: 'other-command' }
    })
    plugin.onLoad({ filter: /.*/, namespace: 'other-command' }, ({ path }) => ({
      contents: `throw new Error('${path} is not in the bundle of ${command}')`,
    }))
  },
})

/** Built-ins of which our code calls functions only, loaded at the first call: node:crypto costs 5 ms at every start. */
const lazyBuiltIns = ['node:crypto', 'node:os']
/** esbuild copies all of a built-in into an object of getters, wherever it is imported (1 ms at every start): these modules hold what is used. */
const builtInsPlugin = {
  name: 'built-ins',
  setup(plugin) {
    plugin.onResolve({ filter: /^node:/ }, ({ path, importer, kind }) => {
      if (kind !== 'import-statement' || !importer.startsWith(join(root, 'src'))) return undefined
      const isLazy = lazyBuiltIns.includes(path) && !importer.endsWith('child-process.ts')
      return { path, namespace: isLazy ? 'lazy-built-in' : 'built-in' }
    })
    plugin.onLoad({ filter: /.*/, namespace: 'built-in' }, async ({ path }) => {
      const members = (await namesOf(path)).map((name) => `export const ${name} = /* @__PURE__ */ member('${name}')`)
      return {
        contents: `const all = require('${path}')\nconst member = (name) => all[name]\nexport default all\n${members.join('\n')}`,
      }
    })
    plugin.onLoad({ filter: /.*/, namespace: 'lazy-built-in' }, async ({ path }) => {
      const functions = (await namesOf(path)).filter((name) => /^[a-z]/.test(name))
      const wrappers = functions.map((name) => `export const ${name} = (...args) => load().${name}(...args)`)
      return { contents: `let loaded\nconst load = () => (loaded ??= require('${path}'))\n${wrappers.join('\n')}` }
    })
  },
}

/** What a built-in exports by name. */
async function namesOf(path) {
  return Object.keys(await import(path)).filter((name) => name !== 'default')
}

/** The signer package imports seven small functions from an index that builds a blob adapter, a uuid generator and two tables for hexadecimal. */
const leanSignerPlugin = {
  name: 'lean-signer',
  setup(plugin) {
    const serde = join(root, 'node_modules/@smithy/core/dist-es/submodules/serde')
    const exports = {
      'util-utf8/toUint8Array.js': 'toUint8Array',
      'util-utf8/fromUtf8.js': 'fromUtf8',
      'is-array-buffer/is-array-buffer.js': 'isArrayBuffer',
      'writeKey.js': 'writeKey',
      '../transport/hasOwn.js': 'hasOwn',
    }
    plugin.onResolve({ filter: /^@smithy\/core\/serde$/ }, ({ path, importer }) =>
      /[\\/]signature-v4[\\/]/.test(importer) ? { path, namespace: 'lean-serde' } : undefined,
    )
    // For the messages of event streams, which nothing of ours signs.
    plugin.onLoad({ filter: /signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/ }, () => ({
      contents: 'export class HeaderFormatter {}',
    }))
    plugin.onLoad({ filter: /.*/, namespace: 'lean-serde' }, () => ({
      contents: [
        "export const fromHex = (text) => Buffer.from(text, 'hex')",
        // For 32 bytes; what Buffer does for it, Node compiles at every start.
        "export const toHex = (bytes) => Array.from(bytes, (byte) => (byte < 16 ? '0' : '') + byte.toString(16)).join('')",
        ...Object.entries(exports).map(([file, names]) => `export { ${names} } from './${file}'`),
      ].join('\n'),
      resolveDir: serde,
    }))
  },
}

/**
 * commander loads child_process for executable subcommands, which we have none of (5 ms at every start), and its help, its guesses and a
 * first command that nobody asked for: here what is used loads when it is used.
 */
const leanCommanderPlugin = {
  name: 'lean-commander',
  setup(plugin) {
    const later = [
      [
        "const childProcess = require('node:child_process');",
        "const childProcess = { get spawn() { return require('node:child_process').spawn } };",
      ],
      ["const { Help, stripColor } = require('./help.js');", "const help = () => require('./help.js');"],
      ['stripColor: (str) => stripColor(str)', 'stripColor: (str) => help().stripColor(str)'],
      ['new Help()', 'new (help().Help)()'],
      [
        "const { suggestSimilar } = require('./suggestSimilar');",
        "const suggestSimilar = (...args) => require('./suggestSimilar').suggestSimilar(...args);",
      ],
    ]
    plugin.onLoad({ filter: /commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => ({
      contents: later.reduce(
        (source, [eager, lazy]) => {
          if (!source.includes(eager)) throw new Error(`commander no longer holds: ${eager}`)
          return source.replace(eager, lazy)
        },
        readFileSync(path, 'utf8'),
      ),
    }))
    plugin.onLoad({ filter: /commander[\\/]esm\.mjs$/ }, ({ path }) => ({
      contents: [
        "export { Command } from './lib/command.js'",
        "export { Option } from './lib/option.js'",
        "export { Argument } from './lib/argument.js'",
        "export { CommanderError } from './lib/error.js'",
      ].join('\n'),
      resolveDir: dirname(path),
    }))
  },
}

/** The SDK warns on stderr that its future versions will want another Node: no concern of who runs this one. */
const quietSdkPlugin = {
  name: 'quiet-sdk',
  setup(plugin) {
    let met = false
    plugin.onLoad({ filter: /emitWarningIfUnsupportedVersion\.js$/ }, () => {
      met = true
      return { contents: 'export const state = {}; export const emitWarningIfUnsupportedVersion = () => {}' }
    })
    plugin.onEnd(() => {
      if (!met) throw new Error('the SDK no longer warns where it did')
    })
  },
}

/** The commands that have a bundle of their own, as bin/sigv4.js names them. */
const [, commandList] = /const commands = \[(.*?)\]/s.exec(readFileSync(join(root, 'bin/sigv4.js'), 'utf8'))
const commands = [...commandList.matchAll(/'([\w-]+)'/g)].map(([, name]) => name)

/** @param source a file of the project, or `{ contents, resolveDir }` */
const bundle = (name, source, plugins = [], settings = {}) =>
  build({
    absWorkingDir: root,
    ...(typeof source === 'string'
      ? { entryPoints: { [name]: source }, outdir: dist }
      : { stdin: source, outfile: join(dist, `${name}.js`) }),
    bundle: true,
    platform: 'node',
    target: 'node20.12',
    format: 'cjs',
    // `import()` of CommonJS starts Node's ESM loader, a quarter of a bare start: `require` does not.
    // What esbuild takes for too new becomes `new RegExp`, which V8 compiles at once instead of at its first use.
    supported: { 'dynamic-import': false, 'regexp-unicode-property-escapes': true },
    mainFields: ['module', 'main'],
    // Loaded by bin/sigv4.js, which gives the code cache along.
    banner: { js: '(function(exports,require,module){' },
    footer: { js: '})' },
    minify: true,
    legalComments: 'none',
    charset: 'ascii',
    metafile: true,
    logLevel: 'warning',
    plugins: [...plugins, lazyPartsPlugin, builtInsPlugin, leanCommanderPlugin, leanSignerPlugin],
    ...settings,
  })

/** Bundles a command: those that are split once to see which modules they hold, then without their rest. */
async function bundleCommand(command) {
  const onlyCommand = onlyCommandPlugin(command)
  const whole = await bundle(command, 'src/main.ts', [onlyCommand])
  if (!splits[command]) return [whole]
  const { usual, rest } = divide(command, whole.metafile.inputs)
  const shared = sharedModules(usual)
  return Promise.all([
    bundle(command, usualEntry(shared), [onlyCommand, usualPlugin(command, { usual, rest })]),
    bundle(`${command}-rest`, restEntry(rest), [sharedPlugin(command, shared)]),
  ])
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
const results = await Promise.all([
  bundle('main', 'src/main.ts'),
  // For --help and --version.
  bundle('help', 'src/main.ts', [onlyCommandPlugin('none')]),
  ...(await Promise.all(commands.map(bundleCommand))).flat(),
  ...Object.entries(lazyParts).map(([name, path]) => bundle(name, path, name === 'providers' ? [quietSdkPlugin] : [])),
  // Loaded by Node, at the start of a thread.
  bundle('batch-worker', 'src/commands/sign/batch-worker.ts', [], { banner: {}, footer: {} }),
])
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
const packages = bundledPackages(results.flatMap((result) => Object.keys(result.metafile.inputs)))
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences(packages))
mkdirSync(join(root, 'build'), { recursive: true })
writeFileSync(join(root, 'build', 'bundled-packages.json'), JSON.stringify(packages.map(({ manifest }) => manifest)))
const cache = spawnSync(process.execPath, [join(root, 'scripts/make-code-cache.cjs')], { stdio: 'inherit' })
if (cache.status !== 0) process.exit(1)

/** Every package that a bundle holds, with its licence's text. */
function bundledPackages(inputs) {
  const folders = new Set()
  for (const input of inputs) {
    const parts = relative(root, resolve(root, input)).split(sep)
    const at = parts.lastIndexOf('node_modules')
    if (at < 0) continue
    const scoped = parts[at + 1].startsWith('@')
    folders.add(parts.slice(0, at + (scoped ? 3 : 2)).join('/'))
  }
  return [...folders].sort().map((folder) => {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    return {
      manifest: { name, version, license, repository: repository?.url ?? repository },
      text: licenceText(folder),
    }
  })
}

/** Each licence's text, below the names and versions of the packages that are under it. */
function licences(packages) {
  const packagesOf = new Map()
  for (const { manifest, text } of packages) {
    // A package without the text is under that of its repository.
    const ofRepository = packages.find((other) => other.manifest.repository === manifest.repository && other.text)
    const licence = text ?? ofRepository?.text
    if (!licence) throw new Error(`${manifest.name} has no licence text`)
    packagesOf.set(licence, [...(packagesOf.get(licence) ?? []), manifest])
  }
  return [...packagesOf]
    .map(([licence, manifests]) => {
      const names = manifests.map(({ name, version, license }) => `${name} ${version} (${license})\n`)
      return `${names.join('')}\n${licence}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceText(folder) {
  const files = readdirSync(join(root, folder))
  const file = files.find((name) => /^licen[cs]e/i.test(name))
  if (file) return readFileSync(join(root, folder, file), 'utf8').trim()
  const about = files.find((name) => /^readme/i.test(name))
  const readme = about ? readFileSync(join(root, folder, about), 'utf8') : ''
  const start = readme.search(/^#+ .*licen[cs]e/im)
  return start < 0 ? undefined : readme.slice(start).trim()
}
