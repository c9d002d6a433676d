import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { rejectSecrets } from './no-secrets.ts'

export interface BinOutcome {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const bin = join(process.cwd(), 'bin', 'sigv4.js')

/** Runs the built program in a process of its own, with nothing of our environment but PATH. */
export function runBin(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = '',
): Promise<BinOutcome> {
  const environment = { PATH: process.env.PATH ?? '', AWS_EC2_METADATA_DISABLED: 'true', ...env }
  const child = spawn(process.execPath, [bin, ...argv], { env: environment })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => {
      try {
        rejectSecrets(argv, env, { stdout, stderr })
        resolve({ exitCode, signal, stdout, stderr })
      } catch (error) {
        reject(error)
      }
    })
  })
}
