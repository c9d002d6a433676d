import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byteOrder, type LoopbackObject, type LoopbackS3, startLoopbackS3 } from './support/loopback-s3.ts'
import { exampleKeys, type Outcome, run as runProgram, type World } from './support/run.ts'

process.env.TZ = 'UTC'

/** What anybody ever called an object. */
export const uglyKeys = [
  ' leading and trailing ',
  'a//b',
  '../x',
  '/absolute',
  './dot',
  'dir/',
  'dir/plain.txt',
  'dir/sub/deep.gz',
  'plus+plus',
  'per%20cent',
  'per%zz',
  'amp&lt;<>"\'',
  'new\nline',
  'carriage\rreturn',
  'tab\tbed',
  'nul\u0001control',
  'esc\u001b[31mred',
  'del\u007f',
  'c1\u009b31m',
  'bidi\u202etxt.exe',
  'separator\u2028line',
  '007',
  '1e3',
  'true',
  'é-composed',
  'e\u0301-decomposed',
  '\uffee-late',
  '\u{1f600}-emoji',
  "quote'quote",
  'back\\slash',
  'star*?[a]{b,c}',
]

const objects: readonly LoopbackObject[] = [
  ...uglyKeys.map((key, index) => ({ key, size: index })),
  ...Array.from({ length: 2500 }, (_, index) => ({
    key: `plain/${String(index).padStart(5, '0')}.${index % 2 ? 'log' : 'gz'}`,
    size: index * 1000,
    lastModified: new Date(Date.UTC(2026, 0, 1) - index * 3_600_000).toISOString(),
    storageClass: index % 10 === 0 ? 'GLACIER' : 'STANDARD',
  })),
]

const versioned: readonly LoopbackObject[] = ['a', 'b/x', 'b/y', 'c'].flatMap((key) => [
  { key, versionId: `${key}3`, isDeleteMarker: key === 'c' },
  { key, versionId: `${key}2`, size: 2 },
  { key, versionId: `${key}1`, size: 1, isDeleteMarker: key === 'a' },
])

const inOrder = (keys: readonly string[]) => [...keys].sort(byteOrder)

const all = inOrder(objects.map((object) => object.key))

let s3: LoopbackS3

before(async () => {
  const many = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [`bucket-${String(index).padStart(2, '0')}`, []]),
  )
  s3 = await startLoopbackS3({ buckets: { ugly: objects, versioned, empty: [], ...many } })
})

after(() => s3.close())

const world: World = { env: { ...exampleKeys, AWS_REGION: 'us-east-1' }, now: new Date('2026-01-02T00:00:00Z') }

const run = (words: readonly string[], more: Partial<World> = {}): Promise<Outcome> =>
  runProgram(['ls', '--endpoint-url', s3.url, ...words], { ...world, ...more })

async function lines(words: readonly string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await run(words)
  assert.equal(exitCode, 0, stderr)
  return stdout.split('\n').slice(0, -1)
}

const nulNames = async (words: readonly string[]): Promise<string[]> => {
  const { exitCode, stdout, stderr } = await run(words)
  assert.equal(exitCode, 0, stderr)
  return stdout.split('\0').slice(0, -1)
}

test('buckets are listed with their dates, page by page', async () => {
  const names = await lines(['--page-size', '7'])
  assert.equal(names.length, 28)
  assert.equal(names[0], '2019-12-11 23:32:47 bucket-00')
  const json = JSON.parse((await run(['--format', 'json', '--max-items', '2'])).stdout)
  assert.deepEqual(json, {
    Buckets: [
      { Name: 'bucket-00', CreationDate: '2019-12-11T23:32:47.000Z', BucketRegion: 'eu-north-1' },
      { Name: 'bucket-01', CreationDate: '2019-12-11T23:32:47.000Z', BucketRegion: 'eu-north-1' },
    ],
  })
  assert.deepEqual((await lines(['-1', '--reverse', 's3://'])).slice(0, 2), ['versioned', 'ugly'])
  assert.equal((await lines(['--format', 'csv']))[0], 'Name,CreationDate,BucketRegion')
})

