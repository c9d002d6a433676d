/**
 * A thread that signs blocks of lines with the kinds that it is told of, and leaves all else to the main thread. A bundle of
 * its own.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { movable, SpareBuffers } from '../spare-buffers.ts'
import { type BlockPart, signBlock } from './batch-block.ts'
import { BatchKinds, type KindName, type KindTemplate } from './batch-kinds.ts'
import type { LineRules } from './batch-line.ts'

export interface WorkOrder {
  readonly bytes: Uint8Array
  /** For the results. */
  readonly spare: readonly ArrayBuffer[]
  /** Whether the kinds of earlier orders are void. */
  readonly forget: boolean
  /** Kinds that the worker has not been told of. */
  readonly kinds: readonly { readonly name: KindName; readonly template: KindTemplate }[]
}

/** All buffers of an order come back. */
export interface WorkAnswer {
  readonly parts: readonly BlockPart[]
  readonly spare: readonly ArrayBuffer[]
}

const rules: LineRules = workerData
const kinds = new BatchKinds()

parentPort?.on('message', (order: WorkOrder) => {
  if (order.forget) kinds.forget()
  for (const { name, template } of order.kinds) kinds.learn({ name, template: () => template })
  const { buffer, byteOffset, byteLength } = order.bytes
  const buffers = new SpareBuffers(order.spare)
  const parts = signBlock(Buffer.from(buffer, byteOffset, byteLength), { kinds, rules, buffers })
  const answer: WorkAnswer = { parts, spare: buffers.handOver() }
  parentPort?.postMessage(answer, [...answer.spare, ...parts.flatMap(buffersOf)])
})

function buffersOf(part: BlockPart): readonly ArrayBuffer[] {
  return 'output' in part ? movable(part.output) : []
}
