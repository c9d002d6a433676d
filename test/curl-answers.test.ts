import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { ResponseParser, type ResponsePart } from '../src/http/response-parser.ts'
import { formatBar, formatMeter } from '../src/output/progress-meter.ts'
import { exampleKeys, run } from './support/run.ts'
import { answer, type Reply, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts'

let server: ScriptedServer
let reply: Reply

before(async () => {
  server = await startScriptedServer(() => reply)
})

after(() => server.close())

const curl = (args: readonly string[], world: Parameters<typeof run>[1] = {}) =>
  run(['curl', '--region', 'us-east-1', '--service', 's3', ...args, server.url], world)

/** A message by https://smithy.io/2.0/aws/amazon-eventstream.html, its headers all texts (type 7). */
function eventMessage(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(Buffer.byteLength(value))
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
  })
  const block = Buffer.concat(lines)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + block.length + body.length, 0)
  prelude.writeUInt32BE(block.length, 4)
  const start = Buffer.concat([prelude, crc32(prelude), block, body])
  return Buffer.concat([start, crc32(start)])
}

/** Bit by bit, as the definition has it. */
function crc32(bytes: Buffer): Buffer {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  const result = Buffer.alloc(4)
  result.writeUInt32BE((value ^ 0xffffffff) >>> 0)
  return result
}

const streamType = 'Content-Type: application/vnd.amazon.eventstream'
const json = { ':message-type': 'event', ':event-type': 'chunk', ':content-type': 'application/json' }

test('--event-stream prints each message as a line of JSON, numbers to the digit', async () => {
  const messages = [
    eventMessage(json, Buffer.from('{"id": 12345678901234567890,\n "text": "h\u00e9"}')),
    eventMessage({ ':event-type': 'Records' }, Buffer.from('a,b\nc,d\n')),
    eventMessage({ ':event-type': 'Records' }, Buffer.from([0xff, 0xfe])),
    eventMessage({ ':event-type': 'End' }, Buffer.alloc(0)),
  ]
  reply = answer('200 OK', Buffer.concat(messages), [streamType])
  const { stdout, exitCode } = await curl(['-s', '--event-stream'])
  assert.equal(exitCode, 0)
  assert.deepEqual(stdout.split('\n'), [
    '{"headers":{":message-type":"event",":event-type":"chunk",":content-type":"application/json"},"payload":{"id": 12345678901234567890,  "text": "h\u00e9"}}',
    '{"headers":{":event-type":"Records"},"payload":"a,b\\nc,d\\n"}',
    '{"headers":{":event-type":"Records"},"payloadBase64":"//4="}',
    '{"headers":{":event-type":"End"},"payload":""}',
    '',
  ])
})

test('an event stream that is broken or cut off is an error, after what was whole', async () => {
  const good = eventMessage({ ':event-type': 'Good' }, Buffer.from('x'))
  const broken = Buffer.from(good)
  broken[broken.length - 6] = 0
  reply = answer('200 OK', Buffer.concat([good, broken]), [streamType])
  const bad = await curl(['-s', '--event-stream'])
  assert.equal(bad.exitCode, 8)
  assert.equal(bad.stdout.split('\n').length, 2)
  reply = answer('200 OK', Buffer.concat([good, good.subarray(0, 20)]), [streamType])
  assert.equal((await curl(['-s', '--event-stream'])).exitCode, 18)
})

test('a header that claims to be longer than its message is an error, and shows no memory behind it', async () => {
  const message = eventMessage({ ':event-type': 'x'.repeat(40) }, Buffer.alloc(0))
  // The length of the value stands behind the name's length, the name and the type.
  message.writeUInt16BE(30_000, 12 + 1 + ':event-type'.length + 1)
  const start = message.subarray(0, -4)
  reply = answer('200 OK', Buffer.concat([start, crc32(start)]), [streamType])
  const { exitCode, stdout, stderr } = await curl(['-s', '-S', '--event-stream'])
  assert.equal(exitCode, 8)
  assert.equal(stdout, '')
  assert.match(stderr, /the response is no event stream/)
})

test('an answer of another type passes --event-stream untouched', async () => {
  reply = answer('200 OK', 'plain', ['Content-Type: text/plain'])
  assert.equal((await curl(['-s', '--event-stream'])).stdout, 'plain')
})

test('no meter stands above a request that cannot be signed: nothing is sent', async () => {
  const { exitCode, stderr } = await run(['curl', '-o', '/dev/null', 'https://bucket.amazonaws.com/'], {
    env: exampleKeys,
  })
  assert.equal(exitCode, 2)
  assert.match(stderr, /^sigv4: the host 'bucket\.amazonaws\.com' does not tell which service it is\n/)
})

