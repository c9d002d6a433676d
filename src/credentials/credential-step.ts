import { createHash } from 'node:crypto'
import { throughCache } from './cache.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import type { Work } from './obtaining-work.ts'

/** Credentials that can be had: what they depend on, and how to get them. */
export interface Step {
  /** Everything they depend on, as a cache key; undefined where that is known only when one has them. */
  readonly key: string | undefined
  readonly source: CredentialSource
  /** A role's own, by which a further role is a chain (AWS: an hour at most). */
  readonly isRole: boolean
  readonly get: () => Promise<Credentials>
}

/** Credentials that one has already. */
export function heldStep(credentials: Credentials): Step {
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

/** Credentials that come from the cache, or else from `obtain`, and are kept. */
export function cachedStep(work: Work, { dependsOn, source, isRole, lock = 'wait', obtain }: CachedStep): Step {
  const key = dependsOn && digest(dependsOn)
  const get = async () => {
    const cache = key === undefined ? undefined : await work.cache()
    if (key === undefined || !cache) return obtain()
    return throughCache(cache, { key, source, lock, obtain }, work.context)
  }
  return { key, source, isRole, get }
}

/** SHA-256 in hex, for cache keys. */
export function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
