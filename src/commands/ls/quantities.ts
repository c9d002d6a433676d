import { usageError } from '../../errors.ts'
import { parseDurationSeconds } from '../../request/duration.ts'

/** A number from 1 up. @throws CliError (usage) */
export function parseCount(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw usageError(`${option} '${text}' is not a number from 1 up`, `write ${option} 100, for instance`)
  }
  return count
}

/** Bytes of `500`, `1K`, `1.5M`, `2GiB`: powers of 1024. @throws CliError (usage) */
export function parseSize(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  const [whole, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(?:([kmgtpe])(?:i?b)?|b)?$/i.exec(text) ?? []
  const bytes = Number(number) * 1024 ** ' kmgtpe'.indexOf(unit.toLowerCase() || ' ')
  if (whole === undefined || !Number.isFinite(bytes)) {
    throw usageError(`${option} '${text}' is not a size`, 'write bytes, or 10K, 1.5M, 2G')
  }
  return bytes
}

const dateShape = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i

/**
 * The time of a duration back from now (`7d`, `12h`), or of a date: in local time, as listings show it, unless it names a zone.
 * @throws CliError (usage)
 */
export function parseWhen(text: string | undefined, option: string, now: Date): Date | undefined {
  if (text === undefined) return undefined
  // Eight digits are a date without its dashes, and no number of seconds.
  const isDuration = /^[\dsmhdw]+$/.test(text) && !/^\d{8}$/.test(text)
  const date = isDuration ? new Date(now.getTime() - parseDurationSeconds(text, option) * 1000) : parseDate(text)
  // A duration may reach back further than dates do.
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw usageError(
      `${option} '${text}' is neither a duration nor a date`,
      'write 7d, 12h, 2026-01-31 or 2026-01-31T12:00:00Z',
    )
  }
  return date
}

function parseDate(text: string): Date | undefined {
  const match = dateShape.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone] = match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  // Date takes 30 February for 1 March; a date that does not exist is an error here.
  const utc = new Date(`${local}Z`)
  if (Number.isNaN(utc.getTime()) || !utc.toISOString().startsWith(local)) return undefined
  const time = local + fraction
  if (zone === undefined) return new Date(time)
  return new Date(time + (zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')))
}
