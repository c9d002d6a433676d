import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exampleKeys } from '../support/run.ts'
import { parseMessage, refuses, type WireMessage } from '../support/wire.ts'

interface Recipe {
  readonly title: string
  readonly script: string
}

const program = join(process.cwd(), 'bin/sigv4.js')
const assumedSecret = 'assumed-secret'
const missing = ['bash', 'curl'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
if (missing.length > 0) console.error(`\n*** ${missing.join(' and ')} not installed: THE COOKBOOK IS NOT RUN ***\n`)

const credentials = `<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>${assumedSecret}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>`

/** What the services of the recipes answer. */
function answer({ target, body }: WireMessage): string {
  const action = /Action=(\w+)/.exec(target + body)?.[1] ?? ''
  const identity =
    '<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>'
  const user =
    '<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>'
  const content = action === 'GetCallerIdentity' ? identity : action.startsWith('AssumeRole') ? user + credentials : ''
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result></${action}Response>`
}

/** Accepts what is signed right, and web identities, which are not signed. */
function startServer(): Promise<{
  readonly port: number
  readonly refused: string[]
  accepted: number
  close(): void
}> {
  const seen = { port: 0, refused: [] as string[], accepted: 0, close: () => {} }
  const server = net.createServer((socket) => {
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (
        /^expect: *100-continue/im.test(received.toString('latin1')) &&
        received.subarray(-4).equals(Buffer.from('\r\n\r\n'))
      )
        socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      const message = parseMessage(received)
      if (!message) return
      received = Buffer.alloc(0)
      const unsigned = message.body.includes('Action=AssumeRoleWithWebIdentity')
      const problem = unsigned ? undefined : refuses(message, exampleKeys.AWS_SECRET_ACCESS_KEY)
      if (problem === undefined) seen.accepted++
      else seen.refused.push(`${message.method} ${message.target}: ${problem}`)
      const body = answer(message)
      const status = problem === undefined ? '200 OK' : '403 Forbidden'
      const date = new Date().toUTCString()
      socket.end(
        `HTTP/1.1 ${status}\r\nDate: ${date}\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${message.method === 'HEAD' ? '' : body}`,
      )
    })
  })
  seen.close = () => server.close()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      seen.port = (server.address() as AddressInfo).port
      resolve(seen)
    })
  })
}

function recipes(): readonly Recipe[] {
  const cookbook = readFileSync('docs/cookbook.md', 'utf8')
  return cookbook
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const title = section.slice(0, section.indexOf('\n'))
      return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = '']) => ({ title, script }))
    })
}

let folder = ''
let server: Awaited<ReturnType<typeof startServer>>

before(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'sigv4-cookbook-'))
  mkdirSync(join(folder, 'bin'))
  const command = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/usr/bin/env bash\n${text}`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  command('sigv4', `exec '${process.execPath}' '${program}' "$@"\n`)
  // The hosts of the recipes are AWS's: their bytes go to the loopback server instead, without TLS.
  const curl = spawnSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim()
  command(
    'curl',
    `words=()
for word; do words+=("\${word/#https:/http:}"); done
config() { sed 's|"https:|"http:|'; }
case " $* " in
  *' -K - '*) config | '${curl}' -sS --connect-to '::127.0.0.1:${server.port}' "\${words[@]}" ;;
  *) exec '${curl}' -sS --connect-to '::127.0.0.1:${server.port}' "\${words[@]}" ;;
esac
`,
  )
  for (const [name, text] of [
    ['photo.jpg', '\xff\xd8photo'],
    ['event.json', '{\n  "a": 1\n}\n'],
    ['prompt.json', '{"inputText":"hi"}\n'],
    ['token.jwt', 'a.b.c'],
  ] as const) {
    writeFileSync(join(folder, name), text)
  }
})
after(() => {
  server?.close()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

for (const [index, { title, script }] of recipes().entries()) {
  test(`recipe ${index + 1}, ${title}, works when pasted`, { skip: missing.length > 0 }, async (t) => {
    const before = server.accepted
    const { status, stdout, stderr } = await runInBash(script)
    assert.deepEqual(server.refused.splice(0), [], stderr)
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /internal error|^curl: /m)
    // A recipe sends something that is accepted, or it is about what it prints.
    const accepted = server.accepted - before
    const sends = /\bcurl -|whoami|assume/.test(script)
    assert.ok(sends ? accepted > 0 : stdout + stderr !== '', `${accepted} accepted`)
    t.diagnostic(`${accepted} requests accepted`)
  })
}

async function runInBash(script: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...exampleKeys,
      HOME: folder,
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${server.port}`,
      GITHUB_ENV: join(folder, 'github-env'),
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, stdout, stderr }
}
