import type { Credentials } from './credentials.ts'

/**
 * Whose credentials are wanted and how to get them, before anything is asked of anybody: a source, and the roles to
 * assume from it, in order.
 */
export interface IdentityPlan {
  readonly base: BaseSource
  readonly hops: readonly RoleHop[]
}

export type BaseSource =
  | { readonly kind: 'keys'; readonly credentials: Credentials }
  | ProcessSource
  | SsoSource
  | LoginSource
  | WebIdentitySource
  | MachineSource

/** What the machine that we run on gives to all that run there. */
export interface MachineSource {
  readonly kind: 'container' | 'instance-metadata'
  /** `credential_source of profile ci (~/.aws/config:4)`; undefined where nobody asked for it by name. */
  readonly origin: string | undefined
}

export interface ProcessSource {
  readonly kind: 'process'
  readonly command: string
  readonly profile: string
  readonly place: string
}

export interface SsoSource {
  readonly kind: 'sso'
  readonly profile: string
  readonly place: string
  /** The `sso-session` section's name; undefined for the older form, where the start URL names the token. */
  readonly session: string | undefined
  readonly startUrl: string
  readonly region: string
  readonly accountId: string
  readonly roleName: string
}

export interface LoginSource {
  readonly kind: 'login'
  readonly profile: string
  readonly place: string
  /** The ARN of who signed in by `aws login`. */
  readonly session: string
}

export interface WebIdentitySource {
  readonly kind: 'web-identity'
  readonly roleArn: string
  readonly tokenFile: string
  /** Undefined takes the default. */
  readonly sessionName: string | undefined
  readonly durationSeconds: number | undefined
  readonly policy?: string | undefined
  readonly policyArns?: readonly string[] | undefined
  readonly profile: string | undefined
  /** `profile ci (~/.aws/config:4)`, `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  readonly origin: string
}

/** One AssumeRole of a chain. */
export interface RoleHop {
  readonly roleArn: string
  /** `profile dev (~/.aws/config:4)` or `--role-arn`: who asked for this role. */
  readonly origin: string
  readonly profile?: string | undefined
  /** Undefined takes the default. */
  readonly sessionName?: string | undefined
  readonly externalId?: string | undefined
  readonly durationSeconds?: number | undefined
  readonly mfaSerial?: string | undefined
  readonly mfaCode?: string | undefined
  readonly policy?: string | undefined
  readonly policyArns?: readonly string[] | undefined
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | undefined
  readonly transitiveTags?: readonly string[] | undefined
  readonly sourceIdentity?: string | undefined
}
