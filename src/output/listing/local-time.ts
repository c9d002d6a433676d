/**
 * Writes service times (`2013-09-02T21:37:53.000Z`) as local ones (`2013-09-02 23:37:53`). A listing has a million of them,
 * and `Date`'s local getters take a microsecond each: here they are asked once for every quarter of an hour, which is the
 * finest step at which zones change, and the rest is arithmetic.
 */
export class LocalTime {
  /** By quarter of an hour since 1970, in minutes. */
  readonly #offsets = new Map<number, number>()
  /** By day since 1970. */
  readonly #days = new Map<number, string>()
  #lastText: string | undefined
  #lastResult = ''

  /** Text that is no such time comes back undefined. */
  format(text: string): string | undefined {
    if (text === this.#lastText) return this.#lastResult
    const time = parseUtc(text)
    if (time === undefined) return undefined
    const minute = time.minuteOfEpoch + this.#offsetAt(time.minuteOfEpoch)
    const day = Math.floor(minute / 1440)
    const ofDay = minute - day * 1440
    const result = `${this.#dayText(day)} ${twoDigits[Math.floor(ofDay / 60)]}:${twoDigits[ofDay % 60]}:${twoDigits[time.second]}`
    this.#lastText = text
    this.#lastResult = result
    return result
  }

  #offsetAt(minuteOfEpoch: number): number {
    const quarter = Math.floor(minuteOfEpoch / 15)
    const known = this.#offsets.get(quarter)
    if (known !== undefined) return known
    const offset = -new Date(quarter * 900_000).getTimezoneOffset()
    remember(this.#offsets, quarter, offset)
    return offset
  }

  #dayText(day: number): string {
    const known = this.#days.get(day)
    if (known !== undefined) return known
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
    remember(this.#days, day, text)
    return text
  }
}

const twoDigits = Array.from({ length: 61 }, (_, number) => String(number).padStart(2, '0'))

/** A listing whose times are all over the centuries must not fill the memory. */
const maximumKnown = 50_000

function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value): void {
  if (known.size >= maximumKnown) known.clear()
  known.set(key, value)
}

interface UtcTime {
  readonly minuteOfEpoch: number
  readonly second: number
}

/** Reads `YYYY-MM-DDTHH:MM:SS` with a fraction or none, and `Z`. */
function parseUtc(text: string): UtcTime | undefined {
  const hasForm =
    text.length >= 20 &&
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a &&
    text.charCodeAt(text.length - 1) === 0x5a
  if (!hasForm) return undefined
  const year = numberAt(text, 0, 4)
  const month = numberAt(text, 5, 2)
  const day = numberAt(text, 8, 2)
  const hour = numberAt(text, 11, 2)
  const minute = numberAt(text, 14, 2)
  const second = numberAt(text, 17, 2)
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60)) {
    return undefined
  }
  return { minuteOfEpoch: (daysFromCivil(year, month, day) * 24 + hour) * 60 + minute, second }
}

/** NaN where a character is no digit. */
function numberAt(text: string, at: number, length: number): number {
  let number = 0
  for (let index = at; index < at + length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN
  }
  return number
}

/** Days from 1970-01-01 in the Gregorian calendar. @see https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
