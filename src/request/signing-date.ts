import { usageError } from '../errors.ts'
import { parseLongDate } from '../sign/signing-time.ts'

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i

/**
 * Reads a `--date`: `20150830T123600Z`, or ISO 8601 with a time zone (`2015-08-30T12:36:00Z`, `2015-08-30T14:36:00+02:00`);
 * without a zone it is UTC, without a time midnight.
 * @throws CliError (usage) for anything else, and for dates that do not exist
 */
export function parseSigningDate(text: string): Date {
  const date = parseLongDate(text) ?? parseIso(text)
  if (!date) throw usageError(`--date '${text}' is not a time`, 'write 2015-08-30T12:36:00Z or 20150830T123600Z')
  return date
}

function parseIso(text: string): Date | undefined {
  const match = iso.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  const date = new Date(`${local}${offset}`)
  // Date takes 30 February for 1 March; a date that does not exist is an error here.
  const utc = new Date(`${local}Z`)
  return Number.isNaN(date.getTime()) || !utc.toISOString().startsWith(local) ? undefined : date
}
