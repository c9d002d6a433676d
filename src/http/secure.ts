import net from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import { systemCode } from '../errors.ts'
import { reasonOf } from './abort-reason.ts'
import type { TlsSettings } from './connect.ts'
import { curlCodes, TransferError, transferErrorOf } from './transfer-error.ts'

export interface SecureOptions {
  readonly hostname: string
  readonly settings: TlsSettings
  readonly signal: AbortSignal
  readonly trace: (line: () => string) => void
}

/**
 * TLS over a connected socket, HTTP/1.1 by ALPN; the certificate has to fit the host name.
 * @throws TransferError (35, 58, 60, 77)
 */
export async function secure(
  socket: net.Socket,
  { hostname, settings, signal, trace }: SecureOptions,
): Promise<{ socket: TLSSocket; verifyResult: string | undefined }> {
  const { secureContext, sessions } = sharedOf(settings)
  // Over a socket that is gone no handshake ever ends.
  if (socket.destroyed) throw handshakeFailure(closed(), hostname)
  const session = sessions.get(hostname)
  const secured = tls.connect({
    socket,
    host: hostname,
    ...(net.isIP(hostname) ? {} : { servername: hostname }),
    secureContext,
    ...(session === undefined ? {} : { session }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: settings.verification === 'required',
  })
  secured.on('session', (ticket: Buffer) => sessions.set(hostname, ticket))
  try {
    await handshake(secured, { hostname, signal })
  } catch (error) {
    sessions.delete(hostname)
    throw error
  }
  const { name } = secured.getCipher()
  trace(() => `TLS connection using ${secured.getProtocol()} / ${name}`)
  const failedCheck: unknown = secured.authorizationError
  const verifyResult = secured.authorized ? undefined : String(failedCheck ?? 'unverified')
  if (verifyResult !== undefined) trace(() => `the certificate is not trusted (${verifyResult}), continuing anyway`)
  return { socket: secured, verifyResult }
}

function handshake(
  secured: TLSSocket,
  { hostname, signal }: Pick<SecureOptions, 'hostname' | 'signal'>,
): Promise<void> {
  const abort = () => secured.destroy(reasonOf(signal))
  return new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? reasonOf(signal) : handshakeFailure(error, hostname))
    // It stays: an error may follow the one that failed, and between two uses of the connection nobody else listens.
    secured.on('error', fail)
    secured.once('close', () => fail(closed()))
    secured.once('secureConnect', resolve)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  }).finally(() => signal.removeEventListener('abort', abort))
}

function closed(): Error {
  return Object.assign(new Error('closed'), { code: 'ECONNRESET' })
}

/** What connections with the same settings share. */
interface Shared {
  /** A usual bundle of 140 certificates takes 25 ms to read. */
  readonly secureContext: tls.SecureContext
  /** By host name, of the latest connection whose certificate passed: a further one resumes it, with no certificate to send and to check. */
  readonly sessions: Map<string, Buffer>
}

const sharedBySettings = new WeakMap<TlsSettings, Shared>()

function sharedOf(settings: TlsSettings): Shared {
  const shared = sharedBySettings.get(settings) ?? { secureContext: makeSecureContext(settings), sessions: new Map() }
  sharedBySettings.set(settings, shared)
  return shared
}

function makeSecureContext({ caCertificates, clientCertificate, clientKey }: TlsSettings): tls.SecureContext {
  try {
    return tls.createSecureContext({
      ...(caCertificates === undefined ? {} : { ca: caCertificates }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientKey ?? clientCertificate }),
    })
  } catch (error) {
    const code = systemCode(error) ?? (error instanceof Error ? error.message : String(error))
    throw new TransferError(
      clientCertificate === undefined ? curlCodes.caFile : curlCodes.clientCertificate,
      `the ${clientCertificate === undefined ? 'certificate authorities' : 'client certificate and key'} cannot be used (${code})`,
      { hint: 'PEM files are wanted, the key without a pass phrase', cause: error },
    )
  }
}

function handshakeFailure(error: Error, hostname: string): Error {
  const failed = transferErrorOf(error, hostname, 'tls')
  if (failed instanceof TransferError && failed.exitCode === curlCodes.certificate) {
    return new TransferError(curlCodes.certificate, failed.message, {
      hint: 'give the certificate authority with --cacert FILE, or do not check with -k',
      cause: error,
    })
  }
  return failed
}
