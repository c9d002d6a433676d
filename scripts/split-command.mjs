// Splits the bundle of a command in two: at every start V8 reads the outline of each function in a bundle, also of those that are
// not called, so what the usual work does without is better not there.
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What runs, with all that it imports, at every start of a command; and how keys of a profile are found. */
const always = ['src/main.ts', 'src/credentials/default-sources.ts', 'src/credentials/profile-plan.ts']
export const splits = {
  sign: [...always, 'src/commands/sign.ts', 'src/commands/sign/run.ts'],
  curl: [...always, 'src/commands/curl.ts', 'src/commands/curl/run.ts'],
}

/**
 * Divides the modules of a command.
 * @param inputs the files of the whole bundle with their imports, as esbuild describes them
 * @returns `usual`: what runs at every start; `rest`: what it imports when it needs it, which with what only that needs is the bundle
 *   `COMMAND-rest`
 */
export function divide(command, inputs) {
  const usual = reachedFrom(splits[command], inputs)
  const later = [...usual]
    .flatMap((path) => inputs[path]?.imports ?? [])
    .filter(({ kind }) => kind === 'dynamic-import')
  const rest = later.filter(({ path, external }) => !external && /^src\//.test(path) && !usual.has(path))
  return { usual, rest: [...new Set(rest.map(({ path }) => path))].sort() }
}

/** The entry of the bundle of the rest, which runs each module when it is first asked for. */
export const restEntry = (rest) => ({
  contents: `const modules = { ${rest.map((path) => `'${path}': () => require('./${path}')`).join(', ')} }
export const moduleAt = (path) => modules[path]()`,
  resolveDir: root,
})

/**
 * In the command's own bundle: `import()` of the rest takes it from its bundle; that of what runs anyway becomes a plain import, since
 * esbuild wraps whatever is imported by `import()`, and all that it imports, in functions of their own.
 */
export const usualPlugin = (command, { usual, rest }) => ({
  name: 'usual',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const imports = []
      const contents = readFileSync(path, 'utf8').replace(/await import\('(\.[^']+)'\)/g, (text, specifier) => {
        if (!usual.has(pathInProject({ resolveDir: dirname(path), path: specifier }))) return text
        imports.push(specifier)
        return `usual${imports.length}`
      })
      const lines = imports.map((specifier, index) => `import * as usual${index + 1} from '${specifier}'\n`)
      return { contents: lines.join('') + contents, loader: 'ts' }
    })
    plugin.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, (args) => {
      const path = pathInProject(args)
      return args.kind === 'dynamic-import' && rest.includes(path) ? { path, namespace: 'rest' } : undefined
    })
    plugin.onLoad({ filter: /.*/, namespace: 'rest' }, ({ path }) => ({
      contents: `module.exports = require('./${command}-rest.js').moduleAt('${path}')`,
    }))
    plugin.onResolve({ filter: /^\.\/\w+-rest\.js$/ }, ({ path }) => ({ path, external: true }))
  },
})

/** The entry of a command's own bundle, which also gives its modules away, so that each exists once: errors are told apart by their class. */
export function usualEntry(shared) {
  const contents = [
    "export { main, run } from './src/main.ts'",
    ...shared.map((path, index) => `import * as m${index} from './${path}'`),
    `export function shared(path) { switch (path) { ${shared.map(sharedCase).join('\n')} } }`,
  ]
  return { contents: contents.join('\n'), resolveDir: root }
}

/** The modules of `usual` that others may need. */
export const sharedModules = (usual) =>
  [...usual].filter((path) => /^src\/(?!main\.ts)/.test(path) && exportsOf(path).length > 0)

/** Names: esbuild makes an object with getters of each module that is given as a whole. */
const sharedCase = (path, index) =>
  `case '${path}': return { ${exportsOf(path)
    .map((name) => `${name}: m${index}.${name}`)
    .join(', ')} }`

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
