import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signBlock } from '../src/commands/sign/batch-block.ts'
import { BatchKinds } from '../src/commands/sign/batch-kinds.ts'
import { BatchWorkers } from '../src/commands/sign/batch-workers.ts'
import { SpareBuffers } from '../src/commands/spare-buffers.ts'
import { hmacKey } from '../src/sign/hmac.ts'

const rules = { bucket: 'bucket', mode: 'presign' } as const

/** Knows keys of the bucket; each result is longer than `padding`. */
function kindsOf(padding: number): BatchKinds {
  const kinds = new BatchKinds()
  const bulk = {
    head: 'GET\n',
    tail: '',
    parameters: 'a=b',
    afterSignature: `&c=${'x'.repeat(padding)}`,
    beforeHash: '',
    signingKey: hmacKey('key'),
    pathEncoding: 'single',
    normalizePath: false,
  } as const
  const template = { origin: 'https://host', keyHead: '/', json: undefined, bulk }
  kinds.learn({ name: { ownId: undefined, place: 'bucket' }, template: () => template })
  return kinds
}

const block = (lines: number, from = 0) =>
  Buffer.from(Array.from({ length: lines }, (_, index) => `key-${from + index}`).join('\n'))

/** How many of its buffers exist, when none is in use. */
function count(buffers: SpareBuffers): number {
  const spare = buffers.handOver()
  for (const buffer of spare) buffers.give(new Uint8Array(buffer))
  return spare.length
}

test('a buffer that was given back is used again, and none that is in use', () => {
  const buffers = new SpareBuffers()
  const [first, second] = [buffers.joined([block(3_000)]), buffers.joined([block(3_000, 3_000)])]
  assert.notEqual(first.buffer, second.buffer)
  assert.deepEqual(first, block(3_000))
  buffers.give(first)
  assert.equal(buffers.encoded('é'.repeat(20_000)).buffer, first.buffer)
  assert.deepEqual(second, block(3_000, 3_000))
})

test('texts and blocks of any length and kind come out whole', () => {
  const buffers = new SpareBuffers()
  for (const character of ['x', 'é', '€', '😀']) {
    for (const length of [0, 1, 18_431, 18_432, 24_577, 36_865, 65_536, 73_728, 73_729, 200_000]) {
      const text = character.repeat(length).slice(0, length - (length % character.length))
      const bytes = buffers.encoded(text)
      assert.ok(Buffer.from(text).equals(bytes), `${length} x ${character}`)
      assert.ok(buffers.joined([bytes.subarray(0, 7), bytes.subarray(7)]).equals(bytes))
      buffers.give(bytes)
    }
  }
})

test('what is small or long has no buffer of the common size, which would be a waste or too short', () => {
  const buffers = new SpareBuffers()
  for (const text of ['x', 'x'.repeat(100_000)]) buffers.give(buffers.encoded(text))
  buffers.give(buffers.joined([Buffer.alloc(0), Buffer.from('x')]))
  assert.equal(count(buffers), 0)
})

test('however many blocks a worker signs, only so many buffers exist as one block after the other takes', async () => {
  const buffers = new SpareBuffers()
  const workers = new BatchWorkers({ count: 1, kinds: kindsOf(400), rules, buffers, packageFolder: process.cwd() })
  try {
    const counts: number[] = []
    for (let round = 0; round < 30; round++) {
      // Of uneven sizes, so that the worker gets too few at times, and too many at others.
      const lines = round % 3 === 0 ? 3_000 : 1_500
      const parts = await workers.sign(buffers.joined([block(lines, round * 3_000)]))
      const text = parts.map((part) => ('output' in part ? Buffer.from(part.output).toString() : '')).join('')
      assert.equal(text.match(/\n/g)?.length, lines)
      for (const part of parts) if ('output' in part) buffers.give(part.output)
      counts.push(count(buffers))
    }
    const [first = 0] = counts
    assert.ok(first > 10)
    assert.deepEqual(new Set(counts.slice(4)), new Set([counts[4]]))
  } finally {
    workers.end()
  }
})

test('of lines with long results a block takes four megabytes, and leaves the others in their order', () => {
  const parts = signBlock(block(3_000), { kinds: kindsOf(2_000), rules, buffers: new SpareBuffers() })
  const signed = parts.flatMap((part) => ('output' in part ? [part] : []))
  const bytes = signed.reduce((sum, { output }) => sum + output.length, 0)
  assert.ok(bytes > 4_000_000 && bytes < 4_300_000, `${bytes} bytes`)
  const signedLines = signed.reduce((sum, part) => sum + part.signedLines, 0)
  assert.deepEqual(parts.at(-1), { leftLines: block(3_000).toString().split('\n').slice(signedLines) })
})

test('a text in pieces is whole, and its pieces are used again', () => {
  const buffers = new SpareBuffers()
  const texts = [
    '',
    'x',
    'é'.repeat(18_431),
    'x'.repeat(73_728),
    '😀'.repeat(100_000),
    `\ud800${'€x'.repeat(60_000)}\udc00`,
  ]
  const counts = [1, 2].map(() => {
    for (const text of texts) {
      const pieces = buffers.pieces(text)
      assert.ok(Buffer.concat(pieces).equals(Buffer.from(text)), `${text.length} x ${text.slice(0, 2)}`)
      assert.ok(pieces.every(({ length }) => length > 0))
      for (const piece of pieces) buffers.give(piece)
    }
    return count(buffers)
  })
  assert.deepEqual(counts, [5, 5])
})
