import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import type { Transport } from '../http/transport.ts'
import { type Cache, openCache, throughCache } from './cache.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import type { BaseSource, IdentityPlan, RoleHop, WebIdentitySource } from './identity-plan.ts'
import { debug, note } from './notes.ts'
import type { CredentialOptions } from './options.ts'
import { describeProcess, describeRole, describeSso, describeWebIdentity } from './source-description.ts'
import { type StsEndpoint, stsEndpoint } from './sts-endpoint.ts'
import { readSsoToken, readWebIdentityToken } from './token-files.ts'

/**
 * Carries out a plan: the cache first, from the last role backwards, then whatever is missing.
 * @throws CliError of the source or the role that gave nothing
 */
export async function obtainCredentials(
  plan: IdentityPlan,
  options: CredentialOptions,
  context: Context,
): Promise<Credentials> {
  const work = createWork(options, context)
  try {
    let step = await baseStep(plan.base, work)
    for (const hop of plan.hops) step = await roleStep(hop, step, work)
    return await step.get()
  } finally {
    work.close()
  }
}

/** Credentials that can be had: what they depend on, and how to get them. */
interface Step {
  /** Everything they depend on, as a cache key; undefined where that is known only when one has them. */
  readonly key: string | undefined
  readonly source: CredentialSource
  /** A role's own, by which a further role is a chain (AWS: an hour at most). */
  readonly isRole: boolean
  readonly get: () => Promise<Credentials>
}

/** What is made once for all steps, and only where one needs it. */
interface Work {
  readonly options: CredentialOptions
  readonly context: Context
  cache(): Promise<Cache | undefined>
  transport(): Promise<Transport>
  endpoint(): Promise<StsEndpoint>
  close(): void
}

function createWork(options: CredentialOptions, context: Context): Work {
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

async function baseStep(base: BaseSource, work: Work): Promise<Step> {
  const { context } = work
  switch (base.kind) {
    case 'keys':
      return heldStep(base.credentials)
    case 'container':
    case 'instance-metadata': {
      const { containerCredentials, instanceCredentials } = await import('./sdk-sources.ts')
      const credentials = await (base.kind === 'container'
        ? containerCredentials(base, context)
        : instanceCredentials(base, context))
      return heldStep(credentials)
    }
    case 'login': {
      const { loginCredentials } = await import('./sdk-sources.ts')
      const step = heldStep(await loginCredentials(base, await work.transport(), context))
      return { ...step, isRole: base.session.includes(':assumed-role/') }
    }
    case 'process': {
      const { processCredentials, rejectItsOwnChild } = await import('./process-source.ts')
      rejectItsOwnChild(base, context)
      return cachedStep(work, {
        dependsOn: ['process', base.profile, base.command, variablesOf(base.command, context)],
        source: describeProcess(base),
        isRole: false,
        obtain: () => processCredentials(base, context),
      })
    }
    case 'sso': {
      const token = readSsoToken(base, context)
      return cachedStep(work, {
        // Bound to the sign-in: after 'aws sso logout', or as somebody else, nothing kept is used.
        dependsOn:
          token === undefined ? undefined : ['sso', base.startUrl, base.accountId, base.roleName, digest([token])],
        source: describeSso(base),
        isRole: true,
        obtain: async () => (await import('./sdk-sources.ts')).ssoCredentials(base, await work.transport(), context),
      })
    }
    case 'web-identity':
      return webIdentityStep(base, work)
  }
}

async function webIdentityStep(base: WebIdentitySource, work: Work): Promise<Step> {
  const { context } = work
  const token = readWebIdentityToken(base)
  const request = { ...base, sessionName: base.sessionName ?? defaultSessionName(context) }
  const { url, region } = await work.endpoint()
  const { policy, policyArns, durationSeconds, roleArn, sessionName } = request
  return cachedStep(work, {
    dependsOn: [
      'web-identity',
      url,
      region,
      digest([token]),
      roleArn,
      sessionName,
      { policy, policyArns, durationSeconds },
    ],
    source: describeWebIdentity(base),
    isRole: true,
    obtain: async () => {
      const { assumeRoleWithWebIdentity } = await import('./assume-role.ts')
      return assumeRoleWithWebIdentity(request, token, await connection(work))
    },
  })
}

async function roleStep(hop: RoleHop, from: Step, work: Work): Promise<Step> {
  const { options, context } = work
  const request = {
    ...hop,
    sessionName: hop.sessionName ?? defaultSessionName(context),
    durationSeconds: await allowedDuration(hop, from, context),
  }
  const { mfaCode, origin, profile, ...settings } = request
  const { url, region } = await work.endpoint()
  return cachedStep(work, {
    dependsOn: from.key === undefined ? undefined : ['role', from.key, url, region, settings],
    source: describeRole(hop, from.source),
    isRole: true,
    lock: mfaCode === undefined ? 'wait' : 'none',
    obtain: async () => {
      const credentials = await from.get()
      await debug(
        options,
        context,
        `assuming ${hop.roleArn} (${origin}) with ${credentials.accessKeyId} from ${credentials.source.description}`,
      )
      const code =
        hop.mfaSerial === undefined
          ? undefined
          : (mfaCode ?? (await (await import('./mfa.ts')).askMfaCode(hop, context)))
      const { assumeRole } = await import('./assume-role.ts')
      return assumeRole({ ...request, mfaCode: code }, credentials, await connection(work))
    },
  })
}

const chainLimitSeconds = 3600

/** AWS refuses more than an hour for a role assumed from a role. */
async function allowedDuration(hop: RoleHop, from: Step, context: Context): Promise<number | undefined> {
  if (!from.isRole || (hop.durationSeconds ?? 0) <= chainLimitSeconds) return hop.durationSeconds
  await note(
    context,
    `${hop.roleArn} is assumed from another role and lasts an hour at most: ${hop.durationSeconds} s lowered to 3600 s`,
  )
  return chainLimitSeconds
}

async function connection({ context, endpoint, transport }: Work) {
  return { endpoint: await endpoint(), transport: await transport(), now: context.now, signal: context.interrupt }
}

function heldStep(credentials: Credentials): Step {
  const { kind } = credentials.source
  return {
    key: digest(['key', credentials.accessKeyId]),
    source: credentials.source,
    isRole: kind === 'container' || kind === 'instance-metadata',
    get: () => Promise.resolve(credentials),
  }
}

interface CachedStep extends Pick<Step, 'source' | 'isRole'> {
  /** Whatever gives other credentials when it changes; undefined where nothing may be kept. */
  readonly dependsOn: readonly unknown[] | undefined
  readonly lock?: 'wait' | 'none'
  readonly obtain: () => Promise<Credentials>
}

function cachedStep(work: Work, { dependsOn, source, isRole, lock = 'wait', obtain }: CachedStep): Step {
  const key = dependsOn && digest(dependsOn)
  const get = async () => {
    const cache = key === undefined ? undefined : await work.cache()
    if (key === undefined || !cache) return obtain()
    return throughCache(cache, { key, source, lock, obtain }, work.context)
  }
  return { key, source, isRole, get }
}

/** A process that names a variable, or reads other files of profiles, is another one when that changes. */
function variablesOf(command: string, { env }: Context): readonly unknown[] {
  const named = [...command.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => env[name] ?? null)
  return [env.AWS_CONFIG_FILE ?? null, env.AWS_SHARED_CREDENTIALS_FILE ?? null, ...named]
}

function defaultSessionName({ userName }: Context): string {
  return `sigv4-${userName.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64)
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
