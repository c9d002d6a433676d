import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { LoopbackObject } from './support/loopback-bucket.ts'
import { type LoopbackS3, startLoopbackS3 } from './support/loopback-s3.ts'
import { exampleKeys, type Outcome, run, type World } from './support/run.ts'

/** In S3's order: UTF-8 bytes. */
const uglyKeys = [
  '\x1b[31m',
  '../x',
  '007',
  '1e3',
  '=1+1',
  'a b',
  'a+b',
  'a//b',
  'back\\slash',
  'bidi\u202evil',
  'c1\u0085x',
  'dir/one.gz',
  'dir/sub/two.gz',
  'file[1].txt',
  'line\nbreak',
  'q"uote,comma',
  'star*',
  'tab\there',
  'trailing/',
  '%41',
  '\uffee',
  '😀',
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

const day = 86_400_000
const now = new Date('2026-11-23T06:00:00Z')
const ago = (days: number) => new Date(now.getTime() - days * day).toISOString()

const dated: readonly LoopbackObject[] = [
  { key: 'logs/2025/a.gz', size: 10, lastModified: ago(400) },
  { key: 'logs/2026/a.gz', size: 2_000_000, lastModified: ago(40), storageClass: 'GLACIER' },
  { key: 'logs/2026/b.txt', size: 300, lastModified: ago(3) },
  { key: 'readme', size: 300, lastModified: ago(0.5) },
  { key: 'tmp/x.GZ', size: 0, lastModified: ago(20) },
]

const versions: readonly LoopbackObject[] = [
  { key: 'a', size: 2, versionId: '2' },
  { key: 'a', size: 1, versionId: '1' },
  { key: 'b', versionId: '4', isDeleteMarker: true },
  { key: 'b', size: 3, versionId: '3' },
  { key: 'c/d', size: 5, versionId: '5' },
]

let server: LoopbackS3
const zoneBefore = process.env.TZ

before(async () => {
  process.env.TZ = 'Europe/Berlin'
  const many = Array.from({ length: 2500 }, (_, index) => ({ key: `k${String(index).padStart(5, '0')}`, size: 1 }))
  const ugly = uglyKeys.map((key, index) => ({ key, size: index }))
  server = await startLoopbackS3({ buckets: { ugly, dated, versions, many, empty: [] } })
})

after(async () => {
  if (zoneBefore === undefined) delete process.env.TZ
  else process.env.TZ = zoneBefore
  await server.close()
})

async function ls(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const env = { ...exampleKeys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url, ...world.env }
  return run(['ls', ...argv], { now, ...world, env })
}

async function lines(argv: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await ls(argv)
  assert.equal(exitCode, 0, stderr)
  assert.equal(stderr, '')
  return stdout.split('\n').slice(0, -1)
}

function lastQuery(): URLSearchParams {
  return server.requests.at(-1)?.query ?? new URLSearchParams()
}

const shownAs = (key: string) =>
  key
    .replace('\x1b', '\\x1b')
    .replace('\n', '\\n')
    .replace('\t', '\\t')
    .replace('\u202e', '\\u202e')
    .replace('\u0085', '\\x85')

test('text is a line for each key, as aws s3 ls prints it, with controls and overrides escaped', async () => {
  assert.deepEqual(
    await lines(['-r', 's3://ugly']),
    uglyKeys.map((key, index) => `2013-09-02 23:37:53 ${String(index).padStart(10)} ${shownAs(key)}`),
  )
})

test('without -r, names are relative to the listed folder, and folders are PRE', async () => {
  assert.deepEqual(await lines(['ugly/dir/']), [
    `2013-09-02 23:37:53 ${String(uglyKeys.indexOf('dir/one.gz')).padStart(10)} one.gz`,
    '                           PRE sub/',
  ])
  assert.deepEqual(await lines(['s3://ugly/di']), ['                           PRE dir/'])
  assert.deepEqual(await lines(['-1', 's3://ugly/a/']), ['/'])
})

test('json, ndjson, csv, tsv and -0 give back every key', async () => {
  const { stdout: json } = await ls(['-r', 'ugly', '--format', 'json'])
  const document = JSON.parse(json)
  assert.deepEqual(Object.keys(document), ['Contents', 'CommonPrefixes'])
  assert.deepEqual(
    document.Contents.map(({ Key }: { Key: string }) => Key),
    uglyKeys,
  )
  assert.deepEqual(document.Contents[1].LastModified, '2013-09-02T21:37:53.000Z')
  assert.deepEqual(document.Contents[1].Size, 1)
  assert.match(document.Contents[1].ETag, /^"[0-9a-f]{32}"$/)
  assert.equal(document.Contents[1].StorageClass, 'STANDARD')

  const { stdout: ndjson } = await ls(['-r', 'ugly', '--format', 'ndjson'])
  const objects = ndjson
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  assert.deepEqual(objects, document.Contents)

  const { stdout: nul } = await ls(['-r', '-0', 'ugly'])
  assert.deepEqual(nul.split('\0').slice(0, -1), uglyKeys)

  const { stdout: tsv } = await ls(['-r', 'ugly', '--format', 'tsv'])
  const rows = tsv
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'))
  assert.deepEqual(rows[0], ['Key', 'LastModified', 'ETag', 'Size', 'StorageClass'])
  assert.equal(rows.length, uglyKeys.length + 1)

  const { stdout: csv } = await ls(['-r', 'ugly', '--format', 'csv'])
  for (const key of uglyKeys) {
    const field = /[",\n]/.test(key) ? `"${key.replaceAll('"', '""')}"` : key
    assert.ok(csv.includes(`\n${field},2013-09-02T21:37:53.000Z,`), JSON.stringify(key))
  }
})

test('folders have their own list in json, their own member in ndjson, their own column in csv', async () => {
  const { stdout: json } = await ls(['dated', '--format', 'json'])
  const document = JSON.parse(json)
  assert.deepEqual(document.CommonPrefixes, [{ Prefix: 'logs/' }, { Prefix: 'tmp/' }])
  assert.deepEqual(
    document.Contents.map(({ Key }: { Key: string }) => Key),
    ['readme'],
  )
  const { stdout: ndjson } = await ls(['dated', '--format', 'ndjson'])
  assert.equal(ndjson.split('\n')[0], '{"Prefix":"logs/"}')
  const { stdout: csv } = await ls(['dated', '--format', 'csv'])
  assert.deepEqual(csv.split('\n').slice(0, 2), ['Key,LastModified,ETag,Size,StorageClass,Prefix', ',,,,,logs/'])
})

test('an empty listing is a whole document', async () => {
  assert.deepEqual(JSON.parse((await ls(['empty', '--format', 'json'])).stdout), { Contents: [], CommonPrefixes: [] })
  assert.equal((await ls(['empty', '--format', 'ndjson'])).stdout, '')
  assert.equal((await ls(['-r', 'empty', '--format', 'csv'])).stdout, 'Key,LastModified,ETag,Size,StorageClass\n')
  const summary = await ls(['empty', '--summarize'])
  assert.equal(summary.stdout, '\nTotal Objects: 0\n   Total Size: 0\nLIST requests: 1\n')
})

test('an empty listing is no error, unless --fail-empty says so', async () => {
  assert.equal((await ls(['empty'])).exitCode, 0)
  assert.equal((await ls(['empty', '--fail-empty'])).exitCode, 1)
  assert.equal((await ls(['ugly/nothing', '--fail-empty'])).exitCode, 1)
  assert.equal((await ls(['ugly', '--fail-empty', '--include', 'x', '--exclude', '*'])).exitCode, 1)
  assert.equal((await ls(['dated', '--fail-empty'])).exitCode, 0)
})

test('-l puts storage class and ETag before the name, --human writes sizes for people', async () => {
  const [, glacier] = await lines(['-r', '-l', '--human', 'dated'])
  assert.match(glacier ?? '', /^2026-10-14 08:00:00 {4}1\.9 MiB GLACIER {6}[0-9a-f]{32} logs\/2026\/a\.gz$/)
  assert.deepEqual(await lines(['-r', '--human-readable', 'dated/tmp']), ['2026-11-03 07:00:00    0 Bytes tmp/x.GZ'])
})

test('--summarize counts objects, bytes and LIST requests: behind text, beside all else', async () => {
  const { stdout } = await ls(['-r', '--summarize', '--human', 'dated'])
  assert.ok(stdout.endsWith('tmp/x.GZ\n\nTotal Objects: 5\n   Total Size: 1.9 MiB\nLIST requests: 1\n'), stdout)
  const { stdout: json, stderr } = await ls(['-r', '--summarize', '--format', 'json', 'many', '--no-parallel'])
  assert.equal(JSON.parse(json).Contents.length, 2500)
  assert.equal(stderr, '\nTotal Objects: 2500\n   Total Size: 2500\nLIST requests: 3\n')
  const names = await ls(['-1', '-r', '--summarize', 'dated'])
  assert.equal(names.stdout.split('\n').length, 6)
  assert.match(names.stderr, /Total Objects: 5/)
})

const selections: readonly (readonly [argv: readonly string[], keys: readonly string[]])[] = [
  [['dated/logs/*/*.gz'], ['logs/2025/a.gz', 'logs/2026/a.gz']],
  [['dated/**/*.{gz,GZ}'], ['logs/2025/a.gz', 'logs/2026/a.gz', 'tmp/x.GZ']],
  [['dated/*'], ['readme']],
  [['dated/logs/202[!5]/?.gz'], ['logs/2026/a.gz']],
  [['ugly/file[1].txt', '--no-glob', '-r'], ['file[1].txt']],
  [['ugly/file\\[1].txt', '-r'], ['file[1].txt']],
  [['ugly/back\\slash', '-r'], ['back\\slash']],
  [['ugly/star\\*'], ['star*']],
  [
    ['-r', 'dated', '--exclude', '*.gz'],
    ['logs/2026/b.txt', 'readme', 'tmp/x.GZ'],
  ],
  [
    ['-r', 'dated', '--exclude', '*', '--include', 'logs/*'],
    ['logs/2025/a.gz', 'logs/2026/a.gz', 'logs/2026/b.txt'],
  ],
  [['-r', 'dated', '--include', 'logs/*', '--exclude', '*'], []],
  [
    ['-r', 'dated', '--newer', '7d'],
    ['logs/2026/b.txt', 'readme'],
  ],
  [['-r', 'dated', '--older', '30d', '--newer', '2026-01-01'], ['logs/2026/a.gz']],
  [['-r', 'dated', '--newer', '2026-11-22T19:00:00+01:00'], []],
  [['-r', 'dated', '--newer', '2026-11-22T18:59:59+01:00'], ['readme']],
  [['-r', 'dated', '--newer', '2026-11-22T18:59:59'], ['readme']],
  [['-r', 'dated', '--larger', '1M'], ['logs/2026/a.gz']],
  [
    ['-r', 'dated', '--smaller', '300'],
    ['logs/2025/a.gz', 'tmp/x.GZ'],
  ],
  [
    ['-r', 'dated', '--smaller', '1.5K', '--larger', '10'],
    ['logs/2026/b.txt', 'readme'],
  ],
  [['-r', 'dated', '--storage-class', 'GLACIER'], ['logs/2026/a.gz']],
  [
    ['-r', 'dated', '--sort', 'size'],
    ['tmp/x.GZ', 'logs/2025/a.gz', 'logs/2026/b.txt', 'readme', 'logs/2026/a.gz'],
  ],
  [
    ['-r', 'dated', '--sort', 'date', '--reverse', '--max-items', '2'],
    ['readme', 'logs/2026/b.txt'],
  ],
  [['-r', 'dated', '--sort', 'date', '--max-items', '1'], ['logs/2025/a.gz']],
  [
    ['-r', 'dated', '--sort', 'key', '--max-items', '2'],
    ['logs/2025/a.gz', 'logs/2026/a.gz'],
  ],
  [
    ['-r', 'dated', '--reverse', '--max-items', '2'],
    ['tmp/x.GZ', 'readme'],
  ],
  [
    ['-r', 'dated', '--start-after', 'logs/2026/b.txt'],
    ['readme', 'tmp/x.GZ'],
  ],
  [
    ['-r', 'dated', '--max-items', '2'],
    ['logs/2025/a.gz', 'logs/2026/a.gz'],
  ],
  [['-r', 'dated', '--max-items', '1', '--exclude', 'logs/*'], ['readme']],
  [
    ['dated', '--start-after', 'logs/'],
    ['readme', 'tmp/'],
  ],
  [
    ['dated', '--exclude', 'tmp/*'],
    ['logs/', 'readme'],
  ],
  [
    ['dated', '--delimiter', '2'],
    ['logs/2', 'readme', 'tmp/x.GZ'],
  ],
  [
    ['dated/logs/', '--delimiter', '/a'],
    ['logs/2025/a', 'logs/2026/a', 'logs/2026/b.txt'],
  ],
]

for (const [argv, keys] of selections) {
  test(`ls ${argv.join(' ')} selects ${JSON.stringify(keys)}`, async () => {
    const { stdout, stderr } = await ls([...argv, '--format', 'ndjson'])
    const found = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      found.map(({ Key, Prefix }) => Key ?? Prefix),
      keys,
      stderr,
    )
  })
}

test('a glob asks the service only for what all its keys begin with', async () => {
  await ls(['dated/logs/2026*/*.gz'])
  assert.equal(lastQuery().get('prefix'), 'logs/2026')
  assert.equal(lastQuery().get('delimiter'), null)
})

test('--max-items asks for no more than it prints', async () => {
  const count = server.requests.length
  assert.equal((await lines(['-1', '-r', 'many', '--max-items', '7'])).length, 7)
  assert.equal(server.requests.length, count + 1)
  assert.equal(lastQuery().get('max-keys'), '7')
  assert.equal((await lines(['-1', '-r', 'many', '--max-items', '2300'])).at(-1), 'k02299')
})

test('in parallel or in turn, in pages of any size, the listing is the same', async () => {
  const expected = Array.from({ length: 2500 }, (_, index) => `k${String(index).padStart(5, '0')}`)
  assert.deepEqual(await lines(['-1', '-r', 'many']), expected)
  assert.deepEqual(await lines(['-1', '-r', 'many', '--page-size', '100', '--concurrency', '8']), expected)
  assert.equal(lastQuery().get('max-keys'), '100')
  assert.deepEqual(await lines(['-1', '-r', 'many', '--no-parallel']), expected)
})

test('--versions lists versions and delete markers', async () => {
  const { stdout } = await ls(['--versions', 'versions', '--format', 'json'])
  const document = JSON.parse(stdout)
  assert.deepEqual(
    document.Versions.map(({ Key, VersionId }: Record<string, string>) => [Key, VersionId]),
    [
      ['a', '2'],
      ['a', '1'],
      ['b', '3'],
    ],
  )
  assert.deepEqual(
    document.DeleteMarkers.map(({ Key, VersionId, IsLatest }: Record<string, unknown>) => [Key, VersionId, IsLatest]),
    [['b', '4', true]],
  )
  assert.deepEqual(document.CommonPrefixes, [{ Prefix: 'c/' }])
  const text = await lines(['--versions', '-r', 'versions'])
  assert.deepEqual(
    text.map((line) => line.replace(/ +/g, ' ')),
    [
      '2013-09-02 23:37:53 2 latest 2 a',
      '2013-09-02 23:37:53 1 1 a',
      '2013-09-02 23:37:53 deleted latest 4 b',
      '2013-09-02 23:37:53 3 3 b',
      '2013-09-02 23:37:53 5 latest 5 c/d',
    ],
  )
  const csv = await lines(['--versions', '-r', 'versions', '--format', 'csv'])
  assert.equal(csv[0], 'Key,LastModified,ETag,Size,StorageClass,VersionId,IsLatest,DeleteMarker')
  assert.equal(csv[3], 'b,2013-09-02T21:37:53.000Z,,,,4,true,true')
})

test('--fetch-owner and --request-payer reach the service and the output', async () => {
  const { stdout } = await ls(['-r', 'dated/readme', '--fetch-owner', '--request-payer', '--format', 'csv'])
  assert.equal(lastQuery().get('fetch-owner'), 'true')
  assert.equal(server.requests.at(-1)?.headers['x-amz-request-payer'], 'requester')
  const [head, row] = stdout.split('\n')
  assert.equal(head, 'Key,LastModified,ETag,Size,StorageClass,OwnerDisplayName,OwnerID')
  assert.match(row ?? '', /,o,[0-9a-f]{64}$/)
})

test('--fetch-owner names the owner in text, too', async () => {
  assert.deepEqual(await lines(['dated/readme', '--fetch-owner']), ['2026-11-22 19:00:00        300 o readme'])
})

test('--request-payer takes the word requester, and no bucket for it', async () => {
  for (const argv of [
    ['--request-payer', 'requester', 'dated/readme'],
    ['--request-payer', 'dated/readme'],
    ['dated/readme', '--request-payer'],
  ]) {
    assert.equal((await lines(argv)).length, 1)
    assert.equal(server.requests.at(-1)?.headers['x-amz-request-payer'], 'requester')
  }
})

const groups: readonly (readonly [argv: readonly string[], rows: readonly (readonly [string, number, number])[]])[] = [
  [
    ['prefix'],
    [
      ['', 1, 300],
      ['logs/', 3, 2_000_310],
      ['tmp/', 1, 0],
    ],
  ],
  [
    ['class'],
    [
      ['GLACIER', 1, 2_000_000],
      ['STANDARD', 4, 610],
    ],
  ],
  [
    ['extension', '--sort', 'size', '--reverse'],
    [
      ['.gz', 3, 2_000_010],
      ['', 1, 300],
      ['.txt', 1, 300],
    ],
  ],
  [
    ['age'],
    [
      ['under 1 day', 1, 300],
      ['1 to 7 days', 1, 300],
      ['7 to 30 days', 1, 0],
      ['30 to 90 days', 1, 2_000_000],
      ['over 365 days', 1, 10],
    ],
  ],
]

for (const [argv, rows] of groups) {
  test(`--group-by ${argv.join(' ')} counts objects and bytes`, async () => {
    const { stdout } = await ls(['dated', '--format', 'json', '--group-by', ...argv])
    assert.deepEqual(
      JSON.parse(stdout).Groups,
      rows.map(([Group, Count, Size]) => ({ Group, Count, Size })),
    )
    const text = await lines(['dated', '--group-by', ...argv])
    assert.deepEqual(
      text.map((line) => line.trim().split(/ +/).slice(0, 2).map(Number)),
      rows.map(([, count, bytes]) => [count, bytes]),
    )
  })
}

test('--group-by prefix counts below the listed folder', async () => {
  const { stdout } = await ls(['dated/logs/', '--format', 'csv', '--group-by', 'prefix'])
  assert.equal(stdout, 'Group,Count,Size\nlogs/2025/,1,10\nlogs/2026/,2,2000300\n')
})

test('without a bucket, the buckets are listed in every format', async () => {
  const names = ['dated', 'empty', 'many', 'ugly', 'versions']
  assert.deepEqual(
    await lines([]),
    names.map((name) => `2019-12-12 00:32:47 ${name}`),
  )
  assert.deepEqual(
    await lines(['s3://', '-l', '--max-items', '2']),
    names.slice(0, 2).map((name) => `2019-12-12 00:32:47 eu-north-1 ${name}`),
  )
  assert.deepEqual(await lines(['-1', '--reverse']), names.toReversed())
  const { stdout } = await ls(['--format', 'json', '--page-size', '2'])
  assert.deepEqual(
    JSON.parse(stdout).Buckets,
    names.map((Name) => ({ Name, CreationDate: '2019-12-11T23:32:47.000Z', BucketRegion: 'eu-north-1' })),
  )
  assert.equal((await lines(['--format', 'csv']))[1], 'dated,2019-12-11T23:32:47.000Z,eu-north-1')
  assert.ok((await ls(['--summarize'])).stdout.endsWith('\n\nTotal Buckets: 5\nLIST requests: 1\n'))
})

test('a bucket that is not there is refused with its code', async () => {
  const { exitCode, stdout, stderr } = await ls(['nosuch'])
  assert.equal(exitCode, 4)
  assert.equal(stdout, '')
  assert.match(stderr, /^sigv4: NoSuchBucket: .*\nhint: .*\n$/)
})

const usageErrors: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
  [['https://b.s3.amazonaws.com/'], /is a URL/],
  [['--versions'], /--versions needs a bucket/],
  [['--include', 'x'], /--include needs a bucket/],
  [['b', '-r', '--delimiter', '-'], /--recursive and --delimiter exclude/],
  [['b', '--path-style', '--virtual-host'], /exclude each other/],
  [['b/*', '--delimiter', '-'], /--delimiter does not go with a glob/],
  [['b', '--format', 'json', '-l'], /-l is for --format text/],
  [['b', '--format', 'csv', '-0'], /-0 is for --format text/],
  [['b', '--fetch-owner', '-1'], /--fetch-owner and -1 exclude each other/],
  [['b', '--fetch-owner', '--group-by', 'class'], /--fetch-owner does not go with --group-by/],
  [['b', '--max-items', '0'], /--max-items '0' is not a number from 1 up/],
  [['b', '--concurrency', 'x'], /--concurrency 'x'/],
  [['b', '--larger', '1Q'], /--larger '1Q' is not a size/],
  [['b', '--larger', `1${'0'.repeat(309)}`], /--larger '10+' is not a size/],
  [['b', '--newer', 'soon'], /--newer 'soon' is neither a duration nor a date\nhint: .*2026-01-31/],
  [['s3:/b/x'], /"s3:" is not a bucket name\nhint: write s3:\/\/BUCKET/],
  [['b', '--newer', '9999999999h'], /--newer '9999999999h' is neither a duration nor a date/],
  [['b', '--older', '2026-02-30'], /--older '2026-02-30'/],
  [['b', '--format', 'xml'], /xml/],
  [['b', 'c'], /unexpected argument 'c'/],
  [['b', '--request-payer', 'me'], /--request-payer 'me' is not requester/],
  [['b', '--accelerate'], /--accelerate and --endpoint-url exclude/],
  [['b', '--fips'], /--endpoint-url and --fips exclude/],
  [['b', '--sort', 'date', '--group-by', 'class'], /--sort date does not go with --group-by/],
  [['--sort', 'size'], /buckets have no size/],
  [['b', '--newer', '2026-01-31T12:00:00+25:00'], /--newer '.*' is neither a duration nor a date/],
  [['b', '--newer', '20260131'], /--newer '20260131' is neither a duration nor a date/],
  [['b', '--storage-class', ''], /--storage-class '' names no class/],
  [['b--use1-az4--x-s3', '--start-after', 'k'], /--start-after does not go with the directory bucket/],
]

