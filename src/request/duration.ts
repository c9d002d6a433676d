import { usageError } from '../errors.ts'

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * Seconds of `3600`, `90s`, `15m`, `12h`, `7d` or `1h30m`.
 * @param option where it stands, for the message
 * @throws CliError (usage) for anything else, and for zero
 */
export function parseDurationSeconds(text: string, option: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : sumOfParts(text)
  if (seconds === undefined || seconds === 0 || !Number.isSafeInteger(seconds)) {
    throw usageError(`${option} '${text}' is not a duration`, 'write seconds, or 15m, 12h, 7d')
  }
  return seconds
}

function sumOfParts(text: string): number | undefined {
  if (!/^(\d+[smhdw])+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
    0,
  )
}
