'use strict'
// Runs each bundle through its most usual work and keeps V8's code cache of what that compiled, beside the bundle.
// bin/sigv4.js reads it; what is compiled here and not needed there costs time, too.
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')
const vm = require('node:vm')

const dist = path.join(__dirname, '..', 'dist')

const output = () => ({ isTerminal: false, columns: 80, write: async () => {} })
const context = {
  env: {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'us-east-1',
  },
  stdin: { isTerminal: false, chunks: async function* () {} },
  stdout: output(),
  stderr: output(),
  now: () => new Date(),
  clock: () => performance.now(),
  idleMs: () => 0,
  random: Math.random,
  homeDirectory: dist,
  userName: 'user',
  workingDirectory: dist,
  packageFolder: path.dirname(dist),
  platform: process.platform,
  interrupt: new AbortController().signal,
}

/** The command lines that a bundle's cache is made for; `url` is a server that answers. */
const usualWork = (url) => ({
  help: [['--help']],
  main: [['--region', 'us-east-1', 'sign', '--service', 'sts'], ['assume'], ['completion', 'bash']],
  sign: [
    ['sign', 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'],
    ['sign', '--presign', 's3://examplebucket/a key'],
  ],
  candidates: [['candidates', '--', 'region', '']],
  curl: [['curl', '-s', '--service', 's3', `${url}/key`]],
  ls: [
    ['ls', '-r', 's3://bucket', '--endpoint-url', url],
    ['ls', 's3://bucket/prefix/', '--endpoint-url', url],
  ],
})

const page = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>prefix/a+key</Key><LastModified>2013-09-02T21:37:53.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>3213</Size><StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>prefix/dir/</Prefix></CommonPrefixes></ListBucketResult>`

function startServer() {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (request) => {
      const body = request.includes('list-type=2') ? page : 'ok'
      socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function makeCache(name, commandLines) {
  const filename = path.join(dist, `${name}.js`)
  const script = new vm.Script(fs.readFileSync(filename, 'utf8'), { filename })
  const bundle = { exports: {} }
  script.runInThisContext()(bundle.exports, require('node:module').createRequire(filename), bundle)
  for (const argv of commandLines) {
    const exitCode = await bundle.exports.run(argv, context)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}`)
  }
  const cache = `${name}-${process.version}-${process.platform}-${process.arch}.cache`
  fs.writeFileSync(path.join(dist, cache), script.createCachedData())
}

async function makeCaches() {
  const server = await startServer()
  const url = `http://127.0.0.1:${server.address().port}`
  try {
    for (const [name, commandLines] of Object.entries(usualWork(url))) await makeCache(name, commandLines)
  } finally {
    server.close()
  }
}

makeCaches().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
