import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { missingPackages, type RealServer, shellAt, startRealServer } from '../support/real-servers.ts'

const seed = join(process.cwd(), 'test', 'interop', 'servers', 'swift_seed.py')
const hasAws = spawnSync('aws', ['--version']).status === 0
const skip = missingPackages('swift') ?? false
const skipAws = skip || (hasAws ? false : 'the AWS CLI is not installed')

/** Without what text escapes: the AWS CLI prints it raw. */
const plainKeys = [
  '007',
  '1e3',
  '=1+1',
  'a b',
  'a+b',
  'a%20b',
  'a%2Fb',
  'a//b',
  'a/./b',
  'a/../b',
  '../x',
  'back\\slash',
  'brackets[1-3]',
  'braces{a,b}',
  'combining e\u0301',
  'dir/one.gz',
  'dir/sub/two.gz',
  'émoji 😀',
  'hash#',
  'pipe|',
  'q"uote,comma',
  'question?',
  'star*',
  'trailing/',
  '<angle>&amp;',
  '~tilde',
  '\uffee',
  '%',
]
const wildKeys = ['line\nbreak', 'tab\there', '\x1b[31m', 'bidi\u202evil', 'c1\u0085x', 'return\rhere']
const manyKeys = Array.from({ length: 12_345 }, (_, index) => `many/${index % 97}/k${index}`)

const sizes: Readonly<Record<string, number>> = { 'a/small.txt': 10, 'a/two.gz': 1024, big: 3000, 'b/none': 0 }

let server: RealServer

before(async () => {
  if (skip) return
  server = await startRealServer('swift')
  for (const bucket of ['plain', 'wild', 'many', 'versioned', 'sized']) {
    await sh(`eval "$(sigv4 sign -X PUT "$ENDPOINT/${bucket}" --service s3 --format curl)" -sS --fail`)
  }
  for (const [bucket, keys] of Object.entries({ plain: plainKeys, wild: [...plainKeys, ...wildKeys] })) {
    await sh(`printf '%s' "$KEYS" | /usr/bin/python3 '${seed}' '${server.folder}/data' ${bucket}`, {
      KEYS: JSON.stringify(keys),
    })
  }
  const script = `import json; print(json.dumps(["many/%d/k%d" % (i % 97, i) for i in range(${manyKeys.length})]))`
  await sh(`python3 -c '${script}' | /usr/bin/python3 '${seed}' '${server.folder}/data' many`)
  for (const [key, size] of Object.entries(sizes)) {
    await sh(`head -c ${size} /dev/zero | sigv4 curl -sSf -T - 's3://sized/${key}'`)
  }
})

after(() => server?.stop())

