// One signed GET to a server on this machine, as a whole process.
import { createServer } from 'node:http'
import { findProgram, hasCommand, program, timeProcesses } from './harness.mjs'

export const title = 'one signed GET'

const node = process.execPath

const floorScript = (url) => `require('node:http').get('${url}', (answer) => answer.pipe(process.stdout))`
/** What signing needs at the least, and sending. */
const hashScript = (url) => `require('node:crypto').hash('sha256', ''); ${floorScript(url)}`

export async function run({ rounds = 21 } = {}) {
  const server = createServer((_request, response) => response.end('hello\n'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/bucket/key`
  const scope = ['--service', 's3', '--region', 'us-east-1']
  const curl = findProgram('curl')
  try {
    const rows = await timeProcesses(
      [
        { name: 'node -e 0', kind: 'floor', command: [node, '-e', '0'] },
        { name: 'node:http, unsigned', kind: 'peer', command: [node, '-e', floorScript(url)] },
        { name: 'node:http and one hash, unsigned', kind: 'peer', command: [node, '-e', hashScript(url)] },
        ...(hasCommand('curl')
          ? [{ name: 'sigv4 curl', kind: 'ours', command: [node, program, 'curl', '-s', ...scope, url] }]
          : []),
        ...(curl
          ? [
              {
                name: 'curl --aws-sigv4',
                kind: 'peer',
                command: [curl, '-s', '--aws-sigv4', 'aws:amz:us-east-1:s3', '-u', 'AKIDEXAMPLE:example', url],
              },
            ]
          : []),
      ],
      { rounds },
    )
    return { title, unit: 'ms', better: 'less', rows }
  } finally {
    server.close()
  }
}
