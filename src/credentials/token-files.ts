import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, environmentValue } from '../context.ts'
import { credentialsError, systemCodeNote } from '../errors.ts'
import type { SsoSource, WebIdentitySource } from './identity-plan.ts'

/** The token of an identity provider, read anew each time: Kubernetes replaces it. @throws CliError (credentials) */
export function readWebIdentityToken({ tokenFile, origin }: WebIdentitySource): string {
  const subject = `the web identity token '${tokenFile}' of ${origin}`
  const token = readTokenFile(tokenFile, subject)
  if (token !== '') return token
  throw credentialsError(`${subject} is empty`, 'sign in to the provider again')
}

/**
 * What a container's endpoint wants as `Authorization`: of the file, read anew each time, else of the variable.
 * @throws CliError (credentials) for a file that cannot be read, and a token that no header can carry
 */
export function readContainerToken({ env }: Context): string | undefined {
  const file = environmentValue(env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  const subject =
    file === undefined
      ? "the container's token (AWS_CONTAINER_AUTHORIZATION_TOKEN)"
      : `the container's token '${file}' (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)`
  const token =
    file === undefined ? environmentValue(env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN') : readTokenFile(file, subject)
  if (token === undefined || /^[\x20-\x7e]+$/.test(token)) return token
  throw credentialsError(
    `${subject} ${token === '' ? 'is empty' : 'holds what no header can carry'}`,
    'it is the value of one Authorization header, on one line',
  )
}

function readTokenFile(tokenFile: string, subject: string): string {
  try {
    return readFileSync(tokenFile, 'utf8').trim()
  } catch (error) {
    throw credentialsError(`cannot read ${subject}${systemCodeNote(error)}`, 'check the path and its permissions')
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
