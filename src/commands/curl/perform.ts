import type { Context } from '../../context.ts'
import { CliError } from '../../errors.ts'
import { nextRetry, parseRetryAfter } from '../../http/retry.ts'
import { sleep } from '../../http/throttle.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import { headerValue } from '../../request/header.ts'
import { formatRequestUrl, type RequestUrl } from '../../request/request-url.ts'
import type { CurlOptions } from '../curl.ts'
import { asCurlError } from './exit-code.ts'
import { Measurements } from './measurements.ts'
import { createMeter } from './meter.ts'
import { type OutputTarget, outputTarget, ReaderGone } from './output-target.ts'
import type { FailedPlan, TransferPlan } from './plan.ts'
import { reportRefusal } from './refusal.ts'
import type { TransferWorld } from './sender.ts'
import { Transfer } from './transfer.ts'
import { writeOut } from './write-out.ts'

export interface PerformInput {
  readonly world: TransferWorld
  readonly context: Context
  readonly headerDump: OutputTarget | undefined
}

/** One URL from beginning to end: tries, meter, messages, `-w`. Returns curl's exit code. */
export async function performTransfer(
  plan: TransferPlan,
  { world, context, headerDump }: PerformInput,
): Promise<number> {
  const { options, messages } = world
  const output = outputTarget(plan.output, { stdout: context.stdout, createFolders: options.output.createFolders })
  const measurements = new Measurements(world.clock)
  const meter = createMeter({ plan, options, context, measurements, messages })
  const transfer = new Transfer(world, { plan, output, headerDump, measurements, ready: meter.begin })
  if (options.mode === 'dry-run') {
    await transfer.rehearse()
    return 0
  }
  let error: CliError | undefined
  try {
    error = await tryUntilDone({ transfer, world, measurements, output, interrupt: context.interrupt })
    if (!error && options.output.httpErrors === 'fail-with-body') error = failureOf(transfer)
    error = closeOutput(output, { error, status: transfer.lastSent?.answer.finalHead?.status })
  } finally {
    meter.stop()
  }
  if (error && !(error instanceof ReaderGone)) await reportFailure(error, { transfer, world })
  else if (!error) await reportRefusal(transfer, world)
  const exitCode = error?.exitCode ?? 0
  const report = measurements.report({
    url: plan.urlText,
    urlEffective: `${formatRequestUrl(transfer.lastHop.url)}${fragmentOf(plan, { options, last: transfer.lastHop.url })}`,
    urlNumber: plan.number,
    method: plan.method ?? transfer.lastHop.kind,
    scheme: transfer.lastHop.url.scheme,
    exitCode,
    errorMessage: error?.message,
    fileName: output.path,
    redirectUrl: transfer.redirectUrl,
    referer: transfer.lastHop.referer,
  })
  await writeOut(world.writeOutFormat, report, { world, context })
  return exitCode
}

/** What was typed behind a `#`, which is not sent, and which curl names as long as no redirect leads elsewhere. */
function fragmentOf(
  { number, target }: TransferPlan,
  { options, last }: { readonly options: CurlOptions; readonly last: RequestUrl },
): string {
  const typed = options.urls[number] ?? ''
  if (last !== target.url || typed.startsWith('s3://')) return ''
  return /#.*$/s.exec(typed)?.[0] ?? ''
}

/** The error of a transfer that cannot begin, and its `-w`. Returns curl's exit code. */
export async function reportFailedPlan(
  { number, urlText, error }: FailedPlan,
  { world, context }: Omit<PerformInput, 'headerDump'>,
): Promise<number> {
  world.messages.error(error)
  const { mode, request, output } = world.options
  const place = output.outputs[number]
  if (mode === 'dry-run') return error.exitCode
  const report = new Measurements(world.clock).report({
    url: urlText,
    urlEffective: urlText,
    urlNumber: number,
    method: request.method ?? 'GET',
    scheme: undefined,
    exitCode: error.exitCode,
    errorMessage: error.message,
    fileName: place?.kind === 'file' ? place.path : undefined,
    redirectUrl: undefined,
    referer: request.referer,
  })
  await writeOut(world.writeOutFormat, report, { world, context })
  return error.exitCode
}

