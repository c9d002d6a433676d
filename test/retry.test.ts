import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextRetry, parseRetryAfter, type RetryRules } from '../src/http/retry.ts'

/** curl's manual, `--retry` and its companions. */
const plain: RetryRules = {
  max: 20,
  delayMs: undefined,
  maxTimeMs: undefined,
  refusedConnections: false,
  allErrors: false,
}
const overloaded = { code: 0, status: 503, retryAfterMs: undefined }
const first = { tries: 1, elapsedMs: 0 }

test('the pause is a second, doubles each time, and stays at ten minutes', () => {
  const pauses = [1, 2, 3, 10, 11, 20].map((tries) => nextRetry(overloaded, plain, { tries, elapsedMs: 0 })?.delayMs)
  assert.deepEqual(pauses, [1000, 2000, 4000, 512_000, 600_000, 600_000])
})

test("a pause of the user's own does not double", () => {
  const rules = { ...plain, delayMs: 3000 }
  assert.deepEqual(
    [1, 5].map((tries) => nextRetry(overloaded, rules, { tries, elapsedMs: 0 })?.delayMs),
    [3000, 3000],
  )
})

/** Timed with curl 7.88.1: `Retry-After: 1` is one second also with `--retry-delay 3` and at the third retry. */
test('Retry-After comes in place of the pause, but for one of no time at all', () => {
  const rules = { ...plain, delayMs: 3000 }
  const pause = (retryAfterMs: number) => nextRetry({ ...overloaded, retryAfterMs }, rules, first)?.delayMs
  assert.deepEqual([7000, 1000, 0].map(pause), [7000, 1000, 3000])
  assert.equal(nextRetry({ ...overloaded, retryAfterMs: 1000 }, plain, { tries: 3, elapsedMs: 0 })?.delayMs, 1000)
})

test('no try starts after --retry-max-time, also none that Retry-After would put behind it', () => {
  const rules = { ...plain, maxTimeMs: 5000 }
  assert.ok(nextRetry(overloaded, rules, { tries: 1, elapsedMs: 4999 }))
  assert.equal(nextRetry(overloaded, rules, { tries: 1, elapsedMs: 5000 }), undefined)
  assert.ok(nextRetry({ ...overloaded, retryAfterMs: 4000 }, rules, { tries: 1, elapsedMs: 1000 }))
  assert.equal(nextRetry({ ...overloaded, retryAfterMs: 4001 }, rules, { tries: 1, elapsedMs: 1000 }), undefined)
})

test('so many retries, and no more', () => {
  const rules = { ...plain, max: 2 }
  assert.ok(nextRetry(overloaded, rules, { tries: 2, elapsedMs: 0 }))
  assert.equal(nextRetry(overloaded, rules, { tries: 3, elapsedMs: 0 }), undefined)
})

test('timeouts and the statuses that pass are worth a retry, the rest is not', () => {
  const retried = (code: number, status: number, rules = plain) =>
    nextRetry({ code, status, retryAfterMs: undefined }, rules, first) !== undefined
  const statuses = [200, 400, 404, 408, 409, 429, 500, 501, 502, 503, 504, 505]
  assert.deepEqual(
    statuses.filter((status) => retried(0, status)),
    [408, 429, 500, 502, 503, 504],
  )
  assert.ok(retried(22, 503), '-f makes an error of it')
  assert.deepEqual(
    [5, 6, 7, 18, 28, 52, 56].filter((code) => retried(code, 0)),
    [5, 6, 28],
  )
  assert.ok(retried(7, 0, { ...plain, refusedConnections: true }))
  assert.ok(retried(56, 0, { ...plain, allErrors: true }))
  assert.ok(!retried(0, 404, { ...plain, allErrors: true }))
})

test('Retry-After is read in seconds or as a date (RFC 9110, 10.2.3)', () => {
  const now = new Date('1999-12-31T23:59:00Z')
  assert.equal(parseRetryAfter('120', now), 120_000)
  assert.equal(parseRetryAfter('Fri, 31 Dec 1999 23:59:59 GMT', now), 59_000)
  assert.equal(parseRetryAfter('Fri, 31 Dec 1999 23:00:00 GMT', now), 0)
  assert.equal(parseRetryAfter('soon', now), undefined)
  assert.equal(parseRetryAfter(undefined, now), undefined)
})
