import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { type Home, makeHome } from './support/home.ts'
import { run } from './support/run.ts'

/** Files, variables and a profile, as somebody has them. */
interface Case {
  readonly config?: string
  readonly credentials?: string
  readonly env?: Readonly<Record<string, string>>
  readonly profile?: string
}

const keysOf = (name: string, more = '') =>
  `aws_access_key_id = ${name}\naws_secret_access_key = secretOf${name}\n${more}`
const printed = (name: string) =>
  `credential_process = echo '{"Version":1,"AccessKeyId":"${name}","SecretAccessKey":"secretOf${name}"}'\n`
const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 'secretOfENV' }
const a = 'a'

/** What the AWS CLI and we read alike, or where we say that there is nothing: never another identity than the CLI's. */
const cases: Readonly<Record<string, Case>> = {
  'the default profile': { credentials: `[default]\n${keysOf('D')}` },
  'a quoted name': { config: `[profile "a"]\n${keysOf('Q')}`, profile: a },
  'a name in single quotes': { config: `[profile 'a']\n${keysOf('Q')}`, profile: a },
  'a quoted name with a blank': {
    config: `[profile "a b"]\n${keysOf('Q')}[profile a]\n${keysOf('A')}`,
    profile: 'a b',
  },
  'an unquoted name with a blank': { config: `[profile a b]\n${keysOf('Q')}`, profile: 'a b' },
  'quotes in the credentials file': { credentials: `["a"]\n${keysOf('Q')}`, profile: a },
  'two blanks before the name': { config: `[profile  a]\n${keysOf('Q')}`, profile: a },
  'a tab before the name': { config: `[profile\ta]\n${keysOf('Q')}`, profile: a },
  'blanks inside the brackets': { config: `[ profile a ]\n${keysOf('Q')}`, profile: a },
  'the word profile in the credentials file': { credentials: `[profile a]\n${keysOf('Q')}`, profile: a },
  'no word profile in the config file': { config: `[a]\n${keysOf('Q')}`, profile: a },
  'a pair in each file': {
    config: `[profile a]\n${keysOf('CONF')}`,
    credentials: `[a]\n${keysOf('CRED')}`,
    profile: a,
  },
  'a token in the other file': {
    config: '[profile a]\naws_session_token = t\n',
    credentials: `[a]\n${keysOf('A')}`,
    profile: a,
  },
  'the old name of the token': { credentials: `[a]\n${keysOf('A', 'aws_security_token = t\n')}`, profile: a },
  'both names of the token': {
    credentials: `[a]\n${keysOf('A', 'aws_security_token = t\naws_session_token = t\n')}`,
    profile: a,
  },
  'comment lines': { credentials: `# x\n; y\n[a]\n# z\n${keysOf('A')}  # indented\n`, profile: a },
  'a comment behind a section': { credentials: `[a] # c\n${keysOf('A')}`, profile: a },
  'Windows line ends': { credentials: `[a]\r\n${keysOf('A').replaceAll('\n', '\r\n')}`, profile: a },
  'no blanks around the sign': { credentials: `[a]\n${keysOf('A').replaceAll(' = ', '=')}`, profile: a },
  'a nested block, then keys': { config: `[profile a]\ns3 =\n  addressing_style = path\n${keysOf('A')}`, profile: a },
  'keys, then a nested block with keys': {
    config: `[profile a]\n${keysOf('A')}s3 =\n  aws_access_key_id = NESTED\n`,
    profile: a,
  },
  'keys in a nested block only': {
    config: '[profile a]\ns3 =\n  aws_access_key_id = N\n  aws_secret_access_key = n\n',
    profile: a,
  },
  'a services section': {
    config: `[services s]\ns3 =\n  endpoint_url = http://x\n[profile a]\nservices = s\n${keysOf('A')}`,
    profile: a,
  },
  'an sso-session section': { config: `[sso-session s]\nsso_region = x\n[profile a]\n${keysOf('A')}`, profile: a },
  'a name beyond ASCII': { credentials: `[étoile]\n${keysOf('A')}`, profile: 'étoile' },
  'quoted values': { credentials: '[a]\naws_access_key_id = "A"\naws_secret_access_key = \'s\'\n', profile: a },
  'signs in a secret': {
    credentials: '[a]\naws_access_key_id = A\naws_secret_access_key = s=b#c;d%(x)s==\n',
    profile: a,
  },
  'keys in capitals': { credentials: '[a]\nAWS_ACCESS_KEY_ID = A\nAWS_SECRET_ACCESS_KEY = s\n', profile: a },
  'another default section': { credentials: `[DEFAULT]\n${keysOf('A')}` },
  'no section': { credentials: keysOf('A') },
  'keys of the credentials file and a process': {
    config: `[profile a]\n${printed('PROC')}`,
    credentials: `[a]\n${keysOf('CRED')}`,
    profile: a,
  },
  'keys of the config file and a process': { config: `[profile a]\n${printed('PROC')}${keysOf('CONF')}`, profile: a },
  'a process in the credentials file': { credentials: `[a]\n${printed('PROC')}`, profile: a },
  'environment keys and AWS_PROFILE': {
    credentials: `[a]\n${keysOf('A')}`,
    env: { ...environmentKeys, AWS_PROFILE: a },
  },
  'environment keys and --profile': { credentials: `[a]\n${keysOf('A')}`, env: environmentKeys, profile: a },
  'environment keys and a default profile': { credentials: `[default]\n${keysOf('A')}`, env: environmentKeys },
  'half a pair in the environment': { credentials: `[default]\n${keysOf('A')}`, env: { AWS_ACCESS_KEY_ID: 'X' } },
  'empty variables': {
    credentials: `[default]\n${keysOf('A')}`,
    env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
  },
  AWS_DEFAULT_PROFILE: { credentials: `[a]\n${keysOf('A')}[b]\n${keysOf('B')}`, env: { AWS_DEFAULT_PROFILE: 'b' } },
  'AWS_PROFILE that names nothing': { credentials: `[default]\n${keysOf('A')}`, env: { AWS_PROFILE: 'nope' } },
}

