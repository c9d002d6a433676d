import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { csvLine, tsvLine } from '../src/output/listing/delimited-text.ts'
import { humanSize } from '../src/output/listing/human-size.ts'
import { jsonText } from '../src/output/listing/json-text.ts'
import { localTimes } from '../src/output/listing/local-time.ts'
import { shownShellWord } from '../src/output/listing/start-after.ts'

const zoneBefore = process.env.TZ
after(() => {
  if (zoneBefore === undefined) delete process.env.TZ
  else process.env.TZ = zoneBefore
})

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
]

for (const zone of zones) {
  test(`times are local ones, as Intl knows them, in ${zone}`, () => {
    process.env.TZ = zone
    const localTime = localTimes()
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    const seconds = fc.integer({ min: Date.parse('2006-01-01') / 1000, max: Date.parse('2030-01-01') / 1000 })
    fc.assert(
      fc.property(seconds, (second) => {
        const date = new Date(second * 1000)
        assert.equal(localTime(date.toISOString()), format.format(date))
      }),
      { numRuns: 2000 },
    )
  })
}

test('a text that is no time is told apart, and no time is blank', () => {
  assert.equal(localTimes()('soon'), undefined)
  assert.equal(localTimes()(undefined), ' '.repeat(19))
})

test("sizes for people are the AWS CLI's", () => {
  // The examples of awscli's human_readable_size and its unit tests.
  const table: readonly (readonly [number, string])[] = [
    [0, '0 Bytes'],
    [1, '1 Byte'],
    [10, '10 Bytes'],
    [1000, '1000 Bytes'],
    [1023, '1023 Bytes'],
    [1024, '1.0 KiB'],
    [1280, '1.2 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1024 ** 2, '1.0 MiB'],
    [1024 ** 3, '1.0 GiB'],
    [1024 ** 4, '1.0 TiB'],
    [1024 ** 5, '1.0 PiB'],
    [1024 ** 6, '1.0 EiB'],
    [1024 ** 2 - 512, '1.0 MiB'],
    [1024 ** 2 - 513, '1023.5 KiB'],
  ]
  for (const [bytes, text] of table) assert.equal(humanSize(bytes), text, String(bytes))
})

const anyText = fc.string({
  unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\t', '\\', ' ', 'é', '😀', '\u0085', '\u202e', '\x1b', '='),
})

test('csv gives every value back to a reader of RFC 4180', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 2, maxLength: 4 }), (values) => {
      assert.deepEqual(readCsv(csvLine(values)), [values])
    }),
    { numRuns: 2000 },
  )
})

test('tsv gives every value back to a reader of COPY text, and holds nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), (values) => {
      const line = tsvLine(values)
      assert.match(line.slice(0, -1).replaceAll('\t', ''), /^[^\x00-\x1f\x7f-\x9f\u202a-\u202e]*$/)
      assert.deepEqual(line.slice(0, -1).split('\t').map(unescapeCopy), values)
    }),
    { numRuns: 2000 },
  )
})

test('json is exact, and holds nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), anyText, (binary, text) => {
      const json = jsonText(binary + text)
      assert.equal(JSON.parse(json), binary + text)
      assert.doesNotMatch(json, /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})

test('a key to continue after is a word for the shell, whatever is in it', () => {
  assert.equal(shownShellWord('a/b.txt'), 'a/b.txt')
  assert.equal(shownShellWord("it's a"), "'it'\\''s a'")
  assert.equal(shownShellWord("a\n'\\\x1b\u202e"), "$'a\\n\\'\\\\\\033\\342\\200\\256'")
})

test('the shell reads the key to continue after as it is, whatever its locale', () => {
  for (const key of ['a\x85b', '\x01' + '23', '\u202e1', "tab\t'\\n", '\ufeffé😀\x7f', '\u{10ffff}\r\n']) {
    for (const locale of ['C', 'C.UTF-8']) {
      const shown = spawnSync('bash', ['-c', `printf %s ${shownShellWord(key)}`], { env: { LC_ALL: locale } })
      assert.equal(shown.stdout.toString(), key, locale)
    }
  }
})

/** Written from RFC 4180's grammar, with LF for CRLF. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let rest = text; rest !== ''; ) {
    const [whole = '', quoted, plain = '', end = ''] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/.exec(rest) ?? []
    assert.notEqual(whole, '', `no field at ${JSON.stringify(rest)}`)
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\n') {
      rows.push(row)
      row = []
    }
    rest = rest.slice(whole.length)
  }
  return rows
}

function unescapeCopy(text: string): string {
  const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }
  const bytes = [...text.matchAll(/\\x([0-9a-f]{2})|\\(.)|([^\\]+)/gs)].map(([, hex, name, plain]) =>
    hex !== undefined ? Buffer.from(hex, 'hex') : Buffer.from(plain ?? named[name ?? ''] ?? ''),
  )
  return Buffer.concat(bytes).toString()
}
