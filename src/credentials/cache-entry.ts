import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { systemCodeNote } from '../errors.ts'
import {
  formatCredentialJson,
  isTemporary,
  parseCredentialJson,
  type TemporaryCredentials,
  UnusableCredentialJson,
} from './credential-json.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { note } from './notes.ts'
import { readPrivateFile, UnusableFile } from './private-file.ts'
import { shortenHome } from './shared-files.ts'

/** Kept credentials are renewed this long before they end. */
const renewBeforeMs = 300_000

/** Where an entry stands: a file of the folder, named after the key. */
export interface EntryPlace {
  readonly folder: string
  /** 64 hex digits over everything the credentials depend on. */
  readonly key: string
}

/**
 * What is kept there, where it lasts; undefined where nothing is. What is not as `writeEntry` leaves it is not used, with a
 * note.
 * @param source where the credentials came from, which is not kept with them
 */
export async function readEntry(
  place: EntryPlace,
  source: CredentialSource,
  context: Context,
): Promise<Credentials | undefined> {
  const path = pathOf(place)
  try {
    const text = readPrivateFile(path, context)
    if (text === undefined) return undefined
    const entry = parseCredentialJson(text)
    if (!isTemporary(entry)) throw new UnusableFile('holds no temporary credentials')
    const usable = entry.expiration.getTime() - context.now().getTime() > renewBeforeMs
    return usable ? { ...entry, source } : undefined
  } catch (error) {
    if (!(error instanceof UnusableFile || error instanceof UnusableCredentialJson)) throw error
    await note(context, `kept credentials are not used: ${shortenHome(path, context.homeDirectory)} ${error.message}`)
    return undefined
  }
}

/**
 * Written aside and moved into place: whoever is killed meanwhile leaves no half entry. Removes old entries, too. Where the
 * folder cannot be written, a note says so.
 */
export async function writeEntry(
  credentials: TemporaryCredentials,
  place: EntryPlace,
  context: Context,
): Promise<void> {
  const { folder, key } = place
  const aside = join(folder, `${key}.${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = openSync(aside, 'wx', 0o600)
    try {
      writeFileSync(file, formatCredentialJson(credentials))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    const path = pathOf(place)
    renameSync(aside, path)
    removeOld(folder, lstatSync(path).mtimeMs)
  } catch (error) {
    unlinkIfThere(aside)
    await note(
      context,
      `temporary credentials are not kept: cannot write into ${shortenHome(folder, context.homeDirectory)}${systemCodeNote(error)}`,
    )
  }
}

function pathOf({ folder, key }: EntryPlace): string {
  return join(folder, `${key}.json`)
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

/** Another process may be as far, or the folder not ours to write. */
function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Left where it is.
  }
}
