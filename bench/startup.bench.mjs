// How long the program takes to start and do next to nothing, beside a bare start of Node.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleEnvironment, hasCommand, program, runProcess, timeProcesses } from './harness.mjs'

export const title = 'start-up'

const node = process.execPath
const url = 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity'

export async function run({ rounds = 31 } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'sigv4-bench-'))
  const sts = await startSts()
  try {
    const env = profileEnvironment(home, sts.address().port)
    const role = {
      name: 'sigv4 sign, role from the cache',
      command: [node, program, 'sign', '--profile', 'role', url],
      env,
    }
    // Asks STS and fills the cache.
    await runProcess(role)
    const ours = [
      { name: 'sigv4 sign, keys from the environment', command: [node, program, 'sign', url] },
      {
        name: 'sigv4 sign --presign s3://',
        command: [node, program, 'sign', '--presign', 's3://examplebucket/photo.jpg'],
      },
      { name: 'sigv4 sign, keys from a profile', command: [node, program, 'sign', '--profile', 'dev', url], env },
      role,
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
  } finally {
    sts.close()
    rmSync(home, { recursive: true })
  }
}

/** An STS that gives everybody a role for an hour. */
async function startSts() {
  const server = createServer((request, response) => {
    const expiration = new Date(Date.now() + 3_600_000).toISOString()
    request.resume()
    response.setHeader('content-type', 'text/xml')
    response.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:bench</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/bench/bench</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey><SessionToken>example</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** A home with the profiles `dev` (keys) and `role`, and no keys in the environment. */
function profileEnvironment(home, stsPort) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...environment } = exampleEnvironment
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'credentials'),
    `[dev]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`,
  )
  writeFileSync(
    join(home, '.aws', 'config'),
    '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/bench\nsource_profile = dev\n',
  )
  return {
    ...environment,
    HOME: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${stsPort}`,
  }
}
