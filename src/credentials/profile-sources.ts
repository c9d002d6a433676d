import type { Context } from '../context.ts'
import { credentialsError } from '../errors.ts'
import { nearestName } from '../request/nearest-name.ts'
import type { Credentials } from './credentials.ts'
import { environmentCredentials } from './environment.ts'
import type { BaseSource } from './identity-plan.ts'
import { Secret } from './secret.ts'
import type { FileSettings, Profile, SharedFiles } from './shared-files.ts'

/**
 * `duration_seconds` of a role.
 * @throws CliError (credentials) for what is no number
 */
export function roleDuration(profile: Profile): number | undefined {
  const setting = profile.settings.get('duration_seconds')
  if (!setting) return undefined
  if (/^\d+$/.test(setting.value)) return Number(setting.value)
  throw credentialsError(
    `duration_seconds '${setting.value}' (${setting.place}) is not a number of seconds`,
    'write duration_seconds = 3600, for instance',
  )
}

/**
 * `credential_source`: where the keys for a role come from when no profile has them.
 * @throws CliError (credentials) for an unknown one, or `Environment` without keys in it
 */
export function namedSource(profile: Profile, context: Context): BaseSource | undefined {
  const setting = profile.settings.get('credential_source')
  if (!setting) return undefined
  const origin = `credential_source of profile ${profile.name} (${setting.place})`
  switch (setting.value) {
    case 'Ec2InstanceMetadata':
      return { kind: 'instance-metadata', origin }
    case 'EcsContainer':
      return { kind: 'container', origin }
    case 'Environment': {
      const credentials = environmentCredentials(context)
      if (credentials) return { kind: 'keys', credentials }
      throw credentialsError(
        `profile '${profile.name}' takes its source from the environment (${setting.place}), but AWS_ACCESS_KEY_ID is not set`,
        'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      )
    }
    default:
      throw credentialsError(
        `credential_source '${setting.value}' (${setting.place}) is none`,
        'write Environment, Ec2InstanceMetadata or EcsContainer',
      )
  }
}

/**
 * `web_identity_token_file` with `role_arn`.
 * @throws CliError (credentials) where the role or its duration is none
 */
export function webIdentity(profile: Profile): BaseSource | undefined {
  const tokenFile = profile.settings.get('web_identity_token_file')
  if (!tokenFile) return undefined
  return {
    kind: 'web-identity',
    tokenFile: tokenFile.value,
    roleArn: required(profile, 'role_arn', 'a web identity'),
    sessionName: profile.settings.get('role_session_name')?.value,
    durationSeconds: roleDuration(profile),
    profile: profile.name,
    origin: `profile ${profile.name} (${tokenFile.place})`,
  }
}

/**
 * `sso_account_id` and `sso_role_name`, with an `sso-session` or in the older form. A session alone is for tokens, not keys.
 * @throws CliError (credentials) for a session that is not in the config file, or a setting that lacks
 */
export function sso(profile: Profile, files: SharedFiles): BaseSource | undefined {
  const role = profile.settings.get('sso_role_name') ?? profile.settings.get('sso_account_id')
  if (!role) return undefined
  const session = profile.settings.get('sso_session')?.value
  const section: FileSettings | undefined = session === undefined ? profile.settings : files.ssoSessions.get(session)
  if (!section) {
    throw credentialsError(
      `profile '${profile.name}' names the sso_session '${session}' (${placeOf(profile, 'sso_session')}), which is not in ${files.configFile.shownPath}`,
      hintOf(nearestName(session ?? '', files.ssoSessions.keys()), "run 'aws configure sso-session'"),
    )
  }
  const ofSection = (key: string) => {
    const value = section.get(key)?.value
    if (value !== undefined) return value
    const where = session === undefined ? `profile '${profile.name}'` : `[sso-session ${session}]`
    throw credentialsError(`${where} has no ${key}, which SSO needs`, "run 'aws configure sso'")
  }
  return {
    kind: 'sso',
    profile: profile.name,
    place: role.place,
    session,
    startUrl: ofSection('sso_start_url'),
    region: ofSection('sso_region'),
    accountId: required(profile, 'sso_account_id', 'SSO'),
    roleName: required(profile, 'sso_role_name', 'SSO'),
  }
}

/** `login_session`, written by `aws login`. */
export function login(profile: Profile): BaseSource | undefined {
  const session = profile.settings.get('login_session')
  return session && { kind: 'login', profile: profile.name, place: session.place, session: session.value }
}

/** `credential_process`. */
export function credentialProcess(profile: Profile): BaseSource | undefined {
  const command = profile.settings.get('credential_process')
  return command && { kind: 'process', profile: profile.name, place: command.place, command: command.value }
}

/**
 * Keys of a profile. Both files may hold a pair; one pair is taken whole from one file, so that a key never meets
 * another's secret or session token.
 * @throws CliError (credentials) for half a pair
 */
export function staticKeys(profile: Profile): BaseSource | undefined {
  const files = [profile.inCredentialsFile, profile.inConfigFile]
  const whole = files.find((settings) => settings.has('aws_access_key_id') && settings.has('aws_secret_access_key'))
  const settings = whole ?? profile.settings
  const id = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  if (!id && !secret) return undefined
  if (!id || !secret) {
    const [given, absent] = id
      ? ['aws_access_key_id', 'aws_secret_access_key']
      : ['aws_secret_access_key', 'aws_access_key_id']
    throw credentialsError(
      `profile '${profile.name}' has ${given} (${placeOf(profile, given)}) but no ${absent}`,
      `run 'aws configure --profile ${profile.name}'`,
    )
  }
  // Its old name, which the AWS CLI reads first, and some tools write beside the new one.
  const token = (settings.get('aws_session_token') ?? settings.get('aws_security_token'))?.value
  const credentials: Credentials = {
    accessKeyId: id.value,
    secretAccessKey: new Secret(secret.value),
    sessionToken: token === undefined ? undefined : new Secret(token),
    accountId: settings.get('aws_account_id')?.value,
    source: { kind: 'profile', description: `profile ${profile.name} (${id.place})`, profile: profile.name },
  }
  return { kind: 'keys', credentials }
}

function required(profile: Profile, key: string, purpose: string): string {
  const value = profile.settings.get(key)?.value
  if (value !== undefined) return value
  throw credentialsError(
    `profile '${profile.name}' has no ${key}, which ${purpose} needs`,
    `set it with 'aws configure set ${key} VALUE --profile ${profile.name}'`,
  )
}

/** Where a setting stands, for messages. */
export function placeOf(profile: Profile, key: string): string {
  return profile.settings.get(key)?.place ?? ''
}

function hintOf(nearest: string | undefined, otherwise: string): string {
  return nearest === undefined ? otherwise : `did you mean '${nearest}'?`
}
