/** What a transfer has done so far. */
export interface Progress {
  readonly downloaded: number
  readonly downloadTotal: number | undefined
  readonly uploaded: number
  readonly uploadTotal: number | undefined
  readonly elapsedSeconds: number
  /** Over the last few seconds. */
  readonly currentBytesPerSecond: number
}

/** The two lines above curl's meter. */
export const meterHeader = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`

/** One state of curl's meter (`lib/progress.c`); it overwrites the one before. */
export function formatMeter(progress: Progress): string {
  const { downloaded, downloadTotal, uploaded, uploadTotal, elapsedSeconds } = progress
  const down = average(downloaded, elapsedSeconds)
  const up = average(uploaded, elapsedSeconds)
  const estimate = Math.max(remaining(downloadTotal, down), remaining(uploadTotal, up))
  const total = (downloadTotal ?? downloaded) + (uploadTotal ?? uploaded)
  const done = downloaded + uploaded
  const cells = [
    percent(done, total).padStart(3),
    size(total).padStart(5),
    '',
    percent(downloaded, downloadTotal ?? 0).padStart(3),
    size(downloaded).padStart(5),
    '',
    percent(uploaded, uploadTotal ?? 0).padStart(3),
    size(uploaded).padStart(5),
    '',
    size(down).padStart(5),
    '',
    size(up).padStart(5),
    time(estimate).padStart(8),
    time(elapsedSeconds).padStart(8),
    time(estimate === 0 ? 0 : Math.max(0, estimate - elapsedSeconds)).padStart(8),
    size(progress.currentBytesPerSecond).padStart(5),
  ]
  return `\r${cells.join(' ')}`
}

/** One state of `-#`: hashes over the width, and the percentage. */
export function formatBar(progress: Progress, columns: number): string {
  const { downloaded, downloadTotal, uploaded, uploadTotal } = progress
  const total = (downloadTotal ?? 0) + (uploadTotal ?? 0)
  if (total === 0) return ''
  const width = Math.min(Math.max(columns, 20), 400) - 7
  const fraction = Math.min(1, (downloaded + uploaded) / total)
  const hashes = '#'.repeat(Math.floor(fraction * width))
  return `\r${hashes.padEnd(width)} ${(fraction * 100).toFixed(1).padStart(5)}%`
}

function average(bytes: number, seconds: number): number {
  return seconds > 0 ? Math.floor(bytes / seconds) : bytes
}

function remaining(total: number | undefined, bytesPerSecond: number): number {
  return total === undefined || bytesPerSecond === 0 ? 0 : Math.floor(total / bytesPerSecond)
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0' : String(Math.min(100, Math.floor((part * 100) / whole)))
}

const units = ['k', 'M', 'G', 'T', 'P'] as const

/** At most five characters: `99999`, `1234k`, `12.3M`. */
function size(bytes: number): string {
  if (bytes < 100_000) return String(Math.floor(bytes))
  let scaled = bytes
  for (const unit of units) {
    scaled /= 1024
    if (unit !== 'k' && scaled < 100) return `${(Math.floor(scaled * 10) / 10).toFixed(1)}${unit}`
    if (scaled < 10_000) return `${Math.floor(scaled)}${unit}`
  }
  return `${Math.floor(scaled)}P`
}

function time(seconds: number): string {
  const whole = Math.floor(seconds)
  if (whole <= 0) return '--:--:--'
  const hours = Math.floor(whole / 3600)
  if (hours <= 99) {
    const minutes = Math.floor((whole % 3600) / 60)
    return [String(hours), String(minutes).padStart(2, '0'), String(whole % 60).padStart(2, '0')].join(':')
  }
  const days = Math.floor(whole / 86_400)
  return days <= 999 ? `${days}d ${String(hours % 24).padStart(2, '0')}h` : `${days}d`
}
