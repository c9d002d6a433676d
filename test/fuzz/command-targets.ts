import assert from 'node:assert/strict'
import { parseBatchLine } from '../../src/commands/sign/batch-line.ts'
import { run } from '../support/run.ts'
import type { FuzzTarget } from './fuzzer.ts'
import { parsed } from './request-targets.ts'

/** What may stand in a command line that sends nothing, or nothing but to stdout, and reads no file. */
const touchesNoFile = (words: readonly string[]): boolean =>
  !words.some((word) =>
    /@|^-[^-]*[oODTEKbDwF]|^--(output|dump|upload|cert|key|ca|cookie|unix|credentials|policy)/.test(word),
  )

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
  {
    name: 'curl-options',
    seeds: [
      '-sSf\nhttps://dynamodb.eu-west-1.amazonaws.com/\n--target\nDynamoDB_20120810.ListTables\n-d\n{}',
      '-XPOST\n-HX-A: b\n--data-urlencode\na=b c\n-G\nhttps://sts.us-east-1.amazonaws.com/?x\n--url-query\n+y',
      '--action\nGetCallerIdentity\nhttps://sts.us-east-1.amazonaws.com/\n--retry\n3\n-m\n2.5\n--limit-rate\n1M',
      '-I\ns3://examplebucket/a key\n-r\n0-9\n--aws-sigv4\naws:amz:us-east-1:s3\n--resolve\na:1:127.0.0.1\n-u\nx',
    ],
    words: [
      '\n',
      '\n-',
      '\n--',
      '\n-H\n',
      '\n-d\n',
      '\n--json\n',
      '\n--data-raw\n',
      '\n-G',
      '\n-I',
      '\n-L',
      '\n-x\n',
      '\n--connect-to\n',
      '\n--max-redirs\n-1',
      '\n--sign-chunks',
      '\n--checksum\ncrc64nvme',
      '\n--no-sign-request',
      ':',
      '::',
      '=',
      '%',
      '99999999999999999999',
      '1e9',
      '\x1b[31m',
    ],
    async check(text) {
      const words = text.split('\n')
      if (!touchesNoFile(words)) return
      const { exitCode, stderr } = await run(['curl', '--dry-run', ...words])
      assert.ok([0, 1, 2, 3, 26, 94].includes(exitCode), `exit code ${exitCode}`)
      assert.doesNotMatch(stderr, /internal error/, stderr)
      assert.doesNotMatch(stderr.replaceAll('\r\n', '\n'), /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
    },
  },
  {
    name: 'batch-line',
    seeds: [
      '{"url":"https://sts.us-east-1.amazonaws.com/","method":"POST","headers":{"X-A":"b","X-B":""},"expires":"15m"}',
      's3://examplebucket/a key',
      'a key',
      'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity',
    ],
    words: ['{', '}', '"url":', '"headers":', '"__proto__":', 'null', '[]', '1e99', 's3://', 'http://', '\\r\\n', '"'],
    check(text) {
      for (const mode of ['headers', 'presign'] as const) {
        const line = parsed(() => parseBatchLine(text, { bucket: text.length % 2 ? 'examplebucket' : undefined, mode }))
        for (const header of line?.own?.headers ?? []) assert.match(header, /^[^:;\s]+[:;]/)
        const seconds = line?.own?.expiresInSeconds ?? 1
        assert.ok(Number.isSafeInteger(seconds) && seconds > 0, String(seconds))
      }
    },
  },
]
