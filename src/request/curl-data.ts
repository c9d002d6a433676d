import { type Body, bytesBody, concatenatedBody } from './body.ts'
import { readAll } from './body-source.ts'
import type { NamedValue } from './curl-arguments.ts'

/** Options whose data joins into one body, or with `-G` into the query. */
export const dataOptions = ['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'] as const

/** Opens what `@NAME` names, stdin for `-`. `option` is `--data`, for messages. */
export type OpenFile = (name: string, option: string) => Promise<Body>

/**
 * The `-d` family in the order of the command line, joined as curl joins it: with `&`, but before a `--json` nothing.
 * Only `--data-binary` and `--json` files are streamed; the others change what they read.
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
export async function urlEncoded({ name, value }: NamedValue, openFile: OpenFile): Promise<string> {
  const separator = /[=]/.exec(value) ?? /@/.exec(value)
  if (!separator) return encodeFormValue(Buffer.from(value))
  const field = value.slice(0, separator.index)
  const rest = value.slice(separator.index + 1)
  const content = separator[0] === '=' ? Buffer.from(rest) : await readAll(await openFile(rest, `--${name}`))
  return field === '' ? encodeFormValue(content) : `${field}=${encodeFormValue(content)}`
}

/** As in an HTML form, and as curl: RFC 3986's unreserved characters stay, a space becomes `+`. */
function encodeFormValue(bytes: Uint8Array): string {
  let encoded = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (byte === 0x20) encoded += '+'
    else if (/[A-Za-z0-9\-._~]/.test(character)) encoded += character
    else encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

async function dataPiece(piece: NamedValue, openFile: OpenFile): Promise<Body> {
  const { name, value } = piece
  if (name === 'data-urlencode') return bytesBody(Buffer.from(await urlEncoded(piece, openFile)))
  if (name === 'data-raw' || !value.startsWith('@')) return bytesBody(Buffer.from(value))
  const file = await openFile(value.slice(1), `--${name}`)
  if (name === 'data-binary' || name === 'json') return file
  return bytesBody((await readAll(file)).filter((byte) => byte !== 0x0d && byte !== 0x0a && byte !== 0x00))
}
