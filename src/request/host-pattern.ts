/**
 * Host patterns are read from the right, label by label:
 * a label stands for itself, `{region}` for a region, `{any}` for any one label, `s3-{region}` for a label with that beginning,
 * `**` in front for any number of labels (a bucket with dots, or none: path style), `+` in front for at least one.
 */
export interface PatternMatch {
  /** What `{region}` stood for, where the pattern has it. */
  readonly region?: string
}

/** @param isRegion what `{region}` accepts: names of AWS regions look different from other services' */
export function matchHostPattern(
  pattern: string,
  labels: readonly string[],
  isRegion: (label: string) => boolean,
): PatternMatch | undefined {
  const parts = pattern.split('.')
  const open = parts[0] === '**' ? 0 : parts[0] === '+' ? 1 : undefined
  const fixed = open === undefined ? parts : parts.slice(1)
  const surplus = labels.length - fixed.length
  if (open === undefined ? surplus !== 0 : surplus < open) return undefined
  let region: string | undefined
  for (let index = fixed.length - 1; index >= 0; index--) {
    const match = matchLabel(fixed[index] ?? '', labels[surplus + index] ?? '', isRegion)
    if (match === undefined) return undefined
    region ??= match.region
  }
  return region === undefined ? {} : { region }
}

function matchLabel(part: string, label: string, isRegion: (label: string) => boolean): PatternMatch | undefined {
  const brace = part.indexOf('{')
  if (brace < 0) return part === label ? {} : undefined
  if (!label.startsWith(part.slice(0, brace))) return undefined
  const rest = label.slice(brace)
  if (part.endsWith('{any}')) return rest === '' ? undefined : {}
  return isRegion(rest) ? { region: rest } : undefined
}
