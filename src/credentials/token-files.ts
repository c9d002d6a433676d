import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { credentialsError, systemCodeNote } from '../errors.ts'
import type { SsoSource, WebIdentitySource } from './identity-plan.ts'

/** The token of an identity provider, read anew each time: Kubernetes replaces it. @throws CliError (credentials) */
export function readWebIdentityToken({ tokenFile, origin }: WebIdentitySource): string {
  const token = readTokenFile(tokenFile, origin).trim()
  if (token !== '') return token
  throw credentialsError(`the web identity token '${tokenFile}' of ${origin} is empty`, 'sign in to the provider again')
}

function readTokenFile(tokenFile: string, origin: string): string {
  try {
    return readFileSync(tokenFile, 'utf8')
  } catch (error) {
    throw credentialsError(
      `cannot read the web identity token '${tokenFile}' of ${origin}${systemCodeNote(error)}`,
      'check the path and its permissions',
    )
  }
}

/** The access token that `aws sso login` left, whole; undefined where there is none. The SDK judges and renews it. */
export function readSsoToken({ session, startUrl }: SsoSource, { homeDirectory }: Context): string | undefined {
  const name = createHash('sha1')
    .update(session ?? startUrl)
    .digest('hex')
  try {
    return readFileSync(join(homeDirectory, '.aws', 'sso', 'cache', `${name}.json`), 'utf8')
  } catch {
    return undefined
  }
}
