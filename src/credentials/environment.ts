import { type Context, environmentValue } from '../context.ts'
import { credentialsError } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import { Secret } from './secret.ts'

/**
 * The keys in the environment; undefined where there are none. `AWS_SECURITY_TOKEN` is the old name of the token, which
 * the AWS CLI still reads.
 * @throws CliError (credentials) for half a pair: going on to another source would sign as somebody else
 */
export function environmentCredentials({ env }: Context): Credentials | undefined {
  const accessKeyId = environmentValue(env, 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = environmentValue(env, 'AWS_SECRET_ACCESS_KEY')
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const [absent, other] =
      accessKeyId === undefined
        ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
        : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID']
    throw credentialsError(
      `half a key pair in the environment: ${absent} is not set, but ${other} is`,
      `set ${absent}, or unset ${other}`,
    )
  }
  const sessionToken = environmentValue(env, 'AWS_SESSION_TOKEN') ?? environmentValue(env, 'AWS_SECURITY_TOKEN')
  const expiration = Date.parse(environmentValue(env, 'AWS_CREDENTIAL_EXPIRATION') ?? '')
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: sessionToken === undefined ? undefined : new Secret(sessionToken),
    expiration: Number.isNaN(expiration) ? undefined : new Date(expiration),
    accountId: environmentValue(env, 'AWS_ACCOUNT_ID'),
    source: {
      kind: 'environment',
      description: 'environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    },
  }
}
