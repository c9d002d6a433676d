import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import type { Context } from '../context.ts'
import { CliError, usageError } from '../errors.ts'

/** Reads what options name with `@FILE`, `@-` or a path; stdin can be taken once. */
export interface InputReader {
  /** The bytes of a file, of stdin for `-`. `option` stands in the messages. */
  read(path: string, option: string): Promise<Uint8Array>
  /** SHA-256 (hex) and size of a file, read in pieces. */
  hash(path: string, option: string): Promise<{ readonly sha256: string; readonly size: number }>
}

/** `unreadableExitCode`: 1, or curl's own 26. */
export function createInputReader(
  context: Context,
  { unreadableExitCode }: { unreadableExitCode: number },
): InputReader {
  let takenBy: string | undefined
  return {
    async read(path, option) {
      if (path !== '-') return readNamedFile(path, option, unreadableExitCode)
      if (takenBy !== undefined)
        throw usageError(`${option} reads stdin, but ${takenBy} has taken it already`, 'read one of them from a file')
      takenBy = option
      const chunks: Uint8Array[] = []
      for await (const chunk of context.stdin.chunks()) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    hash: (path, option) => hashNamedFile(path, option, unreadableExitCode),
  }
}

async function hashNamedFile(
  path: string,
  option: string,
  exitCode: number,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk)
      size += chunk.length
    }
  } catch (error) {
    throw unreadable(error, { path, option, exitCode })
  }
  return { sha256: hash.digest('hex'), size }
}

async function readNamedFile(path: string, option: string, exitCode: number): Promise<Uint8Array> {
  try {
    return readFileSync(path)
  } catch (error) {
    throw unreadable(error, { path, option, exitCode })
  }
}

interface UnreadableFile {
  readonly path: string
  readonly option: string
  readonly exitCode: number
}

function unreadable(error: unknown, { path, option, exitCode }: UnreadableFile): CliError {
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
  return new CliError(`cannot read '${path}' for ${option}${code}`, {
    exitCode,
    hint: 'check the path and its permissions',
    cause: error,
  })
}
