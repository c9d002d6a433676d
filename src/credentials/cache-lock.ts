import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, readFile, rename, unlink } from 'node:fs/promises'
import { systemCode } from '../errors.ts'

/** A holder writes this often that it lives; without a sign of life for so long, its lock is taken from it. */
const beatMs = 500
const staleAfterMs = 5000
const pollMs = 50

export interface LockOptions {
  readonly path: string
  readonly signal: AbortSignal
  /** Called once, when somebody else holds the lock. */
  readonly onWait: () => Promise<void>
}

/**
 * Does some work while no other process does the same. The lock is a file that its holder keeps rewriting: a process
 * that was killed leaves one that stands still, whatever its number, machine or clock. Where no lock can be made (a
 * read-only folder), the work is done without.
 * @throws what the work throws, and the signal's reason while waiting
 */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(options)
  if (!lock) return work()
  const beat = setInterval(() => lock.beat(), beatMs)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await lock.release()
  }
}

interface HeldLock {
  beat(): void
  release(): Promise<void>
}

async function acquire({ path, signal, onWait }: LockOptions): Promise<HeldLock | undefined> {
  const watched = { content: '', unchangedMs: 0, told: false }
  for (;;) {
    signal.throwIfAborted()
    const lock = await create(path)
    if (lock !== 'held') return lock
    if (!watched.told) {
      watched.told = true
      await onWait()
    }
    const content = await readFile(path, 'utf8').catch(() => '')
    if (content !== watched.content) Object.assign(watched, { content, unchangedMs: 0 })
    if (watched.unchangedMs >= staleAfterMs) {
      await takeAway(path, content)
      watched.unchangedMs = 0
    } else {
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      watched.unchangedMs += pollMs
    }
  }
}

async function create(path: string): Promise<HeldLock | 'held' | undefined> {
  const owner = randomBytes(8).toString('hex')
  let file: FileHandle
  try {
    file = await open(path, 'wx', 0o600)
  } catch (error) {
    return systemCode(error) === 'EEXIST' ? 'held' : undefined
  }
  // On a full disk it stays empty, and holds all the same; its holder only cannot show that it lives.
  let written = ''
  const write = async (content: string) => {
    try {
      await file.write(content, 0)
      written = content
    } catch {}
  }
  let beats = 0
  let writing = write(`${owner} 0`)
  return {
    beat() {
      beats++
      const content = `${owner} ${beats}`
      writing = writing.then(() => write(content))
    },
    async release() {
      await writing
      await file.close().catch(() => {})
      const content = await readFile(path, 'utf8').catch(() => '')
      if (content === written) await unlink(path).catch(() => {})
    },
  }
}

/** Removes a dead lock. Moved aside first, because two may find it dead at once and one of them already hold a new one. */
async function takeAway(path: string, deadContent: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await rename(path, aside)
    if ((await readFile(aside, 'utf8')) !== deadContent) await link(aside, path)
    await unlink(aside)
  } catch {
    // Somebody else was faster.
  }
}
