import type { Credentials } from '../../credentials/credentials.ts'
import { credentialsError } from '../../errors.ts'

const refreshBeforeMs = 5 * 60_000
const retryAfterMs = 60_000

/** Credentials for work that may outlast them. */
export interface LastingCredentials {
  /** Those to sign with now. @throws CliError (exit 3) once they have ended and there are no others */
  current(now: Date): Promise<Credentials>
}

/**
 * Credentials that are resolved again from five minutes before they end, once a minute until there are new ones.
 * @param resolve asks for credentials, now and whenever they are to be refreshed
 * @param tell takes a line about a refresh that failed while the old ones live
 * @throws what `resolve` throws
 */
export async function lastingCredentials(
  resolve: () => Promise<Credentials>,
  start: Date,
  tell: (line: string) => Promise<void>,
): Promise<LastingCredentials> {
  let credentials = await resolve()
  // Credentials that are dead already are for the user to want, with a --date of the past; the resolver says so.
  const startedAlive = !hasEnded(credentials, start)
  let triedAt = Number.NEGATIVE_INFINITY
  let refreshing: Promise<Credentials> | undefined
  return {
    async current(now) {
      const time = now.getTime()
      const end = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY
      if (!startedAlive || time < end - refreshBeforeMs) return credentials
      if (time >= triedAt + retryAfterMs || time >= end) {
        triedAt = time
        refreshing ??= refreshed({ resolve, tell }, credentials, now)
      }
      if (refreshing) {
        try {
          credentials = await refreshing
        } finally {
          refreshing = undefined
        }
      }
      if (hasEnded(credentials, now)) {
        throw credentialsError(
          `the credentials ended at ${credentials.expiration?.toISOString()} (${credentials.source.description})`,
          'get new ones and sign the lines that are left',
        )
      }
      return credentials
    },
  }
}

function hasEnded({ expiration }: Credentials, now: Date): boolean {
  return expiration !== undefined && expiration.getTime() <= now.getTime()
}

interface Refreshing {
  readonly resolve: () => Promise<Credentials>
  readonly tell: (line: string) => Promise<void>
}

/** As long as the old ones live, a failure is only told. */
async function refreshed({ resolve, tell }: Refreshing, old: Credentials, now: Date): Promise<Credentials> {
  try {
    return await resolve()
  } catch (error) {
    if (hasEnded(old, now)) throw error
    const problem = error instanceof Error ? error.message : String(error)
    await tell(`no new credentials: ${problem}; signing with those that end at ${old.expiration?.toISOString()}`)
    return old
  }
}
