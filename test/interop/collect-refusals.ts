/**
 * Collects what real servers answer to wrong signatures: `node build/test/interop/collect-refusals.js swift|rgw` writes
 * `test/fixtures/refusals/SERVER.json`: each request byte for byte, and the whole answer. Run by hand when servers change; the fixtures are what the tests read.
 */
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { makers } from '../support/mistaken-requests.ts'
import { type PlainRequest, plainSign, type WireRequest } from '../support/plain-signer.ts'
import { randomRequest, seededRandom } from '../support/random-requests.ts'
import { startRealServer } from '../support/real-servers.ts'

const kind = process.argv[2] === 'rgw' ? 'rgw' : 'swift'
const folder = join(process.cwd(), 'test', 'fixtures', 'refusals')

/** Mistakes that no S3 server can be asked about: of other services, or of a clock that cannot be set. */
const skipped = new Set([
  'token-signed',
  'path-encoded-once',
  'path-not-normalized',
  'not-yet-valid',
  'host-other',
  'wrong-region',
])

const server = await startRealServer(kind)
try {
  const { ENDPOINT = '', ACCESS = '', SECRET = '' } = server.settings
  const host = new URL(ENDPOINT).host
  const refusals: { id: string; form: string; request: string; answer: string }[] = []
  for (const [id, itsMakers] of makers) {
    if (skipped.has(id)) continue
    for (const form of ['header', 'query'] as const) {
      const found = await firstRefusal({ id, itsMakers, form, host, access: ACCESS, secret: SECRET })
      if (!found) continue
      refusals.push({ id, form, ...found })
    }
  }
  const document = { accessKeyId: ACCESS, secret: SECRET, refusals }
  writeFileSync(
    join(folder, `${kind}.json`),
    `${JSON.stringify(document, null, 1)}
`,
  )
  console.log(`${refusals.length} refusals from ${kind}`)
} finally {
  server.stop()
}

interface Wanted {
  readonly id: string
  readonly itsMakers: ReturnType<typeof makers.get> & object
  readonly form: 'header' | 'query'
  readonly host: string
  readonly access: string
  readonly secret: string
}

async function firstRefusal({ id, itsMakers, form, host, access, secret }: Wanted) {
  const random = seededRandom(41)
  for (let attempt = 0; attempt < 60; attempt++) {
    const late = id === 'expired' || id === 'clock-skew' ? 7200 : 0
    const date = new Date(Date.now() - late * 1000).toISOString().replace(/[-:]|\.\d+/g, '')
    const described = randomRequest(
      { service: 's3', form, token: id.startsWith('token-') ? 'with a token' : 'without a token' },
      random,
    )
    const own = { host, region: 'us-east-1', accessKeyId: access, secret, date, path: `/bucket${described.path}` }
    const request: PlainRequest = { ...described, ...own }
    const mistaken = itsMakers[attempt % itsMakers.length]?.(request, random)
    const right = plainSign(request)
    if (!mistaken || (late === 0 && JSON.stringify(mistaken.wire) === JSON.stringify(right))) continue
    // Servers have quirks of their own: only what they understand when it is right tells of the mistake.
    if (late === 0 && !isUnderstood(await exchange(rawRequest(right), host))) continue
    const sent = rawRequest(mistaken.wire)
    const answer = await exchange(sent, host)
    if (!isUnderstood(answer)) return { request: sent, answer }
  }
  return undefined
}

/** A bucket that is not there is no matter of the signature. */
function isUnderstood(answer: string): boolean {
  return /^HTTP\/1\.1 2|NoSuchBucket|NoSuchKey/.test(answer)
}

function rawRequest(wire: WireRequest): string {
  const target = wire.query === undefined ? wire.path : `${wire.path}?${wire.query}`
  const headers = wire.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = `Content-Length: ${Buffer.byteLength(wire.body)}\r\n`
  return `${wire.method} ${target} HTTP/1.1\r\nHost: ${wire.host}\r\n${headers}${length}Connection: close\r\n\r\n${wire.body}`
}

function exchange(text: string, host: string): Promise<string> {
  const [name = '', port = '80'] = host.split(':')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(Number(port), name, () => socket.write(text))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', reject)
  })
}
