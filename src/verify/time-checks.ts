import { parseLongDate } from '../sign/signing-time.ts'
import { type Check, checkOf, type Finding, failed, passed } from './check.ts'
import type { SignatureClaim } from './signature-claim.ts'

/** How far a service lets the signing time be from its own: 15 minutes (S3 "RequestTimeTooSkewed", IAM User Guide). */
const toleranceSeconds = 900
/** Seven days (S3 API reference, "Authenticating Requests: Using Query Parameters"). */
const longestExpirySeconds = 604_800

/** The time as of which dates are judged. */
export interface JudgingTime {
  /** Undefined where nothing tells when the request arrived: then dates are not judged. */
  readonly time: Date | undefined
  /** What happened then, as `the answer`; undefined for now. */
  readonly event: string | undefined
}

/** The date and, for presigned URLs, the expiry, judged as of a time. */
export function timeChecks(claim: SignatureClaim, judged: JudgingTime): readonly Check[] {
  const time = claim.longDate === undefined ? undefined : parseLongDate(claim.longDate)
  if (time === undefined) {
    const what =
      claim.longDate === undefined ? 'the request has no X-Amz-Date and no Date' : `'${claim.longDate}' is no such time`
    return [failed('date', [{ id: 'date-format', detail: what }])]
  }
  const age = judged.time && {
    seconds: Math.round((judged.time.getTime() - time.getTime()) / 1000),
    event: judged.event,
  }
  if (claim.form === 'header') return [skewCheck(claim, age)]
  return [futureCheck(claim, age), expiryCheck(claim, age)]
}

/** How long before the time of judging something was; negative: after it. */
interface Age {
  readonly seconds: number
  readonly event: string | undefined
}

function skewCheck({ longDate = '' }: SignatureClaim, age: Age | undefined): Check {
  if (age === undefined) return passed('date', longDate)
  const findings =
    Math.abs(age.seconds) > toleranceSeconds ? [{ id: 'clock-skew', detail: `${longDate} is ${distance(age)}` }] : []
  return checkOf('date', findings, `${longDate}, ${distance(age)}`)
}

function futureCheck({ longDate = '' }: SignatureClaim, age: Age | undefined): Check {
  if (age === undefined) return passed('date', longDate)
  const findings =
    age.seconds < -toleranceSeconds ? [{ id: 'not-yet-valid', detail: `${longDate} is ${distance(age)}` }] : []
  return checkOf('date', findings, `${longDate}, ${distance(age)}`)
}

function expiryCheck(claim: SignatureClaim, age: Age | undefined): Check {
  const { expires } = claim
  if (expires === undefined) return passed('expiry', 'no X-Amz-Expires: the service decides')
  if (!/^\d{1,15}$/.test(expires)) {
    return failed('expiry', [
      { id: 'authorization-malformed', detail: `X-Amz-Expires is '${expires}', not a number of seconds` },
    ])
  }
  const seconds = Number(expires)
  const findings: Finding[] = []
  if (seconds > longestExpirySeconds) {
    findings.push({
      id: 'expires-too-long',
      detail: `X-Amz-Expires is ${seconds}, at most ${longestExpirySeconds} is allowed`,
    })
  }
  if (age !== undefined && age.seconds > seconds) {
    findings.push({
      id: 'expired',
      detail: `it was valid for ${duration(seconds)} and ended ${distance({ ...age, seconds: age.seconds - seconds })}`,
    })
  }
  const left = age === undefined ? '' : `, ${duration(seconds - age.seconds)} left`
  return checkOf('expiry', findings, `valid for ${duration(seconds)}${left}`)
}

function distance({ seconds, event }: Age): string {
  if (seconds === 0) return event === undefined ? 'now' : `at the time of ${event}`
  const length = duration(Math.abs(seconds))
  if (event === undefined) return seconds > 0 ? `${length} ago` : `${length} from now`
  return `${length} ${seconds > 0 ? 'before' : 'after'} ${event}`
}

/** `45 s`, `12 min`, `3 h 20 min`, `5 d 2 h`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`
}
