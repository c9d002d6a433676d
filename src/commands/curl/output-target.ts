import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { Output } from '../../context.ts'
import { ClosedPipe, systemCode } from '../../errors.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import type { OutputPlace } from './output-words.ts'

/** Where a response's bytes go; files are made when the first byte comes. */
export interface OutputTarget {
  /** The file's path, undefined for stdout. */
  readonly path: string | undefined
  /** @throws TransferError (23) */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** Makes the file now, empty. @throws TransferError (23) */
  open(): void
  /** Before another try: what the last one wrote to a file goes away. */
  restart(): void
  /** Closes the file; one that an empty answer would not have made is made, unless the answer is that nothing changed (304). */
  finish(outcome: 'complete' | 'failed' | 'unchanged'): void
}

export function outputTarget(
  place: OutputPlace,
  { stdout, createFolders }: { readonly stdout: Output; readonly createFolders: boolean },
): OutputTarget {
  if (place.kind !== 'file') {
    return new StandardOutput(stdout, place.kind === 'stdout' ? place.binary : 'not-on-terminal')
  }
  return new FileOutput(place.path, createFolders ? 'create-folders' : 'plain')
}

/** The reader of stdout has gone: curl's code, but nobody needs a message. */
export class ReaderGone extends TransferError {
  constructor(cause: ClosedPipe) {
    super(curlCodes.write, 'stdout was closed', { cause })
  }
}

class StandardOutput implements OutputTarget {
  readonly path = undefined
  readonly #stdout: Output
  #checkBinary: boolean

  constructor(stdout: Output, binary: 'allowed' | 'not-on-terminal') {
    this.#stdout = stdout
    this.#checkBinary = binary !== 'allowed'
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#checkBinary && bytes.includes(0) && this.#stdout.isTerminal) {
      throw new TransferError(curlCodes.write, 'binary output would disturb the terminal', {
        hint: 'write it to a file with -o FILE, or say -o - to have it anyway',
      })
    }
    this.#checkBinary = false
    try {
      await this.#stdout.write(bytes)
    } catch (error) {
      if (error instanceof ClosedPipe) throw new ReaderGone(error)
      throw writeFailure('stdout', error)
    }
  }

  open(): void {}

  restart(): void {}

  finish(): void {}
}

/** Synchronous writes: a file takes them at memory's speed, and order and backpressure come for nothing. */
class FileOutput implements OutputTarget {
  readonly path: string
  readonly #mode: 'create-folders' | 'plain'
  #descriptor: number | undefined

  constructor(filePath: string, mode: 'create-folders' | 'plain') {
    this.path = filePath
    this.#mode = mode
  }

  open(): void {
    this.#open()
  }

  write(bytes: Uint8Array): undefined {
    const descriptor = this.#open()
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset)
    } catch (error) {
      throw writeFailure(`'${this.path}'`, error)
    }
  }

  restart(): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    // Opening it again truncates it.
    this.#open()
  }

  finish(outcome: 'complete' | 'failed' | 'unchanged'): void {
    if (outcome === 'complete') this.#open()
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor
    try {
      if (this.#mode === 'create-folders') mkdirSync(path.dirname(this.path), { recursive: true, mode: 0o750 })
      this.#descriptor = openSync(this.path, 'w')
      return this.#descriptor
    } catch (error) {
      throw new TransferError(curlCodes.write, `cannot open '${this.path}' for writing (${systemCode(error)})`, {
        hint: 'check the folder and its permissions, or make it with --create-dirs',
        cause: error,
      })
    }
  }
}

export function writeFailure(where: string, error: unknown): TransferError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return new TransferError(curlCodes.write, `cannot write to ${where} (${systemCode(cause) ?? cause})`, {
    cause: error,
  })
}
