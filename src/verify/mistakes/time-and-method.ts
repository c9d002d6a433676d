import { headerValue } from '../../request/header.ts'
import { parseLongDate, signingTime } from '../../sign/signing-time.ts'
import { isParameter } from '../base-draft.ts'
import type { SigningDraft } from '../signing-draft.ts'
import { type Mistake, replaceHeader, type SearchedSituation, type Variant } from './mistake.ts'

export const timeAndMethodMistakes: readonly Mistake[] = [
  {
    id: 'method-other',
    likelihood: 64,
    cause: 'another method was signed than the one that was sent',
    fix: 'sign the method that is sent, in upper case; a presigned URL serves the one method it was made for',
    variants: ({ base }) =>
      [...methods, base.method.toLowerCase(), '']
        .filter((method) => method !== base.method)
        .map((method) => ({
          detail: `signed as ${method === '' ? 'nothing' : method}, sent as ${base.method}`,
          apply: (draft) => ({ ...draft, method }),
        })),
  },
  {
    id: 'date-other',
    likelihood: 60,
    cause: 'the signature was made with another time than the one that is sent',
    fix: 'take the time once, in UTC, and use it for X-Amz-Date, the scope and the string to sign',
    variants: otherTimes,
    farVariants: farTimes,
  },
]

const methods = ['GET', 'PUT', 'POST', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS']

/** Seconds to either side that are tried: a clock read twice, a retry that kept its signature. */
const mostSeconds = 900

function otherTimes(situation: SearchedSituation): readonly Variant[] {
  const { base, request } = situation
  const sent = parseLongDate(base.date)
  const header = headerValue(request.headers, 'date')
  const texts = [
    ...(header === undefined ? [] : [header, dateHeaderTime(header)]),
    ...(sent === undefined ? [] : otherForms(sent)),
    base.scope.date,
    '',
  ].flatMap((text) => (text === undefined || text === base.date ? [] : [text]))
  const forms = [...new Set(texts)].map((text) => signedAt(text, base.date))
  if (sent === undefined) return forms.flat()
  return [...forms.flat(), ...[...offsets(nearSeconds), ...wholeHours].flatMap((seconds) => shifted(sent, seconds))]
}

function farTimes({ base }: SearchedSituation): readonly Variant[] {
  const sent = parseLongDate(base.date)
  if (sent === undefined) return []
  const farSeconds = offsets(range(nearSeconds.length + 1, mostSeconds))
  return [...quarterHours, ...farSeconds].flatMap((seconds) => shifted(sent, seconds))
}

const nearSeconds = [1, 2, 3, 4, 5]

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

function offsets(seconds: readonly number[]): readonly number[] {
  return seconds.flatMap((second) => [-second, second])
}

/** Local time taken for UTC: whole hours, and every quarter of an hour that some place uses. */
const wholeHours = range(-8, 10)
  .filter((hours) => hours !== 0)
  .map((hours) => hours * 3600)
const quarterHours = range(-48, 56)
  .map((quarters) => quarters * 900)
  .filter((seconds) => seconds !== 0 && !wholeHours.includes(seconds))

function shifted(sent: Date, seconds: number): readonly Variant[] {
  const time = new Date(sent.getTime() + seconds * 1000)
  const year = time.getUTCFullYear()
  return year < 0 || year > 9999 ? [] : signedAt(signingTime(time).longDate, signingTime(sent).longDate)
}

/** The same time as others write it. */
function otherForms(time: Date): readonly string[] {
  const iso = time.toISOString()
  return [
    iso,
    iso.replace(/\.\d+/, ''),
    time.toUTCString(),
    String(time.getTime()),
    String(time.getTime() / 1000),
    iso.replace(/[-:]/g, ''),
  ]
}

function dateHeaderTime(value: string): string | undefined {
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : signingTime(new Date(time)).longDate
}

/** In the string to sign only, or also in the canonical request. */
function signedAt(text: string, sent: string): readonly Variant[] {
  const shown = text === '' ? 'nothing' : `'${text}'`
  const inString = (draft: SigningDraft): SigningDraft => ({ ...draft, date: text })
  const everywhere = (draft: SigningDraft): SigningDraft => {
    const parts = draft.query.parts.map((part) => (isParameter(part, 'X-Amz-Date') ? { ...part, value: text } : part))
    return replaceHeader('x-amz-date', text)({ ...draft, date: text, query: { ...draft.query, parts } })
  }
  return [
    { detail: `the string to sign says ${shown}, the request ${sent}`, apply: inString },
    { detail: `signed at ${shown}, sent as ${sent}`, apply: everywhere },
  ]
}
