import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { Credentials } from '../credentials/credentials.ts'
import { Secret } from '../credentials/secret.ts'
import { type HmacKey, hmacKey, hmacSha256, hmacSha256Hex } from '../sign/hmac.ts'
import { deriveSigV4aKey } from '../sign/sigv4a.ts'
import { formatDraftToSign } from './draft-text.ts'
import type { KeyDraft, SigningDraft } from './signing-draft.ts'

/** What a search looks for: the draft that leads to what the request's signer made. */
export interface Goal {
  /** What a draft leads to, as text: drafts with the same outcome are the same to the service. */
  readonly outcomeOf: (draft: SigningDraft) => string
  /** Whether that is what the signer made. */
  readonly isReached: (draft: SigningDraft, outcome: string) => boolean
}

/** The goal of a given signature (hex, in lower case), with the secret at hand. */
export function signatureGoal(signature: string, credentials: Credentials): Goal {
  const keys = new WeakMap<KeyDraft, Map<string, HmacKey>>()
  const keyOf = (draft: SigningDraft): HmacKey => {
    const byScope = keys.get(draft.key) ?? new Map<string, HmacKey>()
    keys.set(draft.key, byScope)
    const steps = draft.key.steps(draft.scope)
    const name = steps.join('/')
    const key = byScope.get(name) ?? deriveKey(draft.key, steps, credentials.secretAccessKey)
    byScope.set(name, key)
    return key
  }
  return {
    outcomeOf: (draft) => hmacSha256Hex(keyOf(draft), formatDraftToSign(draft)),
    isReached: (_, outcome) => outcome === signature,
  }
}

/** The same for SigV4a, whose signatures differ each time: here one fits or does not. */
export function publicKeyGoal(signature: string, credentials: Credentials): Goal {
  const bytes = Buffer.from(signature, 'hex')
  const keys = new WeakMap<KeyDraft, KeyObject>()
  const secretOf = (key: KeyDraft) => new Secret(key.secret(credentials.secretAccessKey.reveal()))
  const keyOf = (key: KeyDraft): KeyObject => {
    const own = { ...credentials, secretAccessKey: secretOf(key) }
    const known = keys.get(key) ?? createPublicKey(deriveSigV4aKey(own, key.prefix))
    keys.set(key, known)
    return known
  }
  return {
    outcomeOf: (draft) =>
      `${hash('sha256', draft.key.prefix + secretOf(draft.key).reveal())}\n${formatDraftToSign(draft)}`,
    isReached: (draft) => verify('sha256', Buffer.from(formatDraftToSign(draft)), keyOf(draft.key), bytes),
  }
}

/**
 * The signing key: HMAC-SHA256 over date, region, service and `aws4_request`, each keyed by the one before.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 4
 */
function deriveKey(draft: KeyDraft, steps: readonly string[], secret: Secret): HmacKey {
  let key = hmacKey(`${draft.prefix}${draft.secret(secret.reveal())}`)
  for (const step of steps) {
    const digest = hmacSha256(key, step)
    key = hmacKey(draft.chain === 'bytes' ? digest : digest.toString('hex'))
  }
  return key
}
