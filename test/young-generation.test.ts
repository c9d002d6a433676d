import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getHeapSpaceStatistics } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { limitYoungGeneration, limitYoungGenerationAgain } from '../src/commands/young-generation.ts'

const megabyte = 1024 * 1024

/** Makes objects of which many survive each collection: without a limit V8 gives new ones all the room there is, 32 MB. */
async function makeSurvivors(): Promise<void> {
  const held: unknown[][] = Array.from({ length: 20 }, () => [])
  for (let round = 0; round < 400; round++) {
    held[round % held.length] = Array.from({ length: 5_000 }, (_, index) => ({ index }))
    await limitYoungGeneration()
  }
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? Number.NaN
}

test('the room for new objects stays limited, also once a thread was started', async () => {
  await makeSurvivors()
  assert.ok(youngBytes() <= 8 * megabyte, `${youngBytes()} bytes`)
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage("up")', { eval: true })
  await new Promise((resolve) => worker.once('message', resolve))
  limitYoungGenerationAgain()
  await makeSurvivors()
  assert.ok(youngBytes() <= 16 * megabyte, `${youngBytes()} bytes`)
  await worker.terminate()
})
