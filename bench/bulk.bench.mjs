// Presigning keys in bulk, keys in and URLs out, as whole processes: what somebody with a list of objects waits for.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, findPythonWith, program, timeProcesses } from './harness.mjs'

export const title = 'bulk presign'

const node = process.execPath
const bucket = 'examplebucket'

/** Three hashes of what presigning hashes, and the lines read and written: nobody signs faster with node:crypto. */
const floorScript = `
const { hash } = require('node:crypto')
const request = 'x'.repeat(300), toSign = Buffer.alloc(196), digest = Buffer.alloc(96)
const url = 'x'.repeat(400) + '\\n'
let rest = '', out = ''
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    hash('sha256', request + line)
    hash('sha256', toSign)
    out += hash('sha256', digest) + url
  }
  process.stdout.write(out)
  out = ''
})`

const aws4Script = `
const aws4 = require(${JSON.stringify(fileURLToPath(import.meta.resolve('aws4')))})
const keys = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY }
const encode = (key) => encodeURIComponent(key).replace(/%2F/g, '/').replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase())
let rest = '', out = ''
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n')
  rest = lines.pop()
  for (const key of lines) {
    const request = { service: 's3', region: 'us-east-1', host: '${bucket}.s3.us-east-1.amazonaws.com', path: '/' + encode(key) + '?X-Amz-Expires=3600', signQuery: true }
    out += 'https://' + request.host + aws4.sign(request, keys).path + '\\n'
  }
  process.stdout.write(out)
  out = ''
})`

const boto3Script = `
import sys, boto3
from botocore.config import Config
s3 = boto3.client('s3', region_name='us-east-1', config=Config(signature_version='s3v4', s3={'addressing_style': 'virtual'}))
for line in sys.stdin:
    sys.stdout.write(s3.generate_presigned_url('get_object', Params={'Bucket': '${bucket}', 'Key': line.rstrip('\\n')}, ExpiresIn=3600) + '\\n')
`

/** @param rounds pairs; @param lines how many keys the fast ones sign (boto3 gets a fiftieth); ten times as many, where threads pay */
export async function run({ rounds = 3, lines = 100_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-bench-'))
  try {
    const many = { inputFile: writeKeys(join(folder, 'many'), lines), lines }
    const most = { inputFile: writeKeys(join(folder, 'most'), lines * 10), lines: lines * 10 }
    const few = { inputFile: writeKeys(join(folder, 'few'), lines / 50), lines: lines / 50 }
    const python = findPythonWith('boto3')
    const floor = { name: 'three hashes a line', kind: 'floor', command: [node, '-e', floorScript] }
    const presign = {
      name: 'sigv4 sign --batch --presign',
      kind: 'ours',
      command: [node, program, 'sign', '--batch', '--presign', '--bucket', bucket],
    }
    const headers = {
      name: 'sigv4 sign --batch, headers',
      kind: 'ours',
      command: [node, program, 'sign', '--batch', '--bucket', bucket],
    }
    const aws4 = { name: 'aws4 in a loop', kind: 'peer', command: [node, '-e', aws4Script], ...many }
    const boto3 = { name: 'boto3 in a loop', kind: 'peer', command: [python, '-c', boto3Script], ...few }
    const bytes = Math.round(statSync(many.inputFile).size / lines)
    const keys = (count) => `${count.toLocaleString('en-US')} keys`
    return [
      {
        ...(await linesPerSecond(
          [{ ...floor, ...many }, { ...presign, ...many }, { ...headers, ...many }, aws4, ...(python ? [boto3] : [])],
          { rounds },
        )),
        title,
        note: `${keys(lines)} of ${bytes} bytes${python ? '; boto3 a fiftieth of them' : ''}.`,
      },
      {
        ...(await linesPerSecond(
          [aws4, ...onOneProcessor({ ...presign, ...most }), { ...presign, ...most }, { ...headers, ...most }],
          { rounds },
        )),
        comparedWith: aws4.name,
        title: 'bulk presign, with worker threads',
        note: `${keys(lines * 10)}; aws4 a tenth of them.`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The same without worker threads, where the system can keep a process to one processor. */
function onOneProcessor(candidate) {
  const taskset = findProgram('taskset')
  if (taskset === undefined) return []
  return [
    { ...candidate, name: `${candidate.name}, one processor`, command: [taskset, '-c', '0', ...candidate.command] },
  ]
}

async function linesPerSecond(candidates, settings) {
  const rows = await timeProcesses(candidates, settings)
  return {
    unit: 'lines/s',
    better: 'more',
    rows: rows.map((row, index) => ({
      ...row,
      remark: row.peakMiB > 0 ? `${row.peakMiB} MiB` : '',
      samples: row.samples.map((milliseconds) => candidates[index].lines / (milliseconds / 1000)),
    })),
  }
}

function writeKeys(path, count) {
  const keys = Array.from({ length: count }, (_, index) => `photos/2026/11/${index % 1000}/image ${index}.jpg\n`)
  writeFileSync(path, keys.join(''))
  return path
}
