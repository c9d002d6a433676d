import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import { runBatch } from '../src/commands/sign/batch.ts'
import { parseSign, type SignValues } from '../src/commands/sign/options.ts'
import { usualWorkers, type WorkerPolicy } from '../src/commands/sign/worker-policy.ts'
import { type Context, Interrupted } from '../src/context.ts'
import { CliError, ClosedPipe } from '../src/errors.ts'
import { objectLine, plainLine } from './support/batch-lines.ts'
import { createCredentialsFile } from './support/credentials-file.ts'
import { exampleKeys } from './support/run.ts'
import { output, stillContext } from './support/still-context.ts'

interface Batch {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly workers: number | WorkerPolicy
  readonly values?: Partial<SignValues>
  readonly context?: Partial<Context>
  readonly onStdout?: (text: string) => Promise<void> | void
}

/** Runs a batch of presigned URLs in `bucket`, with workers from the first block on. */
async function runWith({ stdin, workers, values, context, onStdout }: Batch) {
  let stdout = ''
  let stderr = ''
  const options = await parseSign(undefined, {
    values: { ...alwaysGiven, batch: true, presign: true, bucket: 'bucket', region: 'us-east-1', ...values },
    data: [],
  })
  const world = stillContext({
    env: exampleKeys,
    stdin: { isTerminal: false, chunks: () => stdin },
    stdout: output(async (text) => {
      stdout += text
      await onStdout?.(text)
    }),
    stderr: output(async (text) => {
      stderr += text
    }),
    ...context,
  })
  const end = await runBatch(options, world, typeof workers === 'number' ? () => workers : workers).then(
    (exitCode) => ({ exitCode }),
    (error: unknown) => ({ error }),
  )
  return { ...end, stdout, stderr }
}

/** What commander gives where nothing is said. */
const alwaysGiven: SignValues = { signRequest: true, cache: true, verifySsl: true }

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let offset = 0, index = 0; offset < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
}

async function* endless(): AsyncGenerator<Uint8Array> {
  await new Promise(() => {})
  yield Buffer.alloc(0)
}

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `key-${from + index}\n`).join('')
const numbersIn = (text: string) => [...text.matchAll(/\/key-(\d+)\?/g)].map(([, number]) => Number(number))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

const badLine = fc
  .constantFrom(
    '',
    '{',
    '{"url":1}',
    '{"url":"s3://b/\\ud800"}',
    'https://',
    'https://b.s3.us-east-1.amazonaws.com/?X-Amz-Signature=1',
    's3://',
    'x\r',
    '\ufeffkey',
    '\xff'.repeat(3),
  )
  .map((line) => (line.startsWith('\xff') ? Buffer.from(line, 'latin1') : Buffer.from(line)))

for (const { mode, values } of [
  { mode: 'presign', values: {} },
  { mode: 'presign', values: { format: 'json' } },
  { mode: 'headers', values: { presign: undefined, header: ['x-all: é'] } },
] as const) {
  test(`with workers, stdout, stderr and exit code are the same byte for byte: ${mode} ${JSON.stringify(values)}`, async () => {
    const good = fc.oneof({ arbitrary: plainLine, weight: 4 }, objectLine(mode)).map(({ line }) => Buffer.from(line))
    const lines = fc.array(fc.oneof({ arbitrary: good, weight: 6 }, badLine), { minLength: 1, maxLength: 20 })
    const given = { ...values, presign: mode === 'presign' ? true : undefined }
    const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const shape = { lines, sizes: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), ends: fc.boolean() }
    await fc.assert(
      fc.asyncProperty(fc.record(shape), async ({ lines: some, sizes, ends }) => {
        // Twenty times, so that there are kinds which the workers have been told of.
        const repeated = Array.from({ length: 20 }, () => some).flat()
        const bytes = Buffer.concat(repeated.flatMap((line) => [line, Buffer.from('\n')]))
        const input = ends ? bytes : bytes.subarray(0, -1)
        const alone = await runWith({ stdin: chunksOf(input, sizes), workers: 0, values: wanted })
        const helped = await runWith({ stdin: chunksOf(input, sizes), workers: 2, values: wanted })
        assert.deepEqual(helped, alone)
      }),
      { numRuns: 25 },
    )
  })
}

test('results keep the order of the lines, however uneven the blocks are', async () => {
  const sizes = [1, 60_000, 7, 3, 100_000, 500, 20, 65_536]
  const stdin = chunksOf(Buffer.from(numbered(30_000)), sizes)
  const { stdout, stderr } = await runWith({ stdin, workers: 2 })
  assert.deepEqual(numbersIn(stdout), upTo(30_000))
  assert.equal(stderr, '')
})

test('a line that is too long and a last one without its end are as they are without workers', async () => {
  const bytes = Buffer.from(`\ufeff${numbered(500)}${'x'.repeat(1_200_000)}\r\n${numbered(500, 500)}key-1000`)
  const alone = await runWith({ stdin: chunksOf(bytes, [9_000]), workers: 0 })
  const helped = await runWith({ stdin: chunksOf(bytes, [9_000]), workers: 2 })
  assert.deepEqual(helped, alone)
  assert.match(helped.stderr, /^sigv4: line 501: is longer than 1048576 bytes$/m)
  assert.deepEqual(numbersIn(helped.stdout), upTo(1001))
})

test('where a worker cannot run, the main thread signs what it was given', async () => {
  const stdin = () => chunksOf(Buffer.from(numbered(2_000)), [1_000])
  const context = { packageFolder: '/nonexistent' }
  const { stdout, ...rest } = await runWith({ stdin: stdin(), workers: 2, context })
  assert.deepEqual(numbersIn(stdout), upTo(2_000))
  assert.deepEqual(rest, { exitCode: 0, stderr: '' })
})

