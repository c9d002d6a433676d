import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type BlockPart, signBlock } from './batch-block.ts'
import type { BatchKinds, LearnedKind } from './batch-kinds.ts'
import type { LineRules } from './batch-line.ts'
import type { WorkOrder } from './batch-worker.ts'
import { linesOf } from './lines.ts'

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
  readonly packageFolder: string
}

/** Threads that sign blocks of lines beside the main thread, which signs as well while they have enough to do. */
export class BatchWorkers {
  readonly #kinds: BatchKinds
  readonly #rules: LineRules
  readonly #workers: BatchWorker[]

  constructor({ count, kinds, rules, packageFolder }: WorkersInput) {
    this.#kinds = kinds
    this.#rules = rules
    this.#workers = Array.from({ length: count }, () => new BatchWorker(packageFolder, rules))
  }

  /** How many blocks may be under way. */
  get capacity(): number {
    return this.#workers.length * blocksOfWorker + blocksOfMain
  }

  async sign(block: Buffer): Promise<readonly BlockPart[]> {
    const worker = this.#workers.find((one) => one.isAlive && one.blocks < blocksOfWorker)
    return worker ? await worker.sign(block, this.#kinds) : signBlock(block, this.#kinds, this.#rules)
  }

  end(): void {
    for (const worker of this.#workers) worker.end()
  }
}

/** A thread, and what it has been told. */
class BatchWorker {
  isAlive = true
  readonly #worker: Worker
  readonly #waiting: { readonly block: Buffer; readonly settle: (parts: readonly BlockPart[]) => void }[] = []
  #generation = Number.NaN
  #kindsTold = 0

  constructor(packageFolder: string, rules: LineRules) {
    this.#worker = new Worker(join(packageFolder, 'dist', 'batch-worker.js'), {
      workerData: rules,
      env: {},
      execArgv: [],
      resourceLimits,
    })
    this.#worker.on('message', (parts: readonly BlockPart[]) => this.#waiting.shift()?.settle(parts))
    this.#worker.on('error', () => this.#die())
    this.#worker.on('exit', () => this.#die())
  }

  /** Blocks that it has not given back. */
  get blocks(): number {
    return this.#waiting.length
  }

  sign(block: Buffer, kinds: BatchKinds): Promise<readonly BlockPart[]> {
    const order: WorkOrder = { bytes: block, ...this.#news(kinds) }
    this.#worker.postMessage(order)
    return new Promise((settle) => this.#waiting.push({ block, settle }))
  }

  end(): void {
    this.#worker.terminate()
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
    for (const { block, settle } of this.#waiting.splice(0)) settle([{ leftLines: linesOf(block) }])
  }
}
