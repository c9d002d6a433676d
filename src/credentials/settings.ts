import { type Context, environmentValue } from '../context.ts'
import type { CredentialOptions } from './options.ts'

/** A setting and where it came from, for `--explain` and `--debug`. */
export interface Setting {
  readonly value: string
  /** One phrase: `AWS_REGION`, `region of profile dev`. */
  readonly reason: string
}

/** The region that environment or profile name (the flag and the host come before it). */
export async function configuredRegion(_options: CredentialOptions, { env }: Context): Promise<Setting | undefined> {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = environmentValue(env, name)
    if (value !== undefined) return { value, reason: name }
  }
  return undefined
}

/** The endpoint that environment or profile name for a service (`S3`, `STS`, `SSO` ...); the flag comes before it. */
export async function configuredEndpoint(
  serviceId: string,
  _options: CredentialOptions,
  { env }: Context,
): Promise<Setting | undefined> {
  if (environmentValue(env, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true') return undefined
  for (const name of [`AWS_ENDPOINT_URL_${serviceId}`, 'AWS_ENDPOINT_URL']) {
    const value = environmentValue(env, name)
    if (value !== undefined) return { value, reason: name }
  }
  return undefined
}
