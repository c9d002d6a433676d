import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacKey, hmacSha256Hex } from '../src/sign/hmac.ts'

test('HMAC agrees with node:crypto, with keys longer than a block too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), fc.string(), (key, data) => {
      assert.equal(hmacSha256Hex(hmacKey(key), data), createHmac('sha256', key).update(data).digest('hex'))
    }),
  )
})

test('a key of exactly one block is used as it is (RFC 2104, 2)', () => {
  for (const length of [0, 63, 64, 65]) {
    const key = Buffer.alloc(length, 'k')
    assert.equal(hmacSha256Hex(hmacKey(key), 'data'), createHmac('sha256', key).update('data').digest('hex'))
  }
})
