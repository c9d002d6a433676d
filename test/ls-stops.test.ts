import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Context, Interrupted } from '../src/context.ts'
import { ClosedPipe } from '../src/errors.ts'
import { type Fault, type LoopbackS3, type SeenRequest, startLoopbackS3 } from './support/loopback-s3.ts'
import { exampleKeys, type Outcome, run, type World } from './support/run.ts'
import { output, stillContext } from './support/still-context.ts'

const keys = Array.from({ length: 3000 }, (_, index) => `it's/k${String(index).padStart(5, '0')}`)
const versions = Array.from({ length: 2500 }, (_, index) => ({
  key: `v${String(Math.min(index, 700)).padStart(4, '0')}`,
  versionId: String(index),
  size: 1,
}))

let server: LoopbackS3
let fault: (request: SeenRequest) => Fault | undefined = () => undefined

before(async () => {
  const ugly = ['a', 'b\n\x1b', 'c'].map((key) => ({ key, size: 1 }))
  server = await startLoopbackS3({
    buckets: { many: keys.map((key) => ({ key, size: 1 })), ugly, versions },
    latencyMs: 2,
    fault: (request) => fault(request),
  })
})

after(() => server.close())

const accessDenied = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no more</Message></Error>' }

/** Refuses every page but the first. */
function refuseLater(request: SeenRequest): Fault | undefined {
  return request.query.has('continuation-token') || request.query.has('start-after') || request.query.has('key-marker')
    ? accessDenied
    : undefined
}

async function ls(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const env = { ...exampleKeys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url, ...world.env }
  return run(['ls', ...argv], { ...world, env })
}

async function withFault<Result>(of: typeof fault, work: () => Promise<Result>): Promise<Result> {
  fault = of
  try {
    return await work()
  } finally {
    fault = () => undefined
  }
}

test('a refusal in the middle leaves a correct beginning, and says after which key to continue', async () => {
  const { exitCode, stdout, stderr } = await withFault(refuseLater, () => ls(['-1', '-r', 'many', '--no-parallel']))
  assert.equal(exitCode, 4)
  assert.deepEqual(stdout.split('\n').slice(0, -1), keys.slice(0, 1000))
  const last = keys[999]
  assert.equal(
    stderr,
    `stopped after key ${last}; continue with --start-after 'it'\\''s/k00999'\nsigv4: AccessDenied: no more (request id LOOPBACK)\nhint: the identity may not list here; 'sigv4 whoami' says which one it is\n`,
  )
  const rest = await ls(['-1', '-r', 'many', '--start-after', last ?? ''])
  assert.equal(stdout + rest.stdout, keys.map((key) => `${key}\n`).join(''))
})

test('a JSON document that could not be completed is not closed', async () => {
  const { exitCode, stdout } = await withFault(refuseLater, () =>
    ls(['-r', '--format', 'json', 'many', '--no-parallel']),
  )
  assert.equal(exitCode, 4)
  assert.throws(() => JSON.parse(stdout))
})

test('a sorted listing that stopped says that nothing was printed', async () => {
  const { exitCode, stdout, stderr } = await withFault(refuseLater, () =>
    ls(['-r', '--sort', 'size', 'many', '--no-parallel']),
  )
  assert.equal(exitCode, 4)
  assert.equal(stdout, '')
  assert.match(stderr, /^stopped after key it's\/k00999, before anything was printed\n/)
})

test('a listing of versions continues before the key whose versions were cut in two', async () => {
  const argv = ['--versions', '-r', '--format', 'ndjson', 'versions']
  const { stdout, stderr } = await withFault(refuseLater, () => ls([...argv, '--no-parallel']))
  assert.match(
    stderr,
    /^stopped after key v0699; continue with --start-after v0699 \(all versions of v0700 come again\)\n/,
  )
  const idsOf = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).VersionId)
  const rest = await ls([...argv, '--start-after', 'v0699'])
  const all = await ls(argv)
  assert.deepEqual(new Set([...idsOf(stdout), ...idsOf(rest.stdout)]), new Set(idsOf(all.stdout)))
  assert.equal(idsOf(all.stdout).length, 2500)
})

