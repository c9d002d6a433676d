import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import fc from 'fast-check'
import { delimitedRow } from '../src/output/listing/delimited.ts'
import { entryJson } from '../src/output/listing/json-lines.ts'
import { LocalTime } from '../src/output/listing/local-time.ts'
import { humanSize } from '../src/output/listing/sizes.ts'
import { textLineWriter } from '../src/output/listing/text-lines.ts'
import { EntrySorter, type SortField } from '../src/s3/entry-sort.ts'
import { emptyDraft, type ListEntry } from '../src/s3/list-page.ts'

const zone = process.env.TZ

afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const zones = [
  'UTC',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Europe/Berlin',
  'America/St_Johns',
]

test('local times are those of Date, in every zone and across every change of clocks', () => {
  const pad = (number: number) => String(number).padStart(2, '0')
  for (const name of zones) {
    process.env.TZ = name
    const times = new LocalTime()
    const check = (milliseconds: number) => {
      const date = new Date(milliseconds)
      const expected = `${String(date.getFullYear()).padStart(4, '0')}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
      assert.equal(times.format(date.toISOString()), expected, `${name} ${date.toISOString()}`)
    }
    fc.assert(fc.property(fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2037, 0, 1) }), check), {
      numRuns: 300,
    })
    // Every quarter of an hour of a year, to the second before it.
    for (let quarter = 0; quarter < 366 * 96; quarter += 1) {
      check(Date.UTC(2024, 0, 1) + quarter * 900_000)
      check(Date.UTC(2024, 0, 1) + quarter * 900_000 - 1000)
    }
  }
})

test('what is no time is left as it is', () => {
  const times = new LocalTime()
  for (const text of [
    '',
    'yesterday',
    '2013-09-02',
    '2013-13-02T21:37:53.000Z',
    '2013-09-02T21:37:53.000+00:00',
    '2013-09-0aT21:37:53Z',
  ]) {
    assert.equal(times.format(text), undefined, text)
  }
  process.env.TZ = 'UTC'
  assert.equal(new LocalTime().format('2013-09-02T21:37:53Z'), '2013-09-02 21:37:53')
})

test("sizes for people are the AWS CLI's", () => {
  // From awscli/customizations/s3/utils.py and its tests.
  const cases = [
    [0, '0 Bytes'],
    [1, '1 Byte'],
    [10, '10 Bytes'],
    [1000, '1000 Bytes'],
    [1024, '1.0 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1024 ** 2, '1.0 MiB'],
    [1024 ** 3, '1.0 GiB'],
    [3213, '3.1 KiB'],
    [1024 ** 4, '1.0 TiB'],
    [1024 ** 5, '1.0 PiB'],
    [1024 ** 6, '1.0 EiB'],
    [1024 ** 6 - 1, '1.0 EiB'],
  ] as const
  for (const [bytes, text] of cases) assert.equal(humanSize(bytes), text)
})

const object = (members: Partial<ListEntry>): ListEntry => ({ ...emptyDraft('object'), ...members })

test('lines are as `aws s3 ls` prints them', () => {
  process.env.TZ = 'UTC'
  const options = { nameStart: 4, details: 'usual', sizes: 'bytes', highlight: (text: string) => text } as const
  const entries = [
    object({ kind: 'prefix', key: 'dir/sub/' }),
    object({ key: 'dir/a\u001b[31m\nb', size: 3213, lastModified: '2013-09-02T21:37:53.000Z' }),
    object({ key: 'dir/\u202etxt.exe', size: 12_345_678_901, lastModified: 'some\u0007day' }),
    object({ key: 'dir/\u009b1m' }),
  ]
  assert.equal(
    textLineWriter(options)(entries),
    [
      '                           PRE sub/',
      '2013-09-02 21:37:53       3213 a\\x1b[31m\\nb',
      'some\\x07day         12345678901 \\u202etxt.exe',
      '                               \\x9b1m',
      '',
    ].join('\n'),
  )
  assert.equal(
    textLineWriter({ ...options, details: 'long', sizes: 'human' })([
      object({
        key: 'dir/k',
        size: 2048,
        lastModified: '2013-09-02T21:37:53.000Z',
        storageClass: 'STANDARD',
        eTag: '"e"',
      }),
    ]),
    '2013-09-02 21:37:53    2.0 KiB STANDARD            "e" k\n',
  )
})

test('versions show their id, which one is the latest, and delete markers as such', () => {
  process.env.TZ = 'UTC'
  const lines = textLineWriter({ nameStart: 0, details: 'usual', sizes: 'bytes', highlight: (text) => text })
  const version = { key: 'k', lastModified: '2013-09-02T21:37:53.000Z', versionId: '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY' }
  assert.equal(
    lines([
      object({ ...version, kind: 'version', size: 7, isLatest: false }),
      object({ ...version, kind: 'delete-marker', isLatest: true }),
    ]),
    '2013-09-02 21:37:53          7 3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY -      k\n' +
      '2013-09-02 21:37:53        DEL 3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY latest k\n',
  )
})

const anyKey = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      ',',
      '"',
      ' ',
      '\t',
      '\n',
      '\r',
      '\\',
      "'",
      '\u0000',
      '\u007f',
      '\u009b',
      '\u202e',
      '\u2028',
      'é',
      '\u{1f600}',
      '\ufeff',
    ),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 20,
})

test('json holds every key exactly, and no control character raw', () => {
  fc.assert(
    fc.property(anyKey, fc.constantFrom('object', 'prefix', 'version'), (key, kind) => {
      const entry = object({ kind, key, lastModified: 't', eTag: '"e"', size: 1, storageClass: 'S' })
      const text = entryJson(entry)
      const parsed: Record<string, unknown> = JSON.parse(text)
      assert.equal(kind === 'prefix' ? parsed.Prefix : parsed.Key, key)
      assert.ok(!/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]/.test(text))
    }),
  )
})

test('members carry the names and the order of `aws s3api`', () => {
  const entry = object({
    key: 'k',
    lastModified: '2013-09-02T21:37:53.000Z',
    eTag: '"e"',
    size: 0,
    storageClass: 'GLACIER',
    checksumAlgorithm: ['CRC32'],
    checksumType: 'FULL_OBJECT',
    owner: { id: 'i', displayName: undefined },
    restoreStatus: { isRestoreInProgress: false, restoreExpiryDate: '2012-12-21T00:00:00.000Z' },
  })
  assert.equal(
    entryJson(entry),
    '{"Key":"k","LastModified":"2013-09-02T21:37:53.000Z","ETag":"\\"e\\"","ChecksumAlgorithm":["CRC32"],"ChecksumType":"FULL_OBJECT","Size":0,"StorageClass":"GLACIER","Owner":{"ID":"i"},"RestoreStatus":{"IsRestoreInProgress":false,"RestoreExpiryDate":"2012-12-21T00:00:00.000Z"}}',
  )
})

/** Reads RFC 4180, written from its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at))
    const field = quoted ? quoted[0] : (/^[^,\n]*/.exec(text.slice(at))?.[0] ?? '')
    row.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : field)
    at += field.length
    if (text[at] === '\n') {
      rows.push(row)
      row = []
    }
    at += 1
  }
  return rows
}

test('csv and tsv give every field back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyKey, anyKey), { minLength: 1, maxLength: 4 }), (rows) => {
      const csv = rows.map((row) => delimitedRow(row, { format: 'csv', target: 'program' })).join('')
      assert.deepEqual(readCsv(csv), rows)
      const tsv = rows.map((row) => delimitedRow(row, { format: 'tsv', target: 'program' })).join('')
      const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' }
      const plain = (field: string) => field.replace(/\\([tnr\\])/g, (_whole, name: string) => characters[name] ?? '')
      assert.deepEqual(
        tsv
          .split('\n')
          .slice(0, -1)
          .map((line) => line.split('\t').map(plain)),
        rows,
      )
    }),
  )
  assert.equal(delimitedRow(['a\u001b[31m', '\n'], { format: 'csv', target: 'terminal' }), 'a\\x1b[31m,\\n\n')
})

test('the sorter keeps the first of the sorted entries, in any order they come', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          key: fc.string({ maxLength: 3 }),
          size: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
          second: fc.nat({ max: 5 }),
        }),
        { maxLength: 60 },
      ),
      fc.constantFrom<SortField[]>('key', 'size', 'date'),
      fc.constantFrom('ascending', 'descending'),
      fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      (items, field, direction, limit) => {
        const entries = items.map(({ key, size, second }) =>
          object({ key, size, lastModified: `2020-01-01T00:00:0${second}.000Z` }),
        )
        const sorter = new EntrySorter({ field, direction }, limit)
        for (const entry of entries) sorter.add(entry)
        const value = (entry: ListEntry) =>
          field === 'key'
            ? Buffer.from(entry.key)
            : field === 'size'
              ? (entry.size ?? -1)
              : Date.parse(entry.lastModified ?? '')
        const order = (a: ListEntry, b: ListEntry) => {
          const [left, right] = [value(a), value(b)]
          if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return Buffer.compare(left, right)
          return Number(left) - Number(right)
        }
        // Array's own sort is stable, so equal entries stay in the order in which they came.
        const sorted = [...entries].sort((a, b) => (direction === 'ascending' ? order(a, b) : order(b, a)))
        assert.deepEqual(sorter.sorted(), sorted.slice(0, limit ?? entries.length))
      },
    ),
    { numRuns: 500 },
  )
})
