import assert from 'node:assert/strict'

/** What the stand-ins' secrets and tokens have in common. */
const markers = [
  'secretOf+',
  'tokenOf+',
  'secretGIVEN',
  'tokenGIVEN',
  'accessTOKEN',
  'refreshTOKEN',
  'clientSECRET',
  'imdsTOKEN',
]
const tokens = /^(tokenOf|tokenGIVEN)/

interface Printed {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Fails where a secret shows that nobody asked for. Every run of every test comes through here: stderr, `--debug` and
 * stack traces never hold a secret or a whole token, and stdout only the tokens of signed requests, but for `assume`,
 * whose result they are.
 */
export function rejectSecrets(argv: readonly string[], env: Readonly<Record<string, string>>, printed: Printed): void {
  const ofEnvironment = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN']
    .map((name) => [name, env[name] ?? ''] as const)
    // Some tests take keys of one letter.
    .filter(([, value]) => value.length >= 12)
  const secrets = [...ofEnvironment, ...markers.map((marker) => [marker, marker] as const)]
  for (const [name, value] of secrets) {
    for (const form of [value, encodeURIComponent(value)]) {
      assert.ok(!printed.stderr.includes(form), `stderr of '${argv.join(' ')}' holds ${name}:\n${printed.stderr}`)
    }
    const isResult = argv.includes('assume') || name.endsWith('_TOKEN') || tokens.test(name)
    if (!isResult) assert.ok(!printed.stdout.includes(value), `stdout of '${argv.join(' ')}' holds ${name}`)
  }
}
