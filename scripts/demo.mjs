// Shows sigv4 at work against an S3 that the repository brings: `sigv4 verify --serve`, which checks every signature. Each
// command is printed with its output; a step that does not end as it should ends the demo with exit code 1.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const program = join(root, 'bin/sigv4.js')
const folder = mkdtempSync(join(tmpdir(), 'sigv4-demo-'))

// AWS's published example keys, and nothing of the machine's own configuration.
const env = {
  PATH: `${folder}${delimiter}${process.env.PATH}`,
  HOME: folder,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
}

let server
try {
  writeFileSync(join(folder, 'sigv4'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(join(folder, 'sigv4'), 0o755)
  fillBucket()
  server = await startServer()
  for (const step of steps()) show(step)
} finally {
  server?.child.kill()
  rmSync(folder, { recursive: true, force: true })
}

function fillBucket() {
  const bucket = join(folder, 'buckets', 'examplebucket')
  for (const [key, content] of [
    ['hello.txt', 'Hello, signed world.\n'],
    ['photos/2026/a b+c.jpg', 'not really a photo\n'],
    ['photos/2026/été.jpg', 'not really a photo either\n'],
    ['photos/index.html', '<h1>photos</h1>\n'],
  ]) {
    const path = join(bucket, key)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
}

async function startServer() {
  const child = spawn(process.execPath, [program, 'verify', '--serve', '0', '--bucket-dir', join(folder, 'buckets')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await new Promise((resolve, reject) => {
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
      const found = /listening on (\S+)/.exec(text)
      if (found) resolve(found[1])
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })
  say(`$ sigv4 verify --serve 0 --bucket-dir ./buckets &\nlistening on ${url}\n`)
  env.S3 = url
  return { child, url }
}

/** `exitCode` is 0 and `output` anything unless said otherwise. */
function steps() {
  return [
    {
      title: 'Sign a request: the headers it has to carry',
      command: 'sigv4 sign $S3/examplebucket/hello.txt --service s3',
      output: /^Authorization: AWS4-HMAC-SHA256 /m,
    },
    {
      title: 'Send it with curl',
      command: 'sigv4 sign $S3/examplebucket/hello.txt --service s3 | curl -s -H @- $S3/examplebucket/hello.txt',
      output: /^Hello, signed world\.$/m,
    },
    {
      title: 'The same, the key as it is',
      command:
        "sigv4 sign 's3://examplebucket/photos/2026/a b+c.jpg' --endpoint-url $S3 --format curl | sh -s 2> /dev/null",
      output: /^not really a photo$/m,
    },
    {
      title: 'Presign a URL',
      command:
        'sigv4 sign --presign --expires 15m s3://examplebucket/hello.txt --endpoint-url $S3 | tee url; curl -s "$(cat url)"',
      output: /X-Amz-Signature=[0-9a-f]{64}\n[\s\S]*Hello, signed world/,
    },
    {
      title: 'See how a signature comes about',
      command: 'sigv4 sign --explain $S3/examplebucket/hello.txt --service s3 > /dev/null',
      output: /Canonical request[\s\S]*String to sign/,
    },
    { title: 'List buckets', command: 'sigv4 ls --endpoint-url $S3', output: /examplebucket/ },
    {
      title: 'List a bucket',
      command: 'sigv4 ls -r --summarize s3://examplebucket --endpoint-url $S3',
      output: /photos\/2026\/été\.jpg/,
    },
    {
      title: 'Sign and send in one',
      command: 'sigv4 curl -s --service s3 $S3/examplebucket/photos/index.html',
      output: /<h1>photos<\/h1>/,
    },
    {
      title: 'Sign wrongly, as if S3 were any other service, and be refused',
      command:
        'sigv4 sign --presign --path-encoding double \'s3://examplebucket/photos/2026/a b+c.jpg\' --endpoint-url $S3 > wrong; curl -s "$(cat wrong)"',
      output: /<Code>SignatureDoesNotMatch<\/Code>/,
    },
    {
      title: 'Ask which mistake it was',
      command: 'curl -sv "$(cat wrong)" 2>&1 | sigv4 verify -',
      output: /not valid +path-encoded-twice/,
      exitCode: 1,
    },
  ]
}

function show({ title, command, output, exitCode = 0 }) {
  say(`# ${title}\n$ ${command}`)
  const result = spawnSync('sh', ['-c', command], { env, cwd: folder, encoding: 'utf8' })
  const printed = `${result.stdout}${result.stderr}`
  say(`${printed.trimEnd()}\n`)
  if (result.status === exitCode && output.test(printed)) return
  say(`*** this step should have ended with ${exitCode} and printed ${output}; it ended with ${result.status} ***`)
  process.exitCode = 1
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
