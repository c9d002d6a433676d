import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLongDate, signingTime } from '../src/sign/signing-time.ts'

test('a signing time is written to the second, in both of its forms', () => {
  const { longDate, shortDate } = signingTime(new Date('2015-08-30T12:36:00.999Z'))
  assert.deepEqual([longDate, shortDate], ['20150830T123600Z', '20150830'])
})

test('a year that four digits cannot say is no signing time', () => {
  assert.throws(() => signingTime(new Date('+010000-01-01T00:00:00Z')), RangeError)
  assert.throws(() => signingTime(new Date('-000001-01-01T00:00:00Z')), RangeError)
  assert.throws(() => signingTime(new Date(Number.NaN)), RangeError)
})

test('only a time that exists is read', () => {
  assert.equal(parseLongDate('20240229T235959Z')?.toISOString(), '2024-02-29T23:59:59.000Z')
  for (const text of [
    '20230229T000000Z',
    '20150431T000000Z',
    '20150830T240000Z',
    '20150830T126000Z',
    '20151301T000000Z',
  ]) {
    assert.equal(parseLongDate(text), undefined, text)
  }
  for (const text of ['2015-08-30T12:36:00Z', '20150830T123600', '20150830', ' 20150830T123600Z', '']) {
    assert.equal(parseLongDate(text), undefined, text)
  }
})
