import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { CliError } from '../src/errors.ts'
import { examine } from '../src/verify/examine.ts'
import { readInput } from '../src/verify/read-input.ts'
import { credentialsOf, judge } from './support/judging.ts'
import { type PlainRequest, plainSign, type WireRequest } from './support/plain-signer.ts'
import { randomRequest, seededRandom } from './support/random-requests.ts'

const signedAt = new Date('2015-08-30T12:36:00Z')
const random = seededRandom(11)
const requests: readonly PlainRequest[] = Array.from({ length: 15 }, (_, index) => ({
  ...randomRequest(
    {
      service: index % 2 === 0 ? 's3' : 'dynamodb',
      form: 'header',
      token: index % 3 === 0 ? 'with a token' : 'without a token',
    },
    random,
  ),
}))

function urlOf(wire: WireRequest): string {
  return `https://${wire.host}${targetOf(wire)}`
}

function targetOf({ path, query }: WireRequest): string {
  return query === undefined ? path : `${path}?${query}`
}

function headLines(wire: WireRequest): readonly string[] {
  const length = wire.body === '' ? [] : [`Content-Length: ${Buffer.byteLength(wire.body)}`]
  return [`Host: ${wire.host}`, ...wire.headers.map(([name, value]) => `${name}: ${value}`), ...length]
}

const bashQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const ansiQuoted = (text: string) =>
  `$'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/[^\x00-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
const cmdQuoted = (text: string) =>
  `^"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[&|<>^%"]/g, (character) => (character === '%' ? '^%^' : `^${character}`))
    .replaceAll('^%^', '^%')}^"`

