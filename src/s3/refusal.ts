import { CliError, exitCodes } from '../errors.ts'
import type { OutgoingRequest } from '../http/transport.ts'
import { type Header, headerValue } from '../request/header.ts'
import type { ServiceError } from './service-error.ts'

/** S3 answered, and not with what was asked for: refused (exit 4), or failed (exit 5). */
export class S3Refusal extends CliError {
  readonly status: number
  /** What S3 said of it; undefined where it, or something on the way to it, said nothing readable. */
  readonly error: ServiceError | undefined
  readonly headers: readonly Header[]
  /** The body's text. */
  readonly body: string
  /** What was really sent. */
  readonly request: OutgoingRequest

  constructor(answer: {
    readonly status: number
    readonly error: ServiceError | undefined
    readonly headers: readonly Header[]
    readonly body: string
    readonly request: OutgoingRequest
  }) {
    const code = answer.error?.code
    super(describe(answer.status, answer.error), {
      exitCode: answer.status >= 500 ? exitCodes.serviceFailure : exitCodes.refused,
      hint: code === undefined ? undefined : hints[code],
    })
    this.status = answer.status
    this.error = answer.error
    this.headers = answer.headers
    this.body = answer.body
    this.request = answer.request
  }

  /** The server's clock; undefined where it shows none. */
  get serverDate(): Date | undefined {
    const date = new Date(headerValue(this.headers, 'date') ?? '')
    return Number.isNaN(date.getTime()) ? undefined : date
  }

  /** The region in which S3 says the bucket is. */
  get region(): string | undefined {
    return this.error?.region ?? headerValue(this.headers, 'x-amz-bucket-region')
  }
}

const hints: Readonly<Record<string, string>> = {
  NoSuchBucket: 'check the name, and the region or --endpoint-url',
  InvalidBucketName: 'check the name; globs are for keys only',
  AccessDenied: "the identity may not list here; 'sigv4 whoami' says which one it is",
  AllAccessDisabled: 'the bucket is closed by its owner',
  InvalidAccessKeyId: 'the service does not know this access key: check the profile, and --endpoint-url',
  SignatureDoesNotMatch: "check the secret access key; 'sigv4 verify' names the mistake",
  ExpiredToken: 'get new credentials',
  InvalidToken: 'the session token does not belong to these keys: get new credentials',
  RequestTimeTooSkewed: 'set the clock, or leave out --no-heal',
  PermanentRedirect: 'give the right --region, or leave out --no-heal',
  AuthorizationHeaderMalformed: 'give the right --region, or leave out --no-heal',
  SlowDown: 'try again later, or with a smaller --concurrency',
}

function describe(status: number, error: ServiceError | undefined): string {
  if (error === undefined) return `S3 answered with HTTP ${status} and nothing that says why`
  const requestId = error.requestId === undefined ? '' : ` (request id ${error.requestId})`
  return `${error.code}: ${error.message.trim() || `HTTP ${status}`}${requestId}`
}
