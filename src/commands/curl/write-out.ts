import type { Context } from '../../context.ts'
import { formatWriteOut, type TransferReport } from '../../output/write-out.ts'
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
    else await context.stdout.write(text)
  }
}
