import type { Credentials } from '../credentials/credentials.ts'
import { acceptedDrafts, type Situation } from './base-draft.ts'
import { type Check, checkOf, failed } from './check.ts'
import { readSignature } from './checks.ts'
import type { SearchedSituation } from './mistakes/mistake.ts'
import { type SearchLimits, type SearchResult, searchMistakes } from './search.ts'
import type { SignatureClaim } from './signature-claim.ts'
import { type Goal, publicKeyGoal, signatureGoal } from './signature-goal.ts'
import type { SigningDraft } from './signing-draft.ts'

/** What recomputing the signature brought. */
export type SignatureJudgement =
  | { readonly state: 'right'; readonly check: Check }
  | { readonly state: 'not recomputed'; readonly check: Check }
  | { readonly state: 'wrong'; readonly check: Check; readonly search: SearchResult | undefined }

interface Means {
  /** Undefined where there are none at hand: the signature is then not recomputed. */
  readonly credentials: Credentials | undefined
  readonly limits: SearchLimits
}

/**
 * Recomputes the signature; where it differs, looks for the mistake that gives it.
 * @param accepted the drafts of which each gives a right signature
 */
export async function judgeSignature(
  situation: SearchedSituation,
  accepted: readonly SigningDraft[],
  { credentials, limits }: Means,
): Promise<SignatureJudgement> {
  const { claim } = situation
  const { hex } = readSignature(claim.signature.trim(), claim.algorithm)
  if (credentials === undefined) return notRecomputed('not recomputed: no credentials at hand')
  if (hex === undefined) return { state: 'wrong', check: notComparable, search: undefined }
  const goal = goalOf(hex, claim, credentials)
  const ownKey = claim.accessKeyId === credentials.accessKeyId
  if (isOneOf(accepted, goal)) return ownKey ? right() : otherKey(claim, credentials)
  if (!ownKey) {
    return notRecomputed(
      `not recomputed: the request was signed with ${claim.accessKeyId}, at hand is ${credentials.accessKeyId}`,
    )
  }
  const search = await searchMistakes(situation, goal, limits)
  return { state: 'wrong', check: checkOf('signature', [], 'differs from the recomputed one'), search }
}

const notComparable: Check = { name: 'signature', ok: false, detail: 'not of the form of a signature', findings: [] }

/** Whether these rules, with the scope as the request has it, give the signature. */
export function isRight(situation: Situation, credentials: Credentials | undefined): boolean {
  const { claim } = situation
  const { hex } = readSignature(claim.signature.trim(), claim.algorithm)
  if (hex === undefined || credentials === undefined) return false
  return isOneOf(acceptedDrafts(situation), goalOf(hex, claim, credentials))
}

function isOneOf(drafts: readonly SigningDraft[], goal: Goal): boolean {
  return drafts.some((draft) => goal.isReached(draft, goal.outcomeOf(draft)))
}

function goalOf(signature: string, claim: SignatureClaim, credentials: Credentials): Goal {
  return claim.algorithm === 'sigv4' ? signatureGoal(signature, credentials) : publicKeyGoal(signature, credentials)
}

function right(): SignatureJudgement {
  return { state: 'right', check: checkOf('signature', [], 'equal to the recomputed one') }
}

function notRecomputed(detail: string): SignatureJudgement {
  return { state: 'not recomputed', check: { name: 'signature', ok: false, detail, findings: [], undecided: true } }
}

function otherKey(claim: SignatureClaim, credentials: Credentials): SignatureJudgement {
  const detail = `the signature was made with the secret of ${credentials.accessKeyId}, but the request names ${claim.accessKeyId}`
  return { state: 'wrong', check: failed('signature', [{ id: 'access-key-other', detail }]), search: undefined }
}
