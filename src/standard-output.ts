import fs from 'node:fs'
import type { Output } from './context.ts'
import { ClosedPipe, failure, systemCode } from './errors.ts'

/** Pipes hold this much: less never waits for a reader. */
const pipeBytes = 65_536

/**
 * The stream of a descriptor. Small outputs go out by one synchronous write, which is 3 ms cheaper than setting up a stream; from 64 KB on the
 * stream takes over, so that a slow reader holds up the writer and not the event loop.
 * @param open gives the process's stream of that descriptor
 * @returns `write` throws ClosedPipe, or CliError (failure) for all else that the system says (a full disk)
 */
export function standardOutput(descriptor: 1 | 2, open: () => NodeJS.WriteStream): Output {
  let written = 0
  let stream: NodeJS.WriteStream | undefined
  return {
    get isTerminal() {
      return open().isTTY === true
    },
    get columns() {
      // A terminal that has not been told its size says 0.
      return (stream ?? (fs.fstatSync(descriptor).isCharacterDevice() ? open() : undefined))?.columns || 80
    },
    async write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      let rest = bytes
      if (!stream && written + bytes.length <= pipeBytes) {
        written += bytes.length
        rest = writeSynchronously(descriptor, bytes)
      }
      if (rest.length === 0) return
      if (!stream) {
        stream = open()
        // Each failed write reports its own error; this listener keeps it from being thrown again.
        stream.on('error', () => {})
      }
      await writeToStream(stream, rest)
    },
  }
}

/** Whoever closes stderr, or gives a full disk for it, still gets the result and its exit code. */
export function neverFailing(output: Output): Output {
  return {
    get isTerminal() {
      return output.isTerminal
    },
    get columns() {
      return output.columns
    },
    write: (data) => output.write(data).catch(() => {}),
  }
}

/** Returns what could not be written without waiting. */
function writeSynchronously(descriptor: number, bytes: Uint8Array): Uint8Array {
  let offset = 0
  while (offset < bytes.length) {
    try {
      offset += fs.writeSync(descriptor, bytes, offset)
    } catch (error) {
      if (systemCode(error) === 'EAGAIN') return bytes.subarray(offset)
      throw writeError(error)
    }
  }
  return bytes.subarray(offset)
}

function writeToStream(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (!error) resolve()
      else reject(writeError(error))
    })
  })
}

function writeError(error: unknown): Error {
  const code = systemCode(error)
  return code === 'EPIPE'
    ? new ClosedPipe()
    : failure(`cannot write the output (${code})`, 'check the disk it goes to', error)
}
