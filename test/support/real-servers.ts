import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A real server on loopback, started by its script and stopped by the pids that it wrote. */
export interface RealServer {
  /** What the script printed: `ENDPOINT`, `ACCESS`, `SECRET` ... */
  readonly settings: Readonly<Record<string, string>>
  /** The server's state folder. */
  readonly folder: string
  stop(): void
}

const execute = promisify(execFile)
const bin = join(process.cwd(), 'bin', 'sigv4.js')
const scripts = join(process.cwd(), 'test', 'interop', 'servers')

/** Debian's packages that a server needs; undefined where all are installed. */
export function missingPackages(kind: 'swift' | 'rgw'): string | undefined {
  const packages = kind === 'swift' ? ['python3-swift'] : ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph-common']
  const missing = packages.filter((name) => spawnSync('dpkg', ['-s', name]).status !== 0)
  if (missing.length === 0) return undefined
  const text = `not installed: ${missing.join(' ')}`
  console.error(`\n*** THE INTEROP TESTS AGAINST ${kind} ARE NOT RUN: ${text} ***\n`)
  return text
}

/** OpenStack Swift's S3 (verifies every signature) or a Ceph gateway with STS; `env` goes to the start script. */
export async function startRealServer(
  kind: 'swift' | 'rgw',
  env: Readonly<Record<string, string>> = {},
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), `sigv4-${kind}-`))
  const script = join(scripts, `start-${kind}.sh`)
  const environment = { ...process.env, ...env, PORT: String(await freePort()), RUN: folder }
  const printed = execFileSync('bash', [script], { env: environment, encoding: 'utf8', timeout: 240_000 })
  const pairs = [...printed.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map((match) => [match[1], match[2]])
  return {
    settings: Object.fromEntries(pairs),
    folder,
    stop: () => {
      execFileSync('bash', [script, 'stop'], { env: environment })
      // A server that was told to end may still write: ENOTEMPTY is tried again.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

/**
 * Runs a bash script in which `sigv4` is the built program, with the server's keys and endpoint; its stdout.
 * @throws execFile's error, with `code`, where any command of it fails
 */
export async function shellAt(
  { settings, folder }: RealServer,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { ENDPOINT = '', ACCESS = '', SECRET = '' } = settings
  const functions = `set -eo pipefail; sigv4() { '${process.execPath}' '${bin}' "$@"; }`
  const { stdout } = await execute('bash', ['-c', `${functions}\n${script}`], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      LC_ALL: 'C.UTF-8',
      ENDPOINT,
      AWS_ENDPOINT_URL_S3: ENDPOINT,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: ACCESS,
      AWS_SECRET_ACCESS_KEY: SECRET,
      ...env,
    },
    timeout: 60_000,
    maxBuffer: 1 << 28,
  })
  return stdout
}

/** The ports that the servers take, counted from the first one. */
const neighbours = [0, 1, 2, 3, 1000, 1001]

/** A port that is free, as are those the servers take beside it. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = await listening(0)
    const { port } = server.address() as AddressInfo
    server.close()
    const first = port > 60_000 ? port - 8000 : port
    if (await areFree(neighbours.map((offset) => first + offset))) return first
  }
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const results = await Promise.allSettled(ports.map(listening))
  for (const result of results) if (result.status === 'fulfilled') result.value.close()
  return results.every((result) => result.status === 'fulfilled')
}

function listening(port: number): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
