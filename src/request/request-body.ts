import { usageError } from '../errors.ts'

/** One `-d`, `--data-raw` or `--data-binary`, in the order of the command line. */
export interface DataArgument {
  readonly kind: 'data' | 'raw' | 'binary'
  readonly value: string
}

/** The bytes of a file, or of stdin for `-`. */
export type ReadInput = (path: string) => Promise<Uint8Array>

/**
 * The body that curl would send: the parts joined by `&`; `-d @FILE` without CR, LF and NUL, `--data-binary @FILE` as it is.
 * @returns undefined where there are no parts
 * @throws CliError (usage) where stdin is named twice; what `readInput` throws
 */
export async function requestBody(
  parts: readonly DataArgument[],
  readInput: ReadInput,
): Promise<Uint8Array | undefined> {
  if (parts.length === 0) return undefined
  if (parts.filter((part) => part.kind !== 'raw' && part.value === '@-').length > 1) {
    throw usageError('the body is to be read from stdin twice', 'give @- once')
  }
  const chunks: Uint8Array[] = []
  for (const part of parts) {
    if (chunks.length > 0) chunks.push(Buffer.from('&'))
    chunks.push(await partBytes(part, readInput))
  }
  return Buffer.concat(chunks)
}

async function partBytes({ kind, value }: DataArgument, readInput: ReadInput): Promise<Uint8Array> {
  if (kind === 'raw' || !value.startsWith('@')) return Buffer.from(value)
  const bytes = await readInput(value.slice(1))
  return kind === 'binary' ? bytes : bytes.filter((byte) => byte !== 0x0d && byte !== 0x0a && byte !== 0x00)
}
