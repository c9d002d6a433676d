import { availableParallelism } from 'node:os'
import type { Context } from '../../context.ts'

/** Asked before each block is signed, until it says a number: how many threads shall help; 0 for none yet. */
export type WorkerPolicy = (blockBytes: number) => number

/** About 120,000 keys, which one thread signs in a second: below, a worker gains nothing and takes its memory all the same. */
const worthwhileBytes = 4 * 1024 * 1024

/** More were not measured. Each takes 40 MB, and all share the counters that OpenSSL keeps of its hash functions. */
const mostWorkers = 2

/**
 * A worker for each further processor, once so much was read that starting them pays: while signing is what takes the time, not
 * waiting for who writes the lines or reads the results.
 */
export function usualWorkers({ clock, idleMs }: Pick<Context, 'clock' | 'idleMs'>): WorkerPolicy {
  let bytes = 0
  let start = { time: clock(), idle: idleMs() }
  return (blockBytes) => {
    bytes += blockBytes
    if (bytes < worthwhileBytes) return 0
    const now = { time: clock(), idle: idleMs() }
    const isBusy = now.idle - start.idle < (now.time - start.time) / 2
    bytes = 0
    start = now
    return isBusy ? Math.min(availableParallelism() - 1, mostWorkers) : 0
  }
}
