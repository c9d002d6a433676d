import type { Context } from '../context.ts'
import { credentialsError } from '../errors.ts'

/** @throws CliError (credentials) for credentials that have ended */
export function rejectExpired(expiration: Date | undefined, source: string, { now }: Context): void {
  if (!expiration || expiration.getTime() > now().getTime()) return
  throw credentialsError(`the credentials of ${source} expired at ${expiration.toISOString()}`, 'get new ones')
}
