import { createHash } from 'node:crypto'

export const checksumNames = ['crc32', 'crc32c', 'crc64nvme', 'sha256', 'sha1'] as const

export type ChecksumName = (typeof checksumNames)[number]

/** A checksum being computed. */
export interface Checksum {
  update(bytes: Uint8Array): void
  /** Base64, as `x-amz-checksum-...` carries it; ends the computation. */
  digest(): string
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export function createChecksum(name: ChecksumName): Checksum {
  switch (name) {
    case 'crc32':
      return new Crc32(0xedb88320)
    case 'crc32c':
      return new Crc32(0x82f63b78)
    case 'crc64nvme':
      return new Crc64Nvme()
    case 'sha256':
    case 'sha1': {
      const hash = createHash(name)
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') }
    }
  }
}

/** Eight tables, so that eight bytes take one step ("slicing by 8"); node:zlib has a CRC-32 only from 20.15 on, CRC-32C never. */
class Crc32 implements Checksum {
  readonly #tables: readonly Uint32Array[]
  #state = 0xffffffff

  constructor(reversedPolynomial: number) {
    this.#tables = crc32Tables(reversedPolynomial)
  }

  update(bytes: Uint8Array): void {
    const [t0, t1, t2, t3, t4, t5, t6, t7] = this.#tables
    if (!t0 || !t1 || !t2 || !t3 || !t4 || !t5 || !t6 || !t7) return
    const at = (table: Uint32Array, index: number) => table[index & 0xff] ?? 0
    let state = this.#state
    let position = 0
    for (; position + 8 <= bytes.length; position += 8) {
      const low =
        state ^
        ((bytes[position] ?? 0) |
          ((bytes[position + 1] ?? 0) << 8) |
          ((bytes[position + 2] ?? 0) << 16) |
          ((bytes[position + 3] ?? 0) << 24))
      state =
        at(t7, low) ^
        at(t6, low >>> 8) ^
        at(t5, low >>> 16) ^
        at(t4, low >>> 24) ^
        at(t3, bytes[position + 4] ?? 0) ^
        at(t2, bytes[position + 5] ?? 0) ^
        at(t1, bytes[position + 6] ?? 0) ^
        at(t0, bytes[position + 7] ?? 0)
    }
    for (; position < bytes.length; position++) state = at(t0, state ^ (bytes[position] ?? 0)) ^ (state >>> 8)
    this.#state = state
  }

  digest(): string {
    const result = Buffer.alloc(4)
    result.writeUInt32BE((this.#state ^ 0xffffffff) >>> 0)
    return result.toString('base64')
  }
}

function crc32Tables(reversedPolynomial: number): readonly Uint32Array[] {
  const table = new Uint32Array(256)
  const tables = [table, ...Array.from({ length: 7 }, () => new Uint32Array(256))]
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ reversedPolynomial : value >>> 1
    table[byte] = value
  }
  for (const [index, next] of tables.entries()) {
    const before = tables[index - 1]
    if (!before) continue
    for (const [byte, value] of before.entries()) next[byte] = (value >>> 8) ^ (table[value & 0xff] ?? 0)
  }
  return tables
}

/** CRC-64/NVME (polynomial 0xad93d23594c93659, reflected), in halves of 32 bits: BigInt is thirty times slower. */
class Crc64Nvme implements Checksum {
  #high = 0xffffffff
  #low = 0xffffffff

  update(bytes: Uint8Array): void {
    crc64Tables ??= makeCrc64Tables()
    const { highs, lows } = crc64Tables
    let high = this.#high
    let low = this.#low
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff
      low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0)
      high = (high >>> 8) ^ (highs[index] ?? 0)
    }
    this.#high = high
    this.#low = low
  }

  digest(): string {
    const result = Buffer.alloc(8)
    result.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0)
    result.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4)
    return result.toString('base64')
  }
}

let crc64Tables: { readonly highs: Uint32Array; readonly lows: Uint32Array } | undefined

function makeCrc64Tables(): { readonly highs: Uint32Array; readonly lows: Uint32Array } {
  const highs = new Uint32Array(256)
  const lows = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n
    highs[byte] = Number(value >> 32n)
    lows[byte] = Number(value & 0xffffffffn)
  }
  return { highs, lows }
}
