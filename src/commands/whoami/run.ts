import type { Context } from '../../context.ts'
import { callerIdentity } from '../../credentials/caller-identity.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { exitCodes, usageError } from '../../errors.ts'
import { formatIdentity, identityMembers } from '../../output/credentials/identity.ts'
import { loadStyle } from '../../output/style.ts'
import type { WhoamiOptions } from '../whoami.ts'

/**
 * Asks STS who the credentials are: the test whether they, the clock and the connection work.
 * @throws CliError: (usage) with `--no-sign-request`, what `resolveCredentials` throws, StsRefusal, NetworkError
 */
export async function runWhoami(
  { credentials: options, format, color }: WhoamiOptions,
  context: Context,
): Promise<number> {
  const credentials = await resolveCredentials(options, context)
  if (!credentials) throw usageError('--no-sign-request leaves nobody to ask for', 'leave it out')
  const identity = await callerIdentity(credentials, options, context)
  if (format === 'json') {
    await context.stdout.write(`${JSON.stringify(identityMembers(identity, credentials), null, 2)}\n`)
  } else {
    const style = await loadStyle({ mode: color, isTerminal: () => context.stdout.isTerminal, env: context.env })
    await context.stdout.write(formatIdentity(identity, credentials, { style, now: context.now() }))
  }
  return exitCodes.done
}
