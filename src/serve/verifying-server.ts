import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Credentials } from '../credentials/credentials.ts'
import type { Header } from '../request/header.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { requestTarget } from '../request/request-url.ts'
import { type ExpectationOptions, expectationFor } from '../verify/expectation.ts'
import { judgeRequest, type Verdict } from '../verify/judge.ts'
import type { SearchLimits } from '../verify/search.ts'
import { isClaim, readClaim } from '../verify/signature-claim.ts'
import { readArrivingRequest } from './arriving-request.ts'
import { type Answer, answerFromFolder } from './bucket-answer.ts'
import type { BucketFolder } from './bucket-folder.ts'
import { type Refusal, refusalFor } from './refusal.ts'
import { s3Document } from './s3-document.ts'
import { answerUnreadable } from './unreadable-request.ts'

export interface ServeOptions {
  /** Undefined: signatures are not recomputed, and no request is called valid. */
  readonly credentials: Credentials | undefined
  readonly expectation: ExpectationOptions
  /** Undefined: a right request gets an empty answer. */
  readonly folder: BucketFolder | undefined
  readonly now: () => Date
  /** For a search that begins now. */
  readonly limits: () => SearchLimits
  /** Called before a request is answered. */
  readonly onJudged: (judged: JudgedRequest) => Promise<void>
}

export interface JudgedRequest {
  readonly request: ReceivedRequest
  readonly verdict: Verdict
  readonly status: number
  /** The error code of the answer. */
  readonly code: string | undefined
}

/** How long a client may take for its headers, and for the whole request. */
const headersTimeoutMs = 15_000
const requestTimeoutMs = 300_000
/** S3 takes 8 KB; long tokens and tools that debug may need more. */
const mostHeaderBytes = 65_536

/** An HTTP server that judges every request as S3 would and, where there is a folder, serves it. Not yet listening. */
export function createVerifyingServer(options: ServeOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 5000,
    },
    (message, response) => {
      serve(message, response, options).catch(() => {
        // The client broke off, or the answer could not be made: nothing is left to say on this connection.
        response.destroy()
      })
    },
  )
  server.on('clientError', answerUnreadable)
  return server
}

async function serve(message: IncomingMessage, response: ServerResponse, options: ServeOptions): Promise<void> {
  const request = await readArrivingRequest(message)
  const verdict = await judgeRequest({
    request,
    expectationOf: (claim) => expectationFor(request, claim, options.expectation),
    credentials: options.credentials,
    judged: { time: options.now(), event: undefined },
    limits: options.limits(),
  })
  const answer = await answerTo(request, verdict, options.folder)
  await options.onJudged({
    request,
    verdict,
    status: answer.status,
    code: answer.kind === 'refusal' ? answer.code : undefined,
  })
  await send(answer, { message, response, request, date: options.now() })
}

async function answerTo(request: ReceivedRequest, verdict: Verdict, folder: BucketFolder | undefined): Promise<Answer> {
  const claim = readClaim(request)
  if (verdict.outcome === 'not valid') {
    return { kind: 'refusal', ...refusalFor(verdict, { request, claim: isClaim(claim) ? claim : undefined }) }
  }
  if (verdict.outcome === 'undecided')
    return { kind: 'refusal', ...unknownKey(isClaim(claim) ? claim.accessKeyId : undefined) }
  if (folder !== undefined) return answerFromFolder(request, folder)
  const body = s3Document(['VerifyResult', [['Valid', 'true']]])
  return { kind: 'document', status: 200, headers: [{ name: 'Content-Type', value: 'application/xml' }], body }
}

function unknownKey(accessKeyId: string | undefined): Refusal {
  return {
    status: 403,
    code: 'InvalidAccessKeyId',
    message: 'The AWS Access Key Id you provided does not exist in our records.',
    members: [['AWSAccessKeyId', accessKeyId]],
  }
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly request: ReceivedRequest
  readonly date: Date
}

async function send(answer: Answer, { message, response, request, date }: Exchange): Promise<void> {
  const requestId = requestIdOf(message.socket)
  response.statusCode = answer.status
  response.setHeader('x-amz-request-id', requestId)
  response.setHeader('Server', 'sigv4')
  response.setHeader('Date', date.toUTCString())
  if (answer.kind === 'object') {
    await sendObject(answer, { message, response, request, date })
    return
  }
  const body = Buffer.from(answer.kind === 'document' ? answer.body : refusalDocument(answer, request, requestId))
  setHeaders(
    response,
    answer.kind === 'document' ? answer.headers : [{ name: 'Content-Type', value: 'application/xml' }],
  )
  if (answer.status === 405) response.setHeader('Allow', 'GET, HEAD')
  response.setHeader('Content-Length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function sendObject(answer: Extract<Answer, { kind: 'object' }>, { response, request }: Exchange): Promise<void> {
  const { object, range } = answer
  setHeaders(response, answer.headers)
  response.setHeader('Content-Length', range.end - range.start + 1)
  try {
    if (request.method === 'HEAD' || range.end < range.start) {
      response.end()
      return
    }
    await pipeline(
      createReadStream('', { fd: object.file, start: range.start, end: range.end, autoClose: false }),
      response,
    )
  } finally {
    await object.file.close()
  }
}

function setHeaders(response: ServerResponse, headers: readonly Header[]): void {
  for (const { name, value } of headers) response.setHeader(name, value)
}

function refusalDocument({ code, message, members }: Refusal, request: ReceivedRequest, requestId: string): string {
  return s3Document([
    'Error',
    [['Code', code], ['Message', message], ...members, ['Resource', request.path], ['RequestId', requestId]],
  ])
}

const requestCounts = new WeakMap<Socket, number>()

/** Tells one request of a connection from the next; nobody looks it up. */
function requestIdOf(socket: Socket): string {
  const count = (requestCounts.get(socket) ?? 0) + 1
  requestCounts.set(socket, count)
  return `${(socket.remotePort ?? 0).toString(16).padStart(4, '0')}-${count.toString(16).padStart(8, '0')}`.toUpperCase()
}

/** One line for a request's target, as it arrived. */
export function describeTarget({ method, path, query }: ReceivedRequest): string {
  return `${method} ${requestTarget({ path, query })}`
}
