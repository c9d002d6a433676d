import type { Context } from '../context.ts'
import type { Transport } from '../http/transport.ts'
import { type Cache, openCache } from './cache.ts'
import type { CredentialOptions } from './options.ts'
import type { StsConnection } from './sts.ts'
import { type StsEndpoint, stsEndpoint } from './sts-endpoint.ts'

/** What is made once for all steps, and only where one needs it. */
export interface Work {
  readonly options: CredentialOptions
  readonly context: Context
  cache(): Promise<Cache | undefined>
  transport(): Promise<Transport>
  endpoint(): Promise<StsEndpoint>
  close(): void
}

/** Nothing is opened before it is asked for; `close` ends the connections of what was. */
export function createWork(options: CredentialOptions, context: Context): Work {
  let cache: Promise<Cache | undefined> | undefined
  let transport: Promise<Transport> | undefined
  let created: Transport | undefined
  let endpoint: Promise<StsEndpoint> | undefined
  const connect = async () => {
    const { transportOptions } = await import('../http/connection-options.ts')
    const { createTransport } = await import('../http/transport.ts')
    created = createTransport(transportOptions(options.connection, context))
    return created
  }
  return {
    options,
    context,
    cache() {
      cache ??= options.cache === 'use' ? openCache(context) : Promise.resolve(undefined)
      return cache
    },
    transport() {
      transport ??= connect()
      return transport
    },
    endpoint() {
      endpoint ??= stsEndpoint(options, context)
      return endpoint
    },
    close: () => created?.close(),
  }
}

/** @throws CliError (usage) for a region that cannot be part of STS's host */
export async function stsConnection({ context, endpoint, transport }: Work): Promise<StsConnection> {
  return { endpoint: await endpoint(), transport: await transport(), now: context.now, signal: context.interrupt }
}
