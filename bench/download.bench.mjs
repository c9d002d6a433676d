// A 1 GiB download by `sigv4 curl` beside a bare node:http program that writes to the same place (at most 1.25 times its
// time), with curl itself for comparison.
import { spawn } from 'node:child_process'
import { findProgram, hasCommand, program, timeProcesses } from './harness.mjs'

export const title = 'download'

const node = process.execPath
const curl = findProgram('curl')

/** Answers `/BYTES` with so many bytes; in a process of its own, as a server is. */
const server = `
const http = require('node:http')
const piece = Buffer.alloc(1 << 20, 'x')
const server = http.createServer((request, response) => {
  let left = Number(request.url.slice(1))
  response.writeHead(200, { 'Content-Length': left })
  const more = () => {
    while (left > 0) {
      const bytes = left < piece.length ? piece.subarray(0, left) : piece
      left -= bytes.length
      if (!response.write(bytes)) return response.once('drain', more)
    }
    response.end()
  }
  more()
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

/** The floor of a download: node:http, and nothing but what it needs. */
const bareDownload = `
const http = require('node:http')
const fs = require('node:fs')
http.get(process.argv[1], (response) => response.pipe(fs.createWriteStream(process.argv[2])))
`

export async function run({ rounds = 5, bytes = 2 ** 30 } = {}) {
  if (!hasCommand('curl')) return []
  const running = spawn(node, ['-e', server], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise((resolve) => running.stdout.once('data', (line) => resolve(Number(line))))
  try {
    return await download(`http://127.0.0.1:${port}/${bytes}`, { rounds, bytes })
  } finally {
    running.kill()
  }
}

async function download(url, { rounds, bytes }) {
  const signed = ['curl', '-sS', '--service', 's3']
  const rows = await timeProcesses(
    [
      { name: 'sigv4 curl -o', kind: 'ours', command: [node, program, ...signed, '-o', '/dev/null', url] },
      { name: 'bare node:http', kind: 'floor', command: [node, '-e', bareDownload, url, '/dev/null'] },
      ...(curl ? [{ name: 'curl -o', kind: 'peer', command: [curl, '-sS', '-o', '/dev/null', url] }] : []),
    ],
    { rounds },
  )
  return { title: `download of ${bytes / 2 ** 20} MiB to /dev/null`, unit: 'ms', better: 'less', rows }
}
