import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../errors.ts'

/** A folder whose folders are buckets and whose files are objects, read-only. */
export interface BucketFolder {
  buckets(): Promise<readonly Bucket[]>
  /** Undefined where there is no such bucket. */
  bucket(name: string): Promise<Bucket | undefined>
}

export interface Bucket {
  readonly name: string
  readonly createdAt: Date
  /** Keys in S3's order (UTF-8 bytes). */
  objects(range: KeyRange): AsyncIterable<ObjectEntry>
  /** Undefined where there is no such object. The caller closes the file. */
  open(key: string): Promise<OpenObject | undefined>
}

export interface KeyRange {
  readonly prefix: string
  /** Only keys behind this one. */
  readonly after: string
}

export interface ObjectEntry {
  readonly key: string
  readonly size: number
  readonly modifiedAt: Date
}

export interface OpenObject extends ObjectEntry {
  readonly file: FileHandle
}

/**
 * Opens a folder. What lies outside of it cannot be reached: keys are taken apart into names, `.` and `..` are none, and
 * symbolic links do not exist, neither as buckets, folders nor files.
 * @throws CliError (failure) where there is no such folder
 */
export async function openBucketFolder(path: string): Promise<BucketFolder> {
  const root = await realFolder(path)
  return {
    async buckets() {
      const names = (await folderEntries(root)).filter((entry) => entry.isFolder && isName(entry.name))
      return Promise.all(names.map(({ name }) => bucketAt(root, name)))
    },
    async bucket(name) {
      if (!isName(name)) return undefined
      const stats = await lstat(join(root, name)).catch(() => undefined)
      return stats?.isDirectory() ? bucketAt(root, name) : undefined
    },
  }
}

async function realFolder(path: string): Promise<string> {
  try {
    const root = await realpath(path)
    if ((await lstat(root)).isDirectory()) return root
  } catch (error) {
    throw failure(`cannot open the folder '${path}'`, 'give an existing folder to --bucket-dir', error)
  }
  throw failure(`'${path}' is not a folder`, 'give an existing folder to --bucket-dir')
}

async function bucketAt(root: string, name: string): Promise<Bucket> {
  const folder = join(root, name)
  return {
    name,
    createdAt: (await lstat(folder)).mtime,
    objects: (range) => walk({ folder, prefix: '', range }),
    open: (key) => openObject(folder, key),
  }
}

/** A name of one file or folder, on every system: never a way up, a drive or a stream. */
function isName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    !/[\0/\\\ufffd]/.test(name) &&
    !(name.includes(':') && isWindowsPath)
  )
}

const isWindowsPath = join('a', 'b').includes('\\')

async function openObject(folder: string, key: string): Promise<OpenObject | undefined> {
  const names = key.split('/')
  if (!names.every(isName)) return undefined
  let path = folder
  for (const [index, name] of names.entries()) {
    path = join(path, name)
    const stats = await lstat(path).catch(() => undefined)
    const isLast = index === names.length - 1
    if (!(isLast ? stats?.isFile() : stats?.isDirectory())) return undefined
  }
  return openFile(path, { folder, key })
}

/** Looks once more after opening, in case that something was put in its place meanwhile. */
async function openFile(
  path: string,
  { folder, key }: { readonly folder: string; readonly key: string },
): Promise<OpenObject | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined)
  if (file === undefined) return undefined
  const stats = await file.stat()
  const real = await realpath(path).catch(() => '')
  if (stats.isFile() && real === path && real.startsWith(folder)) {
    return { key, size: stats.size, modifiedAt: stats.mtime, file }
  }
  await file.close()
  return undefined
}

interface Walk {
  readonly folder: string
  /** The key of the folder, ending in `/` where it is not empty. */
  readonly prefix: string
  readonly range: KeyRange
}

/** Walks a folder in the order of its keys, leaving out folders that no wanted key can be in. */
async function* walk({ folder, prefix, range }: Walk): AsyncGenerator<ObjectEntry> {
  for (const { sortKey, name, isFolder } of await folderEntries(folder)) {
    const key = `${prefix}${sortKey}`
    if (isFolder) {
      const mayHold = (key.startsWith(range.prefix) || range.prefix.startsWith(key)) && !isBehind(range.after, key)
      if (mayHold) yield* walk({ folder: join(folder, name), prefix: key, range })
      continue
    }
    if (!key.startsWith(range.prefix) || compareKeys(key, range.after) <= 0) continue
    const stats = await lstat(join(folder, name)).catch(() => undefined)
    if (stats?.isFile()) yield { key, size: stats.size, modifiedAt: stats.mtime }
  }
}

/** Whether `after` lies behind every key that begins with the folder's. */
function isBehind(after: string, folderKey: string): boolean {
  return compareKeys(after, folderKey) > 0 && !after.startsWith(folderKey)
}

interface FolderEntry {
  readonly name: string
  /** The name, with `/` for a folder: what the order of keys goes by. */
  readonly sortKey: string
  readonly isFolder: boolean
}

async function folderEntries(folder: string): Promise<readonly FolderEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isFile()) && isName(entry.name))
    .map((entry) => {
      const isFolder = entry.isDirectory()
      return { name: entry.name, sortKey: isFolder ? `${entry.name}/` : entry.name, isFolder }
    })
    .sort((a, b) => compareKeys(a.sortKey, b.sortKey))
}

/** UTF-8 binary order. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
