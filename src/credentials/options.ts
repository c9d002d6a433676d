import type { ConnectionOptions } from '../http/connection-options.ts'

/** What the shared options say about identity, region and endpoint, parsed. */
export interface CredentialOptions {
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
  /** A file in credential_process form; `-` is stdin. */
  readonly credentialsFile?: string | undefined
  /** `none` with `--no-sign-request`. */
  readonly signing: 'signed' | 'none'
  readonly cache: 'use' | 'skip'
  readonly role: RoleOptions
  /** For role calls and token services. */
  readonly connection: ConnectionOptions
  /** Where STS answers in place of its own endpoint: `--endpoint-url` of the commands whose own service is STS. */
  readonly stsEndpointUrl?: string | undefined
  /** `verbose` with `--debug`. */
  readonly diagnostics: 'quiet' | 'verbose'
}

/** The roles that flags name, and what is asked of STS for them. */
export interface RoleOptions {
  readonly roleArns: readonly string[]
  readonly externalIds: readonly string[]
  readonly sessionName?: string | undefined
  readonly durationSeconds?: number | undefined
  readonly mfaSerial?: string | undefined
  readonly mfaCode?: string | undefined
  /** JSON text. */
  readonly policy?: string | undefined
  readonly policyArns: readonly string[]
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly transitiveTags: readonly string[]
  readonly sourceIdentity?: string | undefined
}
