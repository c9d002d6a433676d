import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { type Context, environmentValue } from '../../context.ts'
import { formatCredentialJson } from '../../credentials/credential-json.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { failure, systemCodeNote, usageError } from '../../errors.ts'
import { environmentOf } from '../../output/credentials/environment-change.ts'
import { formatDocker, formatDotenv, formatGithubActions, formatIni } from '../../output/credentials/files.ts'
import { formatForShell } from '../../output/credentials/shells.ts'
import type { AssumeFormat } from '../assume.ts'

interface PrintOptions {
  readonly format: AssumeFormat
  readonly profileName: string
  readonly region: string | undefined
}

/**
 * Prints credentials, and nothing else: `eval` reads it.
 * @throws CliError (usage) without GITHUB_ENV for `github-actions`, or for a `profileName` that names no section; (failure) for
 * a value that the format cannot carry, or a file that cannot be written
 */
export async function printCredentials(
  credentials: Credentials,
  options: PrintOptions,
  context: Context,
): Promise<void> {
  if (options.format === 'github-actions') await tellGithubActions(credentials, options.region, context)
  else await context.stdout.write(textOf(credentials, { ...options, format: options.format }))
}

function textOf(
  credentials: Credentials,
  { format, profileName, region }: PrintOptions & { readonly format: Exclude<AssumeFormat, 'github-actions'> },
): string {
  const change = environmentOf(credentials, region)
  switch (format) {
    case 'json':
      return formatCredentialJson(credentials)
    case 'ini':
      return formatIni(credentials, { region, profileName })
    case 'dotenv':
      return formatDotenv(change)
    case 'docker':
      return formatDocker(change)
    default:
      return formatForShell(format, change)
  }
}

async function tellGithubActions(
  credentials: Credentials,
  region: string | undefined,
  context: Context,
): Promise<void> {
  const path = environmentValue(context.env, 'GITHUB_ENV')
  if (path === undefined)
    throw usageError('--format github-actions needs GITHUB_ENV', 'use it in a step of GitHub Actions')
  const delimiter = `ghadelimiter_${randomBytes(16).toString('hex')}`
  const { stdout, environmentFile } = formatGithubActions(environmentOf(credentials, region), delimiter)
  // Masked before any other step can see them.
  await context.stdout.write(stdout)
  try {
    appendFileSync(path, environmentFile)
  } catch (error) {
    throw failure(
      `cannot append to '${path}' of GITHUB_ENV${systemCodeNote(error)}`,
      'check the path, its permissions and its disk',
      error,
    )
  }
}
