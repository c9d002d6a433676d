import { type Context, environmentValue } from '../context.ts'
import { credentialsError } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import { environmentCredentials } from './environment.ts'
import type { IdentityPlan } from './identity-plan.ts'
import { debug, note } from './notes.ts'
import type { CredentialOptions } from './options.ts'
import { checkRoleValues, withRoleOptions } from './role-options.ts'
import { requestedProfile } from './settings.ts'
import { sharedFilesOf } from './shared-files.ts'

/**
 * THE resolver: the identity that the options and the environment ask for; undefined with `--no-sign-request`.
 * Flags come first (`--credentials`, `--profile`), then keys in the environment, then `AWS_PROFILE`: each alone, so that
 * what one of them lacks is never taken from another. Only where none of them is given, the default sources are tried.
 * @throws CliError: exit 3 naming each source tried and the next step, 2 for role options without a role, or what STS
 *   said of a role
 */
export async function resolveCredentials(
  options: CredentialOptions,
  context: Context,
): Promise<Credentials | undefined> {
  if (options.signing === 'none') return undefined
  checkRoleValues(options.role, (name) => sharedFilesOf(context).profiles.has(name))
  const plan = withRoleOptions(await planIdentity(options, context), options.role)
  const credentials = await carryOut(plan, options, context)
  rejectUnsendable(credentials)
  const { accessKeyId, source, expiration } = credentials
  const end = expiration ? `, until ${expiration.toISOString()}` : ''
  await debug(options, context, `credentials ${accessKeyId} from ${source.description}${end}`)
  return credentials
}

/** A line break in one of them would begin a header of its own. */
function rejectUnsendable({ accessKeyId, sessionToken, source }: Credentials): void {
  const token = sessionToken?.reveal() ?? ''
  if (accessKeyId !== '' && isPrintable(accessKeyId) && isPrintable(token)) return
  const which = isPrintable(token) ? 'access key ID' : 'session token'
  throw credentialsError(
    `the ${which} of ${source.description} holds a blank, a line break or a character beyond ASCII`,
    'set it again, without what was pasted or read along with it',
  )
}

function isPrintable(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text)
}

async function planIdentity(options: CredentialOptions, context: Context): Promise<IdentityPlan> {
  if (options.credentialsFile !== undefined) {
    const { credentialsOfFile } = await import('./credentials-file.ts')
    return keysPlan(await credentialsOfFile(options.credentialsFile, options, context))
  }
  const requested = requestedProfile(options, context)
  const fromEnvironment = requested?.reason === '--profile' ? undefined : environmentCredentials(context)
  if (fromEnvironment) {
    await noteEnvironment(fromEnvironment, requested, context)
    return keysPlan(fromEnvironment)
  }
  // None of the rest is read or loaded for keys in the environment: most scripts start this way.
  if (!requested) return (await import('./default-sources.ts')).planOfDefaultSources(context)
  const { planOfProfile } = await import('./profile-plan.ts')
  return planOfProfile(requested.value, requested.reason, context)
}

async function carryOut(plan: IdentityPlan, options: CredentialOptions, context: Context): Promise<Credentials> {
  if (plan.base.kind === 'keys' && plan.hops.length === 0) return plan.base.credentials
  const { obtainCredentials } = await import('./obtain.ts')
  return obtainCredentials(plan, options, context)
}

function keysPlan(credentials: Credentials): IdentityPlan {
  return { base: { kind: 'keys', credentials }, hops: [] }
}

async function noteEnvironment(
  { expiration }: Credentials,
  profile: { readonly value: string; readonly reason: string } | undefined,
  context: Context,
): Promise<void> {
  if (profile) {
    await note(
      context,
      `the keys in the environment come before ${profile.reason}=${profile.value}; --profile ${profile.value} takes that profile`,
    )
  }
  const given = environmentValue(context.env, 'AWS_CREDENTIAL_EXPIRATION')
  if (given !== undefined && expiration === undefined) {
    await note(context, `AWS_CREDENTIAL_EXPIRATION '${given}' is not a time: when these credentials end is not known`)
  }
  if (expiration && expiration.getTime() <= context.now().getTime()) {
    await note(
      context,
      `the credentials in the environment ended at ${expiration.toISOString()} (AWS_CREDENTIAL_EXPIRATION)`,
    )
  }
}
