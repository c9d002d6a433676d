import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Handed } from '../src/http/handed.ts'
import type { ListEntry, ListPage } from '../src/s3/list-page.ts'
import { Congestion } from '../src/s3/listing/congestion.ts'
import type { FetchPage, PageRequest } from '../src/s3/listing/fetch-page.ts'
import { listInOrder } from '../src/s3/listing/ordered-listing.ts'
import {
  inKeyOrder,
  listSerially,
  type PagingRules,
  pageOf,
  type StoredObject,
  VirtualS3,
} from './support/simulated-s3.ts'

interface ListingCase {
  readonly stored: readonly StoredObject[]
  readonly rules: PagingRules
  readonly prefix?: string
  readonly delimiter?: string | undefined
  readonly startAfter?: string | undefined
  readonly concurrency?: number
  readonly bufferBytes?: number
}

/** Lists through a service and returns the entries, and what the service was asked. */
async function list(fetchPage: FetchPage, options: ListingCase): Promise<readonly ListEntry[]> {
  const entries: ListEntry[] = []
  const listing = listInOrder({
    fetchPage,
    prefix: options.prefix ?? '',
    delimiter: options.delimiter,
    startAfter: options.startAfter,
    division: options.concurrency === 1 ? 'forbidden' : 'allowed',
    congestion: new Congestion(options.concurrency ?? 16),
    bufferBytes: options.bufferBytes ?? 1_000_000,
    digest: (digested) => ({ digest: digested, bytes: digested.length * 100 }),
    signal: new AbortController().signal,
  })
  for await (const part of listing) {
    assert.equal(part.lastKey, part.digest.at(-1)?.key)
    entries.push(...part.digest)
  }
  return entries
}

/** A service whose answers take their time, some longer than others. */
function slowly(answer: (request: PageRequest) => ListPage, turns: Iterator<number>): FetchPage {
  return async (request, signal) => {
    for (let wait = turns.next().value ?? 0; wait > 0; wait -= 1) await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    return new Handed(answer(request))
  }
}

const word = fc.string({
  maxLength: 6,
  unit: fc.constantFrom('a', 'b', 'z', '0', '5', '9', '/', '/', '::', '.', ' ', '%', '\n', 'é', '\uffee', '\u{1f600}'),
})

const someKeys = fc.oneof(
  fc.array(word, { maxLength: 60 }),
  // Numbers: what guesses are good at.
  fc.array(
    fc.nat({ max: 3000 }).map((number) => `n${String(number).padStart(5, '0')}`),
    { maxLength: 120 },
  ),
  // Most keys in one directory.
  fc.array(
    fc
      .tuple(fc.constantFrom('big/', 'big/', 'big/', 'a/', 'z/', ''), word)
      .map(([directory, name]) => directory + name),
    { maxLength: 80 },
  ),
  // Keys that are prefixes of each other.
  fc.array(
    fc.tuple(fc.nat({ max: 40 }), word).map(([length, end]) => 'a'.repeat(length) + end),
    { maxLength: 80 },
  ),
)

const objects = someKeys.map((keys) =>
  inKeyOrder([...new Set(keys)].filter((key) => key !== '').map((key) => ({ key, size: 1 }))),
)

const versions = fc.tuple(someKeys, fc.infiniteStream(fc.nat({ max: 5 }))).map(([keys, counts]) =>
  inKeyOrder(
    [...new Set(keys)]
      .filter((key) => key !== '')
      .flatMap((key) => {
        const count = 1 + (counts.next().value ?? 0)
        return Array.from({ length: count }, (_, index) => ({
          key,
          size: 1,
          versionId: String(index),
          isDeleted: index % 3 === 1,
        }))
      }),
  ),
)

