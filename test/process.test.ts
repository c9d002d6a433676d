import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exampleKeys } from './support/run.ts'

const bin = join(process.cwd(), 'bin', 'sigv4.js')
const url = 'https://sts.us-east-1.amazonaws.com/?a=+'

interface ProcessCase {
  readonly name: string
  /** For bash, with `$SIGV4` and `$URL`. */
  readonly script: string
  readonly exitCode: number
  readonly stdout?: RegExp
  readonly stderr?: RegExp
}

const signature = /^X-Amz-Date: .*\nAuthorization: .*\n$/
const cases: readonly ProcessCase[] = [
  {
    name: 'a reader of stdout that goes away ends the program without a word',
    script: '$SIGV4 sign --help | head -1; exit ${PIPESTATUS[0]}',
    exitCode: 0,
    stdout: /^Examples:\n$/,
    stderr: /^$/,
  },
  {
    name: 'a reader of stdout that goes away in the middle of much output does as well',
    script:
      'head -c 300000 /dev/zero | $SIGV4 sign "$URL" --data-binary @- --format http | head -c 4; exit ${PIPESTATUS[1]}',
    exitCode: 0,
    stdout: /^POST$/,
    stderr: /^warning: [^\n]*\n$/,
  },
  {
    name: 'a reader that goes away in the middle of a long batch does as well',
    script:
      'seq -f "$(printf %0100d 0)%g" 60000 | $SIGV4 sign --batch --presign --bucket bucket --region us-east-1 | head -50000 | wc -l; exit ${PIPESTATUS[1]}',
    exitCode: 0,
    stdout: /^\s*50000\n$/,
    stderr: /^$/,
  },
  {
    name: 'a slow reader gets everything',
    script:
      'head -c 300000 /dev/zero | $SIGV4 sign "$URL" --data-binary @- --format http | (sleep 0.3; tail -c 300000 | wc -c)',
    exitCode: 0,
    stdout: /^\s*300000\n$/,
  },
  {
    name: 'a reader of stderr that goes away loses nothing of stdout',
    script: '{ $SIGV4 sign "$URL" --explain 2>&1 >&3 | true; } 3>&1; exit ${PIPESTATUS[0]}',
    exitCode: 0,
    stdout: signature,
  },
  {
    name: 'a closed stderr loses nothing of stdout',
    script: '$SIGV4 sign "$URL" 2>&-',
    exitCode: 0,
    stdout: signature,
  },
  {
    name: 'a full disk for stdout is a failure that is named',
    script: '$SIGV4 sign "$URL" > /dev/full',
    exitCode: 1,
    stderr: /sigv4: cannot write the output \(ENOSPC\)\nhint: /,
  },
  { name: 'a full disk for stderr changes no exit code', script: '$SIGV4 sign --nonsense 2> /dev/full', exitCode: 2 },
  {
    name: 'a full disk for stderr loses nothing of stdout',
    script: '$SIGV4 sign "$URL" 2> /dev/full',
    exitCode: 0,
    stdout: signature,
  },
  { name: 'a closed stdin is an empty body', script: '$SIGV4 sign "$URL" -d @- <&-', exitCode: 0, stdout: signature },
  {
    name: 'a directory as stdin is refused, not signed as an empty body',
    script: '$SIGV4 sign "$URL" -d @- < /',
    exitCode: 1,
    stdout: /^$/,
    stderr: /cannot read stdin \(EISDIR\)/,
  },
  {
    name: 'a stdin that cannot be read is named',
    script: '$SIGV4 sign "$URL" -d @- 0> /dev/null',
    exitCode: 1,
    stdout: /^$/,
    stderr: /cannot read stdin for --data \(EBADF\)/,
  },
  {
    name: 'no home directory is no problem for keys in the environment',
    script: 'unset HOME; $SIGV4 sign "$URL"',
    exitCode: 0,
  },
  {
    name: 'a folder that was removed is no problem',
    script: 'cd "$(mktemp -d)" && rmdir "$PWD" && $SIGV4 sign "$URL"',
    exitCode: 0,
    stdout: signature,
  },
]

for (const { name, script, exitCode, stdout, stderr } of cases) {
  const skip = process.platform === 'win32' || (script.includes('/dev/full') && !existsSync('/dev/full'))
  test(name, { skip }, () => {
    const result = spawnSync('bash', ['-c', script], {
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        SIGV4: `${process.execPath} ${bin}`,
        URL: url,
        ...exampleKeys,
      },
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.equal(result.status, exitCode, result.stderr)
    if (stdout) assert.match(result.stdout, stdout)
    if (stderr) assert.match(result.stderr, stderr)
    assert.doesNotMatch(result.stderr, /\n {4}at /)
  })
}
