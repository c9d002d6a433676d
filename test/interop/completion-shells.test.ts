import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startLoopbackS3 } from '../support/loopback-s3.ts'
import { exampleKeys } from '../support/run.ts'
import { missingForShell, startTerminalShell, type TerminalShell } from '../support/terminal-shell.ts'

const uglyNames: readonly string[] = [
  '$(touch executed)',
  '`touch executed`',
  "';touch executed;'",
  '";touch executed;"',
  '${HOME}',
  '~',
  '*',
  'a b',
  "it's",
  'say "hi"',
  'back\\slash',
  '#hash',
  '!bang',
  'b=c:d',
  '-dash',
  'köln',
  '{x,y}',
  '[z]',
  '&|<>',
  'line\nfeed',
]

/** fish ends a candidate at a line feed, and reads a ~ as a home directory: such names are not offered there. */
const unknownToFish = /\n|^~/

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  describe(`completion in ${shell}`, { skip: missingForShell(shell) }, () => {
    let terminal: TerminalShell
    before(async () => {
      terminal = await startTerminalShell(shell)
      terminal.setCandidates('profile', ['dev', 'prod-eu', 'prod-us', 'two words'])
      terminal.setCandidates('role', ['arn:aws:iam::123456789012:role/Admin', 'arn:aws:iam::123456789012:role/Reader'])
      terminal.setCandidates('s3', ['s3://examplebucket/photos/'])
    })
    after(() => terminal?.close())

    const completed: readonly { readonly typed: string; readonly given: readonly string[] }[] = [
      { typed: 'sigv4 comp\tba\t', given: ['completion', 'bash'] },
      { typed: 'sigv4 sign --pres\t', given: ['sign', '--presign'] },
      { typed: 'sigv4 sign --format curl-c\t', given: ['sign', '--format', 'curl-config'] },
      { typed: 'sigv4 sign --format=curl-c\t', given: ['sign', '--format=curl-config'] },
      { typed: 'sigv4 sign -X PO\t', given: ['sign', '-X', 'POST'] },
      {
        typed: 'sigv4 sign --region ap-northeast-1 --profile de\t',
        given: ['sign', '--region', 'ap-northeast-1', '--profile', 'dev'],
      },
      { typed: 'sigv4 sign --region us-gov-w\t', given: ['sign', '--region', 'us-gov-west-1'] },
      {
        typed: 'sigv4 sign --service secretsm\t --presign',
        given: ['sign', '--service', 'secretsmanager', '--presign'],
      },
      { typed: 'sigv4 sign --profile=de\t', given: ['sign', '--profile=dev'] },
      { typed: 'sigv4 --profile de\t sign', given: ['--profile', 'dev', 'sign'] },
      { typed: 'sigv4 --profile dev si\t', given: ['--profile', 'dev', 'sign'] },
      { typed: 'sigv4 sign --profile prod\tu\t', given: ['sign', '--profile', 'prod-us'] },
      { typed: 'sigv4 sign --profile two\t', given: ['sign', '--profile', 'two words'] },
      { typed: "sigv4 sign --profile 'two\t", given: ['sign', '--profile', 'two words'] },
      { typed: 'sigv4 sign --profile "two\t', given: ['sign', '--profile', 'two words'] },
      {
        typed: 'sigv4 sign --role-arn arn:aws:iam::123456789012:role/R\t',
        given: ['sign', '--role-arn', 'arn:aws:iam::123456789012:role/Reader'],
      },
      { typed: 'sigv4 sign s3://exam\tx', given: ['sign', 's3://examplebucket/photos/x'] },
      {
        typed: 'sigv4 sign --region eu-west-1 --profile=dev --debug s3://exam\tx',
        given: ['sign', '--region', 'eu-west-1', '--profile=dev', '--debug', 's3://examplebucket/photos/x'],
      },
      {
        typed: 'sigv4 assume arn:aws:iam::123456789012:role/A\t -- touc\t',
        given: ['assume', 'arn:aws:iam::123456789012:role/Admin', '--', 'touch'],
      },
      { typed: 'sigv4 curl --fail-wi\t', given: ['curl', '--fail-with-body'] },
      { typed: 'sigv4 curl -o - s3://exam\tx', given: ['curl', '-o', '-', 's3://examplebucket/photos/x'] },
      { typed: 'sigv4 verify --path-e\t', given: ['verify', '--path-encoding'] },
      { typed: 'sigv4 verify arg\t', given: ['verify', 'argument file'] },
      { typed: 'sigv4 sign -d @arg\t', given: ['sign', '-d', '@argument file'] },
    ]
    for (const { typed, given } of completed) {
      test(`${JSON.stringify(typed)} becomes ${JSON.stringify(given)}`, async () => {
        writeFileSync(join(terminal.folder, 'argument file'), '')
        assert.deepEqual(await terminal.argumentsOf(typed), given)
      })
    }

    test('several candidates are shown', async () => {
      await terminal.screenAfter('sigv4 sign --profile prod-\t', /prod-eu\s.*prod-us/)
    })
  })

  describe(`completion in ${shell} of names that a shell could read`, { skip: missingForShell(shell) }, () => {
    let terminal: TerminalShell
    before(async () => {
      terminal = await startTerminalShell(shell)
    })
    after(() => terminal?.close())

    for (const name of uglyNames.filter((name) => shell !== 'fish' || !unknownToFish.test(name))) {
      test(`${JSON.stringify(name)} is inserted as it is`, async () => {
        terminal.setCandidates('profile', [name])
        assert.deepEqual(await terminal.argumentsOf('sigv4 sign --profile \t'), ['sign', '--profile', name])
        assert.ok(!readdirSync(terminal.folder).includes('executed'))
      })
    }

    test('all of them are shown together, and the line stays as it was', async () => {
      terminal.setCandidates('profile', uglyNames)
      await terminal.screenAfter('sigv4 sign --profile \t', /it's|it\\'s/)
      assert.ok(!readdirSync(terminal.folder).includes('executed'))
    })
  })

  describe(`completion in ${shell} of what the program finds`, { skip: missingForShell(shell) }, () => {
    const key = 'photos/$(touch executed);\'"* x'
    let terminal: TerminalShell
    let s3: Awaited<ReturnType<typeof startLoopbackS3>>
    before(async () => {
      s3 = await startLoopbackS3({ buckets: { examplebucket: [{ key }, { key: 'other' }] } })
      terminal = await startTerminalShell(shell, {
        env: { ...exampleKeys, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_S3: s3.url },
      })
      const role = 'arn:aws:iam::123456789012:role/$(touch executed)'
      mkdirSync(join(terminal.folder, '.aws'))
      writeFileSync(join(terminal.folder, '.aws/config'), `[profile of-config]\nrole_arn = ${role}\n`)
      writeFileSync(join(terminal.folder, '.aws/credentials'), "[it's $HOME]\naws_access_key_id = a\n")
    })
    after(async () => {
      await s3?.close()
      terminal?.close()
    })

    const found: readonly { readonly typed: string; readonly given: readonly string[] }[] = [
      { typed: 'sigv4 ls s3://exa\t', given: ['ls', 's3://examplebucket/'] },
      { typed: 'sigv4 ls s3://examplebucket/ph\t', given: ['ls', 's3://examplebucket/photos/'] },
      { typed: 'sigv4 ls s3://examplebucket/photos/\t', given: ['ls', `s3://examplebucket/${key}`] },
      { typed: 'sigv4 sign --profile of-\t', given: ['sign', '--profile', 'of-config'] },
      { typed: 'sigv4 sign --profile "it\t', given: ['sign', '--profile', "it's $HOME"] },
      {
        typed: 'sigv4 assume arn:aws:iam::1\t',
        given: ['assume', 'arn:aws:iam::123456789012:role/$(touch executed)'],
      },
    ]
    for (const { typed, given } of found) {
      test(`${JSON.stringify(typed)} becomes ${JSON.stringify(given)}`, async () => {
        assert.deepEqual(await terminal.argumentsOf(typed), given)
        assert.ok(!readdirSync(terminal.folder).includes('executed'))
      })
    }
  })
}
