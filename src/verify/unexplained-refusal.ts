import type { Credentials } from '../credentials/credentials.ts'
import type { Alignment } from './alignment.ts'
import type { Verdict } from './judge.ts'
import { type NamedMistake, namedMistake } from './ranking.ts'

interface Refused {
  /** Of the request, as far as it could be judged. */
  readonly outcome: Verdict['outcome']
  readonly alignment: Alignment | undefined
  readonly credentials: Credentials | undefined
}

/** What is left to say of a refused signature where nothing in the request is wrong. */
export function unexplainedRefusal({ outcome, alignment, credentials }: Refused): NamedMistake {
  const same = alignment !== undefined && alignment.findings.length === 0
  if (outcome === 'valid' && credentials !== undefined) return rightButRefused(credentials, same)
  const detail = same
    ? 'the service read the request as it is given: the secret differs, or the signer built another canonical request (its log or the secret would tell)'
    : 'the service refuses the signature; the secret, or a canonical request from the signer or the service, would tell why'
  return {
    ...namedMistake({ id: 'unknown', detail }, 1),
    cause: 'the secret is not at hand, so the signature could not be computed again and no mistake could be tried',
    fix: "give the secret (--profile, --credentials or the AWS_ variables), or in place of the request the signer's debug log",
  }
}

function rightButRefused({ accessKeyId, secretAccessKey }: Credentials, same: boolean): NamedMistake {
  const secret = secretAccessKey.reveal()
  if (secret.trim() !== secret) return namedMistake({ id: 'secret-whitespace', detail: blankAt(secret) }, 1)
  const quote = /^(["'`]).*\1$/.exec(secret)?.[1]
  if (quote !== undefined) {
    return namedMistake({ id: 'secret-quoted', detail: `the secret at hand begins and ends with ${quote}` }, 1)
  }
  const right = 'the signature is right for the secret at hand'
  const detail = same
    ? `${right}, and the service read the request as it is: it has another secret for this key`
    : `${right}: the service has another secret for this key, or the request changed on its way`
  const isOdd = isOfAws(accessKeyId) && secret.length !== 40
  const length = isOdd ? `; this one has ${secret.length} characters, AWS's have 40` : ''
  return namedMistake({ id: same ? 'secret-other' : 'unknown', detail: `${detail}${length}` }, 1)
}

function blankAt(secret: string): string {
  const before = secret.slice(0, secret.length - secret.trimStart().length)
  return before === ''
    ? `the secret at hand ends with ${JSON.stringify(secret.slice(secret.trimEnd().length))}`
    : `the secret at hand begins with ${JSON.stringify(before)}`
}

/** IAM User Guide, "IAM identifiers": long-term and temporary keys. */
function isOfAws(accessKeyId: string): boolean {
  return /^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)
}
