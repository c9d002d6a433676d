import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { checksumNames } from '../../src/sign/payload-checksum.ts'
import { missingPackages, type RealServer, startRealServer } from '../support/real-servers.ts'
import { answer, startScriptedServer } from '../support/scripted-server.ts'

const bin = join(process.cwd(), 'bin', 'sigv4.js')

/** Resident memory at its highest, in MB: 200 MB of body must not be held. */
const memoryLimit = 120
const largeBytes = 200_000_000

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly peakMegabytes: number
}

for (const kind of ['swift', 'rgw'] as const) {
  const skip = missingPackages(kind) ?? false

  describe(`sigv4 curl and ${kind === 'swift' ? "Swift's S3" : 'the Ceph gateway'}`, { skip }, () => {
    let server: RealServer
    let folder: string
    let endpoint = ''

    before(async () => {
      server = await startRealServer(kind)
      endpoint = server.settings.ENDPOINT ?? ''
      folder = mkdtempSync(join(tmpdir(), 'sigv4-curl-'))
      const made = await curl(['-X', 'PUT', `${endpoint}/bucket`, '--service', 's3'])
      assert.equal(made.code, 0, made.stderr)
    })

    after(() => {
      server?.stop()
      if (folder) rmSync(folder, { recursive: true })
    })

    function curl(
      args: readonly string[],
      more: { env?: Record<string, string>; stdin?: string } = {},
    ): Promise<Ended> {
      const { ACCESS = '', SECRET = '' } = server.settings
      const env = {
        PATH: process.env.PATH,
        HOME: server.folder,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: ACCESS,
        AWS_SECRET_ACCESS_KEY: SECRET,
        ...more.env,
      }
      return watch(spawn(process.execPath, [bin, 'curl', '-sS', '--fail-with-body', ...args], { env }), more.stdin)
    }

    for (const key of ['plain', "a b+c%20'()*!~$,;=:@&", 'a//b/../c', '\u00e9\u{1f600}', '[1-3]{a,b}', 'q?x#y']) {
      test(`the key ${JSON.stringify(key)} is put, read and deleted`, async () => {
        const body = randomBytes(1000).toString('hex')
        const put = await curl(['--data-binary', '@-', '-X', 'PUT', `s3://bucket/${key}`], { stdin: body })
        assert.equal(put.code, 0, put.stdout + put.stderr)
        assert.equal((await curl([`s3://bucket/${key}`])).stdout, body)
        assert.equal((await curl(['-r', '10-19', `s3://bucket/${key}`])).stdout, body.slice(10, 20))
        assert.equal(
          (await curl(['-r', '-5', '-w', '|%{http_code}', `s3://bucket/${key}`])).stdout,
          `${body.slice(-5)}|206`,
        )
        assert.match((await curl(['-I', `s3://bucket/${key}`])).stdout, /^Content-Length: 2000\r$/im)
        assert.equal((await curl(['-X', 'DELETE', `s3://bucket/${key}`])).code, 0)
        const gone = await curl([`s3://bucket/${key}`])
        assert.equal(gone.code, 22)
        assert.match(gone.stderr, /^sigv4: NoSuchKey/)
      })
    }

    test('200 MB go up and down in constant memory', async () => {
      const file = join(folder, 'large')
      const hash = writeRandomFile(file, largeBytes)
      const up = await curl(['-T', file, 's3://bucket/large'])
      assert.equal(up.code, 0, up.stdout + up.stderr)
      const down = await curl(['-o', join(folder, 'copy'), 's3://bucket/large'])
      assert.equal(down.code, 0, down.stderr)
      assert.equal(await hashOf(join(folder, 'copy')), hash)
      assert.ok(up.peakMegabytes > 20 && up.peakMegabytes < memoryLimit, `up: ${up.peakMegabytes} MB`)
      assert.ok(down.peakMegabytes > 20 && down.peakMegabytes < memoryLimit, `down: ${down.peakMegabytes} MB`)
      assert.equal((await curl(['-X', 'DELETE', 's3://bucket/large'])).code, 0)
    })

    test('a pipe of 50 MB is stored, though nobody knew its length', async () => {
      const text = 'x'.repeat(50_000_000)
      const up = await curl(['-T', '-', 's3://bucket/piped'], { stdin: text })
      assert.equal(up.code, 0, up.stdout + up.stderr)
      assert.ok(up.peakMegabytes < memoryLimit, `${up.peakMegabytes} MB`)
      assert.match((await curl(['-I', 's3://bucket/piped'])).stdout, /^Content-Length: 50000000\r$/im)
    })

    test('a multipart upload is begun, sent and completed', async () => {
      const begun = await curl([
        '-X',
        'POST',
        `${'s3://bucket/parts'.replace('s3://', `${endpoint}/`)}?uploads`,
        '--service',
        's3',
      ])
      const id = /<UploadId>([^<]+)/.exec(begun.stdout)?.[1] ?? ''
      assert.notEqual(id, '', begun.stdout + begun.stderr)
      const part = join(folder, 'part')
      writeFileSync(part, Buffer.alloc(5_242_880, 'p'))
      const url = `${endpoint}/bucket/parts?uploadId=${encodeURIComponent(id)}`
      const sent = await curl(['-T', part, '-D', '-', `${url}&partNumber=1`, '--service', 's3'])
      const etag = /^etag: "?([0-9a-f]+)/im.exec(sent.stdout)?.[1]
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"${etag}"</ETag></Part></CompleteMultipartUpload>`
      const done = await curl(['-d', list, '-H', 'Content-Type: application/xml', url, '--service', 's3'])
      assert.equal(done.code, 0, done.stdout + done.stderr)
      assert.match((await curl(['-I', 's3://bucket/parts'])).stdout, /^Content-Length: 5242880\r$/im)
    })

    test('several objects are deleted by one POST', async () => {
      const file = join(folder, 'delete.xml')
      writeFileSync(file, '<Delete><Object><Key>gone 1</Key></Object><Object><Key>gone+2</Key></Object></Delete>')
      const md5 = createHash('md5').update(readFileSync(file)).digest('base64')
      for (const key of ['gone 1', 'gone+2']) await curl(['-d', 'x', '-X', 'PUT', `s3://bucket/${key}`])
      const args = ['--data-binary', `@${file}`, '-H', `Content-MD5: ${md5}`, '-H', 'Content-Type: application/xml']
      const deleted = await curl([...args, `${endpoint}/bucket?delete`, '--service', 's3'])
      assert.equal(deleted.code, 0, deleted.stdout + deleted.stderr)
      assert.deepEqual([...deleted.stdout.matchAll(/<Key>([^<]+)/g)].map((match) => match[1]).sort(), [
        'gone 1',
        'gone+2',
      ])
    })

    test('a wrong secret is refused, in one line', async () => {
      const refused = await curl(['s3://bucket/plain'], { env: { AWS_SECRET_ACCESS_KEY: 'wrong' } })
      assert.equal(refused.code, 22)
      assert.match(refused.stderr, /^sigv4: SignatureDoesNotMatch/)
    })

    test('a redirect to a presigned URL of another host is followed', async () => {
      await curl(['--data-binary', 'behind a redirect', '-X', 'PUT', 's3://bucket/behind'])
      const presigned = await sign(['--presign', 's3://bucket/behind'])
      const front = await startScriptedServer(() => answer('307 Temporary Redirect', '', [`Location: ${presigned}`]))
      const got = await curl(['-L', '-w', '|%{num_redirects}', '--service', 's3', `${front.url}/start`])
      await front.close()
      assert.equal(got.stdout, 'behind a redirect|1')
    })

    test('a redirect to another host is signed for that host under --location-trusted, and refused without', async () => {
      await curl(['--data-binary', 'trusted', '-X', 'PUT', 's3://bucket/trusted'])
      const location = `Location: ${endpoint}/bucket/trusted`
      const front = await startScriptedServer(() => answer('307 Temporary Redirect', '', [location]))
      const start = ['--service', 's3', '-w', '|%{http_code}', `${front.url}/start`]
      const followed = await curl(['--location-trusted', ...start])
      const unsigned = await curl(['-L', '-o', join(folder, 'refused'), ...start])
      await front.close()
      assert.equal(followed.stdout, 'trusted|200')
      assert.equal(unsigned.code, 22)
      // Swift takes an unsigned request for one of its own protocol, and for a bad one.
      assert.match(unsigned.stdout, kind === 'swift' ? /^\|400$/ : /^\|403$/)
    })

    for (const name of checksumNames) {
      test(`an object whose ${name} is a signed header is stored as it was`, async () => {
        const file = join(folder, `summed-${name}`)
        const hash = writeRandomFile(file, 100_000)
        const put = await curl(['--checksum', name, '-T', file, `s3://bucket/${name}`])
        assert.equal(put.code, 0, put.stdout + put.stderr)
        await curl(['-o', join(folder, 'summed-copy'), `s3://bucket/${name}`])
        assert.equal(await hashOf(join(folder, 'summed-copy')), hash)
      })
    }

    function sign(args: readonly string[]): Promise<string> {
      const { ACCESS = '', SECRET = '' } = server.settings
      const keys = {
        AWS_ACCESS_KEY_ID: ACCESS,
        AWS_SECRET_ACCESS_KEY: SECRET,
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_S3: endpoint,
      }
      return watch(spawn(process.execPath, [bin, 'sign', ...args], { env: { ...keys, HOME: server.folder } })).then(
        ({ stdout }) => stdout.trim(),
      )
    }

    if (kind !== 'rgw') return

    test('a body in signed chunks is checked and stored', async () => {
      const file = join(folder, 'chunks')
      const hash = writeRandomFile(file, 300_000)
      const put = await curl(['--sign-chunks', '-T', file, 's3://bucket/chunks'])
      assert.equal(put.code, 0, put.stdout + put.stderr)
      await curl(['-o', join(folder, 'unchunked'), 's3://bucket/chunks'])
      assert.equal(await hashOf(join(folder, 'unchunked')), hash)
    })

    test('a role is assumed by a form, and its temporary credentials work', async () => {
      const args = ['--action', 'AssumeRole', '--data-urlencode', `RoleArn=${server.settings.ROLE_ARN}`]
      const assumed = await curl([...args, '-d', 'RoleSessionName=test', '--service', 'sts', `${endpoint}/`])
      assert.equal(assumed.code, 0, assumed.stdout + assumed.stderr)
      const value = (name: string) => new RegExp(`<${name}>([^<]+)`).exec(assumed.stdout)?.[1] ?? ''
      const env = {
        AWS_ACCESS_KEY_ID: value('AccessKeyId'),
        AWS_SECRET_ACCESS_KEY: value('SecretAccessKey'),
        AWS_SESSION_TOKEN: value('SessionToken'),
      }
      const put = await curl(['--data-binary', 'temporary', '-X', 'PUT', 's3://bucket/temporary'], { env })
      assert.equal(put.code, 0, put.stdout + put.stderr)
      assert.equal((await curl(['s3://bucket/temporary'], { env })).stdout, 'temporary')
      const broken = await curl(['s3://bucket/temporary'], { env: { ...env, AWS_SESSION_TOKEN: 'broken' } })
      assert.equal(broken.code, 22)
    })
  })
}

/** Reads the highest resident memory that Linux has seen while the process runs. */
function watch(child: ReturnType<typeof spawn>, stdin = ''): Promise<Ended> {
  return new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    let peak = 0
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000)
      } catch {
        // It has ended.
      }
    }, 20)
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
    child.on('close', (code) => {
      clearInterval(timer)
      resolve({ code, stdout, stderr, peakMegabytes: peak })
    })
  })
}

function writeRandomFile(path: string, bytes: number): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'w')
  for (let written = 0; written < bytes; ) {
    const piece = randomBytes(Math.min(1_000_000, bytes - written))
    written += writeSync(file, piece)
    hash.update(piece)
  }
  closeSync(file)
  return hash.digest('hex')
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
