import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import type { Context } from '../src/context.ts'
import type { CredentialOptions } from '../src/credentials/options.ts'
import { resolveCredentials } from '../src/credentials/resolver.ts'
import { run as runCommandLine } from '../src/program.ts'
import { runBin } from './support/bin.ts'
import { makeHome } from './support/home.ts'
import { rejectSecrets } from './support/no-secrets.ts'
import { exampleKeys, run } from './support/run.ts'
import { output, stillContext } from './support/still-context.ts'
import { alice, startSts } from './support/sts.ts'

const secret = exampleKeys.AWS_SECRET_ACCESS_KEY
const token = 'IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ'
const env = { ...exampleKeys, AWS_SESSION_TOKEN: token }

test('the check that every test run goes through finds what it looks for', () => {
  for (const printed of [
    { stdout: '', stderr: `x ${secret}` },
    { stdout: secret, stderr: '' },
    { stdout: '', stderr: token },
    { stdout: '', stderr: 'secretOf+ASIA' },
    { stdout: '', stderr: `?Session=${encodeURIComponent(secret)}` },
  ]) {
    assert.throws(() => rejectSecrets(['sign'], env, printed), assert.AssertionError)
  }
  rejectSecrets(['assume'], env, { stdout: secret, stderr: '' })
  rejectSecrets(['sign'], env, { stdout: token, stderr: '' })
})

/** Each kind of failure, with --debug. */
const failing: readonly (readonly string[])[] = [
  ['sign', 'nonsense'],
  ['sign', 'https://s3.us-east-1.amazonaws.com/', '--profile', 'nobody'],
  ['sign', 'https://s3.us-east-1.amazonaws.com/', '--explain'],
  ['assume', 'arn:aws:iam::123456789012:role/a', '--endpoint-url', 'http://127.0.0.1:1'],
  ['assume', '--console'],
  ['whoami', '--endpoint-url', 'http://127.0.0.1:1'],
  ['whoami', '--endpoint-url', 'nonsense'],
  ['assume', '--', 'no-such-program'],
]

for (const argv of failing) {
  test(`'${argv.join(' ')} --debug' shows no secret and no whole token`, async () => {
    const home = makeHome()
    const extra = { SIGV4_FEDERATION_ENDPOINT: 'http://127.0.0.1:1/' }
    // `run` and `runBin` check; `--debug` must not end up in the child's words.
    const words = [argv[0] ?? '', '--debug', ...argv.slice(1)]
    await run(words, { env: { ...env, ...extra }, homeDirectory: home.path })
    const outcome = await runBin(words, { ...env, ...extra, HOME: home.path })
    assert.doesNotMatch(outcome.stderr, new RegExp(token.slice(8, 30)))
    home.remove()
  })
}

test('a bug that shows an object shows no secret', async () => {
  const sts = await startSts()
  const home = makeHome()
  const keys = { AWS_ACCESS_KEY_ID: alice.id, AWS_SECRET_ACCESS_KEY: alice.secret, AWS_SESSION_TOKEN: '' }
  const context = failingContext(home.path, { ...keys, AWS_ENDPOINT_URL_STS: sts.url })
  for (const roleArns of [[], ['arn:aws:iam::123456789012:role/a']]) {
    const credentials = await resolveCredentials(optionsWith(roleArns), context)
    assert.ok(credentials)
    const shown = [
      inspect(credentials, { depth: 9, showHidden: true }),
      JSON.stringify(credentials),
      format('%o %O %j %s', credentials, credentials, credentials, credentials.secretAccessKey),
      `${credentials.secretAccessKey}${credentials.sessionToken}`,
      JSON.stringify(
        structuredClone({ ...credentials, secretAccessKey: `${credentials.secretAccessKey}`, sessionToken: null }),
      ),
      inspect(Object.assign(new Error('x'), { credentials }), { depth: 9 }),
    ].join('\n')
    assert.ok(!shown.includes(alice.secret))
    rejectSecrets(['sign'], {}, { stdout: shown, stderr: shown })
  }
  await sts.close()
  home.remove()
})

test('a crash in the middle of a command shows its stack, and no secret', async () => {
  const home = makeHome()
  const context = failingContext(home.path, env)
  const exitCode = await runCommandLine(['sign', '--debug', 'https://s3.us-east-1.amazonaws.com/'], context)
  assert.equal(exitCode, 1)
  const stderr = context.shown.join('')
  assert.match(stderr, /internal error: disk on fire\n[\s\S]*at /)
  rejectSecrets(['sign'], env, { stdout: '', stderr })
  home.remove()
})

function optionsWith(roleArns: readonly string[]): CredentialOptions {
  return {
    signing: 'signed',
    cache: 'skip',
    role: { roleArns, externalIds: [], policyArns: [], tags: [], transitiveTags: [] },
    connection: { caBundle: undefined, tlsVerification: 'required', connectTimeoutMs: 1000, readTimeoutMs: 1000 },
    diagnostics: 'verbose',
    region: 'us-east-1',
  }
}

/** A world whose stdout fails in a way nobody foresaw. */
function failingContext(
  homeDirectory: string,
  environment: Readonly<Record<string, string>>,
): Context & { readonly shown: readonly string[] } {
  const shown: string[] = []
  const context = stillContext({
    env: environment,
    homeDirectory,
    now: () => new Date(),
    stdout: output(async () => {
      throw new Error('disk on fire')
    }),
    stderr: output(async (text) => {
      shown.push(text)
    }),
  })
  return { ...context, shown }
}
