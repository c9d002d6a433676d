import type { CredentialSource, Credentials } from '../credentials/credentials.ts'
import { Secret } from '../credentials/secret.ts'
import { childOf, childText, MalformedXml, parseXml } from './xml.ts'

/** What requests to a directory bucket are signed with, for five minutes. */
export interface ExpressSession {
  /** Without the token, which travels in `x-amz-s3session-token` and not in `x-amz-security-token`. */
  readonly credentials: Credentials
  readonly token: Secret
  readonly expiration: Date
}

/**
 * Reads the answer to CreateSession.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
 * @throws MalformedXml where it holds no session
 */
export async function createExpressSession(
  text: string,
  source: CredentialSource | undefined,
): Promise<ExpressSession> {
  const found = childOf(await parseXml(text), 'Credentials')
  const member = (name: string): string => {
    const value = found && childText(found, name)
    if (value === undefined || value === '') throw new MalformedXml(`the session has no ${name}`)
    return value
  }
  const expiration = new Date(member('Expiration'))
  if (Number.isNaN(expiration.getTime())) throw new MalformedXml('the session has no time at which it ends')
  return {
    credentials: {
      accessKeyId: member('AccessKeyId'),
      secretAccessKey: new Secret(member('SecretAccessKey')),
      expiration,
      source: source ?? { kind: 'environment', description: 'CreateSession' },
    },
    token: new Secret(member('SessionToken')),
    expiration,
  }
}
