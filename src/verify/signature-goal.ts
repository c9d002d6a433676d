import { createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type Credentials } from '../credentials/credentials.ts'
import { Secret } from '../credentials/secret.ts'
import { deriveSigV4aKey } from '../sign/sigv4a.ts'
import { formatDraftToSign, type KeyDraft, type ScopeDraft, type SigningDraft } from './signing-draft.ts'

/** What a search looks for: the draft that leads to what the request's signer made. */
export interface Goal {
  readonly reachedBy: (draft: SigningDraft) => boolean
}

/** The goal of a given signature, with the secret at hand: hex, in lower case. */
export function signatureGoal(signature: string, credentials: Credentials): Goal {
  const keys = new WeakMap<KeyDraft, Map<string, Buffer>>()
  const keyOf = (draft: SigningDraft): Buffer => {
    const scope = draft.key.scope(draft.scope)
    const byScope = keys.get(draft.key) ?? new Map<string, Buffer>()
    keys.set(draft.key, byScope)
    const name = `${scope.date}/${scope.region}/${scope.service}`
    const key = byScope.get(name) ?? deriveKey(draft.key, scope, credentials.secretAccessKey)
    byScope.set(name, key)
    return key
  }
  return {
    reachedBy: (draft) => createHmac('sha256', keyOf(draft)).update(formatDraftToSign(draft)).digest('hex') === signature,
  }
}

/** The same for SigV4a, whose signatures differ each time: here one fits or does not. */
export function publicKeyGoal(signature: string, credentials: Credentials): Goal {
  const bytes = Buffer.from(signature, 'hex')
  const keys = new WeakMap<KeyDraft, KeyObject>()
  const keyOf = (key: KeyDraft): KeyObject => {
    const secretAccessKey = new Secret(key.secret(credentials.secretAccessKey.reveal()))
    const known = keys.get(key) ?? createPublicKey(deriveSigV4aKey({ ...credentials, secretAccessKey }, key.prefix))
    keys.set(key, known)
    return known
  }
  return { reachedBy: (draft) => verify('sha256', Buffer.from(formatDraftToSign(draft)), keyOf(draft.key), bytes) }
}

/** The goal of a string to sign that the signer printed: no secret is needed to know how it was made. */
export function stringToSignGoal(stringToSign: string): Goal {
  return { reachedBy: (draft) => formatDraftToSign(draft) === stringToSign }
}

/**
 * The signing key: HMAC-SHA256 over date, region, service and `aws4_request`, each keyed by the one before.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 4
 */
function deriveKey(draft: KeyDraft, scope: ScopeDraft, secret: Secret): Buffer {
  let key = Buffer.from(`${draft.prefix}${draft.secret(secret.reveal())}`)
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    const digest = createHmac('sha256', key).update(part).digest()
    key = draft.chain === 'bytes' ? digest : Buffer.from(digest.toString('hex'))
  }
  return key
}
