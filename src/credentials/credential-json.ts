import type { Credentials } from './credentials.ts'
import { Secret } from './secret.ts'

export type BareCredentials = Omit<Credentials, 'source'>

/** Credentials that end: the only ones that may be kept. */
export type TemporaryCredentials = BareCredentials & { readonly sessionToken: Secret; readonly expiration: Date }

/** Whether they end: with a session token and a time. A token alone may belong to keys of unknown end. */
export function isTemporary<T extends BareCredentials>(credentials: T): credentials is T & TemporaryCredentials {
  return credentials.sessionToken !== undefined && credentials.expiration !== undefined
}

/** The text is not in credential_process form; the message ends a sentence about it and quotes none of it. */
export class UnusableCredentialJson extends Error {
  override readonly name = 'UnusableCredentialJson'
}

/** Credentials in the form of credential_process (`Version` 1), a line of text for each member. Holds the secrets. */
export function formatCredentialJson(credentials: BareCredentials): string {
  const document = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey.reveal(),
    SessionToken: credentials.sessionToken?.reveal(),
    Expiration: credentials.expiration && formatExpiration(credentials.expiration),
    AccountId: credentials.accountId,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** A time as AWS writes it: ISO 8601 in whole seconds, `2026-01-02T03:04:05Z`. */
export function formatExpiration(expiration: Date): string {
  return expiration.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/**
 * Reads that form: what a credential_process prints, `--credentials` names and the cache keeps.
 * @throws UnusableCredentialJson
 */
export function parseCredentialJson(text: string): BareCredentials {
  const members = parseObject(text)
  const optional = (name: string): string | undefined => {
    const value = members[name]
    if (value === undefined || value === null || value === '') return undefined
    if (isWord(value)) return value
    throw new UnusableCredentialJson(`has no usable ${name}`)
  }
  const required = (name: string): string => {
    const value = optional(name)
    if (value !== undefined) return value
    throw new UnusableCredentialJson(`has no ${name}`)
  }
  if (members.Version !== 1) throw new UnusableCredentialJson('does not say "Version": 1')
  const sessionToken = optional('SessionToken')
  const expiration = parseExpiration(members.Expiration)
  return {
    accessKeyId: required('AccessKeyId'),
    secretAccessKey: new Secret(required('SecretAccessKey')),
    sessionToken: sessionToken === undefined ? undefined : new Secret(sessionToken),
    expiration,
    accountId: optional('AccountId'),
  }
}

/** ISO 8601, also with the blank that Python's `str(datetime)` has in place of the T. */
function parseExpiration(value: unknown): Date | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const expiration = new Date(typeof value === 'string' ? value : Number.NaN)
  if (Number.isNaN(expiration.getTime())) throw new UnusableCredentialJson('has an Expiration that is no time')
  return expiration
}

/** The parser's own error is dropped: it quotes the text. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UnusableCredentialJson('is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new UnusableCredentialJson('is no JSON object')
  return Object.fromEntries(Object.entries(value))
}

/** A value that a header can carry. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}
