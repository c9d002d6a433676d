import { usageError } from '../errors.ts'
import type { CurlOptionName } from './curl-options.ts'

/** One option as it stood on the command line: its text, or for a flag whether it was turned on or off. */
export interface GivenOption {
  readonly name: CurlOptionName
  readonly value: string | boolean
}

export interface NamedValue {
  readonly name: CurlOptionName
  readonly value: string
}

/** The options of a command line, in its order. */
export class CurlArguments {
  readonly #given: readonly GivenOption[]

  constructor(given: readonly GivenOption[]) {
    this.#given = given
  }

  /** Whether a flag is on: the last one wins. */
  flag(name: CurlOptionName): boolean {
    return this.#given.findLast((option) => option.name === name)?.value === true
  }

  /** Whether a flag was turned off by name. */
  turnedOff(name: CurlOptionName): boolean {
    return this.#given.findLast((option) => option.name === name)?.value === false
  }

  /** The last value of an option. */
  value(name: CurlOptionName): string | undefined {
    return this.values(name).at(-1)?.value
  }

  /** All values of these options, as they stood on the command line. */
  values(...names: readonly CurlOptionName[]): readonly NamedValue[] {
    const found: NamedValue[] = []
    for (const { name, value } of this.#given) {
      if (names.includes(name) && typeof value === 'string') found.push({ name, value })
    }
    return found
  }

  /** Options of either kind in their order: a URL's outputs are values and flags. */
  given(...names: readonly CurlOptionName[]): readonly GivenOption[] {
    return this.#given.filter((option) => names.includes(option.name))
  }

  /** A time in seconds, fractions allowed, as milliseconds. */
  milliseconds(name: CurlOptionName): number | undefined {
    const text = this.value(name)
    if (text === undefined) return undefined
    if (!/^(\d+(\.\d*)?|\.\d+)$/.test(text)) throw badNumber(name, text, 'a number of seconds')
    return Math.round(Number(text) * 1000)
  }

  /** A whole number from `least` on. */
  integer(name: CurlOptionName, { least }: { least: number }): number | undefined {
    const text = this.value(name)
    if (text === undefined) return undefined
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(number >= least && number <= 0x7fffffff)) throw badNumber(name, text, `a whole number from ${least}`)
    return number
  }

  /** A number of bytes: `1000`, `200K`, `1.5M`, in units of 1024. */
  bytes(name: CurlOptionName): number | undefined {
    const text = this.value(name)
    if (text === undefined) return undefined
    const match = /^(\d+(?:\.\d+)?)([BbKkMmGgTtPp]?)$/.exec(text)
    const unit = byteUnits[match?.[2]?.toUpperCase() ?? '']
    if (!match || unit === undefined) throw badNumber(name, text, 'a number of bytes such as 1000, 200K or 1M')
    return Math.floor(Number(match[1]) * unit)
  }
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  P: 1024 ** 5,
}

function badNumber(name: CurlOptionName, text: string, wanted: string): Error {
  return usageError(`--${name} wants ${wanted}, not '${text}'`)
}
