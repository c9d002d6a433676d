// Splits the bundle of a command in two: at every start V8 reads the outline of each function in a bundle, also of those that are
// not called, so what the usual work does without is better not there.
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const credentials = [
  'src/credentials/credentials-file.ts',
  'src/credentials/obtain.ts',
  'src/credentials/sdk-sources.ts',
]
const everywhere = [...credentials, 'src/child-process.ts', 'src/sign/sigv4a.ts', 'src/terminal.ts']

/**
 * `rest`: modules that the command imports when it needs them; with what only they need, they are the bundle `COMMAND-rest`.
 * `usual`: what runs at every start.
 */
export const splits = {
  sign: {
    rest: [...everywhere, 'src/commands/sign/batch.ts', 'src/request/variant-host.ts'],
    usual: ['src/main.ts', 'src/commands/sign.ts', 'src/commands/sign/run.ts'],
  },
  curl: {
    rest: [
      ...everywhere,
      'src/http/content-decoding.ts',
      'src/http/cookies.ts',
      'src/http/event-stream.ts',
      'src/http/secure.ts',
      'src/http/through-proxy.ts',
    ],
    usual: ['src/main.ts', 'src/commands/curl.ts', 'src/commands/curl/run.ts'],
  },
}

/** The entry of the bundle of the rest, which runs each module when it is first asked for. */
export const restEntry = ({ rest }) => ({
  contents: `const modules = { ${rest.map((path) => `'${path}': () => require('./${path}')`).join(', ')} }
export const moduleAt = (path) => modules[path]()`,
  resolveDir: root,
})

/** In the command's own bundle: `import()` of the rest takes it from its bundle. */
export const withoutRestPlugin = (command) => ({
  name: 'without-rest',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, (args) => {
      const path = pathInProject(args)
      return args.kind === 'dynamic-import' && splits[command].rest.includes(path)
        ? { path, namespace: 'rest' }
        : undefined
    })
    plugin.onLoad({ filter: /.*/, namespace: 'rest' }, ({ path }) => ({
      contents: `module.exports = require('./${command}-rest.js').moduleAt('${path}')`,
    }))
    plugin.onResolve({ filter: /^\.\/\w+-rest\.js$/ }, ({ path }) => ({ path, external: true }))
  },
})

/**
 * The entry of a command's own bundle, which also gives its modules away, so that each exists once: errors are told apart by their class.
 * @param inputs the files in the bundle with their imports, as esbuild describes them
 * @returns `shared`: the paths of the modules that it gives away
 */
export function usualEntry({ usual }, inputs) {
  const shared = Object.keys(inputs).filter((path) => /^src\/(?!main\.ts)/.test(path) && exportsOf(path).length > 0)
  const always = reachedFrom(usual, inputs)
  const contents = [
    "export { main, run } from './src/main.ts'",
    ...shared.map((path, index) => (always.has(path) ? `import * as m${index} from './${path}'` : '')),
    `export function shared(path) { switch (path) { ${shared.map(sharedCase(always)).join('\n')} } }`,
  ].join('\n')
  return { source: { contents, resolveDir: root }, shared }
}

/** Names for what runs at every start: esbuild makes an object with getters of each module that is given as a whole. */
const sharedCase = (always) => (path, index) =>
  always.has(path)
    ? `case '${path}': return { ${exportsOf(path)
        .map((name) => `${name}: m${index}.${name}`)
        .join(', ')} }`
    : `case '${path}': return require('./${path}')`

/** Every module that runs when these do. */
function reachedFrom(paths, inputs, reached = new Set()) {
  for (const path of paths) {
    if (reached.has(path)) continue
    reached.add(path)
    const imports = inputs[path]?.imports ?? []
    reachedFrom(
      imports.filter(({ kind }) => kind === 'import-statement').map((each) => each.path),
      inputs,
      reached,
    )
  }
  return reached
}

/** In the bundle of the rest: takes the modules that the command's own gives away from there. */
export const sharedPlugin = (command, shared) => ({
  name: 'shared',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, (args) => {
      const path = pathInProject(args)
      return shared.includes(path) ? { path, namespace: 'shared' } : undefined
    })
    plugin.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
      contents: `export const { ${exportsOf(path).join(', ')} } = require('./${command}.js').shared('${path}')`,
    }))
    plugin.onResolve({ filter: /^\.\/\w+\.js$/ }, ({ path }) =>
      path === `./${command}.js` ? { path, external: true } : undefined,
    )
  },
})

/** The values that a module of ours exports: it has no default export, no list of exports, and none that changes. */
function exportsOf(path) {
  const source = readFileSync(join(root, path), 'utf8')
  const exported = [...source.matchAll(/^export (?!type |interface |declare )(?:async )?(\w+\*?) (\w+|.)/gm)]
  return exported.map(([statement, kind, name]) => {
    if (!/^(?:function\*?|const|class)$/.test(kind) || !/^\w/.test(name))
      throw new Error(`${path}: '${statement}' cannot be shared`)
    return name
  })
}

function pathInProject({ resolveDir, path }) {
  return relative(root, resolve(resolveDir, path)).split(sep).join('/')
}
