/** How many pieces of work may be under way, at least one; asked before each reading. */
type Limit = () => number

/**
 * Starts work on each item, and gives the results in the items' order, each as soon as it and those before it are there: also
 * while the source has nothing new. No more is started while the taker is busy, or while as much is under way as may be.
 * @throws what the source or the work throws, after the results before it
 */
export async function* inOrder<Item, Result>(
  source: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  limit: Limit,
): AsyncGenerator<Result> {
  const items = source[Symbol.asyncIterator]()
  const started: Promise<Result>[] = []
  let reading: Promise<Reading<Item>> | undefined
  let end: Exclude<Reading<Item>, { item: Item }> | undefined
  try {
    while (!end || started.length > 0) {
      if (!end && started.length < limit()) reading ??= read(items)
      const [first] = started
      const event = await Promise.race([
        ...(reading ? [reading] : []),
        ...(first ? [first.then((result) => ({ result }))] : []),
      ])
      if ('result' in event) {
        started.shift()
        yield event.result
      } else {
        reading = undefined
        if ('item' in event) started.push(handled(work(event.item)))
        else end = event
      }
    }
  } finally {
    // Not waited for: it comes after a reading that may never end.
    if (!end && items.return) handled(items.return())
  }
  if (end.error !== undefined) throw end.error
}

type Reading<Item> = { readonly item: Item } | { readonly error: unknown }

/** An item; or the end, with an error or none. */
async function read<Item>(items: AsyncIterator<Item>): Promise<Reading<Item>> {
  try {
    const { done, value } = await items.next()
    return done ? { error: undefined } : { item: value }
  } catch (error) {
    return { error }
  }
}

/** Its failure is met when its turn comes, and until then no unhandled one. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
