import type { Socket } from 'node:net'
import { systemCode } from '../errors.ts'
import { s3Document } from './s3-document.ts'

/** What no HTTP parser can read, and heads that are too large or too slow, get an answer, not only a closed connection. */
export function answerUnreadable(error: Error, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, code, message } = answers[systemCode(error) ?? ''] ?? badRequest
  const body = s3Document([
    'Error',
    [
      ['Code', code],
      ['Message', message],
    ],
  ])
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const badRequest = {
  status: '400 Bad Request',
  code: 'BadRequest',
  message: 'An error occurred when parsing the HTTP request.',
}

/** By node's code, in S3's words. */
const answers: Readonly<Record<string, typeof badRequest>> = {
  HPE_HEADER_OVERFLOW: {
    status: '400 Bad Request',
    code: 'RequestHeaderSectionTooLarge',
    message: 'Your request header and query parameters exceed the maximum allowed size.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'RequestTimeout',
    message: 'Your socket connection to the server was not read from or written to within the timeout period.',
  },
}
