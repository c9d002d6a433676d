import { headerOf, type StandIn, type StandInAnswer, startStandIn } from './stand-in.ts'
import { refuses, type WireMessage } from './wire.ts'

export interface StsOptions {
  /** Long-term keys: access key id to secret. */
  readonly users?: Readonly<Record<string, string>>
  readonly externalIds?: Readonly<Record<string, string>>
  /** The code that a device shows. */
  readonly mfaCodes?: Readonly<Record<string, string>>
  /** What the session's end is counted from. */
  readonly now?: () => Date
}

export interface Sts extends StandIn {
  /** The parameters of every call, in order. */
  readonly calls: readonly URLSearchParams[]
}

export const alice = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } as const

/**
 * An STS on loopback, after its API reference: verifies every signature (and session token) with the code of `wire.ts`,
 * gives temporary credentials that it knows again, checks external IDs and MFA codes, and says who asks.
 */
export async function startSts(options: StsOptions = {}): Promise<Sts> {
  const ledger = new Ledger(options)
  const calls: URLSearchParams[] = []
  const answer = async (message: WireMessage): Promise<StandInAnswer> => {
    const parameters = new URLSearchParams(message.body.toString())
    calls.push(parameters)
    const action = parameters.get('Action') ?? ''
    if (action === 'AssumeRoleWithWebIdentity') return answerWebIdentity(message, parameters, ledger)
    const caller = /Credential=([^/]+)\//.exec(headerOf(message, 'authorization') ?? '')?.[1] ?? ''
    const problem = ledger.refusalOf(message, caller)
    if (problem) return problem
    if (action === 'GetCallerIdentity') return success(action, ledger.identityOf(caller))
    return refusalOfRole(parameters, options, ledger.isSession(caller)) ?? success(action, ledger.issue(parameters))
  }
  return { ...(await startStandIn(answer)), calls }
}

/** The keys and sessions that it knows. */
class Ledger {
  readonly #now: () => Date
  readonly #secrets: Map<string, string>
  readonly #sessions = new Map<string, { readonly token: string; readonly arn: string }>()

  constructor({ now = () => new Date(), users = { [alice.id]: alice.secret } }: StsOptions) {
    this.#now = now
    this.#secrets = new Map(Object.entries(users))
  }

  isSession(id: string): boolean {
    return this.#sessions.has(id)
  }

  /** Why the signature or the token of a request is not that of the key that it names. */
  refusalOf(message: WireMessage, id: string): StandInAnswer | undefined {
    const secret = this.#secrets.get(id)
    const token = this.#sessions.get(id)?.token
    if (secret === undefined || headerOf(message, 'x-amz-security-token') !== token) {
      return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.')
    }
    const problem = refuses(message, secret)
    return problem ? refusal('SignatureDoesNotMatch', problem) : undefined
  }

  identityOf(id: string): string {
    const arn = this.#sessions.get(id)?.arn ?? 'arn:aws:iam::123456789012:user/alice'
    return `<Arn>${arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>`
  }

  /** A session of the role asked for, known from now on. */
  issue(parameters: URLSearchParams): string {
    const roleArn = parameters.get('RoleArn') ?? ''
    const sessionName = parameters.get('RoleSessionName') ?? ''
    const id = `ASIASESSION${String(this.#sessions.size + 1).padStart(9, '0')}`
    const arn = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${sessionName}`
    this.#secrets.set(id, `secretOf+${id}/`)
    this.#sessions.set(id, { token: `tokenOf+${id}/==`, arn })
    const end = new Date(this.#now().getTime() + secondsOf(parameters) * 1000).toISOString().replace(/\.\d+Z/, 'Z')
    return `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secretOf+${id}/</SecretAccessKey><SessionToken>tokenOf+${id}/==</SessionToken><Expiration>${end}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:${sessionName}</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser>`
  }
}

function answerWebIdentity(message: WireMessage, parameters: URLSearchParams, ledger: Ledger): StandInAnswer {
  if (headerOf(message, 'authorization') !== undefined) return refusal('AccessDenied', 'do not sign this')
  if (parameters.get('WebIdentityToken')?.startsWith('eyJ') !== true) {
    return refusal('InvalidIdentityToken', 'Not a token')
  }
  return success('AssumeRoleWithWebIdentity', ledger.issue(parameters))
}

/** Why a role is not given to whoever signed rightly. */
function refusalOfRole(
  parameters: URLSearchParams,
  { externalIds, mfaCodes }: StsOptions,
  isChain: boolean,
): StandInAnswer | undefined {
  const roleArn = parameters.get('RoleArn') ?? ''
  const wanted = externalIds?.[roleArn]
  if (wanted !== undefined && parameters.get('ExternalId') !== wanted) {
    return refusal('AccessDenied', `User is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`)
  }
  if (isChain && secondsOf(parameters) > 3600) {
    return refusal(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    )
  }
  const serial = parameters.get('SerialNumber') ?? ''
  if (serial !== '' && (parameters.get('TokenCode') ?? '') !== mfaCodes?.[serial]) {
    return refusal('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.')
  }
  return undefined
}

function secondsOf(parameters: URLSearchParams): number {
  return Number(parameters.get('DurationSeconds') ?? 3600)
}

function success(action: string, inner: string): StandInAnswer {
  return {
    headers: { 'Content-Type': 'text/xml' },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></${action}Response>`,
  }
}

function refusal(code: string, message: string): StandInAnswer {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return {
    status: 403,
    headers: { 'Content-Type': 'text/xml' },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>fedcba98-7654-3210-fedc-ba9876543210</RequestId></ErrorResponse>`,
  }
}
