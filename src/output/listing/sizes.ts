const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const

/** A size for people, as the AWS CLI writes it: `1 Byte`, `512 Bytes`, `3.1 KiB`, `2.0 MiB`. */
export function humanSize(bytes: number | bigint): string {
  const count = Number(bytes)
  if (count === 1) return '1 Byte'
  if (count < 1024) return `${count} Bytes`
  let value = count / 1024
  let unit = 0
  // What would be rounded to 1024.0 belongs to the next unit.
  while (Math.round(value * 10) >= 10_240 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
