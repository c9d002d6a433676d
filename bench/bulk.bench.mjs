// Presigning keys in bulk, keys in and URLs out, as whole processes: what somebody with a list of objects waits for.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPythonWith, program, timeProcesses } from './harness.mjs'

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

/** @param rounds pairs; @param lines how many keys the fast ones sign (boto3 gets a fiftieth) */
export async function run({ rounds = 3, lines = 100_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-bench-'))
  try {
    const many = writeKeys(join(folder, 'many'), lines)
    const few = writeKeys(join(folder, 'few'), lines / 50)
    const python = findPythonWith('boto3')
    const candidates = [
      { name: 'three hashes a line', kind: 'floor', command: [node, '-e', floorScript], inputFile: many, lines },
      {
        name: 'sigv4 sign --batch --presign',
        kind: 'ours',
        command: [node, program, 'sign', '--batch', '--presign', '--bucket', bucket],
        inputFile: many,
        lines,
      },
      {
        name: 'sigv4 sign --batch, headers',
        kind: 'ours',
        command: [node, program, 'sign', '--batch', '--bucket', bucket],
        inputFile: many,
        lines,
      },
      { name: 'aws4 in a loop', kind: 'peer', command: [node, '-e', aws4Script], inputFile: many, lines },
      ...(python
        ? [
            {
              name: 'boto3 in a loop',
              kind: 'peer',
              command: [python, '-c', boto3Script],
              inputFile: few,
              lines: lines / 50,
            },
          ]
        : []),
    ]
    const rows = await timeProcesses(candidates, { rounds })
    return {
      title,
      unit: 'lines/s',
      better: 'more',
      rows: rows.map((row, index) => ({
        ...row,
        remark: row.peakMiB > 0 ? `${row.peakMiB} MiB` : '',
        samples: row.samples.map((milliseconds) => candidates[index].lines / (milliseconds / 1000)),
      })),
      note: `${lines.toLocaleString('en-US')} keys of ${Math.round(statSync(many).size / lines)} bytes${python ? '; boto3 a fiftieth of them' : ''}.`,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeKeys(path, count) {
  const keys = Array.from({ length: count }, (_, index) => `photos/2026/11/${index % 1000}/image ${index}.jpg\n`)
  writeFileSync(path, keys.join(''))
  return path
}