const inOrder = (keys: readonly string[]) => [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

test('every key comes back, in order, in every exact format', { skip }, async () => {
  const expected = inOrder([...plainKeys, ...wildKeys])
  assert.deepEqual((await sh('sigv4 ls -0r s3://wild')).split('\0').slice(0, -1), expected)
  const json = JSON.parse(await sh('sigv4 ls -r --format json s3://wild'))
  assert.deepEqual(
    json.Contents.map(({ Key }: { Key: string }) => Key),
    expected,
  )
  const ndjson = (await sh('sigv4 ls -r --format ndjson s3://wild')).split('\n').slice(0, -1)
  assert.deepEqual(
    ndjson.map((line) => JSON.parse(line)),
    json.Contents,
  )
  const csv = await sh(`export PYTHONUTF8=1; sigv4 ls -r --format csv s3://wild >"$HOME/wild.csv"; python3 -c '
import csv, json
with open("'"$HOME"'/wild.csv", newline="") as file: print(json.dumps([row["Key"] for row in csv.DictReader(file)]))'`)
  assert.deepEqual(JSON.parse(csv), expected)
})

const isUnder = (key: string, prefix: string) => key.startsWith(prefix)
const comesAfter = (key: string, other: string) => Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0
const keysOf = (choose: (key: string) => boolean) => inOrder([...plainKeys, ...wildKeys].filter(choose))

const choices: readonly (readonly [words: string, keys: readonly string[]])[] = [
  ["-r --start-after 'a b' s3://wild", keysOf((key) => comesAfter(key, 'a b'))],
  ["-r --start-after 'line\nbreak' s3://wild", keysOf((key) => comesAfter(key, 'line\nbreak'))],
  ['-r --max-items 5 s3://wild', keysOf(() => true).slice(0, 5)],
  ['-r --max-items 5 --page-size 2 s3://wild', keysOf(() => true).slice(0, 5)],
  ['-r --reverse s3://wild', keysOf(() => true).reverse()],
  [
    '-r --sort key --reverse --max-items 3 s3://wild',
    keysOf(() => true)
      .reverse()
      .slice(0, 3),
  ],
  ['-r --concurrency 2 --page-size 3 s3://wild', keysOf(() => true)],
  ['-r --no-heal --request-payer --path-style s3://wild', keysOf(() => true)],
  ["-r --exclude '*' --include 'a*' --exclude '*/*' s3://wild", keysOf((key) => /^a[^/]*$/s.test(key))],
  ["-r --include '*' --exclude 'dir/*' s3://wild", keysOf((key) => !isUnder(key, 'dir/'))],
  ["'s3://wild/**/*.gz'", ['dir/one.gz', 'dir/sub/two.gz']],
  ["'s3://wild/dir/*.gz'", ['dir/one.gz']],
  ["'s3://wild/{dir,a}/*/t?o.[a-g]z'", ['dir/sub/two.gz']],
  ["'s3://wild/brackets\\[1-3\\]'", ['brackets[1-3]']],
  ["-r --no-glob 's3://wild/star*'", ['star*']],
  ['-r --storage-class STANDARD s3://sized', inOrder(Object.keys(sizes))],
  ['-r --storage-class GLACIER s3://sized', []],
  ['-r --larger 1K s3://sized', ['big']],
  ['-r --larger 9 --smaller 1025 s3://sized', ['a/small.txt', 'a/two.gz']],
  ['-r --newer 1h s3://sized', inOrder(Object.keys(sizes))],
  ['-r --older 1h s3://sized', []],
  ['-r --sort size s3://sized', ['b/none', 'a/small.txt', 'a/two.gz', 'big']],
  ['-r --sort size --reverse --max-items 2 s3://sized', ['big', 'a/two.gz']],
  ["-r --sort date s3://sized | tr '\\0' '\\n' | sort | tr '\\n' '\\0'", inOrder(Object.keys(sizes))],
]

for (const [words, keys] of choices) {
  test(`ls ${words} chooses the right keys`, { skip }, async () => {
    assert.deepEqual((await sh(`sigv4 ls -0 ${words}`)).split('\0').slice(0, -1), keys)
  })
}

for (const delimiter of ['/', 'b', '//']) {
  test(`keys up to ${delimiter} are folded into prefixes`, { skip }, async () => {
    const cut = (key: string) => key.indexOf(delimiter) + delimiter.length
    const { Contents, CommonPrefixes } = JSON.parse(
      await sh(`sigv4 ls --format json --delimiter '${delimiter}' s3://wild`),
    )
    assert.deepEqual(
      Contents.map(({ Key }: { Key: string }) => Key),
      keysOf((key) => !key.includes(delimiter)),
    )
    const folders = new Set(keysOf((key) => key.includes(delimiter)).map((key) => key.slice(0, cut(key))))
    assert.deepEqual(
      CommonPrefixes.map(({ Prefix }: { Prefix: string }) => Prefix),
      inOrder([...folders]),
    )
  })
}

test('tab-separated values give back every key', { skip }, async () => {
  const [names = '', ...rows] = (await sh('sigv4 ls -r --format tsv s3://wild')).split('\n').slice(0, -1)
  assert.equal(names, 'Key\tLastModified\tETag\tSize\tStorageClass')
  const script = `import codecs, sys
for line in sys.stdin: print(codecs.escape_decode(line.split("\\t")[0].encode())[0].hex())`
  const decoded = await sh(`sigv4 ls -r --format tsv s3://wild | tail -n +2 | python3 -c '${script}'`)
  assert.equal(rows.length, plainKeys.length + wildKeys.length)
  assert.deepEqual(
    decoded.split('\n').slice(0, -1),
    keysOf(() => true).map((key) => Buffer.from(key).toString('hex')),
  )
})

test('-l shows class and ETag, and groups count', { skip }, async () => {
  const long = await sh("sigv4 ls -rl s3://sized/a/s | sed 's/^[-0-9]* [:0-9]* *//'")
  assert.equal(long, '10 STANDARD     a63c90cc3684ad8b0a2176a6a8fe9005 a/small.txt\n')
  assert.deepEqual(JSON.parse(await sh('sigv4 ls --group-by prefix --format json s3://sized')).Groups, [
    { Group: '', Count: 1, Size: 3000 },
    { Group: 'a/', Count: 2, Size: 1034 },
    { Group: 'b/', Count: 1, Size: 0 },
  ])
  assert.equal(
    await sh('sigv4 ls --group-by extension --format csv s3://sized'),
    'Group,Count,Size\n,2,3000\n.gz,1,1024\n.txt,1,10\n',
  )
  assert.match(await sh('sigv4 ls --group-by class s3://sized'), /^ +4 +4034 STANDARD\n$/)
  assert.match(await sh('sigv4 ls --group-by age s3://sized'), /^ +4 +4034 under 1 day\n$/)
})

test('nothing found is a failure where that is asked for', { skip }, async () => {
  assert.equal(await sh('sigv4 ls s3://plain/no-such'), '')
  await assert.rejects(sh('sigv4 ls --fail-empty s3://plain/no-such'), { code: 1 })
})

test('a listing of many pages is whole and in order, in parallel and in turn', { skip }, async () => {
  const expected = `${inOrder(manyKeys).join('\n')}\n`
  for (const flags of ['', '--no-parallel', '--page-size 500 --concurrency 4']) {
    assert.equal(await sh(`sigv4 ls -1r ${flags} s3://many`), expected, flags)
  }
})

for (const zone of ['UTC', 'America/St_Johns']) {
  for (const flags of ['', '--human-readable']) {
    test(`text is what aws s3 ls --recursive ${flags} prints, in ${zone}`, { skip: skipAws }, async () => {
      const [ours, theirs] = await both(
        `sigv4 ls -r ${flags} s3://plain`,
        `aws s3 ls --recursive ${flags} s3://plain`,
        zone,
      )
      assert.equal(ours, theirs)
    })
  }
}

for (const target of ['s3://plain', 'plain/a/', 's3://plain/di', 's3://many/many/']) {
  test(`the lines of ls ${target} are those of aws s3 ls, in the order of S3`, { skip: skipAws }, async () => {
    const [ours, theirs] = await both(`sigv4 ls ${target}`, `aws s3 ls ${target}`)
    assert.deepEqual(ours.split('\n').sort(), theirs.split('\n').sort())
  })
}

test('buckets are listed as aws s3 ls does', { skip: skipAws }, async () => {
  const [ours, theirs] = await both('sigv4 ls', 'aws s3 ls', 'Asia/Kathmandu')
  assert.equal(ours, theirs)
  assert.deepEqual(ours.split('\n').length, 6)
})

test('the summary says what aws says, and the requests', { skip: skipAws }, async () => {
  const [ours, theirs] = await both('sigv4 ls -r --summarize s3://many', 'aws s3 ls --recursive --summarize s3://many')
  assert.equal(ours.replace(/LIST requests: \d+\n$/, ''), theirs)
})

const documents: readonly (readonly [ours: string, theirs: string])[] = [
  ['sigv4 ls -r --format json s3://wild', 'aws s3api list-objects-v2 --bucket wild'],
  ['sigv4 ls --format json s3://wild/a', 'aws s3api list-objects-v2 --bucket wild --prefix a --delimiter /'],
  ['sigv4 ls -r --fetch-owner --format json plain', 'aws s3api list-objects-v2 --bucket plain --fetch-owner'],
  ['sigv4 ls -r --format json s3://many', 'aws s3api list-objects-v2 --bucket many'],
  ['sigv4 ls --format json', 'aws s3api list-buckets'],
]

for (const [ours, theirs] of documents) {
  test(`${ours} gives the lists of ${theirs}`, { skip: skipAws }, async () => {
    const [mine, other] = (await both(ours, theirs)).map((text) => JSON.parse(text))
    for (const list of ['Contents', 'CommonPrefixes', 'Buckets']) assert.deepEqual(mine[list] ?? [], other[list] ?? [])
    assert.ok(Object.values(mine).flat().length > 0)
  })
}

test('versions and delete markers are those of aws s3api list-object-versions', { skip: skipAws }, async () => {
  await sh(`aws s3api put-bucket-versioning --bucket versioned --versioning-configuration Status=Enabled
    for body in one two; do printf %s "$body" >"$HOME/body"; aws s3api put-object --bucket versioned --key a+b --body "$HOME/body"; done
    aws s3api put-object --bucket versioned --key 'c d' --body "$HOME/body"; aws s3api delete-object --bucket versioned --key 'c d'`)
  const [ours, theirs] = (
    await both(
      'sigv4 ls --versions -r --format json s3://versioned',
      'aws s3api list-object-versions --bucket versioned',
    )
  ).map((text) => JSON.parse(text))
  assert.deepEqual(ours.Versions, theirs.Versions)
  assert.deepEqual(ours.DeleteMarkers, theirs.DeleteMarkers)
  assert.equal(ours.Versions.length, 3)
  assert.equal(ours.DeleteMarkers.length, 1)
})

test('versions are all there, whatever the size of a page', { skip: skipAws }, async () => {
  const all = await sh('sigv4 ls --versions -r --format ndjson s3://versioned')
  assert.equal(all.split('\n').length - 1, 4)
  for (const size of [1, 2, 3]) {
    assert.equal(await sh(`sigv4 ls --versions -r --format ndjson --page-size ${size} s3://versioned`), all)
  }
})

test('a bucket in its host name is found there', { skip }, async () => {
  // In place of a name server: a proxy, which hands on what it gets with the path alone.
  const { hostname, port } = new URL(server.settings.ENDPOINT ?? '')
  const proxy = http.createServer((request, response) => {
    const path = (request.url ?? '').replace(/^http:\/\/[^/]+/, '')
    const forwarded = http.request({ hostname, port, path, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    forwarded.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address() as AddressInfo
  const env = { AWS_ENDPOINT_URL_S3: 'http://s3.localhost', http_proxy: `http://127.0.0.1:${address.port}` }
  try {
    assert.equal((await sh('sigv4 ls -1r --virtual-host s3://plain', env)).split('\n').length, plainKeys.length + 1)
  } finally {
    proxy.close()
  }
})

test('a wrong secret is refused', { skip }, async () => {
  await assert.rejects(sh('AWS_SECRET_ACCESS_KEY=wrong sigv4 ls s3://plain'), { code: 4 })
})

async function both(ours: string, theirs: string, zone = 'UTC'): Promise<readonly [string, string]> {
  return [await sh(ours, { TZ: zone }), await sh(theirs, { TZ: zone })]
}

function sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return shellAt(server, script, env)
}
