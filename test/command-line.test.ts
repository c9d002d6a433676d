import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './support/run.ts'

const url = 'https://sts.us-east-1.amazonaws.com/'

const mistakes: readonly { argv: readonly string[]; says: string; hint: RegExp }[] = [
  { argv: [], says: 'no command given', hint: /sigv4 --help/ },
  { argv: ['--region', 'us-east-1'], says: 'no command given', hint: /sigv4 --help/ },
  { argv: ['--', 'sign', url], says: 'no command given', hint: /sigv4 --help/ },
  { argv: ['sing', url], says: "unknown command 'sing'", hint: /did you mean sign\?/ },
  { argv: ['Sign', url], says: "unknown command 'Sign'", hint: /did you mean sign\?/ },
  { argv: ['--region', 'us-east-1', 'sing', url], says: "unknown command 'sing'", hint: /did you mean sign\?/ },
  { argv: ['sing', '--help'], says: "unknown command 'sing'", hint: /did you mean sign\?/ },
  { argv: ['help', 'sing'], says: "unknown command 'sing'", hint: /did you mean sign\?/ },
  { argv: ['--regon', 'us-east-1', 'sign', url], says: "unknown option '--regon'", hint: /did you mean --region\?/ },
  { argv: ['sign', '--no-such\nthing'], says: "unknown option '--no-such\\nthing'", hint: /sigv4 sign --help/ },
  { argv: ['sign', '--region'], says: "option '--region <name>' argument missing", hint: /sigv4 sign --help/ },
  { argv: ['sign', url, 'two'], says: "unexpected argument 'two'", hint: /quote/ },
  {
    argv: ['sign', '--color', 'blue', url],
    says: "option '--color <when>' argument 'blue' is invalid",
    hint: /its values are auto, always, never$/m,
  },
]

for (const { argv, says, hint } of mistakes) {
  test(`sigv4 ${argv.join(' ')}: ${says}`, async () => {
    const { exitCode, stdout, stderr } = await run(argv)
    assert.deepEqual([exitCode, stdout], [2, ''])
    const [first, second, ...rest] = stderr.trimEnd().split('\n')
    assert.equal(first, `sigv4: ${says}`)
    assert.match(second ?? '', /^hint: /)
    assert.match(second ?? '', hint)
    assert.deepEqual(rest, [])
  })
}

const helps: readonly { argv: readonly string[]; same: readonly string[] }[] = [
  { argv: ['help'], same: ['--help'] },
  { argv: ['-h'], same: ['--help'] },
  { argv: ['help', 'sign'], same: ['sign', '--help'] },
  { argv: ['sign', '-h'], same: ['sign', '--help'] },
  { argv: ['sign', '--presign', url, '--help'], same: ['sign', '--help'] },
  { argv: ['sign', '-V'], same: ['--version'] },
]

for (const { argv, same } of helps) {
  test(`sigv4 ${argv.join(' ')} prints what sigv4 ${same.join(' ')} does`, async () => {
    const [printed, expected] = [await run(argv), await run(same)]
    assert.deepEqual([printed.exitCode, printed.stderr], [0, ''])
    assert.ok(printed.stdout.length > 4)
    assert.equal(printed.stdout, expected.stdout)
  })
}

test('shared options, and any others, may stand before the command', async () => {
  const behind = await run(['sign', 's3://b12/k', '--region', 'eu-west-1', '--format', 'url'])
  const before = await run(['--region', 'eu-west-1', '--format', 'url', 'sign', 's3://b12/k'])
  assert.equal(before.stdout, 'https://b12.s3.eu-west-1.amazonaws.com/k\n')
  assert.equal(before.stdout, behind.stdout)
  const namedSign = await run(['--profile', 'sign', '--no-sign-request', 'sign', url, '--format', 'url'])
  assert.equal(namedSign.stdout, `${url}\n`)
})

test('a target behind -- may begin with a dash', async () => {
  const { stdout, stderr } = await run(['sign', '--no-sign-request', '--format', 'url', '--', url])
  assert.deepEqual([stdout, stderr], [`${url}\n`, ''])
})

test('a bundle without a certificate is refused, not taken for an authority that trusts nobody', async () => {
  for (const command of [['ls'], ['whoami']]) {
    const { exitCode, stderr } = await run([...command, '--ca-bundle', 'package.json', '--region', 'us-east-1'])
    assert.equal(exitCode, 1)
    assert.equal(
      stderr,
      "sigv4: the certificate bundle 'package.json' holds no certificate\nhint: PEM files are wanted\n",
    )
  }
})
