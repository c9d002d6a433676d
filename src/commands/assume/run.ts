import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { configuredRegion } from '../../credentials/settings.ts'
import { exitCodes, usageError } from '../../errors.ts'
import { environmentCleared } from '../../output/credentials/environment-change.ts'
import { formatForShell } from '../../output/credentials/shells.ts'
import type { AssumeOptions } from '../assume.ts'
import { childEnvironment } from './child-environment.ts'
import { printCredentials } from './print.ts'

/**
 * Gets the credentials and does with them what the command line says.
 * @returns the exit code, a child command's own
 * @throws what `resolveCredentials`, `printCredentials`, `consoleUrl` and `runProgram` throw
 */
export async function runAssume(options: AssumeOptions, context: Context): Promise<number> {
  const { result } = options
  if (result.kind === 'unset') {
    await context.stdout.write(formatForShell(result.format, environmentCleared))
    return exitCodes.done
  }
  const credentials = await credentialsFor(options, context)
  const region = options.credentials.region ?? (await configuredRegion(options.credentials, context))?.value
  switch (result.kind) {
    case 'print':
      await printCredentials(credentials, { ...result, region }, context)
      return exitCodes.done
    case 'run':
      return context.runProgram(result.command, childEnvironment(context.env, credentials, region))
    case 'console': {
      const { consoleUrl } = await import('../../credentials/console-url.ts')
      await context.stdout.write(
        `${await consoleUrl(credentials, { region, options: options.credentials }, context)}\n`,
      )
      return exitCodes.done
    }
  }
}

async function credentialsFor({ credentials: options }: AssumeOptions, context: Context): Promise<Credentials> {
  const credentials = await resolveCredentials(options, context)
  if (!credentials) throw usageError('--no-sign-request leaves nothing to assume', 'leave it out')
  return credentials
}
