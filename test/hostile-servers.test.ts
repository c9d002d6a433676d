import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { exampleKeys, type Outcome, run } from './support/run.ts'
import { answer, type Reply, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts'

// What `curl-hostile` is to curl: the commands that read answers whole, or page by page.

let server: ScriptedServer

/** Which lie is told stands in the path, so that several can be told at once. */
before(async () => {
  server = await startScriptedServer(({ path }) => lies[Number(path.split('/')[1])]?.reply ?? '')
})
after(() => server.close())

/** Writes again and again until the other side has gone. */
function pour(socket: Socket, start: string, piece: string | Buffer): void {
  socket.write(start)
  const more = () => {
    while (!socket.destroyed && socket.write(piece)) {}
  }
  socket.on('drain', more)
  more()
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n'
const bomb = `<!DOCTYPE a [<!ENTITY b "lol">${Array.from({ length: 20 }, (_, index) => `<!ENTITY c${index} "${'&b;'.repeat(10)}">`).join('')}]><a>&c19;</a>`

const lies: readonly { readonly name: string; readonly reply: Reply }[] = [
  { name: 'sends headers without end', reply: (socket) => pour(socket, head, `X-More: ${'x'.repeat(8000)}\r\n`) },
  { name: 'sends one header line without end', reply: (socket) => pour(socket, `${head}X: `, 'x'.repeat(65_536)) },
  {
    name: 'says 100 Continue without end',
    reply: (socket) => pour(socket, '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)),
  },
  { name: 'sends a body without end', reply: (socket) => pour(socket, `${head}\r\n`, '<a>'.repeat(20_000)) },
  {
    name: 'sends one chunk without end',
    reply: (socket) => pour(socket, `${head}Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n`, '<'.repeat(65_536)),
  },
  {
    name: 'promises more than it sends',
    reply: (socket) => socket.end(`${head}Content-Length: 100\r\n\r\n<a>`),
  },
  { name: 'promises a petabyte', reply: (socket) => socket.end(`${head}Content-Length: 1125899906842624\r\n\r\n<a/>`) },
  { name: 'has two lengths', reply: `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>x` },
  { name: 'has a length that is none', reply: `${head}Content-Length: -1\r\n\r\n<a/>` },
  { name: 'has a chunk that has no size', reply: `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n` },
  { name: 'speaks something else', reply: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n') },
  { name: 'says nothing and hangs up', reply: (socket) => socket.destroy() },
  { name: 'says nothing at all', reply: () => {} },
  { name: 'stops in the middle of its body', reply: (socket) => socket.write(`${head}Content-Length: 10\r\n\r\n<a>`) },
  {
    name: 'sends elsewhere, and again',
    reply: answer('301 Moved Permanently', '', ['Location: http://127.0.0.1:9/']),
  },
  { name: 'sends an entity bomb', reply: answer('200 OK', bomb) },
  { name: 'sends an entity bomb as a refusal', reply: answer('403 Forbidden', bomb) },
  { name: 'nests without end', reply: answer('200 OK', '<a>'.repeat(300_000)) },
  { name: 'nests without end in a refusal', reply: answer('400 Bad Request', '<a>'.repeat(300_000)) },
  { name: 'sends a value of 30 MB', reply: answer('200 OK', `<a><b>${'x'.repeat(30_000_000)}</b></a>`) },
  {
    name: 'has a message of 5 MB for a refusal',
    reply: answer('403 Forbidden', `<Error><Code>A</Code><Message>${'x'.repeat(5_000_000)}</Message></Error>`),
  },
  {
    name: 'has a message that a terminal would obey',
    reply: answer('403 Forbidden', '<Error><Code>A\u202e</Code><Message>\u009b2J\u001b]0;x\u0007</Message></Error>'),
  },
  { name: 'sends bytes that are no text', reply: answer('200 OK', Buffer.from([0, 255, 254, 128, 60, 97])) },
  { name: 'compresses what nobody asked it to', reply: answer('200 OK', 'x', ['Content-Encoding: gzip']) },
  { name: 'sends a page of HTML', reply: answer('200 OK', '<html><body>Welcome to the hotel<br></body></html>') },
]

const role = 'arn:aws:iam::123456789012:role/reader'
const commands: readonly (readonly string[])[] = [
  ['whoami'],
  ['assume', role, '--no-cache'],
  ['ls', 's3://examplebucket', '--no-heal'],
]
/** `ls` tries again for seconds what may pass: `ls-faults.test.ts` has the other lies, told to it once. */
const slowFor = /^(promises|says nothing|stops|has (two|a chunk|a length)|speaks)/

describe('a server that lies is a failure in few words', { concurrency: 8 }, () => {
  for (const [index, { name }] of lies.entries()) {
    for (const command of commands.filter(([word]) => word !== 'ls' || !slowFor.test(name))) {
      test(`sigv4 ${command[0]}: it ${name}`, { timeout: 120_000 }, async () => {
        const { exitCode, stdout, stderr } = await impatient(command, index)
        assert.ok([1, 4, 5, 6].includes(exitCode), `exit code ${exitCode}: ${stdout.slice(0, 200)}`)
        assert.equal(stdout, '')
        assert.match(stderr, /^sigv4: .+/m)
        assert.doesNotMatch(stderr, /internal error|\n {4}at /)
        assert.ok(stderr.length < 4000, `${stderr.length} characters`)
        assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
      })
    }
  }
})

function impatient(command: readonly string[], lie: number): Promise<Outcome> {
  const waits = ['--connect-timeout', '2', '--read-timeout', '1', '--region', 'us-east-1']
  const words = [...command, ...waits, '--endpoint-url', `${server.url}/${lie}`]
  return run(words, { env: exampleKeys, now: new Date() })
}
