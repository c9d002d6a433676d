import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real server on loopback, started by its script and stopped by the pids that it wrote. */
export interface RealServer {
  /** What the script printed: `ENDPOINT`, `ACCESS`, `SECRET` ... */
  readonly settings: Readonly<Record<string, string>>
  /** The server's state folder. */
  readonly folder: string
  stop(): void
}

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
  const printed = execFileSync('bash', [script], { env: environment, encoding: 'utf8', timeout: 120_000 })
  const pairs = [...printed.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map((match) => [match[1], match[2]])
  return {
    settings: Object.fromEntries(pairs),
    folder,
    stop: () => {
      execFileSync('bash', [script, 'stop'], { env: environment })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port whose neighbours up to +3, and +1000 and +1001, are likely free too: the servers take those as well. */
async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port > 60_000 ? port - 8000 : port
}
