import type { Secret } from './secret.ts'

/** A resolved identity. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken?: Secret | undefined
  /** When temporary credentials end. */
  readonly expiration?: Date | undefined
  readonly accountId?: string | undefined
  readonly source: CredentialSource
}

/** Where credentials came from, for `--debug`, `whoami`, `--explain` and the cache. */
export interface CredentialSource {
  readonly kind:
    | 'environment'
    | 'profile'
    | 'assume-role'
    | 'web-identity'
    | 'sso'
    | 'login'
    | 'process'
    | 'container'
    | 'instance-metadata'
    | 'file'
  /** One line for people: `environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`, `profile dev (~/.aws/credentials:12)`. */
  readonly description: string
  /** The profile, where one was used. */
  readonly profile?: string | undefined
}
