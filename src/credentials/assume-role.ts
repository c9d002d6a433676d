import { CliError, exitCodes } from '../errors.ts'
import { childOf, childText, type XmlElement } from '../s3/xml.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import type { RoleHop, WebIdentitySource } from './identity-plan.ts'
import { Secret } from './secret.ts'
import { describeRole, describeWebIdentity } from './source-description.ts'
import { callSts, type StsConnection } from './sts.ts'

/** A role with everything decided: what AssumeRole is asked for. */
export interface RoleRequest extends RoleHop {
  readonly sessionName: string
}

/**
 * Assumes a role.
 * @param from the credentials that are to be allowed to
 * @throws as `callSts`; CliError (service failure) for an answer whose credentials cannot be used or have ended already
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeRole(
  role: RoleRequest,
  from: Credentials,
  connection: StsConnection,
): Promise<Credentials> {
  const subject = `the role ${role.roleArn} (${role.origin})`
  const { result } = await callSts(
    { action: 'AssumeRole', parameters: roleParameters(role), credentials: from, subject },
    connection,
  )
  return readCredentials(result, { subject, source: describeRole(role, from.source), now: connection.now() })
}

/**
 * Assumes a role by the token of an identity provider, which stands in a file; the request is not signed.
 * @throws as `assumeRole`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRoleWithWebIdentity(
  role: WebIdentitySource & { readonly sessionName: string },
  token: string,
  connection: StsConnection,
): Promise<Credentials> {
  const subject = `the role ${role.roleArn} (${role.origin})`
  const parameters = [
    ['RoleArn', role.roleArn],
    ['RoleSessionName', role.sessionName],
    ['WebIdentityToken', token],
    ...limits(role),
  ] as const
  const { result } = await callSts(
    { action: 'AssumeRoleWithWebIdentity', parameters, credentials: undefined, subject },
    connection,
  )
  return readCredentials(result, { subject, source: describeWebIdentity(role), now: connection.now() })
}

type Parameter = readonly [string, string]

function roleParameters(role: RoleRequest): readonly Parameter[] {
  return [
    ['RoleArn', role.roleArn],
    ['RoleSessionName', role.sessionName],
    ...optional('ExternalId', role.externalId),
    ...optional('SerialNumber', role.mfaSerial),
    ...optional('TokenCode', role.mfaCode),
    ...optional('SourceIdentity', role.sourceIdentity),
    ...limits(role),
    ...(role.tags ?? []).flatMap(({ key, value }, index): readonly Parameter[] => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
    ...(role.transitiveTags ?? []).map((key, index): Parameter => [`TransitiveTagKeys.member.${index + 1}`, key]),
  ]
}

function limits(role: Pick<RoleHop, 'durationSeconds' | 'policy' | 'policyArns'>): readonly Parameter[] {
  return [
    ...optional('DurationSeconds', role.durationSeconds?.toString()),
    ...optional('Policy', role.policy),
    ...(role.policyArns ?? []).map((arn, index): Parameter => [`PolicyArns.member.${index + 1}.arn`, arn]),
  ]
}

function optional(name: string, value: string | undefined): readonly Parameter[] {
  return value === undefined ? [] : [[name, value]]
}

/** Whatever answers as STS is a stranger: values that no header or shell could carry are refused here. */
function readCredentials(
  result: XmlElement,
  { subject, source, now }: { readonly subject: string; readonly source: CredentialSource; readonly now: Date },
): Credentials {
  const element = childOf(result, 'Credentials')
  const text = (name: string): string => {
    const value = (element && childText(element, name))?.trim() ?? ''
    if (/^[\x21-\x7e]+$/.test(value)) return value
    throw new CliError(`the answer for ${subject} has no usable ${name}`, {
      exitCode: exitCodes.serviceFailure,
      hint: 'check the endpoint: --endpoint-url, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL',
    })
  }
  // Ceph's gateway writes nanoseconds.
  const expiration = new Date(text('Expiration').replace(/(\.\d{3})\d+/, '$1'))
  if (Number.isNaN(expiration.getTime())) {
    throw new CliError(`the answer for ${subject} has no usable Expiration`, { exitCode: exitCodes.serviceFailure })
  }
  if (expiration.getTime() <= now.getTime()) {
    throw new CliError(`the session of ${subject} ended at ${expiration.toISOString()}, before it began`, {
      exitCode: exitCodes.serviceFailure,
      hint: "check this machine's clock and the endpoint",
    })
  }
  const arn = childText(childOf(result, 'AssumedRoleUser') ?? result, 'Arn') ?? ''
  return {
    accessKeyId: text('AccessKeyId'),
    secretAccessKey: new Secret(text('SecretAccessKey')),
    sessionToken: new Secret(text('SessionToken')),
    expiration,
    accountId: /^arn:[\w-]+:sts::(\d{12}):/.exec(arn)?.[1],
    source,
  }
}
