import type { Context } from '../context.ts'
import { CliError, credentialsError, exitCodes, systemCode } from '../errors.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { rejectExpired } from './expiry.ts'
import type { SdkRequestHandler } from './sdk-request-handler.ts'
import { Secret } from './secret.ts'

/** What the SDK's parts say they answer; whoever they asked may have put anything into it. */
interface SdkCredentials {
  readonly accessKeyId: unknown
  readonly secretAccessKey: unknown
  readonly sessionToken?: unknown
  readonly expiration?: unknown
  readonly accountId?: unknown
}

interface Question {
  readonly source: CredentialSource
  readonly hint: string
  readonly requestHandler?: SdkRequestHandler
}

/**
 * Asks a part of the SDK, and takes only what can be credentials: texts that a header can carry, a time yet to come.
 * @throws CliError: (credentials) with the hint, (service failure) for a service that failed, or what the transport threw
 */
export async function askSdk(
  provider: () => Promise<SdkCredentials>,
  { source, hint, requestHandler }: Question,
  context: Context,
): Promise<Credentials> {
  let given: SdkCredentials
  try {
    given = await provider()
  } catch (error) {
    const failure = requestHandler?.lastFailure()
    if (failure instanceof CliError) throw failure
    // Not as its cause: the SDK's errors quote the JSON they could not read.
    throw refusal(`no credentials from ${source.description}: `, error, { hint, status: requestHandler?.lastStatus() })
  }
  const word = (name: keyof SdkCredentials) => {
    const value = given[name]
    if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
    throw credentialsError(`the answer of ${source.description} has no usable ${name}`, hint)
  }
  const optional = (name: keyof SdkCredentials) => (given[name] === undefined ? undefined : word(name))
  const { expiration } = given
  if (expiration !== undefined && !(expiration instanceof Date && Number.isFinite(expiration.getTime()))) {
    throw credentialsError(`the answer of ${source.description} has no usable expiration`, hint)
  }
  rejectExpired(expiration, source.description, context)
  const sessionToken = optional('sessionToken')
  return {
    accessKeyId: word('accessKeyId'),
    secretAccessKey: new Secret(word('secretAccessKey')),
    sessionToken: sessionToken === undefined ? undefined : new Secret(sessionToken),
    expiration,
    accountId: optional('accountId'),
    source,
  }
}

function refusal(
  subject: string,
  error: unknown,
  { hint, status }: { readonly hint: string; readonly status: number | undefined },
): CliError {
  const reason = reasonOf(error)
  if (status === undefined || (status >= 200 && status <= 299)) return credentialsError(`${subject}${reason}`, hint)
  const message = `${subject}HTTP ${status}${reason === '' ? '' : `: ${reason}`}`
  return status < 500
    ? credentialsError(message, hint)
    : new CliError(message, { exitCode: exitCodes.serviceFailure, hint: 'try again later' })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof SyntaxError) return 'the answer is not JSON'
  if (systemCode(error) === 'ERR_INVALID_URL') return 'its address is no URL'
  if (error instanceof TypeError) return 'the answer is not in the form of credentials'
  if (error.name === 'InstanceMetadataV1FallbackError') {
    return 'it gives no token for its version 2 (a hop limit of 1 keeps it from containers)'
  }
  if ('statusCode' in error) return error.statusCode === 404 ? 'the instance has no role' : `HTTP ${error.statusCode}`
  const message = error.message
    .replace(/(?:Syntax|Type)Error:.*$/s, 'it is not JSON')
    .replace(/^(?:Error: |Unknown: UnknownError$)/, '')
    .replace(/\.$/, '')
    .replace(/\s*\n\s*/g, ' ')
  return [message, ...wordsOfContainer(error)].join(': ')
}

/** A container's endpoint says why in members that the SDK hangs on its error. */
function wordsOfContainer(error: Error): readonly string[] {
  const words = ['Code' in error ? error.Code : undefined, 'Message' in error ? error.Message : undefined]
  return words.filter((word) => typeof word === 'string')
}
