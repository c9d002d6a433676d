import { curlCodes } from './transfer-error.ts'

export interface RetryRules {
  readonly max: number
  /** In place of the doubling pause. */
  readonly delayMs: number | undefined
  /** No try starts later than this after the first. */
  readonly maxTimeMs: number | undefined
  readonly refusedConnections: boolean
  readonly allErrors: boolean
}

/** How one try ended. */
export interface TryOutcome {
  /** curl's exit code, 0 where a response arrived whole. */
  readonly code: number
  /** 0 where none arrived. */
  readonly status: number
  readonly retryAfterMs: number | undefined
}

export interface Retry {
  readonly delayMs: number
  /** One phrase: `timeout`, `HTTP error`. */
  readonly problem: string
}

const transientStatuses = new Set([408, 429, 500, 502, 503, 504])

const longestDelayMs = 600_000

/**
 * Whether and when to try again, by curl's rules for `--retry`: timeouts and unresolved names, statuses that pass, and
 * with their own options refused connections or any error. Pauses are 1 s, 2 s, 4 s up to 10 minutes; what
 * `Retry-After` asks for comes in their place, also where it is shorter.
 * @param tries how many tries there were
 */
export function nextRetry(
  outcome: TryOutcome,
  rules: RetryRules,
  { tries, elapsedMs }: { readonly tries: number; readonly elapsedMs: number },
): Retry | undefined {
  if (tries > rules.max) return undefined
  if (rules.maxTimeMs !== undefined && elapsedMs >= rules.maxTimeMs) return undefined
  const problem = problemOf(outcome, rules)
  if (problem === undefined) return undefined
  const ownDelay = rules.delayMs ?? Math.min(1000 * 2 ** (tries - 1), longestDelayMs)
  const asked = problem === 'HTTP error' ? (outcome.retryAfterMs ?? 0) : 0
  const delayMs = asked > 0 ? asked : ownDelay
  if (rules.maxTimeMs !== undefined && asked > 0 && elapsedMs + delayMs > rules.maxTimeMs) return undefined
  return { delayMs, problem }
}

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3), as milliseconds from now. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime())
}

function problemOf({ code, status }: TryOutcome, rules: RetryRules): string | undefined {
  if (code === curlCodes.timeout || code === curlCodes.resolveHost || code === curlCodes.resolveProxy) return 'timeout'
  if (code === curlCodes.connect && rules.refusedConnections) return 'connection refused'
  if ((code === 0 || code === curlCodes.httpError) && transientStatuses.has(status)) return 'HTTP error'
  return code !== 0 && rules.allErrors ? '(retrying all errors)' : undefined
}
