import { type Context, environmentValue } from '../context.ts'
import { credentialsError } from '../errors.ts'
import type { Transport } from '../http/transport.ts'
import { withinBounds } from './bounded.ts'
import type { Credentials } from './credentials.ts'
import type { LoginSource, MachineSource, SsoSource } from './identity-plan.ts'
import { note } from './notes.ts'
import { askSdk } from './sdk-answer.ts'
import { sdkRequestHandler } from './sdk-request-handler.ts'
import { sharedFilesOf } from './shared-files.ts'
import { describeContainer, describeInstance, describeLogin, describeSso } from './source-description.ts'
import { readContainerToken } from './token-files.ts'

/**
 * Role credentials of an SSO session or its older form, the access token renewed where the session allows it.
 * @throws CliError (credentials), or NetworkError
 */
export async function ssoCredentials(source: SsoSource, transport: Transport, context: Context): Promise<Credentials> {
  const { fromSSO } = await import('./providers.ts')
  const requestHandler = sdkRequestHandler(transport, context.interrupt)
  const provider = fromSSO({
    ...profileInit(source.profile, context),
    ssoStartUrl: source.startUrl,
    ssoRegion: source.region,
    ssoAccountId: source.accountId,
    ssoRoleName: source.roleName,
    ...(source.session === undefined ? {} : { ssoSession: source.session }),
    clientConfig: { requestHandler: { ...requestHandler }, profile: source.profile },
  })
  return askSdk(
    provider,
    {
      source: describeSso(source),
      hint: `run 'aws sso login --profile ${source.profile}'`,
      requestHandler,
    },
    context,
  )
}

/** Credentials of a session that `aws login` began. @throws CliError (credentials), or NetworkError */
export async function loginCredentials(
  source: LoginSource,
  transport: Transport,
  context: Context,
): Promise<Credentials> {
  const { fromLoginCredentials } = await import('./providers.ts')
  const requestHandler = sdkRequestHandler(transport, context.interrupt)
  const provider = fromLoginCredentials({
    ...profileInit(source.profile, context),
    logger: warnings(context),
    clientConfig: { requestHandler: { ...requestHandler }, profile: source.profile },
  })
  return askSdk(
    provider,
    {
      source: describeLogin(source),
      hint: `run 'aws login --profile ${source.profile}'`,
      requestHandler,
    },
    context,
  )
}

/** The container's endpoint: ECS, EKS pod identity, Greengrass. The token file is read anew each time. */
export async function containerCredentials(
  asked: Pick<MachineSource, 'origin'>,
  context: Context,
): Promise<Credentials> {
  const { fromHttp } = await import('./providers.ts')
  const value = (name: string) => environmentValue(context.env, name)
  const relative = value('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
  const full = value('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  const token = readContainerToken(context)
  const variable = `AWS_CONTAINER_CREDENTIALS_${relative === undefined ? 'FULL' : 'RELATIVE'}_URI`
  const provider = async () =>
    fromHttp({
      logger: warnings(context),
      // The bounds below stand in for its own timeout, which only warns, and its retries, which come whatever was said.
      timeout: 60_000,
      maxRetries: 0,
      ...(relative === undefined ? {} : { awsContainerCredentialsRelativeUri: relative }),
      ...(full === undefined ? {} : { awsContainerCredentialsFullUri: full }),
      // Read and checked above; without the option the SDK would take the variable again.
      awsContainerAuthorizationTokenFile: '',
      ...(token === undefined ? {} : { awsContainerAuthorizationToken: token }),
    })()
  const bounds = { timeoutMs: containerTimeoutMs, limitBytes: answerLimitBytes, signal: context.interrupt }
  return askSdk(
    () => withinBounds(provider, bounds),
    {
      source: describeContainer(asked, variable),
      hint: "check the container's task role, and the variables AWS_CONTAINER_...",
    },
    context,
  )
}

/** The instance's role by metadata service, version 2 only. @throws CliError (credentials) */
export async function instanceCredentials(
  asked: Pick<MachineSource, 'origin'>,
  context: Context,
): Promise<Credentials> {
  const hint = 'give the instance a role, or set AWS_PROFILE'
  const source = describeInstance(asked)
  if (environmentValue(context.env, 'AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true') {
    throw credentialsError(`${source.description} is switched off by AWS_EC2_METADATA_DISABLED`, hint)
  }
  const { fromInstanceMetadata } = await import('./providers.ts')
  const number = (name: string, otherwise: number) => {
    const value = Number(environmentValue(context.env, name))
    return value > 0 ? value : otherwise
  }
  const timeout = number('AWS_METADATA_SERVICE_TIMEOUT', 1) * 1000
  const attempts = number('AWS_METADATA_SERVICE_NUM_ATTEMPTS', 1)
  const provider = fromInstanceMetadata({
    timeout,
    maxRetries: attempts - 1,
    logger: warnings(context),
    ec2MetadataV1Disabled: true,
  })
  // A token, the role's name and its credentials.
  const timeoutMs = 3 * timeout * attempts
  return askSdk(
    () => withinBounds(provider, { timeoutMs, limitBytes: answerLimitBytes, signal: context.interrupt }),
    {
      source,
      hint,
    },
    context,
  )
}

const containerTimeoutMs = 5000
const answerLimitBytes = 1_048_576

function profileInit(profile: string, context: Context) {
  const { configFile, credentialsFile } = sharedFilesOf(context)
  return { profile, filepath: credentialsFile.path, configFilepath: configFile.path }
}

/** The SDK writes its warnings to the console otherwise. */
function warnings(context: Context) {
  const nothing = () => {}
  const warn = (...words: unknown[]) => void note(context, words.join(' '))
  return { trace: nothing, debug: nothing, info: nothing, warn, error: warn }
}
