import type { CredentialSource } from './credentials.ts'
import type {
  LoginSource,
  MachineSource,
  ProcessSource,
  RoleHop,
  SsoSource,
  WebIdentitySource,
} from './identity-plan.ts'

/** One line for people about where credentials came from: `--debug`, `whoami` and errors say it. */

export function describeProcess({ profile, place }: ProcessSource): CredentialSource {
  return { kind: 'process', description: `credential_process of profile ${profile} (${place})`, profile }
}

export function describeSso({ profile, place, roleName, accountId }: SsoSource): CredentialSource {
  const description = `SSO role ${roleName} in account ${accountId} of profile ${profile} (${place})`
  return { kind: 'sso', description, profile }
}

export function describeLogin({ profile, place, session }: LoginSource): CredentialSource {
  return { kind: 'login', description: `login session ${session} of profile ${profile} (${place})`, profile }
}

export function describeWebIdentity({ roleArn, tokenFile, origin, profile }: WebIdentitySource): CredentialSource {
  const description = `role ${roleArn} of ${origin}, by the web identity token in ${tokenFile}`
  return { kind: 'web-identity', description, profile }
}

export function describeRole({ roleArn, origin, profile }: RoleHop, from: CredentialSource): CredentialSource {
  return { kind: 'assume-role', description: `role ${roleArn} of ${origin}, from ${from.description}`, profile }
}

export function describeContainer({ origin }: Pick<MachineSource, 'origin'>, variable: string): CredentialSource {
  return { kind: 'container', description: `the container's credentials (${variable})${by(origin)}` }
}

export function describeInstance({ origin }: Pick<MachineSource, 'origin'>): CredentialSource {
  return { kind: 'instance-metadata', description: `the instance's role by the metadata service${by(origin)}` }
}

function by(origin: string | undefined): string {
  return origin === undefined ? '' : `, ${origin}`
}
