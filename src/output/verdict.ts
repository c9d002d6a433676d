import { canonicalDifferences, type Difference } from '../verify/canonical-difference.ts'
import type { Examination } from '../verify/examine.ts'
import type { Verdict } from '../verify/judge.ts'
import { type NamedMistake, searchedText } from '../verify/ranking.ts'
import { escapeOdd, hideSecrets, markedLine, visible } from './evidence.ts'
import { type Layout, wrapText } from './labelled-rows.ts'
import type { Style } from './style.ts'

type Shown = Verdict & Partial<Pick<Examination, 'alignment' | 'answer'>>

/** The members of a verdict's JSON document. */
export function verdictMembers({ outcome, checks, mistakes }: Verdict) {
  return {
    valid: outcome === 'valid',
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail: hideSecrets(detail) })),
    mistakes: mistakes.map(({ id, cause, detail, fix, group }) => ({
      id,
      detail: hideSecrets(`${cause}: ${detail}`),
      fix,
      group,
    })),
  }
}

/**
 * A verdict for people: what it is, the cause, the fix, then the evidence. Ends with a line feed.
 * @param layout sentences are broken to its columns (`Infinity`: not at all); what was signed never is
 */
export function formatVerdict(verdict: Shown, layout: Layout): string {
  const { style } = layout
  const lines = [
    ...headlines(verdict, layout),
    ...evidenceLines(verdict, style),
    '',
    ...checkLines(verdict, layout),
    ...searchLines(verdict, style),
  ]
  return `${lines.join('\n')}\n`
}

/** Verdict, causes and fixes, and the line that differs: what fits under an error message. */
export function formatDiagnosis(verdict: Shown, style: Style): readonly string[] {
  return [...headlines(verdict, { style, columns: Number.POSITIVE_INFINITY }), ...evidenceLines(verdict, style)]
}

function headlines({ outcome, mistakes, checks }: Shown, layout: Layout): readonly string[] {
  const { style } = layout
  if (outcome === 'valid') return [style.green(style.bold('valid'))]
  if (outcome === 'undecided') {
    const signature = checks.find(({ name }) => name === 'signature')?.detail
    const why = signature === undefined ? 'the input does not say enough' : `the signature was ${safe(signature)}`
    return [
      style.yellow(style.bold('undecided')),
      ...hanging('  ', `nothing wrong can be seen, but ${why}`, { start: 2, ...layout }),
    ]
  }
  const together = mistakes.filter(({ group }) => group === 1)
  const others = mistakes.filter(({ group }) => group !== 1)
  const names = together.map(({ id }) => id).join(' and ')
  return [
    `${style.red(style.bold('not valid'))}  ${style.bold(names)}`,
    ...together.flatMap((mistake, index) =>
      mistakeLines(mistake, { layout, titled: together.length > 1, first: index === 0 }),
    ),
    ...alternatives(others).flatMap((made) => [
      style.dim(`  or ${made.map(({ id, detail }) => `${id} (${safe(detail)})`).join(' with ')}`),
    ]),
  ]
}

interface MistakeLayout {
  readonly layout: Layout
  readonly titled: boolean
  readonly first: boolean
}

function mistakeLines(
  { id, cause, detail, fix }: NamedMistake,
  { layout, titled, first }: MistakeLayout,
): readonly string[] {
  const { style } = layout
  const row = (label: string, text: string) =>
    hanging(`  ${style.dim(label)}${' '.repeat(7 - label.length)}`, text, { start: 9, ...layout })
  return [
    ...(titled && !first ? [''] : []),
    ...(titled ? [`  ${style.bold(id)}`] : []),
    ...row('cause', cause),
    ...row('fix', fix),
    ...row('seen', safe(detail)),
  ]
}

function alternatives(mistakes: readonly NamedMistake[]): readonly (readonly NamedMistake[])[] {
  const groups = [...new Set(mistakes.map(({ group }) => group))]
  return groups.map((group) => mistakes.filter((mistake) => mistake.group === group))
}

