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
  /** Waits before it answers, so that two callers meet. */
  readonly delayMs?: number
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
  const now = options.now ?? (() => new Date())
  const secrets = new Map(Object.entries(options.users ?? { [alice.id]: alice.secret }))
  const sessions = new Map<string, { readonly token: string; readonly arn: string }>()
  const calls: URLSearchParams[] = []

  const issue = (roleArn: string, sessionName: string, seconds: number): string => {
    const id = `ASIASESSION${String(sessions.size + 1).padStart(9, '0')}`
    const arn = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${sessionName}`
    secrets.set(id, `secretOf+${id}/`)
    sessions.set(id, { token: `tokenOf+${id}/==`, arn })
    const end = new Date(now().getTime() + seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z')
    return `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secretOf+${id}/</SecretAccessKey><SessionToken>tokenOf+${id}/==</SessionToken><Expiration>${end}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:${sessionName}</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser>`
  }

  const answer = async (message: WireMessage): Promise<StandInAnswer> => {
    const parameters = new URLSearchParams(message.body.toString())
    calls.push(parameters)
    if (options.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delayMs))
    const action = parameters.get('Action') ?? ''
    const value = (name: string) => parameters.get(name) ?? ''
    const seconds = Number(parameters.get('DurationSeconds') ?? 3600)
    if (action === 'AssumeRoleWithWebIdentity') {
      if (headerOf(message, 'authorization') !== undefined) return refusal('AccessDenied', 'do not sign this')
      if (!value('WebIdentityToken').startsWith('eyJ')) return refusal('InvalidIdentityToken', 'Not a token')
      return success(action, issue(value('RoleArn'), value('RoleSessionName'), seconds))
    }
    const id = /Credential=([^/]+)\//.exec(headerOf(message, 'authorization') ?? '')?.[1] ?? ''
    const secret = secrets.get(id)
    if (secret === undefined)
      return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.')
    if (headerOf(message, 'x-amz-security-token') !== sessions.get(id)?.token) {
      return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.')
    }
    const problem = refuses(message, secret)
    if (problem) return refusal('SignatureDoesNotMatch', problem)
    if (action === 'GetCallerIdentity') {
      const arn = sessions.get(id)?.arn ?? 'arn:aws:iam::123456789012:user/alice'
      return success(action, `<Arn>${arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>`)
    }
    const roleArn = value('RoleArn')
    const wanted = options.externalIds?.[roleArn]
    if (wanted !== undefined && value('ExternalId') !== wanted) {
      return refusal('AccessDenied', `User is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`)
    }
    if (sessions.has(id) && seconds > 3600) {
      return refusal(
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      )
    }
    const serial = value('SerialNumber')
    if (serial !== '' && value('TokenCode') !== options.mfaCodes?.[serial]) {
      return refusal('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.')
    }
    return success(action, issue(roleArn, value('RoleSessionName'), seconds))
  }

  return { ...(await startStandIn(answer)), calls }
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