test('the meter is shown where the body does not go to a terminal, and -s or --no-progress-meter hide it', async () => {
  reply = answer('200 OK', 'body')
  const header = /^ {2}% Total {4}% Received % Xferd {2}Average Speed {3}Time {4}Time {5}Time {2}Current\n/
  assert.match((await curl([])).stderr, header)
  assert.match((await curl(['-o', '/dev/null'], { terminal: true })).stderr, header)
  assert.equal((await curl([], { terminal: true })).stderr, '')
  assert.equal((await curl(['-s'])).stderr, '')
  assert.equal((await curl(['--no-progress-meter'])).stderr, '')
  assert.match((await curl(['-#', '-o', '/dev/null'])).stderr, /^\r? *|\r#+ +100\.0%\n$/)
})

// `-#` of curl 7.88 into a file; it cuts a part of a hash off.
for (const [percent, hashes] of [
  [10, 7],
  [20, 14],
  [30, 21],
  [90, 64],
  [100, 72],
] as const) {
  test(`the bar at ${percent} % has as many hashes as curl's`, () => {
    const state = {
      downloadTotal: 100,
      uploaded: 0,
      uploadTotal: undefined,
      elapsedSeconds: 1,
      currentBytesPerSecond: 1,
    }
    const expected = `\r${'#'.repeat(hashes).padEnd(72)} ${`${percent}.0`.padStart(5)}%`
    assert.equal(formatBar({ ...state, downloaded: percent }, 79), expected)
  })
}

// Rows that curl 7.88 printed for these numbers.
for (const [progress, row] of [
  [
    { downloaded: 0, downloadTotal: undefined, elapsedSeconds: 0, rate: 0 },
    '  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0',
  ],
  [
    { downloaded: 3, downloadTotal: 3, elapsedSeconds: 0.001, rate: 3000 },
    '100     3  100     3    0     0   3000      0 --:--:-- --:--:-- --:--:--  3000',
  ],
] as const) {
  test(`the meter's row is as wide as curl's: ${row}`, () => {
    const { downloaded, downloadTotal, elapsedSeconds, rate } = progress
    const state = { downloaded, downloadTotal, uploaded: 0, uploadTotal: undefined, elapsedSeconds }
    assert.equal(formatMeter({ ...state, currentBytesPerSecond: rate }), `\r${row}`)
  })
}

test('binary output does not reach a terminal unless asked for', async () => {
  reply = answer('200 OK', Buffer.from([0, 1, 2]))
  const kept = await curl(['-s'], { terminal: true })
  assert.equal(kept.exitCode, 23)
  assert.equal(kept.stdout, '')
  assert.equal((await curl(['-s', '-o', '-'], { terminal: true })).stdoutBytes.length, 3)
})

const whole = Buffer.from(
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nTransfer-Encoding: chunked\r\n\r\n3;e=f\r\nabc\r\n0a\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
)

test('a response is read alike however its bytes are cut', () => {
  const read = (pieces: readonly Buffer[]) => {
    const parser = new ResponseParser('GET')
    return summary(pieces.flatMap((piece) => [...parser.feed(piece)]))
  }
  const expected = read([whole])
  assert.deepEqual(expected, {
    heads: ['100 Continue', '200 OK X-A: b c'],
    body: 'abc0123456789',
    trailers: 'X-T: 1\r\n',
    ends: [true],
  })
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
      const places = [0, ...[...cuts].sort((a, b) => a - b), whole.length]
      assert.deepEqual(read(places.slice(1).map((end, index) => whole.subarray(places[index], end))), expected)
    }),
  )
})

test('a body in chunks of a byte is handed on in large pieces, also what precedes an error', () => {
  const bodiesOf = (text: string) => {
    const bodies: string[] = []
    const parser = new ResponseParser('GET')
    try {
      for (const part of parser.feed(Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`))) {
        if (part.kind === 'body') bodies.push(part.bytes.toString())
      }
    } catch {
      bodies.push('error')
    }
    return bodies
  }
  const small = '1\r\nx\r\n'.repeat(1000)
  const large = `800\r\n${'y'.repeat(2048)}\r\n`
  assert.deepEqual(bodiesOf(`${small}0\r\n\r\n`), ['x'.repeat(1000)])
  assert.deepEqual(bodiesOf(`${small}${large}${small}zz`), [
    'x'.repeat(1000),
    'y'.repeat(2048),
    'x'.repeat(1000),
    'error',
  ])
})

test('no bytes make the parser fail but with an exit code of curl', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const parser = new ResponseParser('GET')
      try {
        const parts = [...parser.feed(Buffer.from(`HTTP/1.1 200 OK\r\n${text}`, 'latin1')), ...parser.close()]
        assert.ok(parts.length > 0)
      } catch (error) {
        assert.ok(error instanceof Error && 'exitCode' in error, String(error))
      }
    }),
  )
})

function summary(parts: readonly ResponsePart[]) {
  const heads: string[] = []
  const ends: boolean[] = []
  let body = ''
  let trailers = ''
  for (const part of parts) {
    if (part.kind === 'head') {
      const [first] = part.head.headers
      heads.push(`${part.head.status} ${part.head.reason}${first ? ` ${first.name}: ${first.value}` : ''}`)
    }
    if (part.kind === 'body') body += part.bytes.toString()
    if (part.kind === 'trailers') trailers += part.raw.toString()
    if (part.kind === 'end') ends.push(part.reusable)
  }
  return { heads, body, trailers, ends }
}

test('of two lengths the last counts, as in curl', () => {
  const parts = [
    ...new ResponseParser('GET').feed(
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nfour'),
    ),
  ]
  assert.deepEqual(
    parts.map((part) => (part.kind === 'body' ? part.bytes.toString() : part.kind)),
    ['head', 'four', 'end'],
  )
})

test('a switch of protocols ends the response, other informational heads do not', () => {
  const kindsAfter = (status: number) =>
    [...new ResponseParser('GET').feed(Buffer.from(`HTTP/1.1 ${status} X\r\n\r\n`))].map(({ kind }) => kind)
  assert.deepEqual(kindsAfter(101), ['head', 'end'])
  assert.deepEqual(kindsAfter(100), ['head'])
  assert.deepEqual(kindsAfter(103), ['head'])
})

test('what follows a response makes its connection useless', () => {
  const endOf = (text: string) => [...new ResponseParser('GET').feed(Buffer.from(text))].at(-1)
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'
  assert.deepEqual(endOf(whole), { kind: 'end', reusable: true })
  assert.deepEqual(endOf(`${whole}b`), { kind: 'end', reusable: false })
})
