import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NetworkError } from '../src/http/network-error.ts'
import { S3Refusal } from '../src/s3/refusal.ts'
import { withRetries } from '../src/s3/retries.ts'
import { MalformedXml } from '../src/s3/xml.ts'

function refusal(status: number, code = '', headers: { name: string; value: string }[] = []): S3Refusal {
  const request = { method: 'GET', scheme: 'http', hostname: 'h', port: 80, target: '/', headers: [] } as const
  const error = { code, message: '', requestId: undefined, hostId: undefined, region: undefined, details: new Map() }
  return new S3Refusal({ status, error, headers, body: '', request })
}

interface Course {
  readonly sent: number
  readonly throttled: number
  /** Milliseconds between one try and the next. */
  readonly pauses: readonly number[]
}

/** What comes of a request that always fails; nothing is waited for. */
async function courseOf(failure: Error, { hasAnswered = true, random = 0 } = {}): Promise<Course> {
  const pauses: number[] = []
  let sent = 0
  let throttled = 0
  const send = () => {
    sent += 1
    return Promise.reject(failure)
  }
  const course = withRetries(send, {
    signal: new AbortController().signal,
    random: () => random,
    hasAnswered: () => hasAnswered,
    onThrottle: () => {
      throttled += 1
    },
    sleep: async (milliseconds) => {
      pauses.push(milliseconds)
    },
  })
  await assert.rejects(course)
  return { sent, throttled, pauses }
}

/** Which failures pass: S3's error list ("Error responses", S3 API reference), and what a network does. */
const failures = [
  { name: 'SlowDown', failure: refusal(503, 'SlowDown'), sent: 12, throttled: 11 },
  { name: 'a status 429', failure: refusal(429), sent: 12, throttled: 11 },
  { name: 'InternalError', failure: refusal(500, 'InternalError'), sent: 6, throttled: 0 },
  { name: 'RequestTimeout, a status 400', failure: refusal(400, 'RequestTimeout'), sent: 6, throttled: 0 },
  { name: 'a broken connection', failure: new NetworkError('reset', 'x'), sent: 6, throttled: 0 },
  { name: 'half an answer', failure: new MalformedXml('x'), sent: 4, throttled: 0 },
  { name: 'AccessDenied', failure: refusal(403, 'AccessDenied'), sent: 1, throttled: 0 },
  { name: 'an untrusted certificate', failure: new NetworkError('certificate', 'x'), sent: 1, throttled: 0 },
  { name: 'a bug of ours', failure: new TypeError('x'), sent: 1, throttled: 0 },
]

for (const { name, failure, sent, throttled } of failures) {
  test(`a request that ends in ${name} is sent ${sent === 1 ? 'once' : `${sent} times`}`, async () => {
    const course = await courseOf(failure)
    assert.deepEqual([course.sent, course.throttled], [sent, throttled])
  })
}

test('a host that refuses connections is asked again only where it has answered before', async () => {
  const refused = new NetworkError('refused', 'x')
  assert.equal((await courseOf(refused, { hasAnswered: false })).sent, 1)
  assert.equal((await courseOf(refused, { hasAnswered: true })).sent, 6)
})

test('pauses double up to ten seconds, at least half of each is waited', async () => {
  const shortest = await courseOf(refusal(503, 'SlowDown'))
  assert.deepEqual(shortest.pauses, [200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000, 5000])
  const longer = await courseOf(refusal(500, 'InternalError'), { random: 0.5 })
  assert.deepEqual(longer.pauses, [150, 300, 600, 1200, 2400])
})

test('Retry-After makes a pause longer', async () => {
  const { pauses } = await courseOf(refusal(500, 'InternalError', [{ name: 'Retry-After', value: '2' }]))
  assert.deepEqual(pauses, [2000, 2000, 2000, 2000, 2000])
})
