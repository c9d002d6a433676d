'use strict'
// Runs each bundle through its most usual work and keeps V8's code cache of what that compiled, beside the bundle.
// bin/sigv4.js reads it; what is compiled here and not needed there costs time, too.
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const vm = require('node:vm')

const dist = path.join(__dirname, '..', 'dist')

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sigv4-build-'))
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
  homeDirectory: home,
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

const roleWork = ['sign', '--role-arn', 'arn:aws:iam::123456789012:role/reader', 'https://sts.us-east-1.amazonaws.com/']

const assumedRole = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/reader/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey><SessionToken>example</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`

const page = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>prefix/a+key</Key><LastModified>2013-09-02T21:37:53.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>3213</Size><StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>prefix/dir/</Prefix></CommonPrefixes></ListBucketResult>`

function startServer() {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.unref()
    socket.on('data', (request) => {
      const body = request.includes('list-type=2')
        ? page
        : request.subarray(0, 4).equals(Buffer.from('POST'))
          ? assumedRole
          : 'ok'
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

const scripts = new Map()
const bundles = new Map()

function load(name) {
  const before = bundles.get(name)
  if (before) return before.exports
  const filename = path.join(dist, `${name}.js`)
  const script = new vm.Script(fs.readFileSync(filename, 'utf8'), { filename })
  const bundle = { exports: {} }
  scripts.set(name, script)
  bundles.set(name, bundle)
  const requireFromBundle = (id) => (id.startsWith('./') ? load(id.slice(2, -3)) : require(id))
  script.runInThisContext()(bundle.exports, requireFromBundle, bundle)
  return bundle.exports
}

/** Runs a command line as bin/sigv4.js does; nothing of it is printed, and this process stays. */
async function runAsProcess(bundle, argv) {
  const before = { argv: process.argv, env: process.env, exit: process.exit, writeSync: fs.writeSync }
  const listeners = ['beforeExit', 'SIGINT', 'SIGTERM'].map((name) => [name, process.listeners(name)])
  process.argv = [...process.argv.slice(0, 2), ...argv]
  process.env = { ...context.env, HOME: home }
  fs.writeSync = (_descriptor, bytes) => bytes.length
  try {
    return await new Promise((resolve, reject) => {
      process.exit = resolve
      load(bundle).main(context.packageFolder).catch(reject)
    })
  } finally {
    Object.assign(process, { argv: before.argv, env: before.env, exit: before.exit })
    fs.writeSync = before.writeSync
    for (const [name, own] of listeners) {
      for (const other of process.listeners(name)) if (!own.includes(other)) process.removeListener(name, other)
    }
  }
}

async function makeCache(name, { bundle, commandLines }) {
  for (const [index, argv] of commandLines.entries()) {
    const exitCode = index === 0 ? await runAsProcess(bundle, argv) : await load(bundle).run(argv, context)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}`)
  }
  const cache = `${name}-${process.version}-${process.platform}-${process.arch}.cache`
  fs.writeFileSync(path.join(dist, cache), scripts.get(name).createCachedData())
}

async function makeCaches() {
  const server = await startServer()
  const url = `http://127.0.0.1:${server.address().port}`
  context.env.AWS_ENDPOINT_URL_STS = url
  try {
    for (const [name, commandLines] of Object.entries(usualWork(url))) {
      await makeCache(name, { bundle: name, commandLines })
    }
    // After its own: what a role needs is not in the cache of every `sign`. Twice, the second time from the credential cache.
    await makeCache('sign-rest', { bundle: 'sign', commandLines: [roleWork, roleWork] })
  } finally {
    server.close()
    fs.rmSync(home, { recursive: true, force: true })
  }
}

makeCaches().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
