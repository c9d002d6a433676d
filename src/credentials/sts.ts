import { CliError, exitCodes } from '../errors.ts'
import { fetchDocument, type IncomingDocument } from '../http/document.ts'
import type { Transport } from '../http/transport.ts'
import { type Header, headerValue } from '../request/header.ts'
import { encodeText } from '../request/percent-encoding.ts'
import { destinationOf } from '../request/request-url.ts'
import { readServiceError, type ServiceError } from '../s3/service-error.ts'
import { childOf, MalformedXml, parseXml, type XmlElement } from '../s3/xml.ts'
import { signRequest } from '../sign/sign-request.ts'
import type { Credentials } from './credentials.ts'
import type { StsEndpoint } from './sts-endpoint.ts'

/** What a call to STS uses of the world. */
export interface StsConnection {
  readonly endpoint: StsEndpoint
  readonly transport: Transport
  readonly now: () => Date
  readonly signal: AbortSignal
}

export interface StsCall {
  readonly action: 'AssumeRole' | 'AssumeRoleWithWebIdentity' | 'GetCallerIdentity'
  readonly parameters: readonly (readonly [string, string])[]
  /** Undefined for what is not signed: web identities. */
  readonly credentials: Credentials | undefined
  /** What is done, for messages: `the role arn:...`. */
  readonly subject: string
}

export interface StsAnswer {
  /** The element `ActionResult`. */
  readonly result: XmlElement
  /** The service's clock, where it said. */
  readonly serviceTime: Date | undefined
}

/** STS refused (exit 4) or failed (exit 5). */
export class StsRefusal extends CliError {
  readonly code: string
  readonly serviceTime: Date | undefined

  constructor(
    message: string,
    options: ConstructorParameters<typeof CliError>[1] & Pick<StsRefusal, 'code' | 'serviceTime'>,
  ) {
    super(message, options)
    this.code = options.code
    this.serviceTime = options.serviceTime
  }
}

const bodyLimitBytes = 1_048_576
const maxAttempts = 3

/**
 * Calls STS by the query protocol, three times where it fails by itself.
 * @throws StsRefusal, NetworkError, or CliError (service failure) for an answer that is none
 */
export async function callSts(call: StsCall, connection: StsConnection): Promise<StsAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(call, connection)
    } catch (error) {
      if (attempt === maxAttempts || !isWorthRetrying(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt))
      connection.signal.throwIfAborted()
    }
  }
}

function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof StsRefusal)) return false
  return (
    error.exitCode === exitCodes.serviceFailure ||
    /^(Throttling|TooManyRequests|IDPCommunicationError)/.test(error.code)
  )
}

async function callOnce(call: StsCall, connection: StsConnection): Promise<StsAnswer> {
  const { url } = connection.endpoint
  const body = formBody(call)
  const request = {
    method: 'POST',
    ...destinationOf(url),
    headers: await signedHeaders(call, connection, body),
    body,
    signal: connection.signal,
  }
  const response = await fetchDocument(connection.transport, request, bodyLimitBytes)
  const text = response.body.toString()
  const serviceTime = dateOf(response)
  if (response.status < 200 || response.status > 299)
    throw await refusal(call, response, { text, serviceTime, now: connection.now() })
  return { result: await readResult(call, text), serviceTime }
}

function formBody({ action, parameters }: StsCall): string {
  const all = [['Action', action], ['Version', '2011-06-15'], ...parameters] as const
  return all.map(([name = '', value = '']) => `${encodeText(name)}=${encodeText(value)}`).join('&')
}

