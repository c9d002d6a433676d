import type { Credentials } from '../credentials/credentials.ts'
import { plainStyle, type Style } from '../output/style.ts'
import { formatDiagnosis } from '../output/verdict.ts'
import type { Header } from '../request/header.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { readAnswerFindings } from '../verify/answer-findings.ts'
import { examine } from '../verify/examine.ts'
import type { SearchLimits } from '../verify/search.ts'
import { readAnswer } from '../verify/service-answer.ts'

export interface Refusal {
  /** As it was really sent, `Authorization` and all. */
  readonly request: ReceivedRequest
  readonly status: number
  readonly headers: readonly Header[]
  /** The answer's body as text; its beginning is enough. */
  readonly body: string
}

export interface DiagnosisOptions {
  readonly credentials: Credentials | undefined
  readonly now: () => Date
  readonly style?: Style
}

/** A diagnosis is there within two seconds, checks and all. */
const searchMs = 1500

/** The limits of a search that begins now. */
export function searchLimits(now: () => Date): SearchLimits {
  const clock = () => now().getTime()
  return { clock, deadline: clock() + searchMs }
}

/**
 * Says why a service refused a signature: what `curl` and `ls` print to stderr below their error.
 * @returns lines for people, escaped, without secrets; none where the refusal is not about the signature
 */
export async function diagnoseRefusal(
  { request, ...response }: Refusal,
  { credentials, now, style = plainStyle }: DiagnosisOptions,
): Promise<readonly string[]> {
  const answer = await readAnswer(response)
  if (answer === undefined || readAnswerFindings(answer).subject === 'other') return []
  const evidence = { kind: 'a sent request', request, answer, signer: undefined, time: undefined }
  const examination = await examine(evidence, {
    credentials,
    expectation: {},
    date: undefined,
    now: now(),
    limits: searchLimits(now),
  })
  return examination.mistakes.length === 0 ? [] : formatDiagnosis(examination, style)
}
