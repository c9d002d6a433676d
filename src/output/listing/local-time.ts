import { detachedText } from '../../s3/detached.ts'

/** `2013-09-02T21:37:53.000Z`, as S3 writes times. */
const serviceTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** Forgets all rather than keep more hours than this. */
const rememberedHours = 20_000

/**
 * Makes a function that turns S3's times into local ones, `2013-09-02 23:37:53`. The zone's offset is looked up once an hour of
 * the listing, not once a key: a `Date` for each of a million keys takes longer than to receive them.
 * @returns a function that gives 19 blanks where there is no time, and undefined for a text that is none
 */
export function localTimes(): (text: string | undefined) => string | undefined {
  const hours = new Map<string, LocalHour>()
  // Keys beside each other are often of one hour: to compare takes half as long as to look up.
  let latest: LocalHour = { hour: '-', local: undefined }
  return (text) => {
    if (text === undefined) return noTime
    if (!serviceTime.test(text)) return otherTime(text)
    if (!text.startsWith(latest.hour)) {
      const hour = text.slice(0, 13)
      latest = hours.get(hour) ?? remembered(hours, hour)
    }
    return latest.local === undefined ? otherTime(text) : latest.local + text.slice(13, 19)
  }
}

interface LocalHour {
  /** `2013-09-02T21` */
  readonly hour: string
  /** `2013-09-02 23`, or undefined where minutes change too. */
  readonly local: string | undefined
}

function remembered(hours: Map<string, LocalHour>, hour: string): LocalHour {
  if (hours.size >= rememberedHours) hours.clear()
  const own = detachedText(hour)
  const made = { hour: own, local: localHour(own) }
  hours.set(own, made)
  return made
}

const noTime = ' '.repeat(19)

/** Undefined where the local zone is no whole hours away, or changes within the hour. */
function localHour(hour: string): string | undefined {
  const start = localText(new Date(`${hour}:00:00Z`))
  const end = localText(new Date(`${hour}:59:59Z`))
  return start.endsWith(':00:00') && start.slice(0, 13) === end.slice(0, 13) ? start.slice(0, 13) : undefined
}

function otherTime(text: string): string | undefined {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : localText(date)
}

function localText(date: Date): string {
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
