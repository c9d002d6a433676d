import { escapeForTerminal } from '../../output/escape.ts'
import { readServiceError, type ServiceError } from '../../s3/service-error.ts'
import type { TransferWorld } from './sender.ts'
import type { Transfer } from './transfer.ts'

/**
 * Tells on stderr what a service said when it refused: a 403, or any answer that carries an AWS error document.
 * @returns whether there was something to tell
 */
export async function reportRefusal(transfer: Transfer, { messages }: TransferWorld): Promise<boolean> {
  const answer = transfer.lastSent?.answer
  const head = answer?.finalHead
  if (!answer || !head || head.status < 300 || !messages.shown) return false
  const error = await readServiceError(answer.errorText, head.headers)
  const status = `HTTP ${head.status}${head.reason === '' ? '' : ` ${head.reason}`}`
  if (error)
    messages.refusal(escapeForTerminal(`${formatServiceError(error)} (${status}${requestIdOf(error)})`), undefined)
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