/** One request in the forms in which people have it at hand. */
const forms: readonly {
  readonly name: string
  readonly render: (wire: WireRequest) => string
  readonly bodyIsLost?: true
  readonly skip?: (wire: WireRequest) => boolean
}[] = [
  {
    name: 'raw HTTP with CRLF',
    render: (wire) =>
      `${wire.method} ${targetOf(wire)} HTTP/1.1\r\n${headLines(wire).join('\r\n')}\r\n\r\n${wire.body}`,
  },
  {
    name: 'raw HTTP with LF',
    render: (wire) => `${wire.method} ${targetOf(wire)} HTTP/1.1\n${headLines(wire).join('\n')}\n\n${wire.body}`,
  },
  {
    name: 'raw HTTP/2',
    render: (wire) =>
      `${wire.method} ${targetOf(wire)} HTTP/2\n${headLines(wire)
        .map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))
        .join('\n')}\n\n${wire.body}`,
  },
  {
    name: 'raw HTTP, the URL in the request line',
    render: (wire) => `${wire.method} ${urlOf(wire)} HTTP/1.1\n${headLines(wire).join('\n')}\n\n${wire.body}`,
  },
  {
    name: 'a chunked body',
    render: (wire) =>
      `${wire.method} ${targetOf(wire)} HTTP/1.1\r\n${headLines(wire)
        .filter((line) => !line.startsWith('Content-Length'))
        .join(
          '\r\n',
        )}\r\nTransfer-Encoding: chunked\r\n\r\n${wire.body === '' ? '' : `${Buffer.byteLength(wire.body).toString(16)}\r\n${wire.body}\r\n`}0\r\n\r\n`,
  },
  {
    name: 'curl in bash, as browsers copy it',
    render: (wire) =>
      [
        `curl ${bashQuoted(urlOf(wire))}`,
        `-X ${bashQuoted(wire.method)}`,
        ...wire.headers.map(([name, value]) => `-H ${bashQuoted(`${name}: ${value}`)}`),
        ...(wire.body === '' ? [] : [`--data-raw ${ansiQuoted(wire.body)}`]),
        '--path-as-is',
        '--compressed',
      ].join(' \\\n  '),
    skip: (wire) => hasOwnDefault(wire),
  },
  {
    name: 'curl in a script, with a prompt and short options',
    render: (wire) =>
      `$ AWS_PROFILE=x /usr/bin/curl -sS -X${wire.method} ${wire.headers.map(([name, value]) => `-H ${bashQuoted(`${name}: ${value}`)}`).join(' ')} ${wire.body === '' ? '' : `--data-binary ${bashQuoted(wire.body)}`} --path-as-is -o /dev/null ${bashQuoted(urlOf(wire))} | tee log`,
    skip: (wire) => hasOwnDefault(wire),
  },
  {
    name: 'curl in cmd.exe, as browsers copy it',
    render: (wire) =>
      [
        `curl ${cmdQuoted(urlOf(wire))}`,
        `-X ${wire.method}`,
        '--path-as-is',
        ...wire.headers.map(([name, value]) => `-H ${cmdQuoted(`${name}: ${value}`)}`),
        ...(wire.body === '' ? [] : [`--data-raw ${cmdQuoted(wire.body)}`]),
      ].join(' ^\r\n  '),
    skip: (wire) => hasOwnDefault(wire) || /[\r\n]/.test(wire.body),
  },
  {
    name: 'a HAR entry',
    render: (wire) =>
      JSON.stringify({
        startedDateTime: '2015-08-30T12:36:00.500Z',
        request: {
          method: wire.method,
          url: urlOf(wire),
          headers: [
            { name: ':authority', value: wire.host },
            ...wire.headers.map(([name, value]) => ({ name, value })),
          ],
          ...(wire.body === '' ? { bodySize: 0 } : { postData: { mimeType: 'x', text: wire.body } }),
        },
        response: { status: 200, headers: [], content: {} },
      }),
  },
  {
    name: 'a whole HAR, with an unsigned request before',
    render: (wire) =>
      JSON.stringify({
        log: {
          entries: [
            { request: { method: 'GET', url: 'https://example.com/', headers: [] }, response: { status: 200 } },
            {
              request: {
                method: wire.method,
                url: urlOf(wire),
                headers: wire.headers.map(([name, value]) => ({ name, value })),
                postData: { text: wire.body },
              },
              response: { status: 403 },
            },
          ],
        },
      }),
  },
  {
    name: 'what sigv4 sign --format json prints',
    render: (wire) =>
      JSON.stringify({
        method: wire.method,
        url: urlOf(wire),
        headers: Object.fromEntries(wire.headers),
        body: wire.body,
      }),
  },
  {
    name: "Go's REQUEST POST-SIGN",
    render: (wire) =>
      `2015/08/30 12:36:00 DEBUG: Request s3/PutObject Details:\n---[ REQUEST POST-SIGN ]-----------------------------\n${wire.method} ${targetOf(wire)} HTTP/1.1\r\n${headLines(wire).join('\r\n')}\r\nAccept-Encoding: gzip\r\n\r\n${wire.body}\n-----------------------------------------------------\n`,
    skip: (wire) => wire.body.includes('\r'),
  },
  {
    name: "Java's wire log",
    render: (wire) =>
      [`${wire.method} ${targetOf(wire)} HTTP/1.1`, ...headLines(wire)]
        .map((line) => `2015-08-30 12:36:00,988 [main] DEBUG org.apache.http.headers - http-outgoing-0 >> ${line}\n`)
        .join(''),
    bodyIsLost: true,
  },
  {
    name: "Terraform's log",
    render: (wire) =>
      [`${wire.method} ${targetOf(wire)} HTTP/1.1`, ...headLines(wire), '']
        .map((line) => `2015-08-30T12:36:00.024Z [DEBUG] provider.terraform-provider-aws_v4.26.0_x5: ${line}\n`)
        .join(''),
    bodyIsLost: true,
  },
  {
    name: "botocore's debug log",
    render: (wire) =>
      `2015-08-30 12:36:00,882 botocore.endpoint [DEBUG] Sending http request: <AWSPreparedRequest stream_output=False, method=${wire.method}, url=${urlOf(wire)}, headers={${wire.headers.map(([name, value]) => `'${name}': b'${Buffer.from(value).toString('latin1').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ')}, 'Content-Length': '${Buffer.byteLength(wire.body)}'}>\n`,
    bodyIsLost: true,
  },
]

/** curl adds an Accept of its own where the command has none. */
function hasOwnDefault(wire: WireRequest): boolean {
  return wire.headers.some(([, value]) => /^ | $/.test(value))
}

for (const { name, render, bodyIsLost, skip } of forms) {
  test(`a right request is valid when it is given as ${name}`, async () => {
    let judged = 0
    for (const request of requests) {
      const wire = plainSign(request)
      if (skip?.(wire) || (bodyIsLost && wire.body !== '' && request.service !== 's3')) continue
      judged++
      const text = render(wire)
      const evidence = await readInput(Buffer.from(text))
      assert.ok(evidence.request, text)
      const verdict = await judge(evidence.request, {
        credentials: credentialsOf(request.accessKeyId, request.secret, request.token),
        now: signedAt,
      })
      assert.deepEqual(verdict.mistakes, [], text)
      assert.equal(verdict.outcome, 'valid', text)
    }
    assert.ok(judged >= 5, `${judged} requests`)
  })
}

test('what curl -v really prints is read, with the answer', async () => {
  const server = createServer((_, response) => {
    response.writeHead(403, { 'Content-Type': 'application/xml', Date: 'Sun, 30 Aug 2015 12:36:10 GMT' })
    response.end(
      '<?xml version="1.0"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match.</Message></Error>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const request = {
      ...requests[0],
      host,
      form: 'header' as const,
      method: 'GET',
      body: '',
      headers: [],
      service: 's3',
    } as PlainRequest
    const wire = plainSign(request, { secret: (secret) => `${secret}\n` })
    const headers = wire.headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const printed = await runCurl(['-v', '--path-as-is', ...headers, `http://${host}${targetOf(wire)}`])
    const evidence = await readInput(Buffer.from(printed))
    assert.equal(evidence.kind, 'curl -v output')
    assert.equal(evidence.answer?.code, 'SignatureDoesNotMatch')
    const examination = await examine(evidence, {
      credentials: credentialsOf(request.accessKeyId, request.secret, request.token),
      expectation: {},
      date: undefined,
      now: new Date(),
      limits: { clock: () => 0, deadline: 1 },
    })
    assert.deepEqual(
      examination.mistakes.map(({ id }) => id),
      ['secret-whitespace'],
    )
  } finally {
    server.close()
  }
})

function runCurl(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('curl', args, { encoding: 'utf8' }, (error, stdout, stderr) =>
      error ? reject(error) : resolve(`${stderr}\n${stdout}`),
    )
  })
}

const broken: readonly (readonly [name: string, text: string])[] = [
  ['nothing', ''],
  ['prose', 'my request does not work'],
  ['JSON of something else', '{"a": 1}'],
  ['binary', '\x00\x01\x02\x03'],
  ['a curl command without a URL', "curl -H 'a: b'"],
  ['a HAR with two refused entries', JSON.stringify({ log: { entries: [harEntry(), harEntry()] } })],
]

function harEntry() {
  const wire = plainSign(requests[1] as PlainRequest)
  return {
    request: { method: wire.method, url: urlOf(wire), headers: wire.headers.map(([name, value]) => ({ name, value })) },
    response: { status: 403 },
  }
}

for (const [name, text] of broken) {
  test(`${name} is refused as unreadable`, async () => {
    await assert.rejects(readInput(Buffer.from(text)), (error) => error instanceof CliError && error.exitCode === 2)
  })
}