const listingCase = fc.record({
  bucket: fc.oneof(
    objects.map((stored) => ({ stored, lists: 'objects' as const })),
    versions.map((stored) => ({ stored, lists: 'versions' as const })),
  ),
  maxKeys: fc.integer({ min: 1, max: 7 }),
  prefix: fc.oneof(fc.constant(''), fc.constantFrom('a', 'big/', 'n0', 'zz')),
  delimiter: fc.constantFrom(undefined, undefined, '/', '::', 'a'),
  startAfter: fc.option(word, { nil: undefined }),
  concurrency: fc.constantFrom(1, 2, 3, 8, 64),
  bufferBytes: fc.constantFrom(1, 500, 100_000),
  turns: fc.infiniteStream(fc.nat({ max: 4 })),
})

test('a parallel listing is the serial one, whatever the keys, the pages and the order of the answers', async () => {
  let parallel = 0
  await fc.assert(
    fc.asyncProperty(listingCase, async ({ bucket, maxKeys, turns, ...options }) => {
      const rules = { maxKeys, lists: bucket.lists }
      let atOnce = 0
      let most = 0
      const answer = slowly((request) => pageOf(bucket.stored, request, rules), turns)
      const found = await list(
        async (request, signal) => {
          atOnce += 1
          most = Math.max(most, atOnce)
          try {
            return await answer(request, signal)
          } finally {
            atOnce -= 1
          }
        },
        { ...options, stored: bucket.stored, rules },
      )
      const { prefix, delimiter, startAfter } = options
      const expected = listSerially(bucket.stored, { prefix, delimiter, from: { after: startAfter } }, rules)
      assert.deepEqual(found, expected)
      assert.ok(most <= options.concurrency)
      if (most > 1) parallel += 1
    }),
    { numRuns: 1500 },
  )
  assert.ok(parallel > 150, `only ${parallel} listings used more than one request at once`)
})

test('the serial listing that others are measured against has every key once, in the order of bytes', () => {
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 5 }), (stored, maxKeys) => {
      const found = listSerially(
        stored,
        { prefix: '', delimiter: undefined, from: { after: undefined } },
        { maxKeys, lists: 'objects' },
      )
      const bytes = (key: string) => Buffer.from(key)
      const sorted = stored.map(({ key }) => key).sort((a, b) => Buffer.compare(bytes(a), bytes(b)))
      assert.deepEqual(
        found.map((entry) => entry.key),
        sorted,
      )
    }),
  )
})

const keysOf = (count: number, name: (index: number) => string): readonly StoredObject[] =>
  inKeyOrder(Array.from({ length: count }, (_, index) => ({ key: name(index), size: 1 })))

const digits = (number: number, width: number) => String(number).padStart(width, '0')

const shapes = [
  {
    name: 'a tree',
    leastGain: 8,
    key: (index: number) => `dir-${digits(Math.floor(index / 900), 3)}/file-${digits(index % 900, 4)}`,
  },
  {
    name: 'directories of many pages',
    leastGain: 6,
    key: (index: number) => `dir-${digits(Math.floor(index / 10_000), 3)}/file-${digits(index % 10_000, 5)}`,
  },
  {
    name: 'a tree of years, months and days',
    leastGain: 7,
    key: (index: number) => {
      const day = Math.floor(index / 90)
      return `${2000 + Math.floor(day / 336)}/${digits(Math.floor(day / 28) % 12, 2)}/${digits(day % 28, 2)}/${digits(index, 7)}`
    },
  },
  {
    name: 'flat numbers',
    leastGain: 4,
    key: (index: number) => `data-${digits(index, 9)}`,
  },
  {
    name: 'flat hashes',
    leastGain: 5,
    key: (index: number) => digits((index * 2_654_435_761) % 2 ** 32, 10) + index.toString(16),
  },
  {
    name: '90 % under one prefix',
    leastGain: 3,
    key: (index: number) =>
      index % 10 > 0 ? `big/obj-${digits(index, 7)}` : `small-${digits(index % 400, 3)}/${index}`,
  },
  {
    name: 'names beyond ASCII',
    leastGain: 5,
    key: (index: number) => `写真/${String.fromCodePoint(0x4e00 + (index % 300))}/\u{1f600}-${digits(index, 6)}`,
  },
  {
    name: 'keys that are prefixes of each other',
    leastGain: 0.9,
    key: (index: number) => `${'a'.repeat(index % 200)}${digits(Math.floor(index / 200), 3)}`,
  },
]

