import { CliError } from '../errors.ts'
import { NetworkError, type NetworkFailure, networkError } from './network-error.ts'

/** curl's exit codes, by what went wrong. @see https://everything.curl.dev/cmdline/exitcode.html */
export const curlCodes = {
  unsupportedAnswer: 1,
  usage: 2,
  malformedUrl: 3,
  resolveProxy: 5,
  resolveHost: 6,
  connect: 7,
  weirdAnswer: 8,
  partial: 18,
  httpError: 22,
  write: 23,
  read: 26,
  timeout: 28,
  tls: 35,
  tooManyRedirects: 47,
  optionSyntax: 49,
  empty: 52,
  send: 55,
  receive: 56,
  clientCertificate: 58,
  certificate: 60,
  badEncoding: 61,
  tooLarge: 63,
  cannotRewind: 65,
  caFile: 77,
  credentials: 94,
  proxy: 97,
} as const

export type CurlCode = (typeof curlCodes)[keyof typeof curlCodes]

interface TransferErrorOptions {
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** A transfer that failed in a way for which curl has a code. */
export class TransferError extends CliError {
  constructor(code: CurlCode, message: string, options: TransferErrorOptions = {}) {
    super(message, { exitCode: code, ...options })
  }
}

/** What was being done when a connection failed. */
export type TransferPhase = 'connect' | 'tls' | 'send' | 'receive'

const codesByPhase: Readonly<Record<TransferPhase, CurlCode>> = {
  connect: curlCodes.connect,
  tls: curlCodes.tls,
  send: curlCodes.send,
  receive: curlCodes.receive,
}

const codesByFailure: Readonly<Partial<Record<NetworkFailure, CurlCode>>> = {
  'name-not-found': curlCodes.resolveHost,
  refused: curlCodes.connect,
  unreachable: curlCodes.connect,
  timeout: curlCodes.timeout,
  certificate: curlCodes.certificate,
  tls: curlCodes.tls,
}

/** What a socket threw, with curl's code; errors that have an exit code already pass unchanged. */
export function transferErrorOf(error: unknown, where: string, phase: TransferPhase): CliError {
  const failed = networkError(error, where)
  if (!(failed instanceof NetworkError)) return failed
  const code = codesByFailure[failed.failure] ?? codesByPhase[phase]
  return new TransferError(code, failed.message, { hint: failed.hint, cause: failed.cause })
}
