import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Fault, type SeenRequest, startLoopbackS3 } from './support/loopback-s3.ts'
import { exampleKeys, run } from './support/run.ts'

const count = 200_000

const digits = (number: number, width: number) => String(number).padStart(width, '0')

const shapes: Readonly<Record<string, (index: number) => string>> = {
  'a tree': (index) => `dir-${digits(Math.floor(index / 900), 3)}/sub-${index % 9}/file-${digits(index, 6)}`,
  'flat keys': (index) => `data-${digits(index, 9)}`,
  '90 % of keys under one prefix': (index) =>
    index % 10 > 0 ? `big/obj-${digits(index, 7)}` : `small-${digits(index % 400, 3)}/${index}`,
  'keys beyond ASCII': (index) =>
    `写真/${String.fromCodePoint(0x4e00 + (index % 300))}/${index % 4 < 2 ? '\u{1f600}' : '\uffee'}-${digits(index, 6)}`,
  'keys that are prefixes of each other': (index) => `${'a'.repeat(index % 200)}${digits(Math.floor(index / 200), 4)}`,
}

const inOrder = (keys: Iterable<string>) =>
  [...keys]
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String)

/** Now and then a connection breaks, or a page is cut. */
function trouble({ index }: SeenRequest): Fault | undefined {
  if (index % 70 === 31) return 'reset'
  return index % 70 === 63 ? { rewrite: (text) => text.slice(0, text.length / 2), length: 'declared' } : undefined
}

for (const [name, key] of Object.entries(shapes)) {
  test(`${count} keys, ${name}: every one once and in order, in spite of latency and faults`, async (t) => {
    const objects = Array.from({ length: count }, (_, index) => ({ key: key(index) }))
    const s3 = await startLoopbackS3({ buckets: { b: objects }, latencyMs: 5, fault: trouble })
    t.after(() => s3.close())
    const world = { env: { ...exampleKeys, AWS_REGION: 'us-east-1' } }
    const list = async (words: readonly string[]) => {
      const { exitCode, stdout, stderr } = await run(['ls', '--endpoint-url', s3.url, '-0', ...words, 's3://b'], world)
      assert.equal(exitCode, 0, stderr)
      return stdout.split('\0').slice(0, -1)
    }
    const keys = objects.map((object) => object.key)
    assert.deepEqual(await list(['-r']), inOrder(keys))
    assert.ok(s3.requests.length > count / 1000 + 2, 'no request failed')
    // Pages of this size end on common prefixes, too.
    const folders = new Set(keys.map((each) => each.replace(/77.*/s, '77')))
    assert.deepEqual(await list(['--page-size', '600', '--delimiter', '77']), inOrder(folders))
  })
}
