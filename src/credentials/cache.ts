import { lstatSync, mkdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Context, environmentValue } from '../context.ts'
import { systemCode, systemCodeNote } from '../errors.ts'
import { readEntry, writeEntry } from './cache-entry.ts'
import { isTemporary } from './credential-json.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { note } from './notes.ts'
import { distrust } from './private-file.ts'
import { shortenHome } from './shared-files.ts'

export interface CacheRequest {
  /** 64 hex digits over everything the credentials depend on. */
  readonly key: string
  /** Gets new credentials, where none are kept. */
  readonly obtain: () => Promise<Credentials>
  /** Where kept ones came from. */
  readonly source: CredentialSource
  /** `none` where nobody can be asked anything, so that nobody need wait. */
  readonly lock: 'wait' | 'none'
}

/** The folder that keeps temporary credentials. */
export interface Cache {
  readonly folder: string
}

/**
 * The cache in `$XDG_CACHE_HOME/sigv4` or `~/.cache/sigv4`, on Windows `%LOCALAPPDATA%\sigv4`, made where it is not there;
 * undefined, with a note, where it cannot be made, or others have or had a hand in it.
 */
export async function openCache(context: Context): Promise<Cache | undefined> {
  const base = cacheHome(context) ?? join(context.homeDirectory, '.cache')
  const folder = join(base, 'sigv4')
  const shownFolder = shortenHome(folder, context.homeDirectory)
  try {
    // Nothing above these two: a wrong HOME is not made right by creating it. And node's recursive mkdir never ends where
    // a folder that is there says of a new one that it is not (`/proc/x`).
    for (const path of [base, folder]) makeFolder(path)
    const problem = distrust(lstatSync(folder), 'directory', context)
    if (problem === undefined) return { folder }
    await note(context, `temporary credentials are not kept: ${shownFolder} ${problem}`)
  } catch (error) {
    await note(context, `temporary credentials are not kept: cannot make ${shownFolder}${systemCodeNote(error)}`)
  }
  return undefined
}

/** Where the user's caches are, as far as the environment says; a relative folder is to be ignored (XDG base directories). */
function cacheHome({ env, platform }: Context): string | undefined {
  const names = ['XDG_CACHE_HOME', ...(platform === 'win32' ? ['LOCALAPPDATA'] : [])]
  return names.map((name) => environmentValue(env, name)).find((folder) => folder !== undefined && isAbsolute(folder))
}

/**
 * Temporary credentials from the cache, or new ones, which are kept. Only one process at a time gets new ones for a key.
 * A file that others can read or write, that belongs to somebody else, is a symbolic link or holds anything else is left
 * alone, with a note: nothing of the cache makes a command fail.
 * @throws what `obtain` throws, and the interrupt's reason while another process gets them
 */
export async function throughCache({ folder }: Cache, request: CacheRequest, context: Context): Promise<Credentials> {
  const place = { folder, key: request.key }
  const kept = await readEntry(place, request.source, context)
  if (kept) return kept
  const renew = async () => {
    const renewed = await readEntry(place, request.source, context)
    if (renewed) return renewed
    const credentials = await request.obtain()
    if (isTemporary(credentials)) await writeEntry(credentials, place, context)
    return credentials
  }
  if (request.lock === 'none') return renew()
  const lock = {
    path: join(folder, `${request.key}.lock`),
    signal: context.interrupt,
    onWait: () => note(context, 'waiting for another sigv4, which is getting these credentials'),
  }
  // With node:fs/promises, which costs 3 ms: what is kept is read without.
  const { withLock } = await import('./cache-lock.ts')
  return withLock(lock, renew)
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}
