// How long the program takes to start and do next to nothing, beside a bare start of Node.
import { hasCommand, program, timeProcesses } from './harness.mjs'

export const title = 'start-up'

const node = process.execPath
const url = 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'

export async function run({ rounds = 31 } = {}) {
  const ours = [
    { name: 'sigv4 sign, keys from the environment', command: [node, program, 'sign', url] },
    {
      name: 'sigv4 sign --presign s3://',
      command: [node, program, 'sign', '--presign', 's3://examplebucket/photo.jpg'],
    },
    { name: 'sigv4 --help', command: [node, program, '--help'] },
    { name: 'sigv4 sign --help', command: [node, program, 'sign', '--help'] },
    ...(hasCommand('completion')
      ? [{ name: 'sigv4 completion bash', command: [node, program, 'completion', 'bash'] }]
      : []),
  ]
  const rows = await timeProcesses(
    [
      { name: 'node -e 0', kind: 'floor', command: [node, '-e', '0'] },
      ...ours.map((candidate) => ({ ...candidate, kind: 'ours' })),
    ],
    { rounds },
  )
  return { title, unit: 'ms', better: 'less', rows }
}
