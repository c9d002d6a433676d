import { usageError } from '../../errors.ts'
import { parseDurationSeconds } from '../../request/duration.ts'

const sizeUnits: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }

/**
 * Bytes of `100`, `1K`, `1.5M`, `2GiB`, `1TB`: every unit is a power of 1024, as in the AWS CLI.
 * @throws CliError (usage)
 */
export function parseSize(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGTPE]?)(?:i?B)?$/i.exec(text)
  if (match === null) throw usageError(`${option} '${text}' is not a size`, 'write bytes, or 100K, 1.5M, 2G')
  return Number(match[1]) * 1024 ** (sizeUnits[(match[2] ?? '').toUpperCase()] ?? 0)
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i

/**
 * A point in time, in milliseconds since 1970: `7d` or `12h` before now, or a date, without a zone in local time as listings
 * show it.
 * @throws CliError (usage)
 */
export function parseMoment(text: string, option: string, now: Date): number {
  if (!/^\d+-/.test(text)) return now.getTime() - parseMomentDuration(text, option) * 1000
  const match = datePattern.exec(text)
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = ''] = match ?? []
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`)
  // 30 February is no date, although Date takes it for 1 March.
  const exists = new Date(`${year}-${month}-${day}T00:00:00Z`).toJSON()?.startsWith(`${year}-${month}-${day}`)
  if (match === null || Number.isNaN(date.getTime()) || !exists) throw notAMoment(text, option)
  return date.getTime()
}

function parseMomentDuration(text: string, option: string): number {
  if (!/^(\d+[smhdw])+$/.test(text)) throw notAMoment(text, option)
  return parseDurationSeconds(text, option)
}

function notAMoment(text: string, option: string): Error {
  return usageError(
    `${option} '${text}' is neither a duration nor a date`,
    'write 7d, 12h, 2026-01-31 or 2026-01-31T12:00:00Z',
  )
}

/** @throws CliError (usage) unless it is a whole number from `minimum` on */
export function parseCount(text: string, option: string, minimum: number): number {
  const count = Number(text)
  if (!/^\d{1,15}$/.test(text) || count < minimum) {
    throw usageError(`${option} '${text}' is not a whole number from ${minimum} on`)
  }
  return count
}
