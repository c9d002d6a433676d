import type { Environment } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { environmentCleared, environmentOf } from '../../output/credentials/environment-change.ts'

/** Every other variable by which an SDK could come to an identity. */
const otherSources = [
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_ACCOUNT_ID',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
]

/** The environment of a child that is to have these credentials and no others. */
export function childEnvironment(env: Environment, credentials: Credentials, region: string | undefined): Environment {
  const { set } = environmentOf(credentials, region)
  const regions = ['AWS_REGION', 'AWS_DEFAULT_REGION']
  const cleared = new Set([...environmentCleared.unset.filter((name) => !regions.includes(name)), ...otherSources])
  const kept = Object.entries(env).filter(([name]) => !cleared.has(name))
  return { ...Object.fromEntries(kept), ...Object.fromEntries(set.map(({ name, value }) => [name, value])) }
}