async function signedHeaders(
  call: StsCall,
  { endpoint, now }: StsConnection,
  body: string,
): Promise<readonly Header[]> {
  const headers = [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded; charset=utf-8' }]
  if (!call.credentials) return [{ name: 'Host', value: endpoint.url.host }, ...headers]
  const { host, path, query } = endpoint.url
  const signed = await signRequest(
    { method: 'POST', host, path, query, headers, payload: { body } },
    {
      algorithm: 'sigv4',
      service: 'sts',
      region: endpoint.region,
      credentials: call.credentials,
      time: now(),
      pathEncoding: 'double',
      normalizePath: true,
      contentSha256Header: false,
      sessionToken: 'signed',
    },
  )
  return signed.headers
}

async function readResult({ action, subject }: StsCall, text: string): Promise<XmlElement> {
  try {
    const result = childOf(await parseXml(text), `${action}Result`)
    if (result) return result
  } catch (error) {
    if (!(error instanceof MalformedXml)) throw error
  }
  throw new CliError(`the answer for ${subject} is not one of STS`, {
    exitCode: exitCodes.serviceFailure,
    hint: 'check the endpoint: --endpoint-url, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL',
  })
}

async function refusal(
  call: StsCall,
  { status, statusText, headers }: IncomingDocument,
  { text, serviceTime, now }: { readonly text: string; readonly serviceTime: Date | undefined; readonly now: Date },
): Promise<StsRefusal> {
  const error = await readServiceError(text, headers)
  const what = error
    ? [error.code, error.message].filter((part) => part !== '').join(': ')
    : `HTTP ${status} ${statusText}`
  const request = error?.requestId === undefined ? '' : ` (request id ${error.requestId})`
  const refused = status >= 400 && status <= 499
  return new StsRefusal(`${call.subject} was ${refused ? 'refused' : 'not given'} by STS: ${what}${request}`, {
    exitCode: refused ? exitCodes.refused : exitCodes.serviceFailure,
    hint: error
      ? (hintFor(error, differenceSeconds(serviceTime, now)) ??
        (refused ? hintsForActions[call.action] : 'try again later'))
      : 'check the endpoint: --endpoint-url, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL',
    code: error?.code ?? '',
    serviceTime,
  })
}

function hintFor({ code, message }: ServiceError, clockDifferenceSeconds: number): string | undefined {
  if (Math.abs(clockDifferenceSeconds) > 300 && /Signature|Expired|Skewed|RequestTime/.test(code)) {
    const direction = clockDifferenceSeconds > 0 ? 'behind' : 'ahead of'
    return `this machine's clock is ${Math.abs(clockDifferenceSeconds)} s ${direction} the service's: set it right`
  }
  if (message.includes('MultiFactorAuthentication')) return 'check the device and its code, and wait for the next code'
  if (message.includes('DurationSeconds')) return 'ask for less with --duration'
  return hints[code]
}

const hints: Readonly<Record<string, string>> = {
  ExpiredToken: "the credentials have ended: get new ones ('aws sso login', 'aws login', 'sigv4 assume')",
  ExpiredTokenException: "the credentials have ended: get new ones ('aws sso login', 'aws login', 'sigv4 assume')",
  InvalidClientTokenId:
    'the access key id is not known there: a deleted key, a missing session token, or another partition',
  SignatureDoesNotMatch:
    "the secret key does not belong to the access key id, or the clock is wrong: 'sigv4 verify' tells which",
  RegionDisabledException: 'enable the region in the account, or use another with --region',
}

/** Where the code alone tells too little. */
const hintsForActions: Readonly<Record<StsCall['action'], string>> = {
  AssumeRole:
    "the role's trust policy must allow these credentials (and the external ID, MFA, tags it asks for), and they must allow sts:AssumeRole",
  AssumeRoleWithWebIdentity:
    "the role's trust policy must allow the token's provider, audience and subject; sign in there for a new token",
  GetCallerIdentity:
    'no policy of an identity can deny this: check the endpoint, and the policy of the VPC endpoint on the way there',
}

/** How far the service's clock is ahead of ours; 0 where it did not say. */
export function differenceSeconds(serviceTime: Date | undefined, now: Date): number {
  return serviceTime ? Math.round((serviceTime.getTime() - now.getTime()) / 1000) : 0
}

function dateOf(response: IncomingDocument): Date | undefined {
  const milliseconds = Date.parse(headerValue(response.headers, 'date') ?? '')
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds)
}
