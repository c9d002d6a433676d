import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { EntrySorter } from '../src/s3/entry-sort.ts'
import { compileGlob } from '../src/s3/glob.ts'
import { entryFilter } from '../src/s3/key-filter.ts'
import { emptyDraft, type ListEntry } from '../src/s3/list-page.ts'

const nothing = {
  glob: undefined,
  rules: [],
  newerThan: undefined,
  olderThan: undefined,
  largerThan: undefined,
  smallerThan: undefined,
  storageClasses: [],
}

test('include and exclude patterns match what Python matches, which the AWS CLI uses', { skip: !hasPython() }, () => {
  const token = fc.constantFrom(
    'a',
    'b',
    '/',
    '*',
    '?',
    '[ab]',
    '[!a]',
    '[',
    ']',
    '{a,b}',
    '\\',
    '\n',
    '[a-b]',
    '[-a]',
    '[^a]',
  )
  const character = fc.constantFrom('a', 'b', '/', '[', '\\', '{', '\n', '^', ']', '-')
  const cases = fc.sample(
    fc.tuple(
      fc.array(token, { maxLength: 5 }).map((parts) => parts.join('')),
      fc.array(character, { maxLength: 6 }).map((parts) => parts.join('')),
    ),
    3000,
  )
  const script =
    'import fnmatch, json, sys, warnings; warnings.simplefilter("ignore")\nprint(json.dumps([fnmatch.fnmatch(k, p) for p, k in json.load(sys.stdin)]))'
  const expected: unknown = JSON.parse(
    execFileSync('python3', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' }),
  )
  assert.deepEqual(
    cases.map(([pattern, key]) => compileGlob(pattern, 'names').matches(key)),
    expected,
  )
})

test('nothing is filtered where nothing is asked', () => {
  assert.equal(entryFilter(nothing), undefined)
})

test('what has no size, time or class passes no filter on it', () => {
  const marker = { ...emptyDraft('delete-marker'), key: 'a' }
  for (const filter of [{ largerThan: 0 }, { smallerThan: 9 }, { newerThan: new Date(0) }, { olderThan: new Date() }]) {
    assert.equal(entryFilter({ ...nothing, ...filter })?.(marker), false)
  }
  assert.equal(entryFilter({ ...nothing, storageClasses: ['STANDARD'] })?.(marker), false)
  assert.equal(entryFilter({ ...nothing, storageClasses: ['standard'] })?.({ ...marker, kind: 'object' }), true)
})

/** AWS CLI reference, `s3`, "Use of exclude and include filters": all is included at first, and the last match wins. */
const rules: Readonly<Record<string, readonly [rules: string[], passing: string[]]>> = {
  'one exclusion': [['-*.jpg'], ['a.txt', 'b/c.txt']],
  'an inclusion alone excludes nothing': [['+*.jpg'], ['a.txt', 'a.jpg', 'b/c.txt']],
  'all excluded but some': [['-*', '+*.jpg'], ['a.jpg']],
  'the last match wins': [['+*.jpg', '-*'], []],
}

for (const [name, [texts, passing]] of Object.entries(rules)) {
  test(`include and exclude: ${name}`, () => {
    const filter = entryFilter({
      ...nothing,
      rules: texts.map((text) => ({ verdict: text.startsWith('+') ? 'include' : 'exclude', pattern: text.slice(1) })),
    })
    const keys = ['a.txt', 'a.jpg', 'b/c.txt']
    assert.deepEqual(
      keys.filter((key) => filter?.({ ...emptyDraft('object'), key })),
      passing,
    )
  })
}

test('larger, smaller, newer and older leave out what is just as large or old', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
  const passes = (filter: Partial<Parameters<typeof entryFilter>[0]>, size: number) => {
    const entry = { ...emptyDraft('object'), key: 'a', size, lastModified: at(size).toISOString() }
    return entryFilter({ ...nothing, ...filter })?.(entry)
  }
  const sizes = [9, 10, 11]
  assert.deepEqual(
    sizes.map((size) => passes({ largerThan: 10 }, size)),
    [false, false, true],
  )
  assert.deepEqual(
    sizes.map((size) => passes({ smallerThan: 10 }, size)),
    [true, false, false],
  )
  assert.deepEqual(
    sizes.map((size) => passes({ newerThan: at(10) }, size)),
    [false, false, true],
  )
  assert.deepEqual(
    sizes.map((size) => passes({ olderThan: at(10) }, size)),
    [true, false, false],
  )
})

test('a sorter that keeps only so many gives the first of what a whole sort gives', () => {
  const entry = fc.record({ size: fc.nat({ max: 5 }), key: fc.constantFrom('a', 'b', '\ue000', '😀') })
  const direction = fc.constantFrom('ascending' as const, 'descending' as const)
  const by = fc.constantFrom('size' as const, 'key' as const)
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 1, max: 6 }), direction, by, (drafts, limit, way, member) => {
      const entries: readonly ListEntry[] = drafts.map((draft) => ({ ...emptyDraft('object'), ...draft }))
      const sign = way === 'ascending' ? 1 : -1
      const compare = (a: ListEntry, b: ListEntry) =>
        sign *
        (member === 'size' ? (a.size ?? 0) - (b.size ?? 0) : Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
      // Array.prototype.sort is stable.
      const expected = [...entries].sort(compare)
      const sorterOf = (kept: number | undefined) => {
        const sorter = new EntrySorter({ by: member, direction: way, limit: kept })
        sorter.add(entries)
        return sorter.sorted()
      }
      assert.deepEqual(sorterOf(undefined), expected)
      assert.deepEqual(sorterOf(limit), expected.slice(0, limit))
    }),
    { numRuns: 500 },
  )
})

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'])
    return true
  } catch {
    return false
  }
}
