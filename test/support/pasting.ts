import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchHook, type LoopbackAws, opensslIsMissing, startLoopbackAws } from './loopback-aws.ts'
import { slips } from './mistaken-requests.ts'
import { type PlainRequest, plainSign, rightSteps } from './plain-signer.ts'
import { exampleKeys } from './run.ts'

/** A user's folder, with the files, profiles and programs that the documents' examples speak of, and AWS on loopback. */
export interface PastingFolder {
  readonly path: string
  readonly aws: LoopbackAws
  /** Runs lines as typed into that shell, until an error. */
  paste(script: string, shell?: PastedShell): Promise<Pasted>
  close(): Promise<void>
}

export type PastedShell = 'bash' | 'zsh' | 'fish'

export interface Pasted {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const program = join(process.cwd(), 'bin/sigv4.js')
const needed = ['bash', 'zsh', 'fish', 'curl', 'jq', 'http']
const missing = needed.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)

/** What this machine lacks of it; said loudly. */
export function missingForPasting(what: string): string | false {
  const all = [...missing, ...(opensslIsMissing ? ['openssl'] : [])]
  if (all.length === 0) return false
  console.error(`\n*** ${all.join(' and ')} not installed: ${what} ***\n`)
  return `${all.join(' and ')} not installed`
}

export async function makePastingFolder(): Promise<PastingFolder> {
  const path = mkdtempSync(join(tmpdir(), 'sigv4-pasting-'))
  const keys = ['photos/a.jpg', 'photos/b.jpg', 'logs/2026-01/x/1.gz', 'logs/2026-02/2.gz', 'x.tmp', 'report.pdf']
  const examplebucket = keys.map((key) => ({ key, size: 200_000_000, lastModified: '2026-01-02T03:04:05.000Z' }))
  const aws = await startLoopbackAws({ folder: path, buckets: { examplebucket } })
  writeFiles(path)
  writePrograms(path)
  return {
    path,
    aws,
    paste: (script, shell = 'bash') => runInShell(script, { shell, path, env: aws.env }),
    close: async () => {
      await aws.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

const mistaken: PlainRequest = {
  method: 'GET',
  host: 'abcdef1234.execute-api.eu-west-1.amazonaws.com',
  path: '/items',
  query: [
    ['type', 'book'],
    ['limit', '10'],
  ],
  headers: [],
  body: '',
  service: 'execute-api',
  region: 'eu-west-1',
  date: new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
  secret: exampleKeys.AWS_SECRET_ACCESS_KEY,
  token: undefined,
  form: 'header',
  expires: 3600,
}

/** A request signed with the mistake of curl 7.88, which keeps the order of the query. */
function mistakenLines(): readonly string[] {
  const steps = { ...rightSteps, ...slips['query-unsorted']?.(mistaken, () => 0) }
  const { method, host, path, query, headers } = plainSign(mistaken, steps)
  return [
    `${method} ${path}?${query} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
  ]
}

function writeFiles(path: string): void {
  const refusal = '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message><RequestId>1</RequestId></Error>'
  const request = mistakenLines()
  const files = {
    'photo.jpg': '\xff\xd8photo',
    'backup.tar.gz': 'backup',
    'report.pdf': '%PDF-',
    'event.json': '{\n  "a": 1\n}\n',
    'prompt.json': '{"inputText":"hi"}\n',
    'token.jwt': 'a.b.c',
    'request.txt': `${request.join('\r\n')}\r\n`,
    'request.http': `${request.join('\r\n')}\r\n`,
    'refusal.xml': refusal,
    'trace.txt': [...request.map((line) => `> ${line}`), '< HTTP/1.1 403 Forbidden', '<', refusal, ''].join('\n'),
    '.aws/credentials': ['base', 'dev', 'prod']
      .map((name) => {
        const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = exampleKeys
        return `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
      })
      .join(''),
    '.aws/config': '[default]\nregion = eu-west-1\n',
    'hook.cjs': fetchHook,
    // It would ask for its newest version.
    '.config/httpie/config.json': '{"disable_update_warnings": true}',
  }
  for (const folder of [
    '.aws',
    'buckets',
    'buckets/examplebucket',
    '.config/fish/completions',
    '.config/httpie',
    'zfunc',
  ]) {
    mkdirSync(join(path, folder), { recursive: true })
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content, 'latin1')
}

function writePrograms(path: string): void {
  mkdirSync(join(path, 'bin'))
  const programs = {
    sigv4: `exec '${process.execPath}' '${program}' "$@"`,
    node: `exec '${process.execPath}' --require '${join(path, 'hook.cjs')}' "$@"`,
    terraform: 'test -n "$AWS_SESSION_TOKEN"',
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(path, 'bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(path, 'bin', name), 0o755)
  }
}

interface ShellOptions {
  readonly shell: PastedShell
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

const shellWords: Readonly<Record<PastedShell, readonly string[]>> = {
  bash: ['-euo', 'pipefail', '-c'],
  zsh: ['-f', '-euo', 'pipefail', '-c'],
  fish: ['--no-config', '-c'],
}

function runInShell(script: string, { shell, path, env }: ShellOptions): Promise<Pasted> {
  // What an example before has left would spare this one its requests.
  rmSync(join(path, '.cache'), { recursive: true, force: true })
  const child = spawn(shell, [...shellWords[shell], shell === 'zsh' ? `fpath=($HOME/zfunc)\n${script}` : script], {
    cwd: path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...exampleKeys,
      ...env,
      HOME: path,
      PATH: `${join(path, 'bin')}:${process.env.PATH}`,
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      GITHUB_ENV: join(path, 'github-env'),
    },
  })
  const pasted = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    pasted.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    pasted.stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ ...pasted, status }))
  })
}
