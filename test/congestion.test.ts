import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Congestion } from '../src/s3/listing/congestion.ts'

/** Rounds of as many pages as may be under way, on a program that a page keeps busy for so long. */
function afterRounds(...parts: readonly { rounds: number; latencyMs: number; pageMs: number }[]): number {
  let now = 0
  let idle = 0
  const congestion = new Congestion(64, { clock: () => now, idleMs: () => idle })
  for (const { rounds, latencyMs, pageMs } of parts) {
    for (let round = 0; round < rounds; round += 1) {
      const pages = congestion.limit
      // A page alone is waited for, and then taken; of many at once some are taken while others are waited for.
      const waiting = Math.max(0, latencyMs - (pages - 1) * pageMs)
      idle += waiting
      now += waiting + pages * pageMs
      for (let page = 0; page < pages; page += 1) congestion.grow()
    }
  }
  return congestion.limit
}

test('pages that come at once are asked for one at a time', () => {
  assert.equal(afterRounds({ rounds: 1000, latencyMs: 0.5, pageMs: 3 }), 1)
})

test('as many pages are asked for at once as keep the program busy while it waits, soon', () => {
  for (const rounds of [4, 100, 1000]) {
    const limit = afterRounds({ rounds, latencyMs: 60, pageMs: 3 })
    assert.ok(limit >= 14 && limit <= 22, `${limit} after ${rounds} rounds`)
  }
})

test('it goes back to one at a time when the pages come at once', () => {
  const slow = { rounds: 10, latencyMs: 60, pageMs: 3 }
  assert.equal(afterRounds(slow, { rounds: 50, latencyMs: 0.5, pageMs: 3 }), 1)
})

test('there are never more than was allowed', () => {
  assert.equal(afterRounds({ rounds: 1000, latencyMs: 1000, pageMs: 1 }), 64)
})

test('a round in which fewer were under way than might be says nothing', () => {
  const congestion = new Congestion(64)
  congestion.grow()
  const { limit } = congestion
  for (let page = 1; page < limit; page += 1) congestion.grow()
  congestion.skip()
  for (let page = 1; page < limit; page += 1) congestion.grow()
  assert.equal(congestion.limit, limit)
})

test('refusals of requests that were under way together halve the limit once', () => {
  const congestion = new Congestion(64)
  for (let page = 0; page < 100; page += 1) congestion.grow()
  const { epoch } = congestion
  assert.equal(congestion.limit, 64)
  assert.ok(congestion.shrink(epoch))
  assert.ok(!congestion.shrink(epoch))
  assert.equal(congestion.limit, 32)
  for (let page = 0; page < 32; page += 1) congestion.grow()
  assert.equal(congestion.limit, 33)
})

test('where pages keep the program busy it hardly ever waits, though some take longer than others', () => {
  for (const { latencyMs, pageMs } of [
    { latencyMs: 30, pageMs: 5 },
    { latencyMs: 30, pageMs: 3 },
    { latencyMs: 10, pageMs: 4 },
  ]) {
    let now = 0
    let idle = 0
    const congestion = new Congestion(64, { clock: () => now, idleMs: () => idle })
    const arrivals: number[] = []
    const ask = (turn: number) => {
      while (arrivals.length < congestion.limit) arrivals.push(now + latencyMs + (turn % 4))
      arrivals.sort((a, b) => a - b)
    }
    let idleAtStart = 0
    for (let page = 0; page < 1000; page += 1) {
      if (page === 50) idleAtStart = idle
      ask(page)
      const arrival = arrivals.shift() ?? now
      idle += Math.max(0, arrival - now)
      now = Math.max(now, arrival) + pageMs * (0.7 + ((page * 5) % 7) / 10)
      if (arrivals.length + 1 >= congestion.limit - 1) congestion.grow()
      else congestion.skip()
    }
    const share = (idle - idleAtStart) / now
    assert.ok(share < 0.03, `it waited ${(100 * share).toFixed(1)} % of the time`)
  }
})
