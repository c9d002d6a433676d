import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { movable, type SpareBuffers } from '../spare-buffers.ts'
import { limitYoungGenerationAgain } from '../young-generation.ts'
import { type BlockPart, signBlock } from './batch-block.ts'
import type { BatchKinds, LearnedKind } from './batch-kinds.ts'
import type { LineRules } from './batch-line.ts'
import type { WorkAnswer, WorkOrder } from './batch-worker.ts'
import { takeLines } from './lines.ts'

/** Blocks that a worker has at most: while the main thread signs one itself, it must not run out of them. */
const blocksOfWorker = 2

/** What the main thread has signed may wait for what a worker signs still. */
const blocksOfMain = 2

/** What is signed is gone at once: a small heap is enough. */
const resourceLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 64 }

interface WorkersInput {
  readonly count: number
  /** What the main thread knows, which the workers are told of. */
  readonly kinds: BatchKinds
  readonly rules: LineRules
  /** Where the blocks are from, and where those who have written the results give their buffers back. */
  readonly buffers: SpareBuffers
  readonly packageFolder: string
}

/** Threads that sign blocks of lines beside the main thread, which signs as well while they have enough to do. */
export class BatchWorkers {
  readonly #input: WorkersInput
  readonly #workers: BatchWorker[]

  constructor(input: WorkersInput) {
    this.#input = input
    this.#workers = Array.from({ length: input.count }, () => new BatchWorker(input))
  }

  /** How many blocks may be under way. */
  get capacity(): number {
    return this.#workers.length * blocksOfWorker + blocksOfMain
  }

  async sign(block: Buffer): Promise<readonly BlockPart[]> {
    const worker = this.#workers.find((one) => one.isAlive && one.blocks < blocksOfWorker)
    return worker ? await worker.sign(block) : signBlock(block, this.#input)
  }

  end(): void {
    for (const worker of this.#workers) worker.end()
  }
}

/** A thread, and what it has been told. */
class BatchWorker {
  isAlive = true
  readonly #input: WorkersInput
  readonly #worker: Worker
  readonly #waiting: { readonly block: Buffer; readonly settle: (parts: readonly BlockPart[]) => void }[] = []
  #generation = Number.NaN
  #kindsTold = 0
  /** Of the results of one block. */
  #mostParts = 0

  constructor(input: WorkersInput) {
    this.#input = input
    this.#worker = new Worker(join(input.packageFolder, 'dist', 'batch-worker.js'), {
      workerData: input.rules,
      env: {},
      execArgv: [],
      resourceLimits,
    })
    this.#worker.once('message', () => limitYoungGenerationAgain())
    this.#worker.on('message', (answer: WorkAnswer) => this.#take(answer))
    this.#worker.on('error', () => this.#die())
    this.#worker.on('exit', () => this.#die())
  }

  /** Blocks that it has not given back. */
  get blocks(): number {
    return this.#waiting.length
  }

  sign(block: Buffer): Promise<readonly BlockPart[]> {
    const { buffers, kinds } = this.#input
    // Copied, although it goes: should the worker die, the block is still here.
    const bytes = buffers.joined([block])
    const order: WorkOrder = { bytes, spare: buffers.handOver(this.#mostParts), ...this.#news(kinds) }
    this.#worker.postMessage(order, [...order.spare, ...movable(bytes)])
    return new Promise((settle) => this.#waiting.push({ block, settle }))
  }

  end(): void {
    this.#worker.terminate()
  }

  #take({ parts, spare }: WorkAnswer): void {
    const { buffers } = this.#input
    this.#mostParts = Math.max(this.#mostParts, parts.length)
    for (const buffer of spare) buffers.give(new Uint8Array(buffer))
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    buffers.give(waiting.block)
    waiting.settle(parts)
  }

  #news({ generation, learned }: BatchKinds): Pick<WorkOrder, 'forget' | 'kinds'> {
    const forget = generation !== this.#generation
    const untold: readonly LearnedKind[] = learned.slice(forget ? 0 : this.#kindsTold)
    this.#generation = generation
    this.#kindsTold = learned.length
    return { forget, kinds: untold.map(({ name, template }) => ({ name, template: template() })) }
  }

  /** A thread may lack memory, or the system threads: then its blocks are for the main thread, as all were before. */
  #die(): void {
    this.isAlive = false
    for (const { block, settle } of this.#waiting.splice(0))
      settle([{ leftLines: takeLines(block, this.#input.buffers) }])
  }
}
