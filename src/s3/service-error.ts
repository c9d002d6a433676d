import { type Header, headerValue } from '../request/header.ts'
import { childOf, MalformedXml, parseXml, type XmlElement } from './xml.ts'

/** What a service said when it refused or failed. All of it is text from a stranger: escape it before showing it. */
export interface ServiceError {
  /** Verbatim, as `SignatureDoesNotMatch` or `ExpiredTokenException`. */
  readonly code: string
  readonly message: string
  readonly requestId: string | undefined
  /** S3's second id, `x-amz-id-2`. */
  readonly hostId: string | undefined
  /** The region the service names as the right one. */
  readonly region: string | undefined
  /** Every other leaf of the document by name: `StringToSign`, `CanonicalRequest`, `Endpoint`, `ServerTime` ... */
  readonly details: ReadonlyMap<string, string>
}

/**
 * Reads the error a response carries, whatever the protocol: S3's `<Error>`, the query protocol's
 * `<ErrorResponse><Error>` (and a bare `<Error>`, with or without namespace), EC2's `<Response><Errors><Error>`, and the
 * JSON protocols' `__type` or `x-amzn-errortype` with `message`, `Message` or `errorMessage`.
 * @returns undefined where the response has no such error: an empty body, a proxy's HTML page, a cut-off document
 */
export async function readServiceError(body: string, headers: readonly Header[]): Promise<ServiceError | undefined> {
  const found = (await readXmlError(body)) ?? readJsonError(body, headers)
  if (found === undefined) return undefined
  return {
    ...found,
    requestId: found.requestId ?? firstHeader(headers, ['x-amz-request-id', 'x-amzn-requestid', 'x-amz-requestid']),
    hostId: found.hostId ?? headerValue(headers, 'x-amz-id-2'),
    region: headerValue(headers, 'x-amz-bucket-region') ?? found.region,
  }
}

async function readXmlError(body: string): Promise<ServiceError | undefined> {
  const start = body.trimStart()
  if (!start.startsWith('<') || !body.includes('Error')) return undefined
  const root = await parseOrNothing(start)
  if (root === undefined) return undefined
  const error = errorElement(root)
  if (error === undefined) return undefined
  const details = new Map(
    [...root.children, ...error.children].flatMap((child) =>
      child.children.length === 0 ? ([[child.name, child.text]] as const) : [],
    ),
  )
  const code = take(details, ['Code'])
  if (code === undefined) return undefined
  return {
    code: code.trim(),
    message: take(details, ['Message', 'message']) ?? '',
    requestId: take(details, ['RequestId', 'RequestID']),
    hostId: take(details, ['HostId']),
    region: take(details, ['Region']) ?? regionInMessage(root),
    details,
  }
}

async function parseOrNothing(text: string): Promise<XmlElement | undefined> {
  try {
    return await parseXml(text)
  } catch (error) {
    if (error instanceof MalformedXml) return undefined
    throw error
  }
}

function errorElement(root: XmlElement): XmlElement | undefined {
  if (root.name === 'Error') return root
  const list = childOf(root, 'Errors') ?? root
  return childOf(list, 'Error')
}

/** S3's other way to name the region: `the region 'us-east-1' is wrong; expecting 'eu-west-1'`. */
function regionInMessage(root: XmlElement): string | undefined {
  const message = childOf(errorElement(root) ?? root, 'Message')?.text ?? ''
  return /expecting '([a-z0-9-]+)'/.exec(message)?.[1]
}

function readJsonError(body: string, headers: readonly Header[]): ServiceError | undefined {
  const parsed = parseJsonObject(body)
  const member = (names: readonly string[]): string | undefined =>
    names.map((name) => parsed?.get(name)).find((value): value is string => typeof value === 'string')
  const type = headerValue(headers, 'x-amzn-errortype') ?? member(['__type', 'code', 'Code'])
  if (type === undefined || type === '') return undefined
  return {
    // `com.amazon.coral.service#UnrecognizedClientException`, `ValidationException:http://internal.amazon.com/...`
    code: type.slice(type.indexOf('#') + 1).replace(/:.*$/s, ''),
    message: member(['message', 'Message', 'errorMessage']) ?? '',
    requestId: member(['RequestId', 'requestId']),
    hostId: undefined,
    region: undefined,
    details: new Map(
      [...(parsed ?? [])].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
  }
}

function parseJsonObject(body: string): ReadonlyMap<string, unknown> | undefined {
  if (!body.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}

function take(details: Map<string, string>, names: readonly string[]): string | undefined {
  const values = names.map((name) => {
    const value = details.get(name)
    details.delete(name)
    return value
  })
  return values.find((value) => value !== undefined && value !== '')
}

function firstHeader(headers: readonly Header[], names: readonly string[]): string | undefined {
  return names.map((name) => headerValue(headers, name)).find((value) => value !== undefined)
}
