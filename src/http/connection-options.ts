import { readFile } from 'node:fs/promises'
import { type Context, environmentValue } from '../context.ts'
import { failure } from '../errors.ts'
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
 * @throws CliError (failure) for an unreadable file
 */
export async function transportOptions(connection: ConnectionOptions, { env }: Context): Promise<TransportOptions> {
  const bundle = connection.caBundle ?? environmentValue(env, 'AWS_CA_BUNDLE')
  return {
    env,
    ...(bundle === undefined ? {} : { caCertificates: await readBundle(bundle) }),
    tlsVerification: connection.tlsVerification,
    connectTimeoutMs: connection.connectTimeoutMs,
    readTimeoutMs: connection.readTimeoutMs,
  }
}

async function readBundle(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw failure(`cannot read the certificate bundle '${path}'`, 'check the path and its permissions', error)
  }
}