for (const [signalName, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signalName} ends a listing with ${exitCode} and the key to continue after`, async () => {
    const controller = new AbortController()
    let pages = 0
    const interruptLater = (): Fault | undefined => {
      pages += 1
      if (pages === 3) controller.abort(new Interrupted(signalName))
      return pages >= 3 ? 'hang' : undefined
    }
    const outcome = await withFault(interruptLater, () =>
      ls(['-1', '-r', 'many', '--no-parallel'], { signal: controller.signal }),
    )
    assert.equal(outcome.exitCode, exitCode)
    assert.deepEqual(outcome.stdout.split('\n').slice(0, -1), keys.slice(0, 2000))
    assert.equal(outcome.stderr, `stopped after key it's/k01999; continue with --start-after 'it'\\''s/k01999'\n`)
  })
}

test('keys that a terminal would obey are escaped where the listing says it stopped', async () => {
  const { stderr } = await withFault(refuseLater, () => ls(['ugly', '--page-size', '2', '--no-parallel']))
  assert.match(stderr, /^stopped after key b\\n\\x1b; continue with --start-after \$'b\\n\\033'\n/)
})

test('a reader that goes away ends the listing without a word', async () => {
  const outcome = await runWithClosedPipe(['ls', '-r', 'many'])
  assert.deepEqual(outcome, { exitCode: 0, stderr: '' })
})

/** What is written while a clock goes on by so much with each write; a write is long enough for the progress to be looked at. */
async function writtenWhile({ stepMs, isTerminal }: { stepMs: number; isTerminal: boolean }) {
  let time = Date.parse('2026-01-01T00:00:00Z')
  const written: string[] = []
  const context = contextOf({
    stderr: async (text) => {
      written.push(text)
    },
    stdout: async (text) => {
      written.push(`out:${text.length}`)
      time += stepMs
      await new Promise((resolve) => setTimeout(resolve, 300))
    },
    now: () => new Date(time),
    isTerminal,
  })
  const { run: runProgram } = await import('../src/program.ts')
  assert.equal(await runProgram(['ls', '-r', 'many', '--no-parallel'], context), 0)
  return written
}

test('progress shows neither in the first second nor without a terminal', async () => {
  for (const world of [
    { stepMs: 0, isTerminal: true },
    { stepMs: 700, isTerminal: false },
  ]) {
    const written = await writtenWhile(world)
    assert.ok(written.length > 0)
    assert.deepEqual(
      written.filter((text) => !text.startsWith('out:')),
      [],
    )
  }
})

test('progress shows on a terminal after a second, and gives way to everything else', async () => {
  const written = await writtenWhile({ stepMs: 700, isTerminal: true })
  const line = written.find((text) => text.includes('keys/s')) ?? ''
  assert.match(line, /^\r\x1b\[K[\d,]+ keys, [\d,]+ keys\/s, \d requests? in flight$/)
  for (const [index, text] of written.entries()) {
    if (text.startsWith('out:') && index > 0) assert.doesNotMatch(written[index - 1] ?? '', /keys\/s/)
  }
  assert.doesNotMatch(written.at(-1) ?? '', /keys\/s/)
})

test('the program itself stops at Ctrl-C with 130', async () => {
  const child = spawn(process.execPath, [join('bin', 'sigv4.js'), 'ls', '-1', '-r', 'many', '--no-parallel'], {
    env: { ...exampleKeys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url, HOME: '/nonexistent' },
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  let pages = 0
  await withFault(
    () => {
      pages += 1
      if (pages < 3) return undefined
      child.kill('SIGINT')
      return 'hang'
    },
    async () => {
      const [exitCode] = await once(child, 'close')
      assert.equal(exitCode, 130)
      assert.match(stderr, /^stopped after key it's\/k01999; continue with --start-after /)
    },
  )
})

async function runWithClosedPipe(argv: readonly string[]): Promise<{ exitCode: number; stderr: string }> {
  const stderr: string[] = []
  const context = contextOf({
    stderr: async (text) => {
      stderr.push(text)
    },
    stdout: async () => {
      throw new ClosedPipe()
    },
    isTerminal: false,
  })
  const { run: runProgram } = await import('../src/program.ts')
  return { exitCode: await runProgram(argv, context), stderr: stderr.join('') }
}

interface Ends {
  readonly stdout: (text: string) => Promise<void>
  readonly stderr: (text: string) => Promise<void>
  readonly now?: () => Date
  readonly isTerminal?: boolean
}

function contextOf({ stdout, stderr, now = () => new Date(), isTerminal = true }: Ends): Context {
  return stillContext({
    env: { ...exampleKeys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: server.url },
    stdout: output(stdout, { isTerminal }),
    stderr: output(stderr, { isTerminal }),
    now,
    clock: () => now().getTime(),
    idleMs: () => now().getTime(),
  })
}

test('a JSON document that stopped with lists that stand behind its keys does not say that it can be continued', async () => {
  const argv = ['--versions', '-r', '--format', 'json', 'versions', '--no-parallel']
  const { stderr } = await withFault(refuseLater, () => ls(argv))
  assert.match(stderr, /^stopped after key v0699, before its delete markers were printed; --format ndjson /)
})

test('a listing that stopped among the versions of its first key says so, or where to begin again', async () => {
  const argv = ['--versions', '-r', '-1', '--page-size', '5', '--no-parallel', 's3://versions/v0700']
  const fromStart = await withFault(refuseLater, () => ls(argv))
  assert.equal(fromStart.exitCode, 4)
  assert.match(fromStart.stderr, /^stopped among the versions of the first key, v0700\n/)
  const refuseThird = ({ query }: SeenRequest) => (query.has('version-id-marker') ? accessDenied : undefined)
  const later = await withFault(refuseThird, () => ls([...argv, '--start-after', 'v06']))
  assert.match(
    later.stderr,
    /^stopped after key v06; continue with --start-after v06 \(all versions of v0700 come again\)\n/,
  )
})
