import { emptyBody, type ReceivedBody } from '../request/received-request.ts'
import { declaredPayloadHash, expectedPayloadHash, type Situation } from './base-draft.ts'
import { type Check, type Finding, failed, passed } from './check.ts'
import { otherBodies } from './mistakes/payload.ts'

/** Whether `x-amz-content-sha256`, where it is sent, is the hash of the body. */
export function payloadCheck(situation: Situation): Check {
  const { request, expectation } = situation
  const declared = declaredPayloadHash(request)
  if (declared === undefined) {
    const what = expectedPayloadHash(situation)
    return passed('payload hash', request.body === undefined ? `${what} (the body is not known)` : what)
  }
  if (declared === 'UNSIGNED-PAYLOAD') {
    return expectation.unsignedPayload === 'accepted'
      ? passed('payload hash', declared)
      : failed('payload hash', [
          {
            id: 'payload-unsigned',
            detail: 'x-amz-content-sha256 is UNSIGNED-PAYLOAD, which this service does not take',
          },
        ])
  }
  if (declared.startsWith('STREAMING-')) return passed('payload hash', declared)
  if (request.body === undefined) return passed('payload hash', `${declared} (the body is not known)`)
  if (declared === request.body.sha256) return passed('payload hash', `${declared}, the body's`)
  return failed('payload hash', [mismatch(declared, request.body)])
}

function mismatch(declared: string, body: ReceivedBody): Finding {
  const saying = `x-amz-content-sha256 is ${declared}, but the body${body.length === undefined ? '' : ` (${body.length} bytes)`} has ${body.sha256}`
  if (declared === emptyBody.sha256)
    return { id: 'payload-empty', detail: `${saying}: it is the hash of the empty body` }
  const other = otherBodies(body).find(({ sha256 }) => sha256 === declared)
  return { id: other?.id ?? 'payload-other', detail: other ? `${saying}: it is the hash of ${other.detail}` : saying }
}
