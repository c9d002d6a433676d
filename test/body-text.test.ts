import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bodyText, TextWindow } from '../src/s3/body-text.ts'
import { MalformedXml } from '../src/s3/xml.ts'

test('the text of a body is that of its bytes, wherever the network cut them', () => {
  const chunks = fc.array(fc.string({ maxLength: 90_000, minLength: 0, unit: fc.constantFrom('a', '<', ' ') }), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(chunks, fc.constantFrom('', '\u00e9', '\u{1f600}'), fc.nat({ max: 4 }), (texts, beyondAscii, at) => {
      const whole = Buffer.from(texts.join('') + beyondAscii + texts.join(''))
      const cut = Math.max(0, Math.min(whole.length, (whole.length >> 1) + at - 2))
      const pieces = bodyText([whole.subarray(0, cut), whole.subarray(cut)])
      assert.equal(pieces.join(''), whole.toString())
    }),
    { numRuns: 60 },
  )
})

test('a body that came in many small chunks is read in few pieces', () => {
  const chunk = Buffer.alloc(1400, 'x')
  const pieces = bodyText(Array.from({ length: 200 }, () => chunk))
  assert.ok(pieces.length <= 5, `${pieces.length} pieces`)
  assert.equal(pieces.join('').length, 280_000)
  assert.equal(bodyText([]).join(''), '')
})

test('a body that is no UTF-8 is malformed, also where only a later chunk shows it', () => {
  for (const bytes of [[0xff], [0xc3, 0x28], [0xe2, 0x82]]) {
    assert.throws(() => bodyText([Buffer.from('<a>'), Buffer.from(bytes)]), MalformedXml)
  }
})

test('a window on a text loses nothing, and copies little where nothing is read', () => {
  const pieces = Array.from({ length: 1000 }, (_, index) => String(index))
  const window = new TextWindow(pieces)
  let copied = 0
  let read = ''
  while (window.widen()) copied += window.text.length
  read += window.text
  assert.equal(read, pieces.join(''))
  assert.ok(copied < 4 * read.length, `${copied} characters were copied of ${read.length}`)

  const step = new TextWindow(pieces)
  let taken = ''
  do {
    taken += step.text
    step.at = step.text.length
  } while (step.widen())
  assert.equal(taken, pieces.join(''))
})
