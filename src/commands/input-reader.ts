import { createReadStream, statSync } from 'node:fs'
import type { Context } from '../context.ts'
import { CliError, systemCodeNote, usageError } from '../errors.ts'

/** Reads what options name with `@FILE`, `@-` or a path; stdin can be taken once. */
export interface InputReader {
  /** The bytes of a file, of stdin for `-`, in pieces. `option` stands in the messages. */
  open(path: string, option: string): AsyncIterable<Uint8Array>
  /** The same as a whole. */
  read(path: string, option: string): Promise<Uint8Array>
  /** The size of a file that can be read again by its name; undefined for stdin, pipes and devices. */
  fileSize(path: string, option: string): number | undefined
}

/**
 * @param options.unreadableExitCode of what cannot be read: 1, or curl's own 26
 * @returns a reader whose methods throw CliError: with that exit code, or (usage) for stdin taken twice
 */
export function createInputReader(
  context: Context,
  { unreadableExitCode }: { unreadableExitCode: number },
): InputReader {
  let takenBy: string | undefined
  const takeStdin = (option: string) => {
    if (takenBy !== undefined)
      throw usageError(`${option} reads stdin, but ${takenBy} has taken it already`, 'read one of them from a file')
    takenBy = option
    return context.stdin.chunks()
  }
  async function* open(path: string, option: string): AsyncGenerator<Uint8Array> {
    try {
      yield* path === '-' ? takeStdin(option) : createReadStream(path, { highWaterMark: 1 << 20 })
    } catch (error) {
      throw unreadable(error, { path, option, exitCode: unreadableExitCode })
    }
  }
  return {
    open,
    async read(path, option) {
      const chunks: Uint8Array[] = []
      for await (const chunk of open(path, option)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    fileSize(path, option) {
      if (path === '-') return undefined
      try {
        const stat = statSync(path)
        // Files that the kernel makes up have no size either.
        return stat.isFile() && stat.size > 0 ? stat.size : undefined
      } catch (error) {
        throw unreadable(error, { path, option, exitCode: unreadableExitCode })
      }
    },
  }
}

interface UnreadableInput {
  readonly path: string
  readonly option: string
  readonly exitCode: number
}

function unreadable(error: unknown, { path, option, exitCode }: UnreadableInput): CliError {
  if (error instanceof CliError) return error
  const input = path === '-' ? 'stdin' : `'${path}'`
  return new CliError(`cannot read ${input} for ${option}${systemCodeNote(error)}`, {
    exitCode,
    hint: path === '-' ? 'check what stdin is connected to' : 'check the path and its permissions',
    cause: error,
  })
}
