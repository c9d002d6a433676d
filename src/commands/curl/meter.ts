import type { Context } from '../../context.ts'
import { formatBar, formatMeter, meterHeader } from '../../output/progress-meter.ts'
import type { CurlOptions } from '../curl.ts'
import type { Measurements } from './measurements.ts'
import type { Messages } from './messages.ts'
import type { TransferPlan } from './plan.ts'

export interface MeterInput {
  readonly plan: TransferPlan
  readonly options: CurlOptions
  readonly context: Context
  readonly measurements: Measurements
  readonly messages: Messages
}

/** Of curl's bar in a file. */
const widthWithoutTerminal = 79

interface Meter {
  /** Shows it from now on; before that a question for a code, or a usage error, has the terminal for itself. */
  readonly begin: () => void
  stop(): void
}

/** The progress meter, where curl shows one: not with `-s`, and not when the answer itself goes to the terminal. */
export function createMeter({ plan, options, context, measurements, messages }: MeterInput): Meter {
  const kind = options.output.meter
  if (kind === 'none' || (plan.output.kind === 'stdout' && context.stdout.isTerminal)) {
    return { begin: () => {}, stop: () => {} }
  }
  const show = () => {
    const progress = measurements.progress()
    messages.write(
      kind === 'bar'
        ? formatBar(progress, context.stderr.isTerminal ? context.stderr.columns : widthWithoutTerminal)
        : formatMeter(progress),
    )
  }
  let timer: NodeJS.Timeout | undefined
  return {
    begin() {
      if (timer !== undefined) return
      if (kind === 'table') messages.write(meterHeader)
      show()
      timer = setInterval(show, kind === 'bar' ? 200 : 1000)
    },
    stop() {
      if (timer === undefined) return
      clearInterval(timer)
      show()
      messages.write('\n')
    },
  }
}
