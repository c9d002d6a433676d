import { escapeForTerminal } from '../../output/escape.ts'
import { readServiceError, type ServiceError } from '../../s3/service-error.ts'
import type { TransferWorld } from './sender.ts'
import type { Transfer } from './transfer.ts'

/**
 * Tells on stderr what a service said when it refused: a 403, or any answer that carries an AWS error document.
 * @returns whether there was something to tell
 */
export async function reportRefusal(transfer: Transfer, world: TransferWorld): Promise<boolean> {
  const { messages } = world
  const answer = transfer.lastSent?.answer
  const head = answer?.finalHead
  if (!answer || !head || head.status < 300 || !messages.shown) return false
  const error = await readServiceError(answer.errorText, head.headers)
  const status = `HTTP ${head.status}${head.reason === '' ? '' : ` ${head.reason}`}`
  if (error)
    messages.refusal(
      escapeForTerminal(`${formatServiceError(error)} (${status}${requestIdOf(error)})`),
      await diagnosisOf(transfer, world),
    )
  else if (head.status === 403)
    messages.refusal(escapeForTerminal(`the server refused the request (${status})`), undefined)
  return error !== undefined || head.status === 403
}

function formatServiceError({ code, message }: ServiceError): string {
  return message === '' ? code : `${code}: ${message}`
}

function requestIdOf({ requestId }: ServiceError): string {
  return requestId === undefined ? '' : `, request id ${requestId}`
}

/** What `verify` says of a refused signature, of what was really sent; undefined where the refusal is of something else. */
async function diagnosisOf({ lastSent, lastHop }: Transfer, world: TransferWorld): Promise<string | undefined> {
  const head = lastSent?.answer.finalHead
  const steps = lastSent?.prepared.steps
  if (!lastSent || !head || !steps) return undefined
  const { wire, headers, bodyLength } = lastSent.prepared
  const { scheme, host, path, query } = lastHop.url
  const isHash = /^[0-9a-f]{64}$/.test(steps.payloadHash)
  const body = isHash ? { sha256: steps.payloadHash, length: bodyLength, bytes: undefined } : undefined
  const { diagnoseRefusal } = await import('../refusal-diagnosis.ts')
  const lines = await diagnoseRefusal(
    {
      request: { method: wire.method, scheme, authority: host, path, query, headers, body },
      status: head.status,
      headers: head.headers,
      body: lastSent.answer.errorText,
    },
    { credentials: await world.identity.credentials(), now: world.now },
  )
  return lines.length === 0 ? undefined : lines.join('\n')
}
