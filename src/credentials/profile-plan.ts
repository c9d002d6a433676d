import type { Context } from '../context.ts'
import { credentialsError } from '../errors.ts'
import { nearestName } from '../request/nearest-name.ts'
import type { IdentityPlan, RoleHop } from './identity-plan.ts'
import {
  credentialProcess,
  login,
  namedSource,
  placeOf,
  roleDuration,
  sso,
  staticKeys,
  webIdentity,
} from './profile-sources.ts'
import { type Profile, profileNames, type SharedFiles, sharedFilesOf, unreadableFile } from './shared-files.ts'

/**
 * What a profile says about its identity, and only that: never the environment's keys, never another profile's. Within
 * a profile the order is the AWS CLI's: role, web identity, SSO, keys of the credentials file, login session,
 * credential_process, keys of the config file.
 * @param askedBy what named it: `--profile`, `AWS_PROFILE`
 * @throws CliError (credentials) for a profile that is not there, says nothing or contradicts itself
 */
export function planOfProfile(name: string, askedBy: string, context: Context): IdentityPlan {
  const profile = requireProfile(name, askedBy, context)
  const plan = planOf(profile, [name], context)
  if (plan) return plan
  rejectUnreadable(`profile '${name}' has no credentials`, sharedFilesOf(context))
  const held = [...profile.settings.keys()].join(', ')
  throw credentialsError(
    `profile '${name}' has no credentials: it holds only ${held}`,
    `run 'aws configure --profile ${name}' or 'aws configure sso', or give it role_arn, credential_process or login_session`,
  )
}

/**
 * The role of the profile nobody asked for by name, `default`: it comes before a web identity in the environment.
 * @throws as `planOfProfile`, for a role that contradicts itself
 */
export function roleOfDefaultProfile(context: Context): IdentityPlan | undefined {
  const profile = sharedFilesOf(context).profiles.get('default')
  return profile && roleName(profile) !== undefined ? planOf(profile, ['default'], context) : undefined
}

/**
 * All that the `default` profile says; undefined where it is not there or says nothing of identity.
 * @throws as `planOfProfile`, for what contradicts itself
 */
export function planOfDefaultProfile(context: Context): IdentityPlan | undefined {
  const profile = sharedFilesOf(context).profiles.get('default')
  return profile && planOf(profile, ['default'], context)
}

/** @throws CliError (credentials) for a profile that is not there */
export function requireProfile(name: string, askedBy: string, context: Context): Profile {
  return findProfile(name, `${askedBy} names`, sharedFilesOf(context))
}

function findProfile(name: string, referrer: string, files: SharedFiles): Profile {
  const profile = files.profiles.get(name)
  if (profile) return profile
  rejectUnreadable(`${referrer} profile '${name}'`, files)
  const { configFile, credentialsFile } = files
  const nearest = nearestName(name, profileNames(files))
  throw credentialsError(
    `${referrer} profile '${name}', for which neither ${configFile.shownPath} nor ${credentialsFile.shownPath} has a setting`,
    nearest === undefined
      ? `the config file writes it as [profile ${name}], the credentials file as [${name}]; 'aws configure list-profiles' lists them`
      : `did you mean '${nearest}'?`,
  )
}

/** What is missing may stand in a file that cannot be read. */
function rejectUnreadable(problem: string, files: SharedFiles): void {
  const file = unreadableFile(files)
  if (!file) return
  throw credentialsError(
    `${problem}, but ${file.shownPath} cannot be read (${file.problem})`,
    'check the file and its permissions',
  )
}

function planOf(profile: Profile, visited: readonly string[], context: Context): IdentityPlan | undefined {
  const keys = () => staticKeys(profile)
  // As the source of a role, a profile with keys is that of its keys: this is what lets it be its own source.
  const stopsAtKeys = visited.length > 1 && keys() !== undefined
  if (roleName(profile) !== undefined && !stopsAtKeys) return rolePlan(profile, visited, context)
  const base =
    webIdentity(profile) ??
    sso(profile, sharedFilesOf(context)) ??
    (profile.inCredentialsFile.has('aws_access_key_id') ? keys() : undefined) ??
    login(profile) ??
    credentialProcess(profile) ??
    keys() ??
    namedSource(profile, context)
  return base && { base, hops: [] }
}

function roleName(profile: Profile): string | undefined {
  return profile.settings.has('web_identity_token_file') ? undefined : profile.settings.get('role_arn')?.value
}

function rolePlan(profile: Profile, visited: readonly string[], context: Context): IdentityPlan {
  const source = profile.settings.get('source_profile')?.value
  const named = profile.settings.get('credential_source')
  if (source !== undefined && named) {
    throw credentialsError(
      `profile '${profile.name}' has both source_profile and credential_source (${named.place})`,
      'keep the one that the role is to be assumed from',
    )
  }
  const hop = roleHop(profile)
  if (source === undefined) {
    const base = namedSource(profile, context)
    if (base) return { base, hops: [hop] }
    throw credentialsError(
      `profile '${profile.name}' has role_arn (${placeOf(profile, 'role_arn')}) but neither source_profile nor credential_source`,
      'add source_profile = NAME of the profile that may assume the role',
    )
  }
  const itself = source === profile.name && staticKeys(profile) !== undefined
  if (visited.includes(source) && !itself) {
    throw credentialsError(
      `the profiles ${[...visited, source].join(' -> ')} go round in a circle by source_profile`,
      'let the last of them have keys, or another source',
    )
  }
  const place = placeOf(profile, 'source_profile')
  const files = sharedFilesOf(context)
  const below = planOf(
    findProfile(source, `source_profile of '${profile.name}' (${place}) names`, files),
    [...visited, source],
    context,
  )
  if (!below) {
    throw credentialsError(
      `profile '${source}', the source_profile of '${profile.name}' (${place}), has no credentials`,
      `run 'aws configure --profile ${source}'`,
    )
  }
  return { base: below.base, hops: [...below.hops, hop] }
}

function roleHop(profile: Profile): RoleHop {
  const value = (key: string) => profile.settings.get(key)?.value
  return {
    roleArn: value('role_arn') ?? '',
    origin: `profile ${profile.name} (${placeOf(profile, 'role_arn')})`,
    profile: profile.name,
    sessionName: value('role_session_name'),
    externalId: value('external_id'),
    durationSeconds: roleDuration(profile),
    mfaSerial: value('mfa_serial'),
  }
}
