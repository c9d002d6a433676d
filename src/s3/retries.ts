import { CliError, exitCodes } from '../errors.ts'
import { NetworkError, type NetworkFailure } from '../http/network-error.ts'
import { type Sleep, sleep } from '../http/throttle.ts'
import { type Header, headerValue } from '../request/header.ts'
import { MalformedPage } from './list-page.ts'
import { S3Refusal } from './refusal.ts'
import { MalformedXml } from './xml.ts'

export interface RetryOptions {
  readonly signal: AbortSignal
  /** From 0 up to 1. */
  readonly random: () => number
  /** Whether the service has answered before: a wrong host name is then no longer a likely reason. */
  readonly hasAnswered: () => boolean
  /** Called when the service says that it is too much, before the wait. */
  readonly onThrottle: () => void
  readonly sleep?: Sleep
}

/** Why it may help to send a request once more, and how often. */
type Trouble = 'throttled' | 'passing' | 'broken'

const attempts: Readonly<Record<Trouble, number>> = { throttled: 12, passing: 6, broken: 4 }
const firstWaitMs: Readonly<Record<Trouble, number>> = { throttled: 200, passing: 100, broken: 100 }
const longestWaitMs = 10_000

/**
 * Sends until an answer comes, with exponential backoff and full jitter (half of it at least), each time anew: what
 * `send` signs is signed again.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @throws what no retry can help, or the last of too many failures
 */
export async function withRetries<Answer>(send: () => Promise<Answer>, options: RetryOptions): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send()
    } catch (error) {
      options.signal.throwIfAborted()
      const trouble = troubleOf(error, options)
      if (trouble === undefined || attempt >= attempts[trouble]) throw presentable(error)
      if (trouble === 'throttled') options.onThrottle()
      const longest = Math.min(longestWaitMs, firstWaitMs[trouble] * 2 ** attempt)
      const asked = error instanceof S3Refusal ? retryAfterMs(error.headers) : undefined
      const pause = options.sleep ?? sleep
      await pause(Math.max((longest * (1 + options.random())) / 2, asked ?? 0), options.signal)
    }
  }
}

const throttlingCodes: ReadonlySet<string> = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'Busy',
])

const passingCodes: ReadonlySet<string> = new Set(['InternalError', 'RequestTimeout', 'OperationAborted'])

const passingFailures: ReadonlySet<NetworkFailure> = new Set(['reset', 'timeout', 'protocol', 'unreachable'])

/** Failures that mean a wrong address at first, and a passing fault once the service has answered. */
const startingFailures: ReadonlySet<NetworkFailure> = new Set(['refused', 'name-not-found'])

function troubleOf(error: unknown, options: RetryOptions): Trouble | undefined {
  if (error instanceof MalformedPage || error instanceof MalformedXml) return 'broken'
  if (error instanceof NetworkError) {
    const isPassing =
      passingFailures.has(error.failure) || (startingFailures.has(error.failure) && options.hasAnswered())
    return isPassing ? 'passing' : undefined
  }
  if (!(error instanceof S3Refusal)) return undefined
  const code = error.error?.code ?? ''
  if (error.status === 503 || error.status === 429 || throttlingCodes.has(code)) return 'throttled'
  const isPassing = error.status === 500 || error.status === 502 || error.status === 504 || passingCodes.has(code)
  return isPassing ? 'passing' : undefined
}

/** An answer that stays unreadable is the service's failure. */
function presentable(error: unknown): unknown {
  if (!(error instanceof MalformedPage || error instanceof MalformedXml)) return error
  return new CliError(`the service's answer cannot be read: ${error.message}`, {
    exitCode: exitCodes.serviceFailure,
    hint: 'is it S3 that answers there? --debug shows more',
    cause: error,
  })
}

/** How long the service asks to wait, in milliseconds. */
function retryAfterMs(headers: readonly Header[]): number | undefined {
  const seconds = headerValue(headers, 'retry-after')
  return seconds !== undefined && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}