for (const { name, key, leastGain } of shapes) {
  test(`${name}: exact, and at least ${leastGain} times as fast as one page after the other`, async () => {
    const stored = keysOf(60_000, key)
    const rules = { maxKeys: 500, lists: 'objects' } as const
    const service = new VirtualS3(stored, rules)
    const found = await list(service.fetchPage, { stored, rules, concurrency: 64, bufferBytes: 16_000_000 })
    assert.deepEqual(
      found.map((entry) => entry.key),
      stored.map((object) => object.key),
    )
    const serialRounds = stored.length / rules.maxKeys
    assert.ok(service.rounds <= serialRounds / leastGain, `${service.rounds} rounds instead of ${serialRounds}`)
    assert.ok(service.requests <= serialRounds * 2.2, `${service.requests} requests for ${serialRounds} pages`)
  })
}

test('ranges end where their keys do: few requests bring keys of the next range, or none', async () => {
  const trees = [
    {
      name: 'directories of more than a page',
      mostRequests: 1.35,
      key: (index: number) => `d${digits(Math.floor(index / 700), 3)}/${digits(index % 700, 4)}`,
    },
    {
      name: 'directories of a page',
      mostRequests: 1.6,
      key: (index: number) => `d${digits(Math.floor(index / 500), 3)}/${digits(index % 500, 4)}`,
    },
    {
      name: 'directories in directories, one in each',
      mostRequests: 1.5,
      key: (index: number) => `${'d/'.repeat(index % 120)}${digits(Math.floor(index / 120), 4)}`,
    },
  ]
  for (const { name, key, mostRequests } of trees) {
    const stored = keysOf(60_000, key)
    const rules = { maxKeys: 500, lists: 'objects' } as const
    const service = new VirtualS3(stored, rules)
    let received = 0
    const fetchPage: FetchPage = async (request, signal) => {
      const page = (await service.fetchPage(request, signal)).take()
      if (request.delimiter === undefined) received += page.entries.length
      return new Handed(page)
    }
    const found = await list(fetchPage, { stored, rules, concurrency: 16, bufferBytes: 16_000_000 })
    assert.deepEqual(
      found.map((entry) => entry.key),
      stored.map((object) => object.key),
    )
    const pages = stored.length / rules.maxKeys
    assert.ok(service.requests <= pages * mostRequests, `${name}: ${service.requests} requests for ${pages} pages`)
    assert.ok(received <= stored.length * 1.15, `${name}: ${received} keys received for ${stored.length}`)
  }
})

test('a service that allows only the prefix that was asked for is listed exactly', async () => {
  const stored = keysOf(6000, (index) => `home/${digits(Math.floor(index / 70), 3)}/${digits(index % 70, 4)}`)
  const rules = { maxKeys: 50, lists: 'objects' } as const
  let refusals = 0
  const fetchPage: FetchPage = async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    // As a policy with the condition StringEquals on s3:prefix does it; looking for directories is let through.
    if (request.prefix !== 'home/' && request.delimiter === undefined) {
      refusals += 1
      throw new Error('AccessDenied')
    }
    return new Handed(pageOf(stored, request, rules))
  }
  const found = await list(fetchPage, { stored, rules, prefix: 'home/' })
  assert.deepEqual(
    found.map((entry) => entry.key),
    stored.map((object) => object.key),
  )
  assert.ok(refusals > 0)
})