test('a folder shows its names and its folders, as `aws s3 ls` does', async () => {
  assert.deepEqual(
    await lines(['s3://ugly/dir/']),
    [
      '                           PRE sub/',
      '2013-09-02 21:37:53          5 ',
      '2013-09-02 21:37:53          6 plain.txt',
    ].sort((a, b) => byteOrder(nameOf(a), nameOf(b))),
  )
  assert.deepEqual(await lines(['ugly/dir']), ['                           PRE dir/'])
  assert.deepEqual(await lines(['-r', 's3://ugly/dir/']), [
    '2013-09-02 21:37:53          5 dir/',
    '2013-09-02 21:37:53          6 dir/plain.txt',
    '2013-09-02 21:37:53          7 dir/sub/deep.gz',
  ])
  assert.deepEqual(await lines(['-l', '-r', 's3://ugly/dir/plain.txt']), [
    '2013-09-02 21:37:53          6 STANDARD            "d41d8cd98f00b204e9800998ecf8427e" dir/plain.txt',
  ])
})

function nameOf(line: string): string {
  return line.slice(31)
}

test('every key comes back exactly from json, ndjson, csv, tsv and -0, in S3’s order', async () => {
  assert.deepEqual(await nulNames(['-r0', 's3://ugly']), all)
  const json = JSON.parse((await run(['-r', '--format', 'json', 's3://ugly'])).stdout)
  assert.deepEqual(
    json.Contents.map((entry: { Key: string }) => entry.Key),
    all,
  )
  assert.deepEqual(json.CommonPrefixes, [])
  assert.deepEqual(json.Contents[0], {
    Key: all[0],
    LastModified: '2013-09-02T21:37:53.000Z',
    ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
    ChecksumAlgorithm: ['CRC64NVME'],
    ChecksumType: 'FULL_OBJECT',
    Size: 0,
    StorageClass: 'STANDARD',
  })
  const ndjson = (await run(['-r', '--format', 'ndjson', 's3://ugly'])).stdout.split('\n').slice(0, -1)
  assert.deepEqual(
    ndjson.map((line) => JSON.parse(line).Key),
    all,
  )
  const tsv = (await run(['-r', '--format', 'tsv', 's3://ugly'])).stdout.split('\n').slice(0, -1)
  assert.equal(tsv[0], 'Key\tLastModified\tETag\tSize\tStorageClass')
  const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' }
  assert.deepEqual(
    tsv
      .slice(1)
      .map((line) => line.split('\t')[0]?.replace(/\\([tnr\\])/g, (_whole, name: string) => characters[name] ?? '')),
    all,
  )
  const csv = (await run(['-r', '--format', 'csv', 's3://ugly'])).stdout
  assert.ok(csv.startsWith('Key,LastModified,ETag,Size,StorageClass\n'))
  for (const key of all)
    assert.ok(csv.includes(/[",\r\n]|^\s|\s$/.test(key) ? `"${key.replaceAll('"', '""')}",` : `\n${key},`), key)
})

test('no format lets a control character through to a terminal', async () => {
  const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]/
  for (const words of [
    ['-r'],
    ['-r1'],
    ['-rl'],
    ['-r', '--format', 'json'],
    ['-r', '--format', 'ndjson'],
    ['-r', '--format', 'csv'],
    ['-r', '--format', 'tsv'],
    ['-r', '--group-by', 'prefix'],
  ]) {
    const { stdout } = await run([...words, '--color', 'never', 's3://ugly'], { terminal: true })
    assert.ok(!raw.test(stdout.replaceAll('\n', '')), words.join(' '))
  }
  const nul = await run(['-r0', 's3://ugly'], { terminal: true })
  assert.ok(!raw.test(nul.stdout.replaceAll('\0', '')))
  const text = await run(['-r', 's3://ugly'])
  assert.ok(text.stdout.includes('esc\\x1b[31mred'))
  assert.ok(!raw.test(text.stdout.replaceAll('\n', '')))
})

test('a delimited json document has its common prefixes behind its contents', async () => {
  const json = JSON.parse((await run(['--format', 'json', 's3://ugly'])).stdout)
  assert.deepEqual(json.CommonPrefixes, [
    { Prefix: '../' },
    { Prefix: './' },
    { Prefix: '/' },
    { Prefix: 'a/' },
    { Prefix: 'dir/' },
    { Prefix: 'plain/' },
  ])
  assert.ok(json.Contents.every((entry: { Key: string }) => !entry.Key.includes('/')))
  const empty = await run(['--format', 'json', 's3://empty'])
  assert.deepEqual(JSON.parse(empty.stdout), { Contents: [], CommonPrefixes: [] })
  const bySlash = await lines(['-1', '--delimiter', '+', 's3://ugly/plus'])
  assert.deepEqual(bySlash, ['plus+'])
})

test('versions and delete markers come with their ids, in the order of the service', async () => {
  const json = JSON.parse(
    (await run(['--versions', '-r', '--format', 'json', '--page-size', '2', 's3://versioned'])).stdout,
  )
  assert.deepEqual(
    json.Versions.map((entry: { VersionId: string }) => entry.VersionId),
    ['a3', 'a2', 'b/x3', 'b/x2', 'b/x1', 'b/y3', 'b/y2', 'b/y1', 'c2', 'c1'],
  )
  assert.deepEqual(
    json.DeleteMarkers.map((entry: { VersionId: string; IsLatest: boolean }) => [entry.VersionId, entry.IsLatest]),
    [
      ['a1', false],
      ['c3', true],
    ],
  )
  const folder = await lines(['--versions', 's3://versioned'])
  assert.equal(folder[3], '                           PRE b/')
  assert.equal(folder[4], '2013-09-02 21:37:53        DEL c3                               latest c')
})

test('filters, globs and limits choose what is shown', async () => {
  const gz = all.filter((key) => /^plain\/.*\.gz$/.test(key))
  assert.deepEqual(await nulNames(['-0', 's3://ugly/plain/*.gz']), gz)
  assert.deepEqual(await nulNames(['-0', 's3://ugly/**/*.gz']), inOrder([...gz, 'dir/sub/deep.gz']))
  assert.deepEqual(await nulNames(['-r0', '--no-glob', 's3://ugly/star*?[a]{b,c}']), ['star*?[a]{b,c}'])
  assert.deepEqual(await nulNames(['-0', 's3://ugly/star\\*\\?\\[a\\]\\{b,c\\}']), ['star*?[a]{b,c}'])
  assert.deepEqual(await nulNames(['-r0', '--exclude', '*', '--include', '*.gz', 's3://ugly/plain/']), gz)
  assert.equal((await nulNames(['-r0', '--include', '*.gz', 's3://ugly/plain/'])).length, 2500)
  assert.deepEqual(await nulNames(['-r0', '--exclude', 'plain*', '--exclude', '*', '--include', 'd?r*', 's3://ugly']), [
    'dir/',
    'dir/plain.txt',
    'dir/sub/deep.gz',
  ])
  assert.equal((await nulNames(['-r0', '--storage-class', 'glacier', 's3://ugly/plain/'])).length, 250)
  assert.equal((await nulNames(['-r0', '--larger', '1M', 's3://ugly/plain/'])).length, 2500 - 1049)
  assert.equal((await nulNames(['-r0', '--smaller', '2000', 's3://ugly/plain/'])).length, 2)
  assert.equal((await nulNames(['-r0', '--newer', '2d', 's3://ugly/plain/'])).length, 24)
  assert.equal(
    (await nulNames(['-r0', '--older', '2025-12-31', '--newer', '2025-12-30T00:00:00Z', 's3://ugly/plain/'])).length,
    23,
  )
  assert.deepEqual(await nulNames(['-r0', '--start-after', 'plain/02497.log', 's3://ugly/plain']), [
    'plain/02498.gz',
    'plain/02499.log',
  ])
  assert.deepEqual(
    await nulNames(['-r0', '--max-items', '3', '--start-after', 'dir/', 's3://ugly']),
    all.slice(all.indexOf('dir/') + 1).slice(0, 3),
  )
  assert.equal((await nulNames(['-r0', '--max-items', '1200', 's3://ugly'])).length, 1200)
})

test('sorting takes sizes, dates and keys, both ways, and a limit', async () => {
  const plain = ['-0', 's3://ugly/plain/*']
  assert.deepEqual(await nulNames(['--sort', 'size', '--reverse', '--max-items', '2', ...plain]), [
    'plain/02499.log',
    'plain/02498.gz',
  ])
  assert.deepEqual(await nulNames(['--sort', 'date', '--reverse', '--max-items', '2', ...plain]), [
    'plain/00000.gz',
    'plain/00001.log',
  ])
  assert.deepEqual(await nulNames(['--sort', 'date', '--max-items', '1', ...plain]), ['plain/02499.log'])
  assert.deepEqual(await nulNames(['--reverse', '-r0', 's3://ugly']), [...all].reverse())
  assert.deepEqual(await nulNames(['--sort', 'key', '-r0', 's3://ugly']), all)
})

test('groups sum up counts and bytes', async () => {
  assert.deepEqual(await lines(['--group-by', 'class', 's3://ugly/plain/']), [
    '       250       311250000 GLACIER',
    '      2250      2812500000 STANDARD',
  ])
  assert.deepEqual(await lines(['--group-by', 'extension', '--human', 's3://ugly/plain/']), [
    '      1250         1.5 GiB gz',
    '      1250         1.5 GiB log',
  ])
  assert.deepEqual(await lines(['--group-by', 'prefix', 's3://ugly/dir/']), [
    '         1               7 dir/sub/',
    '         2              11 dir/',
  ])
  // Object i is 24 + i hours old and has i thousand bytes; the first is exactly a day old, so not older than one.
  const ages = [
    { name: '1 to 7 days', first: 1, last: 143 },
    { name: '7 to 30 days', first: 144, last: 695 },
    { name: '30 to 90 days', first: 696, last: 2135 },
    { name: '90 to 365 days', first: 2136, last: 2499 },
  ].map(({ name, first, last }) => {
    const count = last - first + 1
    return `${String(count).padStart(10)} ${String(((first + last) * count * 1000) / 2).padStart(15)} ${name}`
  })
  assert.deepEqual(await lines(['--group-by', 'age', '--older', '1d', 's3://ugly/plain/']), ages)
  const json = JSON.parse(
    (
      await run([
        '--group-by',
        'prefix',
        '--format',
        'json',
        '--sort',
        'size',
        '--reverse',
        '--max-items',
        '1',
        's3://ugly',
      ])
    ).stdout,
  )
  assert.deepEqual(json, { Groups: [{ Group: 'plain/', Count: 2500, Size: 3_123_750_000 }] })
  assert.equal((await run(['--group-by', 'class', '--format', 'csv', 's3://empty'])).stdout, 'Group,Count,Size\n')
})

test('the summary counts objects, bytes and the LIST requests that were made', async () => {
  const seen = s3.requests.length
  const text = await run(['-r', '--summarize', '--human', '--no-parallel', 's3://ugly/plain/'])
  assert.ok(text.stdout.endsWith('\n\nTotal Objects: 2500\n   Total Size: 2.9 GiB\nLIST Requests: 3\n'))
  assert.equal(s3.requests.length - seen, 3)
  const json = await run(['-r', '--summarize', '--format', 'json', 's3://ugly/plain/'])
  assert.equal(JSON.parse(json.stdout).Contents.length, 2500)
  const requests = /^Total Objects: 2500\n {3}Total Size: 3123750000\nLIST Requests: (\d+)\n$/.exec(json.stderr)?.[1]
  assert.equal(Number(requests), s3.requests.length - seen - 3)
})

test('what is sent asks for what was asked', async () => {
  await run([
    's3://ugly/x y',
    '--fetch-owner',
    '--request-payer',
    'requester',
    '--page-size',
    '77',
    '--start-after',
    'a+b',
  ])
  const seen = s3.requests.at(-1)
  assert.equal(
    seen?.rawTarget,
    '/ugly?list-type=2&prefix=x%20y&delimiter=%2F&max-keys=77&encoding-type=url&fetch-owner=true&start-after=a%2Bb',
  )
  assert.equal(seen?.headers['x-amz-request-payer'], 'requester')
  assert.match(
    String(seen?.headers.authorization),
    /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-request-payer,/,
  )
  await run(['--request-payer', 's3://empty', '--no-sign-request'])
  assert.equal(s3.requests.at(-1)?.bucket, 'empty')
  assert.equal(s3.requests.at(-1)?.headers.authorization, undefined)
  assert.equal(s3.requests.at(-1)?.headers['x-amz-request-payer'], 'requester')
})

test('the style of addressing is the one asked for', async () => {
  const port = String(s3.port)
  const localhost = ['ls', '--endpoint-url', `http://localhost:${port}`]
  await runProgram([...localhost, '--path-style', 's3://empty'], world)
  assert.equal(s3.requests.at(-1)?.headers.host, `localhost:${port}`)
  const virtual = await runProgram([...localhost, '--virtual-host', 's3://empty'], world)
  // Where the resolver knows no names below localhost the attempt still shows the host.
  if (virtual.exitCode === 0) assert.equal(s3.requests.at(-1)?.headers.host, `empty.localhost:${port}`)
  else assert.match(virtual.stderr, /empty\.localhost/)
})

test('a directory bucket gets a session, and its own order, one page after the other', async () => {
  const name = 'logs--usw2-az1--x-s3'
  const keys = ['z', 'a', 'm', 'b', 'y', 'c']
  const express = await startLoopbackS3({ buckets: { [name]: keys.map((key) => ({ key })) }, keepsOrder: false })
  try {
    const { stdout, exitCode, stderr } = await runProgram(
      ['ls', '--endpoint-url', express.url, '-r1', '--page-size', '2', `s3://${name}`],
      world,
    )
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(stdout.split('\n').slice(0, -1), keys)
    const [session, ...pages] = express.requests
    assert.ok(session?.query.has('session'))
    assert.equal(session?.accessKeyId, exampleKeys.AWS_ACCESS_KEY_ID)
    assert.match(String(session?.headers.authorization), /\/us-east-1\/s3express\/aws4_request/)
    assert.equal(pages.length, 3)
    for (const page of pages) {
      assert.equal(page.accessKeyId, 'EXPRESSKEY')
      assert.equal(page.headers['x-amz-s3session-token'], 'EXPRESSTOKEN')
      assert.equal(page.headers['x-amz-security-token'], undefined)
      assert.match(String(page.headers.authorization), /x-amz-s3session-token/)
    }
    assert.equal(express.mostAtOnce, 1)
  } finally {
    await express.close()
  }
})

test('nothing that matches is a success, unless --fail-empty says otherwise', async () => {
  assert.deepEqual(await run(['s3://empty']), { exitCode: 0, stdout: '', stdoutBytes: Buffer.alloc(0), stderr: '' })
  assert.equal((await run(['--fail-empty', 's3://empty'])).exitCode, 1)
  assert.equal((await run(['--fail-empty', '-r', '--exclude', '*', 's3://ugly'])).exitCode, 1)
  assert.equal((await run(['--fail-empty', 's3://ugly'])).exitCode, 0)
})

const mistakes: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [['--format', 'yaml', 's3://b'], /its values are text, json/],
  [['--max-items', '0', 's3://b'], /'0' is not a whole number from 1 on/],
  [['--page-size', '1.5', 's3://b'], /'1\.5' is not a whole number/],
  [['--larger', 'big', 's3://b'], /'big' is not a size/],
  [['--newer', 'yesterday', 's3://b'], /'yesterday' is neither a duration nor a date/],
  [['--newer', '2026-02-30', 's3://b'], /'2026-02-30' is neither/],
  [['--sort', 'name', 's3://b'], /its values are key, size, date/],
  [['-0', '--format', 'json', 's3://b'], /-0 and --format exclude each other/],
  [['-r', '--delimiter', '-', 's3://b'], /--recursive and --delimiter exclude each other/],
  [['--path-style', '--virtual-host', 's3://b'], /exclude each other/],
  [['--no-parallel', '--concurrency', '4', 's3://b'], /exclude each other/],
  [['--group-by', 'class', '--sort', 'date', 's3://b'], /cannot be sorted by date/],
  [['s3://b/[x'], /has a \[ without \]/],
  [['s3:///key'], /names no bucket/],
  [['--versions'], /--versions needs a bucket/],
  [['--fips', 's3://b'], /--endpoint-url and --fips exclude each other/],
  [['--storage', 's3://b'], /did you mean|unknown option/i],
]

for (const [words, message] of mistakes) {
  test(`ls ${words.join(' ')} is refused as a usage error`, async () => {
    const seen = s3.requests.length
    const { exitCode, stderr, stdout } = await run(words)
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, message)
    assert.equal(stdout, '')
    assert.equal(s3.requests.length, seen)
  })
}
