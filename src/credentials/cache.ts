import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { type Context, environmentValue } from '../context.ts'
import { systemCode, systemCodeNote } from '../errors.ts'
import { withLock } from './cache-lock.ts'
import {
  formatCredentialJson,
  isTemporary,
  parseCredentialJson,
  type TemporaryCredentials,
  UnusableCredentialJson,
} from './credential-json.ts'
import type { Credentials } from './credentials.ts'
import { note } from './notes.ts'
import { shortenHome } from './shared-files.ts'

/** Kept credentials are renewed this long before they end. */
const renewBeforeMs = 300_000
const entryLimitBytes = 65_536

export interface CacheRequest {
  /** 64 hex digits over everything the credentials depend on. */
  readonly key: string
  /** Gets new credentials, where none are kept. */
  readonly obtain: () => Promise<Credentials>
  /** Where kept ones came from. */
  readonly source: Credentials['source']
  /** `none` where nobody can be asked anything, so that nobody need wait. */
  readonly lock: 'wait' | 'none'
}

/** The folder that keeps temporary credentials. */
export interface Cache {
  readonly folder: string
}

/**
 * The cache in `$XDG_CACHE_HOME/sigv4` or `~/.cache/sigv4`, made where it is not there; undefined, with a note, where it
 * cannot be made, or others have or had a hand in it.
 */
export async function openCache(context: Context): Promise<Cache | undefined> {
  const wanted = environmentValue(context.env, 'XDG_CACHE_HOME')
  // A relative one is to be ignored, by the XDG base directory specification.
  const base = wanted !== undefined && isAbsolute(wanted) ? wanted : join(context.homeDirectory, '.cache')
  const folder = join(base, 'sigv4')
  try {
    // Nothing above these two: a wrong HOME is not made right by creating it. And node's recursive mkdir never ends where
    // a folder that is there says of a new one that it is not (`/proc/x`).
    for (const path of [base, folder]) await mkdir(path, { mode: 0o700 }).catch(ignoreExisting)
    const problem = distrust(await lstat(folder), 'directory', context)
    if (problem === undefined) return { folder }
    await note(context, `temporary credentials are not kept: ${shown(folder, context)} ${problem}`)
  } catch (error) {
    await note(
      context,
      `temporary credentials are not kept: cannot make ${shown(folder, context)}${systemCodeNote(error)}`,
    )
  }
  return undefined
}

/**
 * Temporary credentials from the cache, or new ones, which are kept. Only one process at a time gets new ones for a key.
 * A file that others can read or write, that belongs to somebody else, is a symbolic link or holds anything else is left
 * alone, with a note: nothing of the cache makes a command fail.
 */
export async function throughCache({ folder }: Cache, request: CacheRequest, context: Context): Promise<Credentials> {
  const kept = await readEntry(folder, request, context)
  if (kept) return kept
  const renew = async () => {
    const renewed = await readEntry(folder, request, context)
    if (renewed) return renewed
    const credentials = await request.obtain()
    if (isTemporary(credentials)) await writeEntry(credentials, { folder, key: request.key }, context)
    return credentials
  }
  if (request.lock === 'none') return renew()
  const lock = {
    path: join(folder, `${request.key}.lock`),
    signal: context.interrupt,
    onWait: () => note(context, 'waiting for another sigv4, which is getting these credentials'),
  }
  return withLock(lock, renew)
}

/** Why a file or folder is not ours alone. */
function distrust(stats: Stats, kind: 'directory' | 'file', { userId }: Context): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symbolic link'
  if (kind === 'directory' ? !stats.isDirectory() : !stats.isFile()) return `is no ${kind}`
  // Windows has neither owners nor modes here; there the profile folder itself is private.
  if (userId === undefined) return undefined
  if (stats.uid !== userId) return 'belongs to another user'
  return (stats.mode & 0o077) === 0 ? undefined : 'is open to other users'
}

async function readEntry(folder: string, request: CacheRequest, context: Context): Promise<Credentials | undefined> {
  const path = join(folder, `${request.key}.json`)
  const text = await readPrivate(path, context).catch((error: unknown) => unusable(error))
  if (text === undefined) return undefined
  try {
    if (text instanceof UnusableEntry) throw text
    const entry = parseCredentialJson(text)
    if (!isTemporary(entry)) throw new UnusableEntry('holds no temporary credentials')
    const usable = entry.expiration.getTime() - context.now().getTime() > renewBeforeMs
    return usable ? { ...entry, source: request.source } : undefined
  } catch (error) {
    if (!(error instanceof UnusableEntry || error instanceof UnusableCredentialJson)) throw error
    await note(context, `kept credentials are not used: ${shown(path, context)} ${error.message}`)
    return undefined
  }
}

class UnusableEntry extends Error {}

async function readPrivate(path: string, context: Context): Promise<string> {
  // Not waiting, for a pipe in its place would make it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await file.stat()
    const problem = distrust(stats, 'file', context) ?? (stats.size > entryLimitBytes ? 'is too large' : undefined)
    if (problem !== undefined) throw new UnusableEntry(problem)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** What a failure to read means: nothing there, or a file that is not as we write them. */
function unusable(error: unknown): UnusableEntry | undefined {
  if (error instanceof UnusableEntry) return error
  if (systemCode(error) === 'ENOENT') return undefined
  return new UnusableEntry(
    systemCode(error) === 'ELOOP' ? 'is a symbolic link' : `cannot be read${systemCodeNote(error)}`,
  )
}

/** Written aside and moved into place: whoever is killed meanwhile leaves no half entry. */
async function writeEntry(
  credentials: TemporaryCredentials,
  { folder, key }: Cache & Pick<CacheRequest, 'key'>,
  context: Context,
): Promise<void> {
  const aside = join(folder, `${key}.${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = await open(aside, 'wx', 0o600)
    try {
      await file.writeFile(formatCredentialJson(credentials))
      await file.sync()
    } finally {
      await file.close()
    }
    const path = join(folder, `${key}.json`)
    await rename(aside, path)
    await removeOld(folder, (await lstat(path)).mtimeMs)
  } catch (error) {
    await unlink(aside).catch(() => {})
    await note(
      context,
      `temporary credentials are not kept: cannot write into ${shown(folder, context)}${systemCodeNote(error)}`,
    )
  }
}

const oldAfterMs = { json: 43_200_000, lock: 600_000, tmp: 600_000 }

/**
 * Removes what no session can still need (12 hours is AWS's longest) and what killed processes left.
 * @param nowMs by the clock that stamps the files
 */
async function removeOld(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const suffix = /^[0-9a-f]{64}[0-9a-f.lock]*\.(json|lock|tmp)$/.exec(name)?.[1]
    if (suffix !== 'json' && suffix !== 'lock' && suffix !== 'tmp') continue
    const path = join(folder, name)
    const stats = await lstat(path).catch(() => undefined)
    if (stats && nowMs - stats.mtimeMs > oldAfterMs[suffix]) await unlink(path).catch(() => {})
  }
}

function ignoreExisting(error: unknown): void {
  if (systemCode(error) !== 'EEXIST') throw error
}

function shown(path: string, { homeDirectory }: Context): string {
  return shortenHome(path, homeDirectory)
}
