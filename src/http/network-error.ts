import { CliError, exitCodes, systemCode } from '../errors.ts'

export type NetworkFailure =
  | 'name-not-found'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'reset'
  | 'certificate'
  | 'tls'
  | 'protocol'
  | 'proxy'
  | 'too-large'
  | 'aborted'

/** No response, or a broken one (exit 6). */
export class NetworkError extends CliError {
  readonly failure: NetworkFailure

  constructor(failure: NetworkFailure, message: string, cause?: unknown) {
    super(message, { exitCode: exitCodes.network, hint: hints[failure], cause })
    this.failure = failure
  }
}

const hints: Readonly<Partial<Record<NetworkFailure, string>>> = {
  'name-not-found': 'check the host name, the region in it, and the network',
  refused: 'nothing listens there: check host and port, or --endpoint-url',
  certificate: 'give the certificate authority with --ca-bundle FILE or AWS_CA_BUNDLE',
  tls: 'check the port, and the scheme: a server without TLS is asked by http://',
  proxy: 'check the proxy that https_proxy or all_proxy names, and no_proxy',
  timeout: 'check the network and the proxy variables, or raise --connect-timeout or --read-timeout',
}

const failuresByCode: Readonly<Record<string, NetworkFailure>> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  EAI_NODATA: 'name-not-found',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ABORT_ERR: 'aborted',
}

const messages: Readonly<Record<NetworkFailure, (where: string, code: string) => string>> = {
  'name-not-found': (where) => `could not find the host of ${where}`,
  refused: (where) => `${where} refused the connection`,
  unreachable: (where, code) => `${where} cannot be reached (${code})`,
  timeout: (where) => `${where} did not answer in time`,
  reset: (where, code) => `the connection to ${where} broke (${code})`,
  proxy: (where, code) => `the proxy for ${where} failed (${code})`,
  certificate: (where, code) => `the certificate of ${where} is not trusted (${code})`,
  tls: (where, code) => `no TLS connection to ${where} (${code})`,
  protocol: (where, code) => `${where} does not speak HTTP properly (${code})`,
  'too-large': (where) => `${where} sent too much`,
  aborted: (where) => `the request to ${where} was given up`,
}

/** What node:net, node:tls and the SDK's requests by node:http throw, as a `NetworkError`; other errors of ours pass unchanged. */
export function networkError(error: unknown, where: string): CliError {
  if (error instanceof CliError) return error
  const code = errorCode(error)
  const failure = failureOf(code)
  return new NetworkError(failure, messages[failure](where, code), error)
}

function failureOf(code: string): NetworkFailure {
  const known = failuresByCode[code]
  if (known) return known
  if (code.startsWith('HPE_')) return 'protocol'
  // What OpenSSL says of the handshake; the other side may have asked for a certificate of ours.
  if (code.startsWith('ERR_SSL_')) return 'tls'
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return 'certificate'
  if (/SSL|TLS|EPROTO/.test(code)) return 'tls'
  return 'reset'
}

function errorCode(error: unknown): string {
  const code = systemCode(error)
  if (code !== undefined) return code
  // Happy eyeballs: node gives one error for several addresses, with the code of the first.
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0])
  return error instanceof Error ? error.name : String(error)
}
