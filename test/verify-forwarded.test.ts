import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { type PlainRequest, plainSign, type Steps } from './support/plain-signer.ts'
import { exampleKeys, run } from './support/run.ts'

/** What somebody has who was handed a refused request: the client's trace, the answer's text, or a pasted URL. */
const request: PlainRequest = {
  method: 'GET',
  host: 'examplebucket.s3.eu-west-1.amazonaws.com',
  path: '/a b+c',
  query: [],
  headers: [],
  body: '',
  service: 's3',
  region: 'eu-west-1',
  date: '20150830T123600Z',
  accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
  secret: exampleKeys.AWS_SECRET_ACCESS_KEY,
  token: undefined,
  form: 'header',
  expires: 60,
}
/** Long after the exchange. */
const now = new Date('2015-09-02T08:00:00Z')

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigv4-forwarded-'))
})
after(() => rmSync(folder, { recursive: true }))

test("the answer's text beside a trace is judged by the time of the answer in the trace", async () => {
  const { stdout } = await forwarded(request, {
    answered: 'Sun, 30 Aug 2015 12:56:00 GMT',
    refusal: ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  })
  assert.match(stdout, /^not valid {2}clock-skew\n/)
  assert.match(stdout, / seen {3}20150830T123600Z is 20 min before the answer\n/)
  assert.match(stdout, / wrong {2}date +20150830T123600Z is 20 min before the answer\n/)
  assert.match(stdout, /the service's answer {2}403 RequestTimeTooSkewed/)
})

test('a time that only the service knows is not called in time: what it says of it stands in the row', async () => {
  const skewed = await forwarded(request, { answered: undefined, refusal: ['RequestTimeTooSkewed', 'Too large.'] })
  assert.match(skewed.stdout, / wrong {2}date +the service says RequestTimeTooSkewed/)
  const url = { ...request, form: 'query' } as const
  const expired = await forwarded(url, { answered: undefined, refusal: ['AccessDenied', 'Request has expired'] })
  assert.match(expired.stdout, / wrong {2}expiry +the service says AccessDenied: Request has expired\n/)
  assert.match(expired.stdout, / ok {5}date +20150830T123600Z\n/)
})

test('what the service names is marked in the row that it is about', async () => {
  const refusal = ['XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match.'] as const
  const { stdout } = await forwarded(request, { answered: undefined, refusal })
  assert.match(stdout, /^not valid {2}payload-other\n/)
  assert.match(stdout, / wrong {2}payload hash +the service says XAmzContentSHA256Mismatch/)
})

test('a trace whose answer has no text says so, and shows nothing of the trace in its place', async () => {
  const { stdout } = await run(['verify', '-'], { env: exampleKeys, now, stdin: trace(request, undefined) })
  assert.match(stdout, /^valid\n/m)
  assert.match(
    stdout,
    / \? {6}the service's answer {2}403 \(its text is not in the input; --response FILE gives it\)\n/,
  )
})

const signatureRefusal = ['SignatureDoesNotMatch', 'The request signature we calculated does not match.'] as const

test('without the secret nobody says that the known mistakes were tried', async () => {
  const { stdout } = await forwarded(request, { answered: undefined, refusal: signatureRefusal, env: {} })
  assert.match(stdout, /^not valid {2}unknown\n {2}cause {2}the secret is not at hand/)
  assert.match(stdout, / fix {4}give the secret \(--profile/)
})

const secrets: readonly (readonly [secret: string, id: string, seen: RegExp])[] = [
  ['another', 'secret-other', /it has another secret for this key; this one has 7 characters, AWS's have 40\n/],
  ['a'.repeat(40), 'secret-other', /it has another secret for this key\n/],
  ['wJalr\n', 'secret-whitespace', /the secret at hand ends with "\\n"\n/],
  [' wJalr', 'secret-whitespace', /the secret at hand begins with " "\n/],
  ['"wJalr"', 'secret-quoted', /the secret at hand begins and ends with "\n/],
]

for (const [secret, id, seen] of secrets) {
  test(`the own secret ${JSON.stringify(secret)}, refused for a request that arrived as it was sent, is ${id}`, async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: secret }
    const own = { ...request, accessKeyId: keys.AWS_ACCESS_KEY_ID, secret }
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    const received = `GET\n/a%20b%2Bc\n\nhost:${request.host}\nx-amz-content-sha256:${empty}\nx-amz-date:${request.date}\n\nhost;x-amz-content-sha256;x-amz-date\n${empty}`
    const { stdout } = await forwarded(own, { answered: undefined, refusal: signatureRefusal, received, env: keys })
    assert.match(stdout, new RegExp(`^not valid {2}${id}\n`))
    assert.match(stdout, seen)
    assert.ok(!stdout.includes('wJalr') && !stdout.includes('aaaa'), stdout)
  })
}

test('a URL is found in parentheses, with blanks in its path, and not taken for a refusal', async () => {
  const url = presignedUrl()
  const env = exampleKeys
  const at = new Date('2015-08-30T12:36:10Z')
  for (const pasted of [url, `(${url})`, url.replace('%20', ' ')]) {
    assert.match((await run(['verify', pasted], { env, now: at })).stdout, /^valid\n/, pasted)
  }
  const sentence = await run(['verify', '-'], { env, stdin: `see ${url} please` })
  assert.deepEqual([sentence.exitCode, sentence.stdout], [2, ''])
})

test('a presigned URL whose path a client encoded again is told by that name, whole or in part', async () => {
  const [path = '', query = ''] = presignedUrl().split('?')
  for (const again of [path.replaceAll('%', '%25'), path.replace('%20', '%2520')]) {
    const { stdout } = await run(['verify', `${again}?${query}`], { env: exampleKeys, now })
    assert.match(stdout, /^not valid {2}path-reencoded/)
    assert.match(stdout, / signed {4}\/a%20b%2Bc\n/)
  }
})

test('a URL that is still escaped for HTML is not valid as it stands, and judged beside that as it was meant', async () => {
  const escaped = presignedUrl().replaceAll('&', '&amp;')
  const inTime = await run(['verify', escaped], { env: exampleKeys, now: new Date('2015-08-30T12:36:10Z') })
  assert.equal(inTime.exitCode, 1)
  assert.match(inTime.stdout, /^not valid {2}query-html-escaped\n/)
  assert.match(inTime.stdout, / seen {3}5 parameters would arrive with amp; before the name, as amp;X-Amz-\w+\n/)
  assert.match(inTime.stdout, / ok {5}signature +equal to the recomputed one\n/)
  const late = await run(['verify', '-'], { env: exampleKeys, now, stdin: `curl '${escaped}'` })
  assert.match(late.stdout, /^not valid {2}query-html-escaped and expired\n/)
})

test('a parameter that is really called amp; is none of that', async () => {
  const { host, path, query } = plainSign({ ...request, form: 'query', query: [['amp;a', 'b']] })
  const at = new Date('2015-08-30T12:36:10Z')
  const { stdout } = await run(['verify', `https://${host}${path}?${query}`], { env: exampleKeys, now: at })
  assert.match(stdout, /^valid\n/)
})

test('where nothing known explains a signature, the signed headers that may have been changed are named', async () => {
  const headers = [
    ['Content-Type', 'text/csv'],
    ['X-Made-Up', 'guess me'],
  ] as const
  const { stdout } = await run(['verify', '-'], {
    env: exampleKeys,
    now,
    stdin: trace({ ...request, headers }, undefined).replace('guess me', 'other'),
  })
  assert.match(stdout, /^not valid {2}unknown\n/)
  assert.match(
    stdout,
    / seen {3}tried .*; a value that was changed on its way is not guessed: signed are content-type, x-made-up\n/,
  )
})

test('a body in chunks, refused although its headers are signed right, is not laid to the secret', async () => {
  const form = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
  const changed = { contentSha256: () => form, payloadHash: () => form }
  const { stdout } = await forwarded(request, { answered: undefined, refusal: signatureRefusal, changed })
  assert.match(stdout, /^not valid {2}unknown\n {2}cause {2}the service may not know bodies in chunks with a trailer/)
  assert.match(stdout, new RegExp(` seen {3}the signature of the headers is right .* as ${form}\n`))
})

test('sentences are as wide as the terminal, in a pipe they are whole; what was signed is whole in both', async () => {
  const [path = '', query = ''] = presignedUrl().split('?')
  const again = `${path.replaceAll('%', '%25')}?${query}`
  const piped = await run(['verify', again], { env: exampleKeys, now })
  const shown = await run(['verify', again], { env: exampleKeys, now, terminal: true, columns: 64 })
  const plain = stripVTControlCharacters(shown.stdout)
  assert.match(plain, /\n {2}fix {4}use the URL as it was made: it is encoded already, and\n {9}no client is to/)
  const broken = plain.split('\n').filter((line) => line.length > 64)
  assert.deepEqual(broken, [])
  const joined = plain.replace(/\n {9,}(?=[^\s^])/g, ' ')
  assert.equal(joined, piped.stdout)
})

function presignedUrl(): string {
  const { host, path, query } = plainSign({ ...request, form: 'query' })
  return `https://${host}${path}?${query}`
}

interface Forwarded {
  /** The answer's `Date`. */
  readonly answered: string | undefined
  readonly refusal: readonly [code: string, message: string]
  /** The canonical request of the service. */
  readonly received?: string
  readonly env?: Readonly<Record<string, string>>
  /** What is signed otherwise than usual. */
  readonly changed?: Partial<Steps>
}

function forwarded(described: PlainRequest, { answered, refusal, received, env = exampleKeys, changed }: Forwarded) {
  const [code, message] = refusal
  const canonical = received === undefined ? '' : `<CanonicalRequest>${received}</CanonicalRequest>`
  const file = join(folder, 'refusal.xml')
  writeFileSync(file, `<Error><Code>${code}</Code><Message>${message}</Message>${canonical}</Error>`)
  return run(['verify', '-', '--response', file], { env, now, stdin: trace(described, answered, changed) })
}

/** What `curl -v` prints; the answer's text went to a file. */
function trace(described: PlainRequest, answered: string | undefined, changed?: Partial<Steps>): string {
  const { method, host, path, query, headers } = plainSign(described, changed)
  const target = query === undefined || query === '' ? path : `${path}?${query}`
  const sent = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
  ]
  const answer = ['HTTP/1.1 403 Forbidden', ...(answered === undefined ? [] : [`Date: ${answered}`]), '']
  return `* Connected to ${host} (192.0.2.1) port 443 (#0)\n${[...sent.map((line) => `> ${line}\r`), ...answer.map((line) => `< ${line}\r`)].join('\n')}\n`
}
