import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileGlob, looksLikeGlob } from '../src/s3/glob.ts'

const table: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ['*.gz', ['a.gz', '.gz'], ['a/b.gz', 'a.gz2', 'gz']],
  ['a?c', ['abc', 'a😀c', 'a\nc'], ['a/c', 'ac', 'abbc']],
  ['logs/2026-*/**/*.gz', ['logs/2026-01/x.gz', 'logs/2026-01/a/b/x.gz'], ['logs/2026.gz', 'logs/2025-1/x.gz']],
  ['**/x', ['x', 'a/x', 'a//x', '/x'], ['ax', 'x/y']],
  ['a/**', ['a/', 'a/b', 'a/b/c'], ['a', 'ab']],
  ['a**z', ['az', 'a/b/z', 'a//z'], ['a', 'zb']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x']],
  ['[!a]x', ['bx', ']x'], ['ax', '/x']],
  ['[]x]', [']', 'x'], ['[']],
  ['[[:digit:]x]', ['7', 'x'], ['a', ':']],
  ['[a', ['[a'], ['a']],
  ['[a/b]', ['[a/b]'], ['a', '/']],
  ['{a,b}/c', ['a/c', 'b/c'], ['{a,b}/c', 'c']],
  ['{a,}x', ['ax', 'x'], ['a']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'd']],
  ['{a}*', ['{a}', '{a}b'], ['a']],
  ['{a,b', ['{a,b'], ['a']],
  ['x{a/b,c}/*', ['xa/b/d', 'xc/d'], ['xa/d']],
  ['\\*', ['*'], ['a', '\\*']],
  ['a\\{b,c}', ['a{b,c}'], ['ab']],
  ['[\\]]', [']'], ['\\']],
  ['007*', ['007', '0071'], ['7']],
]

for (const [pattern, matching, others] of table) {
  test(`the glob ${pattern} matches ${JSON.stringify(matching)} and not ${JSON.stringify(others)}`, () => {
    const glob = compileGlob(pattern)
    for (const key of matching) assert.equal(glob.matches(key), true, key)
    for (const key of others) assert.equal(glob.matches(key), false, key)
  })
}

test('a glob narrows the listing to what all its keys begin with', () => {
  assert.equal(compileGlob('logs/2026-*/x').fixedPrefix, 'logs/2026-')
  assert.equal(compileGlob('a\\*b/[x]').fixedPrefix, 'a*b/')
  assert.equal(compileGlob('{a,b}').fixedPrefix, '')
  assert.equal(compileGlob('a{b}c').isFixed, true)
})

test('a backslash alone makes no glob: keys may hold it', () => {
  assert.equal(looksLikeGlob('back\\slash'), false)
  assert.equal(looksLikeGlob('star\\*'), true)
})

test('a pattern made to backtrack is matched in a time linear in the key', () => {
  const glob = compileGlob(`${'*a'.repeat(30)}**${'{a,aa}'.repeat(20)}b`)
  const start = process.cpuUsage()
  assert.equal(glob.matches('a'.repeat(20_000)), false)
  assert.ok(process.cpuUsage(start).user < 3_000_000)
})

/** Components of patterns; two stars never meet, because the shell reads `a**` as `a*`. */
const piece = fc.constantFrom('a', 'b', '.', '?', '[ab]', '[!a]', '[^b]', '[a-b]', '\\a', '{a,b}', '{a?,.b}', '{ab,b}')
const component = fc.oneof(
  { weight: 1, arbitrary: fc.constant('**') },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.array(piece, { maxLength: 2 }),
        fc.constantFrom('', '*'),
        fc.array(piece, { minLength: 1, maxLength: 2 }),
      )
      .map(([before, star, after]) => [...before, star, ...after].join('')),
  },
)
const pathPattern = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

test('globs match what bash matches with globstar', () => {
  const files = filesBelow(['a', 'b', 'ab', '.a'], ['a.b', 'ba', 'bb', 'b.', 'aab'])
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-glob-'))
  try {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), '')
    }
    const patterns = fc.sample(pathPattern, 400)
    const script = patterns.map((pattern) => `set -- ${pattern}; printf '%s\\n' "$@" ''; echo ---`).join('\n')
    const printed = execFileSync('bash', ['-c', `shopt -s globstar dotglob nullglob\n${script}`], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    const answers = printed.split('---\n')
    assert.equal(answers.length, patterns.length + 1)
    for (const [index, pattern] of patterns.entries()) {
      const expected = new Set(answers[index]?.split('\n'))
      const glob = compileGlob(pattern)
      const found = files.filter((file) => glob.matches(file))
      assert.deepEqual(
        found,
        files.filter((file) => expected.has(file)),
        `the pattern ${pattern}`,
      )
    }
    assert.ok(answers.some((answer) => answer.trim().split('\n').length > 3))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('globs match what a naive reference matcher matches, also across slashes', () => {
  const token = fc.constantFrom('a', 'b', '/', '*', '**', '?', '[ab]', '[!a]', '\\*', '😀')
  const key = fc.array(fc.constantFrom('a', 'b', '/', '*', '😀', '\n'), { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(token, { maxLength: 6 }), key, (tokens, text) => {
      // Stars beside each other would read as others: the reference takes tokens, the glob takes their text.
      const apart = tokens.filter((one, index) => !(one.startsWith('*') && tokens[index - 1]?.startsWith('*')))
      assert.equal(compileGlob(apart.join('')).matches(text), naive(apart, [...text], true), apart.join(''))
    }),
    { numRuns: 5000 },
  )
})

function naive(tokens: readonly string[], text: readonly string[], atStart: boolean): boolean {
  const [token, ...rest] = tokens
  if (token === undefined) return text.length === 0
  const [character, ...others] = text
  if (token === '**' && atStart && rest[0] === '/') {
    const below = rest.slice(1)
    if (naive(below, text, true)) return true
    return text.some((one, index) => one === '/' && naive(below, text.slice(index + 1), true))
  }
  if (token === '*' || token === '**') {
    for (let count = 0; count <= text.length; count += 1) {
      if (naive(rest, text.slice(count), false)) return true
      if (token === '*' && text[count] === '/') return false
    }
    return false
  }
  if (character === undefined) return false
  const isTaken =
    token === '?'
      ? character !== '/'
      : token === '[ab]'
        ? 'ab'.includes(character)
        : token === '[!a]'
          ? character !== 'a' && character !== '/'
          : token === '\\*'
            ? character === '*'
            : token === character
  return isTaken && naive(rest, others, token === '/')
}

function filesBelow(folders: readonly string[], names: readonly string[]): readonly string[] {
  const levels = ['', ...folders.map((one) => `${one}/`)]
  const below = folders.flatMap((one) => folders.map((other) => `${one}/${other}/`))
  return [...levels, ...below].flatMap((folder) => names.map((name) => folder + name))
}
