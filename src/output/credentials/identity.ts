import type { CallerIdentity } from '../../credentials/caller-identity.ts'
import { formatExpiration } from '../../credentials/credential-json.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { escapeForTerminal } from '../escape.ts'
import type { Style } from '../style.ts'

/** The document of `whoami --format json`. */
export function identityMembers(
  identity: CallerIdentity,
  { source, expiration }: Credentials,
): Record<string, unknown> {
  return {
    Account: identity.account,
    Arn: identity.arn,
    UserId: identity.userId,
    source: source.description,
    expires: expiration ? formatExpiration(expiration) : null,
    clockDifferenceSeconds: identity.clockDifferenceSeconds ?? null,
  }
}

/** The same for people, a line each. */
export function formatIdentity(
  identity: CallerIdentity,
  { source, expiration }: Credentials,
  { style, now }: { readonly style: Style; readonly now: Date },
): string {
  const lines: readonly [string, string][] = [
    ['account', identity.account],
    ['arn', identity.arn],
    ['user id', identity.userId],
    ['source', source.description],
    [
      'expires',
      expiration ? `${formatExpiration(expiration)} (${remaining(expiration, now)})` : 'never, as far as is known',
    ],
    ['clock', clock(identity.clockDifferenceSeconds)],
  ]
  return lines.map(([name, value]) => `${style.dim(name.padEnd(9))} ${escapeForTerminal(value)}\n`).join('')
}

function remaining(expiration: Date, now: Date): string {
  const minutes = Math.floor((expiration.getTime() - now.getTime()) / 60_000)
  if (minutes < 0) return 'past'
  return minutes < 60 ? `in ${minutes} min` : `in ${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A second is what a `Date` header cannot tell. */
function clock(differenceSeconds: number | undefined): string {
  if (differenceSeconds === undefined) return 'unknown: the service sent no Date'
  if (Math.abs(differenceSeconds) <= 1) return "in step with the service's"
  return differenceSeconds > 0
    ? `${differenceSeconds} s behind the service's`
    : `${-differenceSeconds} s ahead of the service's`
}
