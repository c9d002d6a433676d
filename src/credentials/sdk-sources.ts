import { type Context, environmentValue } from '../context.ts'
import { CliError, credentialsError } from '../errors.ts'
import type { Transport } from '../http/transport.ts'
import type { BareCredentials } from './credential-json.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import type { LoginSource, SsoSource } from './identity-plan.ts'
import { note } from './notes.ts'
import { type SdkRequestHandler, sdkRequestHandler } from './sdk-request-handler.ts'
import { Secret } from './secret.ts'
import { sharedFilesOf } from './shared-files.ts'
import { describeContainer, describeLogin, describeSso, instanceMetadata } from './source-description.ts'

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
  return ask(provider, {
    source: describeSso(source),
    hint: `run 'aws sso login --profile ${source.profile}'`,
    requestHandler,
  })
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
  return ask(provider, {
    source: describeLogin(source),
    hint: `run 'aws login --profile ${source.profile}'`,
    requestHandler,
  })
}

/** The container's endpoint: ECS, EKS pod identity, Greengrass. The token file is read anew each time. */
export async function containerCredentials(context: Context): Promise<Credentials> {
  const { fromHttp } = await import('./providers.ts')
  const value = (name: string) => environmentValue(context.env, name)
  const relative = value('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
  const full = value('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  const tokenFile = value('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  const token = value('AWS_CONTAINER_AUTHORIZATION_TOKEN')
  const variable = `AWS_CONTAINER_CREDENTIALS_${relative === undefined ? 'FULL' : 'RELATIVE'}_URI`
  const request = async () =>
    fromHttp({
      logger: warnings(context),
      ...(relative === undefined ? {} : { awsContainerCredentialsRelativeUri: relative }),
      ...(full === undefined ? {} : { awsContainerCredentialsFullUri: full }),
      ...(tokenFile === undefined ? {} : { awsContainerAuthorizationTokenFile: tokenFile }),
      ...(token === undefined ? {} : { awsContainerAuthorizationToken: token }),
    })()
  return ask(request, {
    source: describeContainer(variable),
    hint: "check the container's task role, and the variables AWS_CONTAINER_...",
  })
}

/** The instance's role by metadata service, version 2 only. */
export async function instanceCredentials(context: Context): Promise<Credentials> {
  const { fromInstanceMetadata } = await import('./providers.ts')
  const number = (name: string, otherwise: number) =>
    Number(environmentValue(context.env, name) ?? otherwise) || otherwise
  const provider = fromInstanceMetadata({
    timeout: number('AWS_METADATA_SERVICE_TIMEOUT', 1) * 1000,
    maxRetries: number('AWS_METADATA_SERVICE_NUM_ATTEMPTS', 1) - 1,
    logger: warnings(context),
    ec2MetadataV1Disabled: true,
  })
  return ask(provider, {
    source: instanceMetadata,
    hint: 'give the instance a role, or set AWS_PROFILE',
  })
}

interface SdkCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
  readonly accountId?: string | undefined
}

interface Question {
  readonly source: CredentialSource
  readonly hint: string
  readonly requestHandler?: SdkRequestHandler
}

async function ask(
  provider: () => Promise<SdkCredentials>,
  { source, hint, requestHandler }: Question,
): Promise<Credentials> {
  let given: SdkCredentials
  try {
    given = await provider()
  } catch (error) {
    const failure = requestHandler?.lastFailure()
    if (failure instanceof CliError) throw failure
    // Not as its cause: the SDK's errors quote the JSON they could not read.
    throw credentialsError(`no credentials from ${source.description}: ${reasonOf(error)}`, hint)
  }
  return { ...bare(given), source }
}

function bare(given: SdkCredentials): BareCredentials {
  return {
    accessKeyId: given.accessKeyId,
    secretAccessKey: new Secret(given.secretAccessKey),
    sessionToken: given.sessionToken === undefined ? undefined : new Secret(given.sessionToken),
    expiration: given.expiration,
    accountId: given.accountId,
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'the answer is not JSON'
  const message = error instanceof Error ? error.message : String(error)
  return message
    .replace(/(?:Syntax|Type)Error:.*$/s, 'it is not JSON')
    .replace(/^Error: /, '')
    .replace(/\.$/, '')
}

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
