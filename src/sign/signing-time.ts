/** A signing time in the two forms that SigV4 uses, to the second. */
export interface SigningTime {
  readonly date: Date
  /** `20150830T123600Z` */
  readonly longDate: string
  /** `20150830` */
  readonly shortDate: string
}

/** @throws RangeError for an invalid date, or a year outside 0 to 9999. */
export function signingTime(date: Date): SigningTime {
  const iso = date.toISOString()
  if (iso.length !== 24) throw new RangeError(`${iso} has no four-digit year`)
  const longDate = `${iso.slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`
  return { date, longDate, shortDate: longDate.slice(0, 8) }
}

/** Reads `20150830T123600Z`; undefined for anything else. */
export function parseLongDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const date = new Date(`${iso}Z`)
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(iso) ? undefined : date
}