test('a small bucket costs few requests more than it has pages', async () => {
  for (const count of [0, 1, 1000, 1001, 3000]) {
    const stored = keysOf(count, (index) => `k${digits(index, 6)}`)
    const rules = { maxKeys: 1000, lists: 'objects' } as const
    const service = new VirtualS3(stored, rules)
    await list(service.fetchPage, { stored, rules })
    assert.ok(service.requests <= Math.max(1, count / 1000) + 3, `${service.requests} requests for ${count} keys`)
  }
})

test('what waits for its turn stays within bounds', async () => {
  const stored = keysOf(50_000, (index) => `dir-${digits(Math.floor(index / 500), 3)}/${digits(index % 500, 4)}`)
  const rules = { maxKeys: 100, lists: 'objects' } as const
  const service = new VirtualS3(stored, rules)
  let held = 0
  let most = 0
  const listing = listInOrder({
    fetchPage: service.fetchPage,
    prefix: '',
    delimiter: undefined,
    startAfter: undefined,
    division: 'allowed',
    congestion: new Congestion(64),
    bufferBytes: 40 * 100,
    digest: (entries) => {
      held += entries.length
      most = Math.max(most, held)
      return { digest: entries.length, bytes: entries.length }
    },
    signal: new AbortController().signal,
  })
  let count = 0
  for await (const part of listing) {
    held -= part.digest
    count += part.digest
    // A slow reader: everything that may arrive does.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(count, 50_000)
  assert.ok(most <= 1.5 * 40 * 100 + 64 * 100, `${most} keys were held at once`)
})

/** A service with habits of its own, over a bucket of numbered keys. */
function peculiar(answer: (request: PageRequest, page: (request: PageRequest) => ListPage) => ListPage) {
  const stored = keysOf(4000, (index) => `${index % 3 === 0 ? 'd/' : ''}k${digits(index, 6)}`)
  const rules = { maxKeys: 50, lists: 'objects' } as const
  const turns = (function* () {
    for (let turn = 0; ; turn += 1) yield turn % 3
  })()
  return {
    stored,
    rules,
    fetchPage: slowly((request) => answer(request, (real) => pageOf(stored, real, rules)), turns),
  }
}

test('services that cannot be asked to start after a key are listed exactly, one page after the other', async () => {
  const services = [
    // Ignores start-after.
    peculiar((request, page) =>
      'after' in request.from ? page({ ...request, from: { after: undefined } }) : page(request),
    ),
    // Refuses it.
    peculiar((request, page) => {
      if ('after' in request.from && request.from.after !== undefined) throw new Error('InvalidArgument: start-after')
      return page(request)
    }),
    // Knows no delimiter.
    peculiar((request, page) => {
      if (request.delimiter !== undefined) throw new Error('NotImplemented: delimiter')
      return page(request)
    }),
    // Refuses only some starts, once the listing is well under way.
    peculiar((request, page) => {
      if ('after' in request.from && (request.from.after ?? '') > 'k0025') throw new Error('InternalError')
      return page(request)
    }),
  ]
  for (const { stored, rules, fetchPage } of services) {
    const found = await list(fetchPage, { stored, rules })
    assert.deepEqual(
      found.map((entry) => entry.key),
      stored.map((object) => object.key),
    )
  }
})

test('a common prefix that a service repeats on the next page is listed once', async () => {
  const stored = inKeyOrder(['a/1', 'b', 'c/1', 'c/2', 'd'].map((key) => ({ key, size: 1 })))
  const rules = { maxKeys: 3, lists: 'objects' } as const
  const fetchPage: FetchPage = async ({ from, ...request }) => {
    const token = 'next' in from && 'continuationToken' in from.next ? from.next.continuationToken : undefined
    // Behind `c/`, its keys still follow.
    const behind = token === undefined ? from : { after: token.slice(1) }
    return new Handed(pageOf(stored, { ...request, from: behind }, rules))
  }
  const found = await list(fetchPage, { stored, rules, delimiter: '/' })
  assert.deepEqual(
    found.map((entry) => entry.key),
    ['a/', 'b', 'c/', 'd'],
  )
})

test('a service that keeps no order is listed in its own', async () => {
  const keys = keysOf(500, (index) => `k${(index * 7919) % 500}`).map((object) => object.key)
  keys.reverse()
  const fetchPage: FetchPage = async ({ from }) => {
    const at = 'next' in from && 'continuationToken' in from.next ? Number(from.next.continuationToken) : 0
    const page = pageOf(
      [{ key: 'x', size: 1 }],
      { prefix: '', delimiter: undefined, from: { after: undefined } },
      { maxKeys: 1, lists: 'objects' },
    )
    const [model] = page.entries
    assert.ok(model)
    const entries = keys.slice(at, at + 40).map((key) => ({ ...model, key }))
    const next = at + 40 < keys.length ? { continuationToken: String(at + 40) } : undefined
    return new Handed({ entries, isOrdered: false, next })
  }
  const found = await list(fetchPage, { stored: [], rules: { maxKeys: 40, lists: 'objects' } })
  assert.deepEqual(
    found.map((entry) => entry.key),
    keys,
  )
})

test('services that would never end, or lie, are found out', async () => {
  const endless = [
    {
      name: 'repeats its token',
      message: /goes back|round in circles/,
      service: peculiar((request, page) => ({ ...page(request), next: { continuationToken: 'k' } })),
    },
    {
      name: 'begins again',
      message: /goes back|round in circles/,
      service: peculiar((request, page) => ({
        ...page({ ...request, from: { after: undefined } }),
        next: { continuationToken: `k${Math.random()}` },
      })),
    },
    {
      name: 'ignores the prefix',
      message: /does not begin with 'zz'/,
      prefix: 'zz',
      service: peculiar((request, page) => page({ ...request, prefix: '' })),
    },
    {
      name: 'sends empty pages for ever',
      message: /one empty page after the other/,
      service: peculiar(() => ({ entries: [], isOrdered: true, next: { continuationToken: String(Math.random()) } })),
    },
  ]
  for (const { name, message, service, prefix } of endless) {
    await assert.rejects(list(service.fetchPage, { ...service, prefix: prefix ?? '' }), message, name)
  }
})

test('when a page cannot be had, all before it is given, and the listing fails', async () => {
  const refusal = new Error('AccessDenied')
  const { stored, rules, fetchPage } = peculiar((request, page) => {
    const answer = page(request)
    if (answer.entries.some((entry) => entry.key >= 'k002000')) throw refusal
    return answer
  })
  const found: string[] = []
  const listing = listInOrder({
    fetchPage,
    prefix: '',
    delimiter: undefined,
    startAfter: undefined,
    division: 'allowed',
    congestion: new Congestion(16),
    bufferBytes: 1_000_000,
    digest: (entries) => ({ digest: entries, bytes: 1 }),
    signal: new AbortController().signal,
  })
  await assert.rejects(async () => {
    for await (const part of listing) found.push(...part.digest.map((entry) => entry.key))
  }, refusal)
  assert.deepEqual(
    found,
    stored.slice(0, found.length).map((object) => object.key),
  )
  assert.ok(found.length >= 1900, `${found.length} keys were given`)
  assert.ok(rules.maxKeys > 0)
})

test('an interrupted listing ends with the reason it was given, and asks for nothing more', async () => {
  const interrupt = new AbortController()
  let requests = 0
  const { fetchPage } = peculiar((request, page) => {
    requests += 1
    return page(request)
  })
  const listing = listInOrder({
    fetchPage,
    prefix: '',
    delimiter: undefined,
    startAfter: undefined,
    division: 'allowed',
    congestion: new Congestion(16),
    bufferBytes: 1_000_000,
    digest: (entries) => ({ digest: entries, bytes: 1 }),
    signal: interrupt.signal,
  })
  const reason = new Error('interrupted')
  await assert.rejects(async () => {
    for await (const _part of listing) interrupt.abort(reason)
  }, reason)
  const sent = requests
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(requests, sent)
})
