import { directoryDelimiter, directoryToProbe, hintsFrom } from './directory-hints.ts'
import type { FetchPage } from './fetch-page.ts'
import type { KeyRange } from './key-range.ts'

interface ProbeOptions {
  readonly fetchPage: FetchPage
  readonly prefix: string
  readonly delimiter: string | undefined
}

/** A directory, and from where on its subdirectories matter. */
export interface ProbeTarget {
  readonly directory: string
  readonly cursor: string
}

/** So many looks that bring nothing cost little; each further one is put off until the range has proved twice as long. */
const freeLooks = 3

function isPromising({ fruitlessProbes, keysSoFar, keyCount }: KeyRange<unknown>): boolean {
  return fruitlessProbes < freeLooks || keysSoFar > keyCount * 2 ** (fruitlessProbes - freeLooks)
}

/** Looks for directories behind a range's cursor: places to divide it at. */
export class DirectoryProbe {
  readonly #options: ProbeOptions
  #isUseful = true

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  /** @returns undefined where there can be no directories that are not known yet */
  targetIn(range: KeyRange<unknown>): ProbeTarget | undefined {
    const { cursor, upTo, probed } = range
    const { prefix, delimiter } = this.#options
    if (!this.#isUseful || delimiter !== undefined || cursor === undefined || !isPromising(range)) return undefined
    const directory = directoryToProbe({ prefix, cursor, upTo, probed })
    return directory === undefined ? undefined : { directory, cursor }
  }

  /** Asks for the directories and gives them to the range, which is not to be split meanwhile. Never fails. */
  async look(range: KeyRange<unknown>, { directory, cursor }: ProbeTarget, signal: AbortSignal): Promise<void> {
    range.isProbing = true
    try {
      const request = { prefix: directory, delimiter: directoryDelimiter, from: { after: cursor } }
      const page = (await this.#options.fetchPage(request, signal)).take()
      const { upTo, keys, keyCount, keysSoFar, previousCursor } = range
      const view = { cursor: range.cursor ?? cursor, upTo, keys, keyCount, keysSoFar, previousCursor }
      range.takeHints(hintsFrom(page, { directory, range: view }))
    } catch {
      // Only hints were asked for: without them the keys are divided as flat ones.
      this.#isUseful = false
    } finally {
      range.isProbing = false
    }
  }
}
