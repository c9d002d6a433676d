import type { Context } from '../../context.ts'
import { ClosedPipe } from '../../errors.ts'
import { formatWriteOut, type TransferReport } from '../../output/write-out.ts'
import { writeFailure } from './output-target.ts'
import type { TransferWorld } from './sender.ts'

/** `-w`: prints the format. */
export async function writeOut(
  format: string | undefined,
  report: TransferReport,
  { world, context }: { readonly world: TransferWorld; readonly context: Context },
): Promise<void> {
  if (format === undefined) return
  const { pieces, unknown } = formatWriteOut(format, report)
  for (const name of unknown) world.messages.warn(`unknown --write-out variable '${name}'`)
  for (const { stream, text } of pieces) {
    if (stream === 'stderr') world.messages.write(text)
    else await writeToStdout(text, context)
  }
}

/** @throws ClosedPipe, TransferError (23) */
async function writeToStdout(text: string, { stdout }: Context): Promise<void> {
  try {
    await stdout.write(text)
  } catch (error) {
    throw error instanceof ClosedPipe ? error : writeFailure('stdout', error)
  }
}
