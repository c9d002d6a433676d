import type { Context } from '../../context.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { CliError, exitCodes, usageError } from '../../errors.ts'
import { createInputReader } from '../input-reader.ts'
import { SpareBuffers } from '../spare-buffers.ts'
import { limitYoungGeneration } from '../young-generation.ts'
import type { BlockPart } from './batch-block.ts'
import { parseBatchLine } from './batch-line.ts'
import { BatchOutput } from './batch-output.ts'
import { BatchReport } from './batch-report.ts'
import { BatchSigner } from './batch-signer.ts'
import { BatchWorkers } from './batch-workers.ts'
import { readHeaders } from './describe.ts'
import { inOrder } from './in-order.ts'
import { type LastingCredentials, lastingCredentials } from './lasting-credentials.ts'
import { type Block, type Line, readBlocks, takeLines } from './lines.ts'
import type { SignOptions } from './options.ts'
import { usualWorkers, type WorkerPolicy } from './worker-policy.ts'

/**
 * Signs each line of stdin and prints one result a line, in order; a bad line is reported and the rest goes on.
 * @param policy whether other threads help
 * @returns 1 where a line was bad, else 0
 * @throws CliError (usage) for what is wrong for every line; what `resolveCredentials` throws, also midway
 */
export async function runBatch(
  given: SignOptions,
  context: Context,
  policy: WorkerPolicy = usualWorkers(context),
): Promise<number> {
  const options = { ...given, headers: await headersReadOnce(given, context) }
  const report = new BatchReport(context)
  const tell = (line: string) => report.note(line)
  const credentials = await lastingCredentials(() => resolved(options, context), context.now(), tell)
  const signer = new BatchSigner(options, await credentials.current(context.now()), context)
  return new Batch({ options, credentials, signer, report, context, policy }).run()
}

interface BatchInput {
  readonly options: SignOptions
  readonly credentials: LastingCredentials
  readonly signer: BatchSigner
  readonly report: BatchReport
  readonly context: Context
  readonly policy: WorkerPolicy
}

class Batch {
  readonly #input: BatchInput
  readonly #output: BatchOutput
  readonly #report: BatchReport
  readonly #buffers = new SpareBuffers()
  #workers: BatchWorkers | undefined
  /** Lines of the block that no kind was known for. */
  #singleLines = 0
  /** Whether most lines of the last block were of a known kind: otherwise workers would only give them back. */
  #hasKinds = true

  constructor(input: BatchInput) {
    this.#input = input
    this.#output = new BatchOutput(input.context.stdout)
    this.#report = input.report
  }

  async run(): Promise<number> {
    const blocks = readBlocks(this.#input.context.stdin.chunks(), this.#buffers)
    try {
      for await (const parts of inOrder(
        blocks,
        (block) => this.#begin(block),
        () => this.#workers?.capacity ?? 1,
      )) {
        await this.#report.progress(await this.#refresh())
        const linesBefore = this.#report.lineNumber
        this.#singleLines = 0
        for (const part of parts) await this.#finish(part)
        this.#hasKinds = this.#singleLines < (this.#report.lineNumber - linesBefore) / 2
        await this.#output.flush()
      }
    } finally {
      this.#workers?.end()
    }
    return this.#report.end()
  }

  /** What of a block can be signed out of turn: without workers nothing. */
  async #begin(block: Block): Promise<readonly BlockPart[]> {
    await limitYoungGeneration()
    const workers = this.#hasKinds ? this.#workersFor(block) : undefined
    if (!workers || !Buffer.isBuffer(block)) return [{ leftLines: takeLines(block, this.#buffers) }]
    await this.#refresh()
    return workers.sign(block)
  }

  #workersFor(block: Block): BatchWorkers | undefined {
    if (this.#workers || !Buffer.isBuffer(block)) return this.#workers
    const { options, signer, context, policy } = this.#input
    const count = policy(block.length)
    if (count > 0) {
      const rules = { bucket: options.bucket, mode: options.mode }
      const { packageFolder } = context
      this.#workers = new BatchWorkers({ count, rules, kinds: signer.kinds, buffers: this.#buffers, packageFolder })
    }
    return this.#workers
  }

  async #finish(part: BlockPart): Promise<void> {
    if ('leftLines' in part) return this.#sign(part.leftLines)
    this.#report.lineNumber += part.signedLines
    await this.#output.addBytes(part.output)
    this.#buffers.give(part.output)
  }

  async #sign(lines: readonly Line[]): Promise<void> {
    const { options, signer } = this.#input
    for (const text of lines) {
      this.#report.lineNumber++
      try {
        const line = parseBatchLine(asText(text), options)
        const quick = signer.kinds.sign(line)
        if (quick === undefined) {
          this.#singleLines++
          const { output, notes } = await signer.sign(line)
          this.#output.add(output)
          await this.#report.notes(notes)
        } else this.#output.add(quick)
      } catch (error) {
        await this.#report.badLine(error)
      }
      if (this.#output.isFull) await this.#output.flush()
    }
  }

  /** Lets what is signed from now on be signed with credentials that live, as of now. */
  async #refresh(): Promise<Date> {
    const { signer, credentials, context } = this.#input
    const now = context.now()
    signer.update(await credentials.current(now), now)
    return now
  }
}

async function resolved(options: SignOptions, context: Context): Promise<Credentials> {
  const credentials = await resolveCredentials(options.credentials, context)
  if (!credentials) throw usageError('--batch has nothing to sign with --no-sign-request', 'leave out one of them')
  return credentials
}

function asText(line: Line): string {
  if (typeof line === 'string') return line
  throw new CliError(line.problem, { exitCode: exitCodes.usage })
}

/** A `-H @FILE` is read once, not for every line. */
async function headersReadOnce(options: SignOptions, context: Context): Promise<readonly string[]> {
  const reader = createInputReader(context, { unreadableExitCode: exitCodes.failure })
  const headers = await readHeaders(options.headers, reader)
  return headers.map(({ name, value }) => (value === '' ? `${name};` : `${name}: ${value}`))
}
