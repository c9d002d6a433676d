import { readFileSync } from 'node:fs'
import { type Context, environmentValue } from '../context.ts'
import { failure } from '../errors.ts'
import { holdsCertificate } from './certificates.ts'
import type { TransportOptions } from './transport.ts'

/** How to connect, as the command line says it. */
export interface ConnectionOptions {
  /** A PEM file of certificate authorities; `AWS_CA_BUNDLE` otherwise. */
  readonly caBundle: string | undefined
  readonly tlsVerification: 'required' | 'off'
  /** 0 waits without end. */
  readonly connectTimeoutMs: number
  /** For the next byte; 0 waits without end. */
  readonly readTimeoutMs: number
}

/**
 * The same for a transport, the certificates read.
 * @throws CliError (failure) for a file that cannot be read, or has no certificate in it
 */
export function transportOptions(connection: ConnectionOptions, { env }: Context): TransportOptions {
  const bundle = connection.caBundle ?? environmentValue(env, 'AWS_CA_BUNDLE')
  return {
    env,
    ...(bundle === undefined ? {} : { caCertificates: readBundle(bundle) }),
    tlsVerification: connection.tlsVerification,
    connectTimeoutMs: connection.connectTimeoutMs,
    readTimeoutMs: connection.readTimeoutMs,
  }
}

function readBundle(path: string): string {
  const text = readText(path)
  if (holdsCertificate(text)) return text
  throw failure(`the certificate bundle '${path}' holds no certificate`, 'PEM files are wanted')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failure(`cannot read the certificate bundle '${path}'`, 'check the path and its permissions', error)
  }
}