test('a reader that takes nothing holds up the reading of stdin', { timeout: 60_000 }, async () => {
  let chunks = 0
  async function* stdin() {
    for (; chunks < 300; chunks++) yield Buffer.from(numbered(100, chunks * 100))
  }
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const onStdout = (text: string) => (text.includes('/key-500?') ? gate : undefined)
  const finished = runWith({ stdin: stdin(), workers: 2, onStdout })
  while (chunks < 6) await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve))
  const chunksRead = chunks
  open()
  assert.deepEqual(numbersIn((await finished).stdout), upTo(30_000))
  assert.ok(chunksRead < 20, `${chunksRead} chunks were read`)
})

test('results are written while stdin has nothing new', { timeout: 60_000 }, async () => {
  let written = 0
  async function* stdin() {
    for (let round = 0; round < 5; round++) {
      for (let chunk = 0; chunk < 4; chunk++) yield Buffer.from(numbered(10, round * 40 + chunk * 10))
      while (written < (round + 1) * 40) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const onStdout = (text: string) => {
    written += numbersIn(text).length
  }
  assert.deepEqual(numbersIn((await runWith({ stdin: stdin(), workers: 1, onStdout })).stdout), upTo(200))
})

test('a reader that goes away ends the batch, also while stdin gives nothing', { timeout: 60_000 }, async () => {
  async function* stdin() {
    yield* chunksOf(Buffer.from(numbered(1_000)), [1_000])
    yield* endless()
  }
  const onStdout = (text: string) => {
    if (text.includes('/key-900?')) throw new ClosedPipe()
  }
  const { error } = { error: undefined, ...(await runWith({ stdin: stdin(), workers: 2, onStdout })) }
  assert.ok(error instanceof ClosedPipe)
})

test('what was read before an interruption is written, and nothing is after it', async () => {
  async function* stdin() {
    yield* chunksOf(Buffer.from(numbered(1_000)), [1_500])
    throw new Interrupted('SIGINT')
  }
  const { error, stdout } = { error: undefined, ...(await runWith({ stdin: stdin(), workers: 2 })) }
  assert.ok(error instanceof Interrupted)
  assert.deepEqual(numbersIn(stdout), upTo(1_000))
})

test('workers sign with the credentials that were resolved anew, and stop with the last ones', async () => {
  const credentials = createCredentialsFile()
  let written = 0
  let now = new Date('2026-01-01T12:54:00Z')
  credentials.write('ASIAONE', '2026-01-01T13:00:00Z')
  async function* stdin() {
    for (let chunk = 0; chunk < 10; chunk++) yield Buffer.from(numbered(10, chunk * 10))
    while (written < 100) await new Promise((resolve) => setImmediate(resolve))
    credentials.write('ASIATWO', '2026-01-01T14:00:00Z')
    now = new Date('2026-01-01T12:55:00Z')
    for (let chunk = 10; chunk < 20; chunk++) yield Buffer.from(numbered(10, chunk * 10))
    while (written < 200) await new Promise((resolve) => setImmediate(resolve))
    now = new Date('2026-01-01T14:00:00Z')
    yield Buffer.from(numbered(10, 200))
  }
  const { error, stdout } = {
    error: undefined,
    ...(await runWith({
      stdin: stdin(),
      workers: 2,
      values: { credentials: credentials.path },
      context: { now: () => now },
      onStdout: (text) => {
        written += numbersIn(text).length
      },
    })),
  }
  credentials.remove()
  assert.ok(error instanceof CliError && error.exitCode === 3)
  assert.deepEqual(numbersIn(stdout), upTo(200))
  const ids = [...stdout.matchAll(/(ASIA\w+?)%2F|Date=(\w+)/g)].map(([, id, date]) => id ?? date)
  assert.deepEqual(
    ids,
    upTo(200).flatMap((index) => (index < 100 ? ['ASIAONE', '20260101T125400Z'] : ['ASIATWO', '20260101T125500Z'])),
  )
})

test('no worker is asked for while every line is of its own kind', async () => {
  const hosts = upTo(200).map((index) => `https://b${index}.s3.us-east-1.amazonaws.com/key\n`)
  const alike = upTo(20).map(() => numbered(10))
  let asked = 0
  const policy: WorkerPolicy = () => {
    asked++
    return 0
  }
  async function* stdin() {
    for (let from = 0; from < 200; from += 20) yield Buffer.from(hosts.slice(from, from + 20).join(''))
    for (const text of alike) yield Buffer.from(text)
  }
  const { stdout } = await runWith({ stdin: stdin(), workers: policy })
  assert.equal(stdout.match(/\n/g)?.length, 400)
  // For the first block, of which nothing was known, and for those after the first that are alike.
  assert.equal(asked, 1 + alike.length - 1)
})

test('workers start once four megabytes were read, unless most of the time was spent waiting', () => {
  const world = { time: 0, idle: 0 }
  const policy = usualWorkers({ clock: () => world.time, idleMs: () => world.idle })
  const block = 1024 * 1024
  const after = (milliseconds: number, idle: number) => {
    world.time += milliseconds
    world.idle += idle
    return policy(block)
  }
  // The reader takes its time: none in the first four megabytes, nor in the next.
  for (let count = 0; count < 8; count++) assert.equal(after(100, 90), 0)
  for (let count = 0; count < 3; count++) assert.equal(after(100, 10), 0)
  assert.equal(after(100, 10), Math.min(availableParallelism() - 1, 2))
})
