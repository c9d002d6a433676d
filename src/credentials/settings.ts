import { type Context, environmentValue } from '../context.ts'
import type { CredentialOptions } from './options.ts'
import { type Profile, sharedFilesOf } from './shared-files.ts'

/** A setting and where it came from, for `--explain` and `--debug`. */
export interface Setting {
  readonly value: string
  /** One phrase: `AWS_REGION`, `region of profile dev (~/.aws/config:3)`. */
  readonly reason: string
}

/**
 * The region that environment or profile name (the flag and the host come before it).
 * @throws CliError (exit 3) where none is found because the profile asked for is not there
 */
export async function configuredRegion(options: CredentialOptions, context: Context): Promise<Setting | undefined> {
  const region =
    environmentSetting(context, 'AWS_REGION') ??
    environmentSetting(context, 'AWS_DEFAULT_REGION') ??
    profileSetting(activeProfile(options, context), 'region')
  if (region === undefined) await rejectMissingProfile(options, context)
  return region
}

/** A misspelt profile has no region either, and is what has to be named. */
async function rejectMissingProfile(options: CredentialOptions, context: Context): Promise<void> {
  const requested = requestedProfile(options, context)
  if (!requested || options.signing === 'none' || options.credentialsFile !== undefined) return
  const outranked = requested.reason !== '--profile' && environmentSetting(context, 'AWS_ACCESS_KEY_ID') !== undefined
  if (outranked || activeProfile(options, context) !== undefined) return
  const { requireProfile } = await import('./profile-plan.ts')
  requireProfile(requested.value, requested.reason, context)
}

/**
 * The endpoint that environment or profile name for a service (`S3`, `STS`, `SSO` ...); the flag comes before it. The
 * order is that of the AWS SDKs' reference guide, "Service-specific endpoints": variable of the service, variable of
 * all, the profile's `services` section, the profile's `endpoint_url`.
 */
export async function configuredEndpoint(
  serviceId: string,
  options: CredentialOptions,
  context: Context,
): Promise<Setting | undefined> {
  const profile = activeProfile(options, context)
  const ignored =
    environmentSetting(context, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ??
    profileSetting(profile, 'ignore_configured_endpoint_urls')
  if (isTrue(ignored)) return undefined
  const name = serviceId.toUpperCase().replace(/[ -]/g, '_')
  return (
    environmentSetting(context, `AWS_ENDPOINT_URL_${name}`) ??
    environmentSetting(context, 'AWS_ENDPOINT_URL') ??
    servicesSetting(profile, context, `${name.toLowerCase()}.endpoint_url`) ??
    profileSetting(profile, 'endpoint_url')
  )
}

/** Whether environment or profile ask for FIPS or dual-stack hosts, in place of flags. */
export async function configuredVariants(
  options: CredentialOptions,
  context: Context,
): Promise<{ readonly fips: boolean; readonly dualstack: boolean }> {
  const find = (variable: string, key: string) =>
    isTrue(environmentSetting(context, variable) ?? profileSetting(activeProfile(options, context), key))
  return {
    fips: find('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
    dualstack: find('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
  }
}

/** The profile asked for: by flag, by AWS_PROFILE, or by AWS_DEFAULT_PROFILE; undefined where nobody asks. */
export function requestedProfile(options: CredentialOptions, { env }: Context): Setting | undefined {
  if (options.profile !== undefined) return { value: options.profile, reason: '--profile' }
  for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
    const value = environmentValue(env, name)
    if (value !== undefined) return { value, reason: name }
  }
  return undefined
}

function activeProfile(options: CredentialOptions, context: Context): Profile | undefined {
  const name = requestedProfile(options, context)?.value ?? 'default'
  return sharedFilesOf(context).profiles.get(name)
}

function environmentSetting({ env }: Context, name: string): Setting | undefined {
  const value = environmentValue(env, name)
  return value === undefined ? undefined : { value, reason: name }
}

function profileSetting(profile: Profile | undefined, key: string): Setting | undefined {
  const setting = profile?.settings.get(key)
  return setting && { value: setting.value, reason: `${key} of profile ${profile?.name} (${setting.place})` }
}

function servicesSetting(profile: Profile | undefined, context: Context, key: string): Setting | undefined {
  const name = profile?.settings.get('services')?.value
  const section = name === undefined ? undefined : sharedFilesOf(context).services.get(name)
  const setting = section?.get(key)
  return setting && { value: setting.value, reason: `${key} of [services ${name}] (${setting.place})` }
}

function isTrue(setting: Setting | undefined): boolean {
  return setting?.value.toLowerCase() === 'true'
}
