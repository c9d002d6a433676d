import assert from 'node:assert/strict'
import { run } from '../support/run.ts'
import type { FuzzTarget } from './fuzzer.ts'

/** A command line with its words separated by line feeds, run in memory. */
export const commandTargets: readonly FuzzTarget[] = [
  {
    name: 'sign-command-line',
    seeds: [
      'sign\nhttps://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity',
      'sign\n--presign\n--expires\n15m\n--region\neu-west-1\ns3://examplebucket/a key',
      'sign\n--service\ndynamodb\n--region\nus-east-1\n-X\nPOST\n-d\n{}\n--format\njson\n--explain',
      'sign\n-H\nX-A: b\n--query\na=b\n--host\nexample.com\n--service\ns3\n--region\nx\n--format\ncurl',
    ],
    words: [
      '\n',
      '\n--presign\n',
      '\n--format\n',
      'fetch',
      'python',
      'httpie',
      'curl-config',
      'http',
      '\n--algorithm\nsigv4a\n',
      '\n--path\n/',
      '\n--',
      '\n-',
      '=',
      '\n--payload-hash\n',
      '\n--unsigned-payload\n',
      '\n--debug\n',
      '\n--signed-header\n',
      '\n--no-sign-request\n',
      "'",
      '"',
      '$(x)',
      '\x1b[31m',
    ],
    async check(text) {
      const words = text
        .split('\n')
        .filter((word) => !/^@|^--?(H|d|data|header|policy|ca-bundle|credentials)\S*@/.test(word))
      const { exitCode, stdout, stderr } = await run(words)
      assert.ok([0, 1, 2, 3].includes(exitCode), `exit code ${exitCode}`)
      assert.doesNotMatch(stderr, /internal error/, stderr)
      assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
      if (exitCode === 0) assert.notEqual(stdout, '')
      else assert.match(stderr, /^sigv4: .+/)
    },
  },
]