/** AWS's own readers of credentials and files, one session for each case. */
const reader = `
import json, os, pathlib, sys, tempfile
import botocore.session
answers = []
for case in json.load(sys.stdin):
    with tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home, '.aws')
        folder.mkdir()
        for name in ('config', 'credentials'):
            (folder / name).write_bytes(case.get(name, '').encode())
        os.environ.clear()
        os.environ.update({'HOME': home, 'PATH': '/usr/bin:/bin', 'AWS_EC2_METADATA_DISABLED': 'true', **case.get('env', {})})
        try:
            found = botocore.session.Session(profile=case.get('profile')).get_credentials()
            frozen = found and found.get_frozen_credentials()
            answers.append(frozen and [frozen.access_key, frozen.secret_key, frozen.token])
        except Exception:
            answers.append(None)
print(json.dumps(answers))
`

const missing = spawnSync('python3', ['-c', 'import botocore']).status !== 0
if (missing) console.error('\n*** NOT RUN: botocore is not installed ***\n')

let answers: readonly (readonly [id: string, secret: string, token: string | null] | null)[] = []
let home: Home

before(() => {
  home = makeHome()
  if (missing) return
  const input = JSON.stringify(Object.values(cases))
  const { stdout, stderr } = spawnSync('python3', ['-c', reader], { input, encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  answers = JSON.parse(stdout)
})
after(() => home.remove())

for (const [index, [name, case_]] of Object.entries(cases).entries()) {
  test(`with ${name} nobody signs whom the AWS CLI would not take`, { skip: missing }, async () => {
    home.write('.aws/config', case_.config ?? '')
    home.write('.aws/credentials', case_.credentials ?? '')
    const argv = ['assume', '--format', 'json', ...(case_.profile === undefined ? [] : ['--profile', case_.profile])]
    const outcome = await run(argv, {
      env: { PATH: process.env.PATH ?? '', ...case_.env },
      homeDirectory: home.path,
    })
    if (outcome.exitCode === 3) {
      // Nobody: because the CLI has nobody either, or for what only its parser takes for a name or a setting.
      assert.ok(answers[index] === null || stricter.includes(name), outcome.stderr)
      return
    }
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(outcome.stdout)
    assert.deepEqual([AccessKeyId, SecretAccessKey, SessionToken ?? null], answers[index])
  })
}

/** Read by Python's parser; the SDK for JavaScript, whose reading is ours, skips them. */
const stricter: readonly string[] = ['a quoted name with a blank', 'two blanks before the name', 'keys in capitals']
