import { type CliError, exitCodes } from '../../errors.ts'
import { type CurlCode, curlCodes, TransferError } from '../../http/transfer-error.ts'

/** What the other commands' exit codes are in curl: nothing but finding the identity ends with these here. */
const codes = new Map<number, CurlCode>([
  [exitCodes.failure, curlCodes.read],
  [exitCodes.credentials, curlCodes.credentials],
  [exitCodes.refused, curlCodes.credentials],
  [exitCodes.serviceFailure, curlCodes.credentials],
  [exitCodes.network, curlCodes.credentials],
])

/** The error with curl's exit code: 94 for an identity that cannot be had, 26 for a file of its options that cannot be read. */
export function asCurlError(error: CliError): CliError {
  const code = error instanceof TransferError ? undefined : codes.get(error.exitCode)
  return code === undefined ? error : new TransferError(code, error.message, { hint: error.hint, cause: error })
}
