import { type Context, environmentValue } from '../context.ts'
import { credentialsError } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import type { CredentialOptions } from './options.ts'
import { Secret } from './secret.ts'

/**
 * THE resolver: the identity that the options and the environment ask for; undefined with `--no-sign-request`.
 * @throws CliError (exit 3) naming each source tried and the next step.
 */
export async function resolveCredentials(
  options: CredentialOptions,
  context: Context,
): Promise<Credentials | undefined> {
  if (options.signing === 'none') return undefined
  const fromEnvironment = environmentCredentials(context)
  if (fromEnvironment && options.profile === undefined) return fromEnvironment
  throw credentialsError(
    'no credentials: AWS_ACCESS_KEY_ID is not set',
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile',
  )
}

function environmentCredentials({ env }: Context): Credentials | undefined {
  const accessKeyId = environmentValue(env, 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = environmentValue(env, 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = environmentValue(env, 'AWS_SESSION_TOKEN')
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const absent = accessKeyId === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'
    throw credentialsError(
      `half a key pair in the environment: ${absent} is not set`,
      `set ${absent}, or unset the other`,
    )
  }
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
    source: {
      kind: 'environment',
      description: 'environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    },
  }
}
