import fs from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { type Body, bytesBody, fileBody, pipeBody } from './body.ts'

/** Why a file cannot be read. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly path: string

  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
    super(`cannot read '${path}'${code}`, { cause })
    this.path = path
  }
}

/**
 * What a path names: a regular file is read when it is sent and may be read again, anything else (`/dev/stdin`,
 * `<(command)`) once.
 * @throws UnreadableFile
 */
export async function openPath(filePath: string): Promise<Body> {
  try {
    const file = await fs.promises.open(filePath)
    const stats = await file.stat()
    if (stats.isFile()) {
      await file.close()
      return fileBody(filePath, stats.size)
    }
    if (stats.isDirectory()) {
      await file.close()
      throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    }
    return pipeBody(() => fs.createReadStream('', { fd: file.fd, autoClose: true }))
  } catch (error) {
    throw new UnreadableFile(filePath, error)
  }
}

/** All bytes of a body that fits into memory. */
export async function readAll(body: Body): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body.chunks()) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

export interface SpooledBody {
  readonly body: Body
  /** Gives the disk space back. */
  dispose(): Promise<void>
}

/** Below this a pipe's bytes stay in memory. */
const memoryBytes = 1_048_576

/**
 * Reads a pipe to its end, so that its length is known and it can be sent more than once. What does not fit into 1 MiB
 * goes to a file that only this process can reach: its name is removed as soon as it is open.
 * @throws what reading the pipe or writing the file throws; no file is left then
 */
export async function spool(body: Body, temporaryDirectory: string): Promise<SpooledBody> {
  const held: Uint8Array[] = []
  let size = 0
  let file: FileHandle | undefined
  try {
    for await (const chunk of body.chunks()) {
      if (!file && size + chunk.length > memoryBytes) {
        file = await openPrivateFile(temporaryDirectory)
        for (const earlier of held.splice(0)) await file.write(earlier)
      }
      if (file) await file.write(chunk)
      else held.push(Buffer.from(chunk))
      size += chunk.length
    }
  } catch (error) {
    await file?.close()
    throw error
  }
  if (!file) return { body: bytesBody(Buffer.concat(held)), dispose: async () => {} }
  const spooled = file
  return {
    body: { length: size, replayable: true, chunks: () => handleChunks(spooled) },
    dispose: () => spooled.close(),
  }
}

async function openPrivateFile(temporaryDirectory: string): Promise<FileHandle> {
  const directory = await fs.promises.mkdtemp(path.join(temporaryDirectory, 'sigv4-'))
  try {
    return await fs.promises.open(path.join(directory, 'body'), 'wx+', 0o600)
  } finally {
    await fs.promises.rm(directory, { recursive: true, force: true })
  }
}

async function* handleChunks(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(131_072)
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