interface TryInput {
  readonly transfer: Transfer
  readonly world: TransferWorld
  readonly measurements: Measurements
  readonly output: OutputTarget
  readonly interrupt: AbortSignal
}

/** Tries and, where `--retry` says so, tries again; the last try's error. @throws what is no error of the transfer's */
async function tryUntilDone(input: TryInput): Promise<CliError | undefined> {
  const { transfer, world, measurements, output, interrupt } = input
  for (let tries = 1; ; tries++) {
    const error = await tryOnce(input)
    const head = transfer.lastSent?.answer.finalHead
    const outcome = {
      code: error?.exitCode ?? 0,
      status: head?.status ?? 0,
      retryAfterMs: parseRetryAfter(head && headerValue(head.headers, 'retry-after'), world.now()),
    }
    const retry = nextRetry(outcome, world.options.retries, { tries, elapsedMs: measurements.elapsedMs })
    if (!retry || !transfer.canStartAgain || error instanceof ReaderGone) return error
    const left = world.options.retries.max - tries + 1
    world.messages.problem(
      `${retry.problem}; will retry in ${retry.delayMs / 1000} s, ${left} ${left === 1 ? 'retry' : 'retries'} left`,
    )
    await sleep(retry.delayMs, interrupt)
    output.restart()
  }
}

async function tryOnce({ transfer, world, interrupt }: TryInput): Promise<CliError | undefined> {
  try {
    await withinTime(world.options.connection.maxTimeMs, { interrupt, run: (signal) => transfer.run(signal) })
    return undefined
  } catch (error) {
    if (interrupt.aborted || !(error instanceof CliError)) throw error
    return asCurlError(error)
  }
}

interface TimedRun {
  readonly interrupt: AbortSignal
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** `-m`: aborts what takes longer. */
async function withinTime(maxTimeMs: number | undefined, { interrupt, run }: TimedRun): Promise<void> {
  if (maxTimeMs === undefined) return run(interrupt)
  const controller = new AbortController()
  const cancel = () => controller.abort(interrupt.reason)
  interrupt.addEventListener('abort', cancel)
  if (interrupt.aborted) cancel()
  const timer = setTimeout(() => controller.abort(tooSlow(maxTimeMs)), maxTimeMs)
  try {
    await run(controller.signal)
  } finally {
    clearTimeout(timer)
    interrupt.removeEventListener('abort', cancel)
  }
}

function tooSlow(maxTimeMs: number): TransferError {
  return new TransferError(curlCodes.timeout, `the transfer took longer than ${maxTimeMs / 1000} s`, {
    hint: 'raise --max-time',
  })
}

/** `--fail-with-body` */
function failureOf(transfer: Transfer): CliError | undefined {
  const head = transfer.lastSent?.answer.finalHead
  if (!head || head.status < 400) return undefined
  return new TransferError(curlCodes.httpError, `the server answered ${head.status} ${head.reason}`.trimEnd())
}

function closeOutput(
  output: OutputTarget,
  { error, status }: { readonly error: CliError | undefined; readonly status: number | undefined },
): CliError | undefined {
  try {
    output.finish(error ? 'failed' : status === 304 ? 'unchanged' : 'complete')
    return error
  } catch (failed) {
    if (!(failed instanceof CliError)) throw failed
    return error ?? failed
  }
}

/** An HTTP error is told in the service's words where it has some. */
async function reportFailure(
  error: CliError,
  { transfer, world }: { readonly transfer: Transfer; readonly world: TransferWorld },
): Promise<void> {
  const told = error.exitCode === curlCodes.httpError && (await reportRefusal(transfer, world))
  if (!told) world.messages.error(error)
}
