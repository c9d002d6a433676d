import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { credentialsError, systemCodeNote } from '../errors.ts'
import type { SsoSource, WebIdentitySource } from './identity-plan.ts'

/** The token of an identity provider, read anew each time: Kubernetes replaces it. @throws CliError (credentials) */
export async function readWebIdentityToken({ tokenFile, origin }: WebIdentitySource): Promise<string> {
  const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
    throw credentialsError(
      `cannot read the web identity token '${tokenFile}' of ${origin}${systemCodeNote(error)}`,
      'check the path and its permissions',
    )
  })
  if (token.trim() !== '') return token.trim()
  throw credentialsError(`the web identity token '${tokenFile}' of ${origin} is empty`, 'sign in to the provider again')
}

/** The access token that `aws sso login` left, whole; undefined where there is none. The SDK judges and renews it. */
export function readSsoToken(
  { session, startUrl }: SsoSource,
  { homeDirectory }: Context,
): Promise<string | undefined> {
  const name = createHash('sha1')
    .update(session ?? startUrl)
    .digest('hex')
  return readFile(join(homeDirectory, '.aws', 'sso', 'cache', `${name}.json`), 'utf8').catch(() => undefined)
}
