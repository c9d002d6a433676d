import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Handed } from '../src/http/handed.ts'

test('a value that is handed over is taken once, also an empty text', () => {
  for (const value of ['', 'text', { entries: [] }]) {
    const handed = new Handed(value)
    assert.equal(handed.take(), value)
    assert.throws(() => handed.take(), /only once/)
  }
})
