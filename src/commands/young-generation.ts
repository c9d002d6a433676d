/** Of the two halves together: with less, what belongs to one page or chunk survives more often; with more, nothing is gained. */
const enoughBytes = 8 * 1024 * 1024

let isLimited = false

/**
 * For what streams. Keeps V8 from giving new objects more room than a few pages or chunks need: up to 48 MB the more of them
 * survive a collection, although none do for long. V8 reads the factor at each enlargement, so that it may be set late; the size itself may not.
 */
export async function limitYoungGeneration(): Promise<void> {
  if (isLimited) return
  const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8')
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  if (space === undefined || space.space_size < enoughBytes) return
  isLimited = true
  setFlagsFromString('--semi-space-growth-factor=1')
}
