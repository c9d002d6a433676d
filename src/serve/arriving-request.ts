import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Header } from '../request/header.ts'
import { parseTarget } from '../request/http-message.ts'
import type { ReceivedBody, ReceivedRequest } from '../request/received-request.ts'

/** Bodies up to this many bytes are kept for the search; larger ones are hashed as they pass. */
const keptBytes = 1_048_576

/** Reads a request to its end, in constant memory. Rejects when the client breaks off. */
export async function readArrivingRequest(message: IncomingMessage): Promise<ReceivedRequest> {
  const body = await readBody(message)
  return {
    ...parseTarget(message.url ?? '/'),
    scheme: 'http',
    method: message.method ?? 'GET',
    headers: headersOf(message.rawHeaders),
    body,
  }
}

async function readBody(message: IncomingMessage): Promise<ReceivedBody> {
  const hash = createHash('sha256')
  let kept: Buffer[] | undefined = []
  let length = 0
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk)
    hash.update(bytes)
    length += bytes.length
    if (length > keptBytes) kept = undefined
    kept?.push(bytes)
  }
  return { sha256: hash.digest('hex'), length, bytes: kept && Buffer.concat(kept) }
}

/** Names and values in their order and case; node reads one character a byte, and most senders mean UTF-8. */
function headersOf(raw: readonly string[]): readonly Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers.push({ name: raw[index] ?? '', value: asUtf8(raw[index + 1] ?? '') })
  }
  return headers
}

function asUtf8(latin1: string): string {
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1
  const text = Buffer.from(latin1, 'latin1').toString()
  return text.includes('\ufffd') ? latin1 : text
}
