import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { CredentialOptions } from '../../credentials/options.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { configuredRegion } from '../../credentials/settings.ts'
import { resolveSigningScope, type SigningScope } from '../../request/signing-scope.ts'
import type { DescribedTarget } from '../s3-target.ts'

/** Who signs, and for what. */
export interface Identity {
  /** Undefined with `--no-sign-request`. @throws CliError with the exit code of other commands */
  credentials(): Promise<Credentials | undefined>
  /** @throws CliError (usage) where service or region stay unknown */
  scope(target: DescribedTarget, request: { readonly host: string; readonly path: string }): Promise<SigningScope>
}

/** Less than this before their end, temporary credentials are asked for anew. */
const expiryMarginMs = 60_000

export function createIdentity(options: CredentialOptions, context: Context): Identity {
  let resolved: Promise<Credentials | undefined> | undefined
  return {
    async credentials() {
      resolved ??= resolveCredentials(options, context)
      const credentials = await resolved
      const end = credentials?.expiration?.getTime() ?? Number.POSITIVE_INFINITY
      if (end - context.now().getTime() > expiryMarginMs) return credentials
      resolved = resolveCredentials(options, context)
      return resolved
    },
    scope: (target, { host, path }) =>
      resolveSigningScope({
        host,
        path,
        service: target.service,
        region: target.region,
        algorithm: target.algorithm,
        configuredRegion: () => configuredRegion(options, context),
      }),
  }
}
