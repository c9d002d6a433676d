/** Of the two halves together: with less, what belongs to one page or chunk survives more often; with more, nothing is gained. */
const enoughBytes = 8 * 1024 * 1024

/** Beside threads that wait for this one, fewer collections gain more. */
const enoughBesideThreadsBytes = 16 * 1024 * 1024

let enough = enoughBytes
let isLimited = false

/**
 * For what streams. Keeps V8 from giving new objects more room than a few pages or chunks need: up to 48 MB the more of them
 * survive a collection, although none do for long. V8 reads the factor at each enlargement, so that it may be set late; the size itself may not.
 */
export async function limitYoungGeneration(): Promise<void> {
  if (isLimited) return
  const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8')
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  if (space === undefined || space.space_size < enough) return
  isLimited = true
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * For who has started a thread. The limit has to be set again: the factor is the process's, and V8 makes it two again whenever it
 * sets up a heap (`Heap::ConfigureHeap`). Until this one has grown, the thread's can grow as well.
 */
export function limitYoungGenerationAgain(): void {
  enough = enoughBesideThreadsBytes
  isLimited = false
}