/** The canonical request that was signed beside the right one; or the two that an answer or a log shows. */
function evidenceLines({ signing, alignment }: Shown, style: Style): readonly string[] {
  const made = signing?.made
  if (made !== undefined && signing !== undefined) {
    const inRequest = differenceLines(
      {
        actual: made.canonicalRequest,
        actualIs: 'signed',
        expected: signing.right.canonicalRequest,
        expectedIs: 'expected',
      },
      style,
    )
    if (inRequest.length > 0) return ['', ...inRequest]
    const inString = stringLines(made.stringToSign, signing.right.stringToSign, style)
    return inString.length > 0 ? ['', ...inString] : []
  }
  const lines = alignment ? differenceLines(alignment, style) : []
  return lines.length > 0 ? ['', ...lines] : []
}

interface Sides {
  readonly actual: string
  readonly actualIs: string
  readonly expected: string
  readonly expectedIs: string
}

/** More differing lines are counted only. */
const mostShown = 4

function differenceLines(sides: Sides, style: Style): readonly string[] {
  const differences = canonicalDifferences(sides.actual, sides.expected)
  const shown = differences.slice(0, mostShown).flatMap((difference) => oneDifference(difference, sides, style))
  const more = differences.length - mostShown
  return [...shown, ...(more > 0 ? [style.dim(`  and ${more} more differing lines`)] : [])]
}

function oneDifference(difference: Difference, { actualIs, expectedIs }: Sides, style: Style): readonly string[] {
  const width = Math.max(actualIs.length, expectedIs.length)
  const { line, column, part } = difference
  const actual = difference.actual === undefined ? undefined : hideSecrets(difference.actual)
  const expected = difference.expected === undefined ? undefined : hideSecrets(difference.expected)
  const [one, other] = [markedLine(actual, column), markedLine(expected, column)]
  const head = `  canonical request, line ${line}, column ${column} (${part})`
  return [
    style.dim(head),
    `  ${style.dim(actualIs.padEnd(width))}  ${style.red(one.text)}`,
    `  ${style.dim(expectedIs.padEnd(width))}  ${style.green(other.text)}`,
    `  ${' '.repeat(width)}  ${' '.repeat(Math.max(one.caret, other.caret))}^`,
  ]
}

const stringPartNames = ['algorithm', 'time', 'scope', 'hash of the canonical request']

function stringLines(actual: string, expected: string, style: Style): readonly string[] {
  const [left, right] = [actual.split('\n'), expected.split('\n')]
  const index = right.findIndex((line, at) => line !== left[at])
  if (index < 0) return []
  return [
    style.dim(`  string to sign, line ${index + 1} (${stringPartNames[index] ?? ''})`),
    `  ${style.dim('signed  ')}  ${style.red(visible(left[index] ?? ''))}`,
    `  ${style.dim('expected')}  ${style.green(visible(right[index] ?? ''))}`,
  ]
}

/** An unknown mistake says already how far the search went. */
function searchLines({ search, mistakes }: Shown, style: Style): readonly string[] {
  const said = search === undefined || mistakes.some(({ id }) => id === 'unknown')
  return said ? [] : ['', style.dim(`  ${searchedText(search)}`)]
}

function checkLines({ checks }: Shown, layout: Layout): readonly string[] {
  const { style } = layout
  const width = Math.max(0, ...checks.map(({ name }) => name.length))
  return checks.flatMap(({ name, ok, detail, undecided }) => {
    const mark = ok ? style.green('ok   ') : undecided ? style.yellow('?    ') : style.red('wrong')
    return hanging(`  ${mark}  ${name.padEnd(width)}  `, shorten(safe(detail)), { start: width + 11, ...layout })
  })
}

/** Narrower columns for the text are not worth breaking it for. */
const narrowest = 30

interface Hanging {
  readonly columns: number
  /** How many columns stand before the text. */
  readonly start: number
}

/** Text behind what stands before it, its further lines below its first. */
function hanging(before: string, text: string, { columns, start }: Hanging): readonly string[] {
  if (columns - start < narrowest) return [before + text]
  const [first = '', ...rest] = wrapText(text, { columns, start })
  return [before + first.slice(start), ...rest]
}

/** Columns that a check's detail may take. */
const widest = 160

function shorten(text: string): string {
  return text.length <= widest ? text : `${text.slice(0, widest - 3)}...`
}

function safe(text: string): string {
  return escapeOdd(hideSecrets(text))
}
