import assert from 'node:assert/strict'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import type { ByteSink } from '../../src/http/byte-sink.ts'
import { decodedInto } from '../../src/http/content-decoding.ts'
import { CookieJar, parseCookieFile, parseSetCookie } from '../../src/http/cookies.ts'
import { eventStreamInto } from '../../src/http/event-stream.ts'
import { ResponseParser, type ResponsePart } from '../../src/http/response-parser.ts'
import { TransferError } from '../../src/http/transfer-error.ts'
import { parseRequestUrl } from '../../src/request/request-url.ts'
import type { FuzzTarget } from './fuzzer.ts'

const now = new Date('2015-08-30T12:36:00Z')
const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
)
const eventMessage = (headers: Parameters<typeof codec.encode>[0]['headers'], body: string): string =>
  Buffer.from(codec.encode({ headers, body: Buffer.from(body) })).toString('latin1')

/** What a server sends, one character a byte. However it is cut into packets, it means the same. */
export const answerTargets: readonly FuzzTarget[] = [
  {
    name: 'response',
    seeds: [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\nx-a: 1\n folded\n\nuntil the end',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nx-trailer: 1\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
    ],
    words: [
      '\r\n',
      '\n',
      '\r',
      '\r\n\r\n',
      ':',
      'Content-Length: ',
      'Content-Length: 0\r\n',
      'Transfer-Encoding: chunked\r\n',
      'HTTP/1.1 ',
      'HTTP/2 ',
      '101',
      '000',
      '\r\n0\r\n',
      'fffffffffffff\r\n',
      ';',
      '-1',
      '\0',
    ],
    check(text) {
      const bytes = Buffer.from(text, 'latin1')
      const whole = answerOf([bytes])
      assert.deepEqual(answerOf([...bytes].map((byte) => Buffer.from([byte]))), whole)
    },
  },
  {
    name: 'event-stream',
    seeds: [
      eventMessage(
        {
          ':event-type': { type: 'string', value: 'chunk' },
          ':content-type': { type: 'string', value: 'application/json' },
        },
        '{"bytes":"aGk=",\n"n":12345678901234567890}',
      ) + eventMessage({ a: { type: 'byte', value: -1 }, b: { type: 'boolean', value: true } }, '\xff\xfe'),
      eventMessage(
        { t: { type: 'timestamp', value: now }, u: { type: 'binary', value: Buffer.from([0, 255]) } },
        'text',
      ),
    ],
    words: ['\0', '\0\0\0\x10', '\0\0\0\0', '\xff\xff\xff\xff', '\x08', '\x09', ':', '__proto__', '{', '}', '\n'],
    async check(text) {
      const bytes = withRightChecksums(Buffer.from(text, 'latin1'))
      const whole = await writtenBy(eventStreamInto, [bytes])
      assert.equal(await writtenBy(eventStreamInto, halves(bytes)), whole)
      for (const line of whole.split('\n').filter((part) => part.startsWith('{'))) {
        assert.ok('headers' in JSON.parse(line))
      }
    },
  },
  {
    // A list of encodings, and behind a line feed the bytes.
    name: 'content-encoding',
    seeds: [
      'gzip\n\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0',
      'br\n\x0b\x02\x80hello\x03',
    ],
    words: ['gzip', 'deflate', 'br', 'identity', 'x-gzip', ',', ' ', '\n', '\x1f\x8b', '\x78\x9c'],
    async check(text) {
      const [encoding = '', body = ''] = text.split(/\n(.*)/s)
      // Each layer may be a thousand times what is in it.
      if (encoding.split(',').length > 3) return
      await writtenBy((sink) => decodedInto(sink, encoding), [Buffer.from(body, 'latin1')])
    },
  },
  {
    name: 'cookie',
    seeds: [
      'id=abc; Path=/; Domain=example.com; Secure; HttpOnly; Max-Age=60',
      'a="b c"; expires=Sun, 30-Aug-2015 12:40:00 GMT; path=/x',
      '#HttpOnly_.example.com\tTRUE\t/\tFALSE\t2000000000\tname\tvalue\r\nexample.com\tFALSE\t/x\tTRUE\t0\tn\tv\n# no cookie\nSet-Cookie: x=y',
    ],
    words: [
      ';',
      '=',
      '\t',
      '\n',
      '\r',
      '\r\n',
      '\0',
      'domain=',
      'domain=com',
      'domain=.example.com',
      'path=',
      'max-age=-1',
      'max-age=99999999999999999999',
      'expires=x',
      'Set-Cookie: ',
      '#HttpOnly_',
      'TRUE',
    ],
    check(text) {
      const url = parseRequestUrl('https://www.example.com/x/y')
      const set = text.includes('\n') ? undefined : parseSetCookie(text, url, now)
      for (const cookie of [...(set ? [set] : []), ...parseCookieFile(text, url, now)]) {
        const jar = new CookieJar()
        jar.set(cookie, now)
        const header = jar.headerFor(url, now) ?? ''
        assert.doesNotMatch(header, /[\x00-\x08\x0a-\x1f\x7f]/)
        if (cookie === set) assert.ok(['www.example.com', 'example.com'].includes(cookie.domain), cookie.domain)
        if (cookie.domain === 'elsewhere.example') assert.equal(header, '')
      }
    },
  },
]

/** The parts that do not depend on the packets: heads, the body as one, the end or the failure. */
function answerOf(packets: readonly Buffer[]): unknown {
  const parser = new ResponseParser('GET')
  const seen: unknown[] = []
  const body: Buffer[] = []
  const take = (parts: Iterable<ResponsePart>) => {
    for (const part of parts) {
      if (part.kind === 'body') body.push(part.bytes)
      else if (part.kind === 'head') seen.push(part.head.status, part.head.headers)
      else if (part.kind === 'trailers') seen.push(part.raw.toString('latin1'))
      // Bytes behind the end may come too late to be seen.
      else seen.push(part.kind)
    }
  }
  try {
    for (const packet of packets) take(parser.feed(packet))
    take(parser.close())
  } catch (error) {
    if (!(error instanceof TransferError)) throw error
    seen.push(error.exitCode)
  }
  return { seen, body: Buffer.concat(body).toString('latin1') }
}

/** What comes out, and the failure's message. */
async function writtenBy(wrap: (sink: ByteSink) => ByteSink, packets: readonly Buffer[]): Promise<string> {
  const written: Buffer[] = []
  try {
    const sink = wrap({
      write(bytes) {
        written.push(Buffer.from(bytes))
        return undefined
      },
      end: async () => {},
    })
    for (const packet of packets) await sink.write(packet)
    await sink.end()
  } catch (error) {
    if (!(error instanceof TransferError)) throw error
    written.push(Buffer.from(error.message))
  }
  return Buffer.concat(written).toString('latin1')
}

function halves(bytes: Buffer): readonly Buffer[] {
  const middle = Math.floor(bytes.length / 2)
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}

/** Puts right the two checksums of every message whose length is within the bytes: without, none gets past them. */
function withRightChecksums(bytes: Buffer): Buffer {
  const mended = Buffer.from(bytes)
  for (let start = 0; start + 16 <= mended.length; ) {
    const length = mended.readUInt32BE(start)
    if (length < 16 || start + length > mended.length) break
    mended.writeUInt32BE(crc32(mended.subarray(start, start + 8)), start + 8)
    mended.writeUInt32BE(crc32(mended.subarray(start, start + length - 4)), start + length - 4)
    start += length
  }
  return mended
}

/** The cyclic redundancy check of IEEE 802.3. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
