/** The chunked transfer coding (RFC 9112 7.1). */
export async function* transferChunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    if (bytes.length === 0) continue
    yield Buffer.from(`${bytes.length.toString(16)}\r\n`)
    yield bytes
    yield Buffer.from('\r\n')
  }
  yield Buffer.from('0\r\n\r\n')
}
