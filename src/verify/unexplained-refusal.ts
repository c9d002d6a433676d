import type { Credentials } from '../credentials/credentials.ts'
import { headerValue } from '../request/header.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import type { Alignment } from './alignment.ts'
import type { Verdict } from './judge.ts'
import { type NamedMistake, namedMistake } from './ranking.ts'

interface Refused {
  /** Of the request, as far as it could be judged. */
  readonly outcome: Verdict['outcome']
  readonly alignment: Alignment | undefined
  readonly credentials: Credentials | undefined
  readonly request: ReceivedRequest
}

/** What is left to say of a refused signature where nothing in the request is wrong. */
export function unexplainedRefusal({ outcome, alignment, credentials, request }: Refused): NamedMistake {
  const same = alignment !== undefined && alignment.findings.length === 0
  if (outcome === 'valid' && credentials !== undefined)
    return chunksRefused(request) ?? rightButRefused(credentials, same)
  const detail = same
    ? 'the service read the request as it is given: the secret differs, or the signer built another canonical request (its log or the secret would tell)'
    : 'the service refuses the signature; the secret, or a canonical request from the signer or the service, would tell why'
  return {
    ...namedMistake({ id: 'unknown', detail }, 1),
    cause: 'the secret is not at hand, so the signature could not be computed again and no mistake could be tried',
    fix: "give the secret (--profile, --credentials or the AWS_ variables), or in place of the request the signer's debug log",
  }
}

/** S3 API reference, "Signature calculations: transferring payload in multiple chunks": each chunk has a signature of its own. */
function chunksRefused({ headers }: ReceivedRequest): NamedMistake | undefined {
  const form = headerValue(headers, 'x-amz-content-sha256')
  if (!form?.startsWith('STREAMING-')) return undefined
  const detail = `the signature of the headers is right for the secret at hand; the body is sent as ${form}`
  return {
    ...namedMistake({ id: 'unknown', detail }, 1),
    cause: form.endsWith('-TRAILER')
      ? 'the service may not know bodies in chunks with a trailer, or found a chunk or the trailer wrong; else it has another secret'
      : 'the service may not know bodies in signed chunks, or found a chunk wrong; else it has another secret',
    fix: 'send the body whole, with its hash in x-amz-content-sha256 and its checksum as a header; if that is refused, too, check the secret',
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
