import { formatExpiration } from '../../credentials/credential-json.ts'
import type { Credentials } from '../../credentials/credentials.ts'

/** What a shell, a file or a process is to set and to forget. Holds the secrets. */
export interface EnvironmentChange {
  readonly set: readonly EnvironmentVariable[]
  readonly unset: readonly string[]
}

export interface EnvironmentVariable {
  readonly name: string
  readonly value: string
}

/** Variables by which an older identity could come back beside the new keys. */
const otherIdentities = ['AWS_SECURITY_TOKEN', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE']

/** Both, because the AWS CLI v1 and boto3 read only the second, and the SDKs the first. */
const regionVariables = ['AWS_REGION', 'AWS_DEFAULT_REGION']

/** What makes these credentials, and no others, those of an environment. */
export function environmentOf(credentials: Credentials, region: string | undefined): EnvironmentChange {
  const wanted: readonly [string, string | undefined][] = [
    ['AWS_ACCESS_KEY_ID', credentials.accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey.reveal()],
    ['AWS_SESSION_TOKEN', credentials.sessionToken?.reveal()],
    ['AWS_CREDENTIAL_EXPIRATION', credentials.expiration && formatExpiration(credentials.expiration)],
  ]
  const regions = region === undefined ? [] : regionVariables.map((name) => ({ name, value: region }))
  return {
    set: [...wanted.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])), ...regions],
    unset: [...wanted.flatMap(([name, value]) => (value === undefined ? [name] : [])), ...otherIdentities],
  }
}

/** What takes away everything that `environmentOf` may have set. */
export const environmentCleared: EnvironmentChange = {
  set: [],
  unset: [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_CREDENTIAL_EXPIRATION',
    ...regionVariables,
    ...otherIdentities,
  ],
}