for (const [argv, message] of usageErrors) {
  test(`ls ${argv.join(' ')} is a wrong command line`, async () => {
    const count = server.requests.length
    const { exitCode, stderr, stdout } = await ls(argv)
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, message)
    assert.match(stderr, /\nhint: .+\n/)
    assert.equal(stdout, '')
    assert.equal(server.requests.length, count)
  })
}

test('without a region it asks us-east-1 and says so', async () => {
  const { stderr, exitCode } = await ls(['dated'], { env: { AWS_REGION: '' } })
  assert.equal(exitCode, 0)
  assert.match(stderr, /^warning: no region is configured: asking us-east-1/)
  assert.equal(server.requests.at(-1)?.region, 'us-east-1')
})

test('on a terminal, csv and -0 show nothing that it would obey', async () => {
  for (const argv of [['--format', 'csv'], ['-0'], ['--format', 'json'], []]) {
    const { stdout } = await ls(['-r', 'ugly', ...argv], { terminal: true })
    assert.doesNotMatch(stdout.replaceAll('\0', ''), /[\x01-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
    assert.ok(stdout.includes('star*'))
  }
})

test('--path-style, --virtual-host: where the bucket stands in the request', async () => {
  await ls(['dated', '--path-style'])
  assert.match(server.requests.at(-1)?.rawTarget ?? '', /^\/dated\?/)
  // A proxy spares the test a name server.
  const env = { AWS_ENDPOINT_URL_S3: 'http://s3.test', http_proxy: server.url }
  const { exitCode, stderr } = await ls(['dated', '--virtual-host'], { env })
  assert.equal(exitCode, 0, stderr)
  assert.equal(server.requests.at(-1)?.headers.host, 'dated.s3.test')
})
