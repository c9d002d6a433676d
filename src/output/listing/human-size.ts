const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** Bytes as `aws s3 ls --human-readable` writes them: `1 Byte`, `10 Bytes`, `1.0 KiB`, `1.0 MiB`. */
export function humanSize(bytes: number): string {
  if (bytes === 1) return '1 Byte'
  if (bytes < 1024) return `${bytes} Bytes`
  let size = bytes / 1024
  let unit = 0
  while (roundHalfToEven(size) >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${oneDecimal(size)} ${units[unit]}`
}

/** As Python rounds: the AWS CLI decides by it where the next unit begins. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value)
}

/** As Python's `%.1f`: a tie (which only .25 and .75 can be in binary) goes to the even digit; `toFixed` goes up. */
function oneDecimal(size: number): string {
  const tenths = size * 10
  const isTie = (size * 4) % 2 === 1
  return isTie ? (roundHalfToEven(tenths) / 10).toFixed(1) : size.toFixed(1)
}
