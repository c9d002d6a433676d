import type { Header } from '../request/header.ts'
import { headerValue } from '../request/header.ts'
import { parseHeaderLines } from '../request/http-message.ts'
import { readServiceError } from '../s3/service-error.ts'
import { parseLongDate } from '../sign/signing-time.ts'
import { findCanonicalRequests, findStringsToSign } from './canonical-text.ts'

/** What a service said of a request, as far as it bears on the signature. All of it is text from a stranger. */
export interface ServiceAnswer {
  readonly status: number | undefined
  /** Verbatim; empty where the answer names none. */
  readonly code: string
  readonly message: string
  readonly requestId: string | undefined
  /** The region that the service names as the right one. */
  readonly region: string | undefined
  /** Other members by name: `AWSAccessKeyId`, `SignatureProvided`, `HeadersNotSigned` ... */
  readonly details: ReadonlyMap<string, string>
  /** As the service built it of what it received. */
  readonly canonicalRequest: string | undefined
  readonly stringToSign: string | undefined
  /** The service's clock when it answered. */
  readonly time: Date | undefined
}

export interface AnswerInput {
  readonly body: string
  readonly status?: number | undefined
  readonly headers?: readonly Header[]
}

/**
 * Reads a refusal: S3's XML (with its `...Bytes` members), the query protocol's XML, JSON, the text of an SDK's
 * exception, each also with its HTTP head in front.
 * @returns undefined where the text says nothing of an error
 */
export async function readAnswer(input: AnswerInput): Promise<ServiceAnswer | undefined> {
  const { status, headers, body } = withoutHead(input)
  const error = await readError(body, headers)
  if (error === undefined && (status === undefined || status < 400)) return undefined
  const details = error?.details ?? new Map<string, string>()
  const message = error?.message ?? ''
  return {
    status,
    code: error?.code ?? '',
    message: message.replace(/\s*The Canonical String[\s\S]*$/i, '').trim(),
    requestId: error?.requestId ?? headerValue(headers, 'x-amz-request-id') ?? headerValue(headers, 'x-amzn-requestid'),
    region: error?.region ?? details.get('Region'),
    details,
    canonicalRequest:
      fromBytes(details.get('CanonicalRequestBytes')) ??
      details.get('CanonicalRequest') ??
      findCanonicalRequests(message)[0],
    stringToSign:
      fromBytes(details.get('StringToSignBytes')) ?? details.get('StringToSign') ?? findStringsToSign(message)[0],
    time: answerTime(headers, details, message),
  }
}

type ErrorText = Pick<ServiceAnswer, 'code' | 'message' | 'requestId' | 'region' | 'details'>

async function readError(body: string, headers: readonly Header[]): Promise<ErrorText | undefined> {
  const xml = xmlIn(body)
  const found = xml === undefined ? undefined : await readServiceError(xml, headers)
  return found ?? (await readServiceError(body, headers)) ?? readJsonMessage(body) ?? readPlainMessage(body, headers)
}

/** The first document in a text, from its first error element to the last end of one. */
function xmlIn(text: string): string | undefined {
  const start = text.search(/<(?:\?xml|Error|ErrorResponse|Response)\b/)
  const ends = ['</Error>', '</ErrorResponse>', '</Response>'].map((tag) => {
    const at = text.lastIndexOf(tag)
    return at < 0 ? 0 : at + tag.length
  })
  const end = Math.max(...ends)
  return start < 0 || end <= start ? undefined : text.slice(start, end)
}

/** API Gateway and others: `{"message": ...}` without a code, or a list of `errors`. */
function readJsonMessage(body: string): ErrorText | undefined {
  const [start, end] = [body.search(/[{[]/), Math.max(body.lastIndexOf('}'), body.lastIndexOf(']'))]
  if (start < 0 || end < start) return undefined
  const json = body.slice(start, end + 1)
  const message = stringMember(json, 'message') ?? stringMember(json, 'Message')
  if (message === undefined) return undefined
  return {
    code: stringMember(json, 'code') ?? '',
    message,
    requestId: undefined,
    region: undefined,
    details: new Map(),
  }
}

/** Tolerates raw line breaks in the string, which logs put there. */
function stringMember(json: string, name: string): string | undefined {
  const quoted = new RegExp(`"${name}"\\s*:\\s*"((?:\\\\[\\s\\S]|[^"\\\\])*)"`).exec(json)?.[1]
  if (quoted === undefined) return undefined
  try {
    return String(JSON.parse(`"${quoted.replace(/\r?\n/g, '\\n').replace(/\t/g, '\\t')}"`))
  } catch {
    return quoted
  }
}

/**
 * The AWS CLI's and boto3's `An error occurred (CODE) when calling ...: MESSAGE`, and `CODE: MESSAGE` of other SDKs, which
 * a request's own headers in a log (`Authorization: ...`, `X-Amz-Security-Token: ...`) look like.
 */
function readPlainMessage(body: string, headers: readonly Header[]): ErrorText | undefined {
  const cli = /An error occurred \((\w+)\) when calling [^:]*: ([\s\S]*)/.exec(body)
  const sdk =
    /(?<![\w-])(?!Authorization:)(\w{0,60}(?:Signature|Token|Skewed|Authorization|AccessKey|ClientTokenId|Expired|Mismatch)\w{0,60}): ([\s\S]*)/.exec(
      body,
    )
  const code = headerValue(headers, 'x-amzn-errortype')
  const [, foundCode = code, message = body] = cli ?? sdk ?? []
  if (foundCode === undefined && !/(?<![\w-])signature(?!=)|should have been/i.test(body)) return undefined
  return {
    code: (foundCode ?? '').replace(/:.*$/, ''),
    message,
    requestId: undefined,
    region: undefined,
    details: new Map(),
  }
}

/** Takes off an HTTP head in front of the body, as `curl -i` prints it. */
function withoutHead(input: AnswerInput): { status: number | undefined; headers: readonly Header[]; body: string } {
  const own = { status: input.status, headers: input.headers ?? [], body: input.body }
  const match = /^\s*HTTP\/\d(?:\.\d)? (\d{3})[^\n]*\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(input.body)
  if (!match) return own
  const [, status = '', head = '', body = ''] = match
  return { status: Number(status), headers: parseHeaderLines(head.split(/\r?\n/)), body }
}

/** `47 45 54 0a`: what S3 computed with, byte by byte. */
function fromBytes(hex: string | undefined): string | undefined {
  if (hex === undefined || !/^\s*(?:[0-9a-fA-F]{2}\s*)+$/.test(hex)) return undefined
  return Buffer.from(hex.replace(/\s+/g, ''), 'hex').toString()
}

/** `(20120306T080056Z - 15 min.)` is the clock, too. */
function answerTime(
  headers: readonly Header[],
  details: ReadonlyMap<string, string>,
  message: string,
): Date | undefined {
  const inMessage = /\((\d{8}T\d{6}Z) [-+] \d+ min/.exec(message)?.[1]
  const text = details.get('ServerTime') ?? inMessage ?? headerValue(headers, 'date')
  if (text === undefined) return undefined
  const time = parseLongDate(text) ?? new Date(text)
  return Number.isNaN(time.getTime()) ? undefined : time
}
