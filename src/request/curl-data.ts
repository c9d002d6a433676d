import { type Body, bytesBody, concatenatedBody, mappedBody } from './body.ts'
import type { NamedValue } from './curl-arguments.ts'
import { writeWithoutLineBreaks } from './request-body.ts'

/** Options whose data joins into one body, or with `-G` into the query. */
export const dataOptions = ['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'] as const

/** Opens what `@NAME` names, stdin for `-`. `option` is `--data`, for messages. */
export type OpenFile = (name: string, option: string) => Promise<Body>

/**
 * The `-d` family in the order of the command line, joined as curl joins it: with `&`, but before a `--json` nothing.
 * Files are read when they are sent; `openFile` gives bodies that can be read again, because some are changed on the way.
 * @see https://curl.se/docs/manpage.html#-d
 */
export async function joinData(pieces: readonly NamedValue[], openFile: OpenFile): Promise<Body> {
  const parts: Body[] = []
  for (const piece of pieces) {
    if (parts.length > 0 && piece.name !== 'json') parts.push(bytesBody(Buffer.from('&')))
    parts.push(await dataPiece(piece, openFile))
  }
  const known = parts.length === 1 ? parts[0] : undefined
  return known ?? concatenatedBody(parts)
}

/** One `--data-urlencode` or `--url-query`: `VALUE`, `=VALUE`, `NAME=VALUE`, `@FILE`, `NAME@FILE`. */
export async function urlEncoded({ name, value }: NamedValue, openFile: OpenFile): Promise<Body> {
  const separator = /[=]/.exec(value) ?? /@/.exec(value)
  if (!separator) return bytesBody(formEncoded(Buffer.from(value)))
  const field = value.slice(0, separator.index)
  const rest = value.slice(separator.index + 1)
  const content =
    separator[0] === '='
      ? bytesBody(formEncoded(Buffer.from(rest)))
      : await mappedBody(await openFile(rest, `--${name}`), { write: writeFormEncoded, growth: 3 })
  return field === '' ? content : concatenatedBody([bytesBody(Buffer.from(`${field}=`)), content])
}

function formEncoded(bytes: Uint8Array): Uint8Array {
  const encoded = Buffer.allocUnsafe(bytes.length * 3)
  return encoded.subarray(0, writeFormEncoded(bytes, encoded))
}

/** As in an HTML form, and as curl: RFC 3986's unreserved characters stay, a space becomes `+`. */
function writeFormEncoded(bytes: Uint8Array, target: Buffer): number {
  let length = 0
  for (const byte of bytes) {
    if (byte === 0x20) target[length++] = 0x2b
    else if (isUnreserved(byte)) target[length++] = byte
    else {
      target[length++] = 0x25
      target[length++] = hexDigits.charCodeAt(byte >> 4)
      target[length++] = hexDigits.charCodeAt(byte & 15)
    }
  }
  return length
}

const hexDigits = '0123456789ABCDEF'

/** `A-Z a-z 0-9 - . _ ~` */
function isUnreserved(byte: number): boolean {
  const letter = byte | 0x20
  if ((letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true
  return byte === 0x2d || byte === 0x2e || byte === 0x5f || byte === 0x7e
}

async function dataPiece(piece: NamedValue, openFile: OpenFile): Promise<Body> {
  const { name, value } = piece
  if (name === 'data-urlencode') return urlEncoded(piece, openFile)
  if (name === 'data-raw' || !value.startsWith('@')) return bytesBody(Buffer.from(value))
  const file = await openFile(value.slice(1), `--${name}`)
  return name === 'data-binary' || name === 'json'
    ? file
    : mappedBody(file, { write: writeWithoutLineBreaks, growth: 1 })
}
