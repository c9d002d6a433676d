// verify's search for the mistake in a signature, as a whole process: found alone, found as a pair, and not found at all.
import { spawnSync } from 'node:child_process'
import { exampleEnvironment, hasCommand, program, timeProcesses } from './harness.mjs'

export const title = "verify's search"

const node = process.execPath

export async function run({ rounds = 15 } = {}) {
  if (!hasCommand('verify')) return []
  const url = presigned(exampleEnvironment)
  const secret = `${exampleEnvironment.AWS_SECRET_ACCESS_KEY}\n`
  const cases = [
    { name: 'sigv4 verify: right', url, exitCode: 0 },
    { name: 'sigv4 verify: one mistake', url: presigned({ ...exampleEnvironment, AWS_SECRET_ACCESS_KEY: secret }) },
    {
      name: 'sigv4 verify: two mistakes',
      url: presigned({ ...exampleEnvironment, AWS_SECRET_ACCESS_KEY: secret }, ['--path-encoding', 'double']),
    },
    { name: 'sigv4 verify: no known mistake', url: url.replace(/Signature=..../, 'Signature=0123') },
  ]
  const rows = await timeProcesses(
    [
      { name: 'node -e 0', kind: 'floor', command: [node, '-e', '0'] },
      ...cases.map(({ name, url: input, exitCode = 1 }) => ({
        name,
        kind: 'ours',
        exitCode,
        command: [node, program, 'verify', input],
      })),
    ],
    { rounds },
  )
  return { title, unit: 'ms', better: 'less', rows }
}

function presigned(env, options = []) {
  const argv = ['sign', '--presign', '--expires', '1h', ...options, 's3://examplebucket/a photo.jpg']
  return spawnSync(node, [program, ...argv], { encoding: 'utf8', env }).stdout.trim()
}
