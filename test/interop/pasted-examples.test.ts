import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makePastingFolder, missingForPasting, type PastedShell, type PastingFolder } from '../support/pasting.ts'
import { exampleKeys, run } from '../support/run.ts'

/** What a reader copies in one go. */
interface Example {
  /** `README.md`, `sigv4 ls --help` */
  readonly place: string
  readonly script: string
}

const skip = missingForPasting('THE EXAMPLES OF HELP, MANUAL AND README ARE NOT PASTED')
const pages = 'scripts/generate/pages'

/** Install and set-up: tested by `package.test.ts` and `demo.test.ts`. */
const elsewhere = /^npm /m

function fencedIn(file: string, fence: RegExp): readonly Example[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(fence)]
    .flatMap(([, block = '']) => block.split(/\n{2,}/))
    .filter((script) => /^[^#\n]/m.test(script) && !elsewhere.test(script))
    .map((script) => ({ place: file, script: script.trim() }))
}

/** The lines behind `$`, each by itself but for variables, which are for the line below them. */
async function examplesOfHelp(command: string): Promise<readonly Example[]> {
  const { stdout } = await run([...command.split(' ').filter(Boolean), '--help'])
  assert.match(stdout, /^Examples:\n(?: {2}\$ .+\n)+\n/, `the help of '${command}' opens with no examples`)
  const lines = [...stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line)
  const scripts = lines.join('\n').split(/\n(?<!^\w+='.*'\n)/m)
  return scripts.map((script) => ({ place: `sigv4 ${command} --help`.replace('  ', ' '), script }))
}

const commandNames = readdirSync(pages)
  .map((name) => name.replace('.md', ''))
  .filter((name) => name !== 'shared')
  .map((name) => (name === 'sigv4' ? '' : name))

const examples: readonly Example[] = [
  ...(await Promise.all(commandNames.map(examplesOfHelp))).flat(),
  ...commandNames.flatMap((name) => fencedIn(join(pages, `${name || 'sigv4'}.md`), /^```\n([\s\S]*?)^```$/gm)),
  ...fencedIn('README.md', /^```sh\n([\s\S]*?)^```$/gm),
]

let folder: PastingFolder

before(async () => {
  if (!skip) folder = await makePastingFolder()
})
after(() => folder?.close())

test('help, manual and README have examples of every command', () => {
  for (const name of commandNames.filter(Boolean)) {
    const own = examples.filter(({ script }) => script.includes(`sigv4 ${name}`))
    assert.ok(own.length >= 2, `${own.length} of ${name}`)
  }
})

for (const { place, script } of examples) {
  test(`${place}: ${script.replaceAll('\n', ' ')}`, { skip }, async () => {
    if (script.includes('--serve')) return assertServes(script)
    const given = script.startsWith('credential_process =') ? asProfile(script) : script
    const { status, stderr, stdout } = await folder.paste(given, shellOf(script))
    const { refused, accepted } = folder.aws.take()
    assert.deepEqual(refused, [], stderr)
    // The example requests are wrong on purpose.
    const judges = /sigv4 verify (request|trace)/.test(script)
    assert.equal(status, judges ? 1 : 0, stderr)
    assert.doesNotMatch(stderr, /internal error|^(sigv4|curl): /m)
    if (judges) assert.match(stdout, /^not valid {2}query-unsorted$/m)
    if (/sigv4 (ls|whoami|curl(?! --dry-run))|\| curl/.test(script)) assert.ok(accepted > 0, 'nothing was sent')
  })
}

test("README's output of verify is what verify says", { skip }, async () => {
  const shown = /```console\n\$ (sigv4 verify trace\.txt)\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))
  const { stdout } = await folder.paste(shown?.[1] ?? '')
  assert.equal(stdout.slice(0, shown?.[2]?.length), shown?.[2])
})

function shellOf(script: string): PastedShell {
  if (/\| source$|^sigv4 completion fish/m.test(script)) return 'fish'
  return script.includes('${fpath') ? 'zsh' : 'bash'
}

/** A line for the config file, in a profile that is then used. */
function asProfile(line: string): string {
  appendFileSync(join(folder.path, '.aws/config'), `[profile pasted]\n${line}\n`)
  return 'sigv4 whoami --profile pasted'
}

/** A server says where it listens, and ends when it is told to. The port of the example may be taken here. */
async function assertServes(script: string): Promise<void> {
  const child = spawn('bash', ['-c', `exec ${script.replace('9000', '0')}`], {
    cwd: folder.path,
    env: { ...exampleKeys, HOME: folder.path, PATH: `${join(folder.path, 'bin')}:${process.env.PATH}` },
  })
  let said = ''
  // Before its handlers are there it ends by the signal itself, which a shell shows as 143, too.
  const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(signal ?? status)))
  const listens = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        said += text
        if (/http:\/\/127\.0\.0\.1:\d+/.test(said)) resolve()
      })
    }
  })
  await Promise.race([listens, ended])
  child.kill('SIGTERM')
  const end = await ended
  assert.ok(end === 143 || end === 'SIGTERM', said)
}
