import { type Context, environmentValue } from '../context.ts'
import { CliError, credentialsError, exitCodes } from '../errors.ts'
import { escapeForTerminal } from '../output/escape.ts'
import type { IdentityPlan, WebIdentitySource } from './identity-plan.ts'
import { planOfDefaultProfile, roleOfDefaultProfile } from './profile-plan.ts'
import { profileNames, sharedFilesOf, unreadableFile } from './shared-files.ts'

/**
 * Where nobody asks for an identity and the environment has no keys: the first of these that is configured, in the AWS
 * CLI's order: the default profile's role, a web identity in the environment, the rest of the default profile, the
 * container, the instance. One that is configured and fails ends the search: the next would be somebody else.
 * @throws CliError (credentials) naming each source tried
 */
export async function planOfDefaultSources(context: Context): Promise<IdentityPlan> {
  const plan =
    roleOfDefaultProfile(context) ?? planOfWebIdentity(context) ?? planOfDefaultProfile(context) ?? container(context)
  return plan ?? instance(context)
}

function planOfWebIdentity({ env }: Context): IdentityPlan | undefined {
  const tokenFile = environmentValue(env, 'AWS_WEB_IDENTITY_TOKEN_FILE')
  if (tokenFile === undefined) return undefined
  const roleArn = environmentValue(env, 'AWS_ROLE_ARN')
  if (roleArn === undefined) {
    throw credentialsError('AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not', 'set both, or neither')
  }
  const base: WebIdentitySource = {
    kind: 'web-identity',
    tokenFile,
    roleArn,
    sessionName: environmentValue(env, 'AWS_ROLE_SESSION_NAME'),
    durationSeconds: undefined,
    profile: undefined,
    origin: 'AWS_ROLE_ARN',
  }
  return { base, hops: [] }
}

function container(context: Context): IdentityPlan | undefined {
  rejectUnreadable(context)
  const { env } = context
  const configured = containerVariables.some((name) => environmentValue(env, name) !== undefined)
  return configured ? { base: { kind: 'container', origin: undefined }, hops: [] } : undefined
}

const containerVariables = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']

/** Behind a file that cannot be read the wanted identity may hide: the machine's own is not to stand in for it. */
function rejectUnreadable(context: Context): void {
  const file = unreadableFile(sharedFilesOf(context))
  if (!file) return
  throw credentialsError(`cannot read ${file.shownPath} (${file.problem})`, 'check the file and its permissions')
}

async function instance(context: Context): Promise<IdentityPlan> {
  const { instanceCredentials } = await import('./sdk-sources.ts')
  try {
    return { base: { kind: 'keys', credentials: await instanceCredentials({ origin: undefined }, context) }, hops: [] }
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw nothingFound(context, error.message)
  }
}

function nothingFound(context: Context, instanceProblem: string): CliError {
  const files = sharedFilesOf(context)
  const { profiles, configFile, credentialsFile } = files
  const profileProblem = profiles.has('default')
    ? 'holds no credentials'
    : `neither in ${configFile.shownPath} nor in ${credentialsFile.shownPath}`
  const tried = [
    ['environment', 'AWS_ACCESS_KEY_ID is not set'],
    ['profile default', profileProblem],
    ['web identity', 'AWS_WEB_IDENTITY_TOKEN_FILE is not set'],
    ['container', `${containerVariables.join(' and ')} are not set`],
    ['instance', instanceProblem],
  ]
  const others = profileNames(files)
    .filter((name) => name !== 'default')
    .slice(0, 5)
  return new CliError('no credentials found', {
    exitCode: exitCodes.credentials,
    hint:
      others.length > 0
        ? `choose a profile with --profile or AWS_PROFILE: ${others.join(', ')}`
        : "run 'aws configure', 'aws configure sso' or 'aws login', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    details: tried.map(([source, problem]) => `  ${source}: ${escapeForTerminal(problem ?? '')}`).join('\n'),
  })
}
