import type { Credentials } from '../../credentials/credentials.ts'
import { failure, usageError } from '../../errors.ts'
import type { EnvironmentChange } from './environment-change.ts'
import { refuseUncarriable } from './shells.ts'

/**
 * `NAME=value` lines for the libraries called dotenv: as they are where nothing in them is special, else in single
 * quotes, in which all of them take everything literally.
 * @throws CliError (failure) for quotes, backslashes and line breaks, which they read differently
 */
export function formatDotenv({ set }: EnvironmentChange): string {
  refuseUncarriable(set, 'dotenv', /['\\\x00-\x1f\x7f]/)
  return set.map(({ name, value }) => `${name}=${plain.test(value) ? value : `'${value}'`}\n`).join('')
}

const plain = /^[\w+/=:.,@-]+$/

/**
 * `NAME=value` lines for `docker run --env-file`, which takes everything up to the line's end as it stands.
 * @throws CliError (failure) for line breaks
 */
export function formatDocker({ set }: EnvironmentChange): string {
  refuseUncarriable(set, 'docker', /[\0\r\n]/)
  return set.map(({ name, value }) => `${name}=${value}\n`).join('')
}

/**
 * A section for `~/.aws/credentials`.
 * @throws CliError (failure) for values, (usage) for a section name, that those who read the file take for something else
 */
export function formatIni(
  credentials: Credentials,
  { region, profileName }: { readonly region: string | undefined; readonly profileName: string },
): string {
  if (!/^[\w@+.%:/-]+$/.test(profileName)) {
    throw usageError(`--profile-name '${profileName}' cannot be a section's name`, 'use letters, digits and @+.%:/_-')
  }
  const settings: readonly [string, string | undefined][] = [
    ['aws_access_key_id', credentials.accessKeyId],
    ['aws_secret_access_key', credentials.secretAccessKey.reveal()],
    ['aws_session_token', credentials.sessionToken?.reveal()],
    ['region', region],
  ]
  const lines = settings.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
  // Blanks at the ends are dropped, and a blank followed by # or ; begins a comment.
  refuseUncarriable(lines, 'ini', /[\x00-\x1f\x7f]|^\s|\s$|(?:^|\s)[#;]|^$/)
  return [`[${profileName}]`, ...lines.map(({ name, value }) => `${name} = ${value}`), ''].join('\n')
}

/** What a step of GitHub Actions is told: on stdout what its log must not show, and in `$GITHUB_ENV` the variables. */
export interface GithubActions {
  readonly stdout: string
  readonly environmentFile: string
}

/**
 * @param delimiter random, so that no value can end itself early and set other variables
 * @throws CliError (failure) for a value with a carriage return, which the runner takes for a line's end
 */
export function formatGithubActions(change: EnvironmentChange, delimiter: string): GithubActions {
  refuseUncarriable(change.set, 'github-actions', /[\0\r]/)
  const collides = change.set.some(({ value }) => value.includes(delimiter))
  if (collides) throw failure('a value holds the random delimiter', 'try again')
  const secrets = change.set.filter(({ name }) => /KEY|TOKEN/.test(name))
  // A step cannot unset a variable, but an empty token counts as none. An empty AWS_PROFILE would not.
  const emptied = change.unset.filter((name) => name === 'AWS_SESSION_TOKEN').map((name) => ({ name, value: '' }))
  return {
    stdout: secrets.map(({ value }) => `::add-mask::${escapeCommandData(value)}\n`).join(''),
    environmentFile: [...change.set, ...emptied]
      .map(({ name, value }) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
      .join(''),
  }
}

function escapeCommandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
