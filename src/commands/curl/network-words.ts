import { usageError } from '../../errors.ts'
import { type ConnectToRule, parseConnectToRule } from '../../http/connection-rules.ts'
import type { RedirectRules } from '../../http/redirect.ts'
import type { RetryRules } from '../../http/retry.ts'
import type { CurlArguments } from '../../request/curl-arguments.ts'

/** What the options say of connections. */
export interface ConnectionWords {
  readonly family: 0 | 4 | 6
  /** As given: what is wrong with them is the transfer's error. */
  readonly resolve: readonly string[]
  readonly connectTo: readonly ConnectToRule[]
  readonly unixSocket: string | undefined
  /** `-x`, as given; empty for none, undefined where the variables decide. */
  readonly proxy: string | undefined
  readonly noProxy: string | undefined
  readonly insecure: boolean
  readonly caFile: string | undefined
  readonly certificateFile: string | undefined
  readonly keyFile: string | undefined
  readonly connectTimeoutMs: number | undefined
  readonly maxTimeMs: number | undefined
  readonly idleTimeoutMs: number | undefined
  readonly expectTimeoutMs: number
  /** Bytes a second. */
  readonly rateLimit: number | undefined
}

/** @throws CliError (usage) for values that cannot be */
export function parseConnectionWords(args: CurlArguments): ConnectionWords {
  return {
    family: parseFamily(args),
    resolve: args.values('resolve').map(({ value }) => value),
    connectTo: args.values('connect-to').flatMap(({ value }) => (value === '' ? [] : [parseConnectToRule(value)])),
    unixSocket: args.value('unix-socket'),
    proxy: args.value('proxy'),
    noProxy: args.value('noproxy'),
    insecure: args.flag('insecure'),
    caFile: args.value('cacert'),
    certificateFile: parseCertificate(args.value('cert')),
    keyFile: args.value('key'),
    connectTimeoutMs: positive(args.milliseconds('connect-timeout')),
    maxTimeMs: positive(args.milliseconds('max-time')),
    idleTimeoutMs: positive(args.milliseconds('read-timeout')),
    expectTimeoutMs: args.milliseconds('expect100-timeout') ?? 1000,
    rateLimit: positive(args.bytes('limit-rate')),
  }
}

/** @throws CliError (usage) for values that cannot be */
export function parseRedirectRules(args: CurlArguments): RedirectRules {
  const max = args.integer('max-redirs', { least: -1 }) ?? 50
  return {
    follow: args.flag('location') || args.flag('location-trusted'),
    trust: args.flag('location-trusted') ? 'every-host' : 'same-host',
    max: max === -1 ? Number.POSITIVE_INFINITY : max,
    keepPost: new Set(([301, 302, 303] as const).filter((status) => args.flag(`post${status}`))),
  }
}

/** @throws CliError (usage) for values that cannot be */
export function parseRetryRules(args: CurlArguments): RetryRules {
  return {
    max: args.integer('retry', { least: 0 }) ?? 0,
    delayMs: positive(args.milliseconds('retry-delay')),
    maxTimeMs: positive(args.milliseconds('retry-max-time')),
    refusedConnections: args.flag('retry-connrefused'),
    allErrors: args.flag('retry-all-errors'),
  }
}

/** The last of `-4` and `-6` counts. */
function parseFamily(args: CurlArguments): 0 | 4 | 6 {
  const last = args.given('ipv4', 'ipv6').findLast(({ value }) => value === true)
  return last === undefined ? 0 : last.name === 'ipv4' ? 4 : 6
}

/** curl's `FILE:PASSWORD`, where `\:` is a colon; a password on a command line is read by others. */
function parseCertificate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const drive = /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0
  if (/(?<!\\):/.test(text.slice(drive))) {
    throw usageError('--cert takes no pass phrase: others can read the command line', 'give a key without one')
  }
  return text.replaceAll('\\:', ':')
}

/** 0 means no limit. */
function positive(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value
}
