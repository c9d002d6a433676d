import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import type { Context } from '../context.ts'
import { systemCode, systemCodeNote } from '../errors.ts'

const fileLimitBytes = 65_536

/** A file is not used; the message follows its name. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

/**
 * The text of a file that is ours alone; undefined where nothing is there.
 * @throws UnusableFile for one that is not, is larger than 64 KiB or cannot be read
 */
export function readPrivateFile(path: string, context: Context): string | undefined {
  let file: number | undefined
  try {
    // Not waiting, for a pipe in its place would make it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    const problem = distrust(stats, 'file', context) ?? (stats.size > fileLimitBytes ? 'is too large' : undefined)
    if (problem !== undefined) throw new UnusableFile(problem)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof UnusableFile) throw error
    if (systemCode(error) === 'ENOENT') return undefined
    throw new UnusableFile(
      systemCode(error) === 'ELOOP' ? 'is a symbolic link' : `cannot be read${systemCodeNote(error)}`,
    )
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Why a file or folder is not ours alone; undefined where it is. */
export function distrust(stats: Stats, kind: 'directory' | 'file', { userId }: Context): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symbolic link'
  if (kind === 'directory' ? !stats.isDirectory() : !stats.isFile()) return `is no ${kind}`
  // Windows has neither owners nor modes here; there the profile folder itself is private.
  if (userId === undefined) return undefined
  if (stats.uid !== userId) return 'belongs to another user'
  return (stats.mode & 0o077) === 0 ? undefined : 'is open to other users'
}
