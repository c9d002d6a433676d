import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Context, environmentValue } from '../context.ts'
import { systemCode, systemCodeNote } from '../errors.ts'
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
 * The cache in `$XDG_CACHE_HOME/sigv4` or `~/.cache/sigv4`, on Windows `%LOCALAPPDATA%\sigv4`, made where it is not there;
 * undefined, with a note, where it cannot be made, or others have or had a hand in it.
 */
export async function openCache(context: Context): Promise<Cache | undefined> {
  const base = cacheHome(context) ?? join(context.homeDirectory, '.cache')
  const folder = join(base, 'sigv4')
  try {
    // Nothing above these two: a wrong HOME is not made right by creating it. And node's recursive mkdir never ends where
    // a folder that is there says of a new one that it is not (`/proc/x`).
    for (const path of [base, folder]) makeFolder(path)
    const problem = distrust(lstatSync(folder), 'directory', context)
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

/** Where the user's caches are, as far as the environment says; a relative folder is to be ignored (XDG base directories). */
function cacheHome({ env, platform }: Context): string | undefined {
  const names = ['XDG_CACHE_HOME', ...(platform === 'win32' ? ['LOCALAPPDATA'] : [])]
  return names.map((name) => environmentValue(env, name)).find((folder) => folder !== undefined && isAbsolute(folder))
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
  // With node:fs/promises, which costs 3 ms: what is kept is read without.
  const { withLock } = await import('./cache-lock.ts')
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
  try {
    const text = readPrivate(path, context)
    if (text === undefined) return undefined
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

/** @returns undefined where nothing is there @throws UnusableEntry for a file that is not as we write them */
function readPrivate(path: string, context: Context): string | undefined {
  let file: number | undefined
  try {
    // Not waiting, for a pipe in its place would make it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    const problem = distrust(stats, 'file', context) ?? (stats.size > entryLimitBytes ? 'is too large' : undefined)
    if (problem !== undefined) throw new UnusableEntry(problem)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof UnusableEntry) throw error
    if (systemCode(error) === 'ENOENT') return undefined
    throw new UnusableEntry(
      systemCode(error) === 'ELOOP' ? 'is a symbolic link' : `cannot be read${systemCodeNote(error)}`,
    )
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Written aside and moved into place: whoever is killed meanwhile leaves no half entry. */
async function writeEntry(
  credentials: TemporaryCredentials,
  { folder, key }: Cache & Pick<CacheRequest, 'key'>,
  context: Context,
): Promise<void> {
  const aside = join(folder, `${key}.${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = openSync(aside, 'wx', 0o600)
    try {
      writeFileSync(file, formatCredentialJson(credentials))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    const path = join(folder, `${key}.json`)
    renameSync(aside, path)
    removeOld(folder, lstatSync(path).mtimeMs)
  } catch (error) {
    unlinkIfThere(aside)
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
function removeOld(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    const suffix = /^[0-9a-f]{64}[0-9a-f.lock]*\.(json|lock|tmp)$/.exec(name)?.[1]
    if (suffix !== 'json' && suffix !== 'lock' && suffix !== 'tmp') continue
    const path = join(folder, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats && nowMs - stats.mtimeMs > oldAfterMs[suffix]) unlinkIfThere(path)
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** Another process may be as far, or the folder not ours to write. */
function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Left where it is.
  }
}

function shown(path: string, { homeDirectory }: Context): string {
  return shortenHome(path, homeDirectory)
}
