import { hash } from 'node:crypto'

const blockBytes = 64

/** A key as HMAC-SHA256 uses it: padded to one block and xored once for all. */
export interface HmacKey {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

/** Prepares a key (RFC 2104); one longer than a block is hashed first. */
export function hmacKey(key: string | Uint8Array): HmacKey {
  const given = typeof key === 'string' ? Buffer.from(key) : key
  const padded = new Uint8Array(blockBytes)
  padded.set(given.length > blockBytes ? hash('sha256', given, 'buffer') : given)
  return { inner: padded.map((byte) => byte ^ 0x36), outer: padded.map((byte) => byte ^ 0x5c) }
}

/**
 * HMAC-SHA256 as two one-shot hashes: `createHmac` sets up a stream each time, and on Node 24 takes ten times as long
 * with a key of bytes.
 */
export function hmacSha256(key: HmacKey, data: string | Uint8Array): Buffer {
  return hash('sha256', outerInput(key, data), 'buffer')
}

/** The same in lower-case hex. */
export function hmacSha256Hex(key: HmacKey, data: string | Uint8Array): string {
  return hash('sha256', outerInput(key, data))
}

function outerInput(key: HmacKey, data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  return joined(key.outer, hash('sha256', joined(key.inner, bytes), 'buffer'))
}

/** Without Buffer's methods, which Node compiles at their first call: 0.1 ms each. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
