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
  const bytes = given.length > blockBytes ? hash('sha256', given, 'buffer') : given
  const inner = Buffer.alloc(blockBytes, 0x36)
  const outer = Buffer.alloc(blockBytes, 0x5c)
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    inner[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  }
  return { inner, outer }
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
  return hash('sha256', outerInput(key, data), 'hex')
}

function outerInput(key: HmacKey, data: string | Uint8Array): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  const digest = hash('sha256', Buffer.concat([key.inner, bytes]), 'buffer')
  return Buffer.concat([key.outer, digest])
}
