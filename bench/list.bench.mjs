// Whole listings of a bucket served on this machine, at once and with the latency of a distant one, as whole processes.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { exampleEnvironment, findProgram, hasCommand, program, root, runProcess, timeProcesses } from './harness.mjs'

export const title = 'whole listings'

const node = process.execPath

/** Every page, one after the other, not looked into but for the token of the next one. */
const floorScript = (url) => `
const { Agent, get } = require('node:http')
const agent = new Agent({ keepAlive: true })
function page(token) {
  get('${url}/bucket?list-type=2&encoding-type=url' + (token ? '&continuation-token=' + token : ''), { agent }, (answer) => {
    let body = ''
    answer.setEncoding('latin1').on('data', (chunk) => { body += chunk }).on('end', () => {
      const next = /<NextContinuationToken>([^<]*)/.exec(body)
      if (next) page(next[1])
      else agent.destroy()
    })
  })
}
page()`

/** Smaller with `keys`: `npm run bench -- list` takes a quarter of an hour with every peer installed. */
export async function run({ rounds } = {}) {
  if (!hasCommand('ls')) return []
  return [
    await listings({ shape: 'tree', keys: 200_000, delayMs: 30, rounds: rounds ?? 3 }),
    await listings({ shape: 'flat', keys: 200_000, delayMs: 30, rounds: rounds ?? 3 }),
    await listings({ shape: 'tree', keys: 100_000, delayMs: 0, rounds: rounds ?? 3 }),
    await listings({ shape: 'tree', keys: 1_000_000, delayMs: 0, rounds: rounds ?? 3 }),
  ]
}

async function listings({ shape, keys, delayMs, rounds }) {
  const server = spawn(node, [join(root, 'bench/list-server.mjs'), shape, String(keys), String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [url] = await new Promise((resolve) =>
      server.stdout.once('data', (data) => resolve(String(data).split('\n'))),
    )
    // A peer that takes minutes is measured once, and not at all where it would take an hour.
    const peers = keys > 200_000 ? [] : candidates(url).filter(({ kind }) => kind === 'peer')
    const ours = candidates(url).filter(({ kind }) => kind !== 'peer')
    const rows = [...(await timeProcesses(ours, { rounds })), ...(await timeOnce(peers, rounds))]
    const latency = delayMs === 0 ? 'no latency' : `${delayMs} ms a request`
    return {
      title: `list ${keys.toLocaleString('en-US')} keys, ${shape}, ${latency}`,
      unit: 'keys/s',
      better: 'more',
      rows: rows.map((row) => ({
        ...row,
        remark: row.peakMiB > 0 ? `${row.peakMiB} MiB` : '',
        samples: row.samples.map((milliseconds) => keys / (milliseconds / 1000)),
      })),
    }
  } finally {
    server.stdin.end()
  }
}

/** One run each, the sample of every round. */
async function timeOnce(peers, rounds) {
  const rows = []
  for (const peer of peers) {
    const { milliseconds, peakMiB } = await runProcess(peer)
    rows.push({
      name: peer.name,
      kind: peer.kind,
      peakMiB,
      samples: Array.from({ length: rounds }, () => milliseconds),
    })
  }
  return rows
}

function candidates(url) {
  const ours = [node, program, 'ls', '-r', 's3://bucket', '--endpoint-url', url]
  const rcloneEnvironment = {
    ...exampleEnvironment,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_AWS_TYPE: 's3',
    RCLONE_CONFIG_AWS_PROVIDER: 'Other',
    RCLONE_CONFIG_AWS_ENV_AUTH: 'true',
    RCLONE_CONFIG_AWS_ENDPOINT: url,
  }
  const peers = [
    { name: 's5cmd ls', program: 's5cmd', args: ['--endpoint-url', url, 'ls', 's3://bucket/*'] },
    { name: 'rclone lsf', program: 'rclone', args: ['lsf', '-R', 'aws:bucket'], env: rcloneEnvironment },
    {
      name: 'aws s3 ls',
      program: 'aws',
      args: ['s3', 'ls', '--recursive', 's3://bucket', '--endpoint-url', url],
    },
  ].map(({ program: name, args, ...rest }) => ({ ...rest, kind: 'peer', command: [findProgram(name), ...args] }))
  return [
    { name: 'node:http, one page after the other, not parsed', kind: 'floor', command: [node, '-e', floorScript(url)] },
    { name: 'sigv4 ls -r', kind: 'ours', command: ours },
    { name: 'sigv4 ls -r --no-parallel', kind: 'ours', command: [...ours, '--no-parallel'] },
    ...peers.filter(({ command }) => command[0] !== undefined),
  ]
}
