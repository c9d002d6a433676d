import type { ResponseHead } from '../../http/response-head.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { parseTarget } from '../../request/http-message.ts'
import { emptyBody, type ReceivedRequest } from '../../request/received-request.ts'
import { readServiceError, type ServiceError } from '../../s3/service-error.ts'
import type { PreparedHop } from './hop.ts'
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
      await diagnosisOf(transfer, { head, body: answer.errorText, world }),
    )
  else if (head.status === 403)
    messages.refusal(escapeForTerminal(`the server refused the request (${status})`), undefined)
  return error !== undefined || head.status === 403
}

interface RefusedAnswer {
  readonly head: ResponseHead
  readonly body: string
  readonly world: TransferWorld
}

/** Which mistake `verify` finds in the request as it was sent; undefined where the refusal is not about the signature. */
async function diagnosisOf(transfer: Transfer, { head, body, world }: RefusedAnswer): Promise<string | undefined> {
  const prepared = transfer.lastSent?.prepared
  if (!prepared) return undefined
  const { diagnoseRefusal } = await import('../refusal-diagnosis.ts')
  const refusal = { request: sentRequest(prepared), status: head.status, headers: head.headers, body }
  const lines = await diagnoseRefusal(refusal, { credentials: await world.identity.credentials(), now: world.now })
  return lines.length === 0 ? undefined : lines.join('\n')
}

/** The body has passed already; of it the hash is known that was signed. */
function sentRequest({ requestLine, headers, bodyLength, steps }: PreparedHop): ReceivedRequest {
  const [method = '', target = '/'] = requestLine.split(' ')
  const hash = steps?.payloadHash ?? ''
  const known = /^[0-9a-f]{64}$/.test(hash) ? { sha256: hash, length: bodyLength, bytes: undefined } : undefined
  return { ...parseTarget(target), method, headers, body: bodyLength === 0 ? emptyBody : known }
}

function formatServiceError({ code, message }: ServiceError): string {
  return message === '' ? code : `${code}: ${message}`
}

function requestIdOf({ requestId }: ServiceError): string {
  return requestId === undefined ? '' : `, request id ${requestId}`
}
