import type { AddressInfo } from 'node:net'
import type { Context } from '../../context.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { failure, systemCode } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { hideSecrets } from '../../output/evidence.ts'
import { loadStyle, type Style } from '../../output/style.ts'
import { formatDiagnosis, verdictMembers } from '../../output/verdict.ts'
import { withBrackets } from '../../request/request-url.ts'
import { openBucketFolder } from '../../serve/bucket-folder.ts'
import { createVerifyingServer, describeTarget, type JudgedRequest } from '../../serve/verifying-server.ts'
import { searchLimits } from '../refusal-diagnosis.ts'
import type { VerifyOptions, VerifyTask } from '../verify.ts'
import { expectationOptions } from './run.ts'

type ServeTask = Extract<VerifyTask, { readonly kind: 'serve' }>

/**
 * Serves until it is interrupted; each request's diagnosis goes to stdout, where it listens to stderr.
 * @throws Interrupted; CliError (exit 3) without credentials, (failure) where the port or the folder cannot be used
 */
export async function runServe(
  options: VerifyOptions & { readonly task: ServeTask },
  context: Context,
): Promise<number> {
  const { task } = options
  const credentials = await resolveCredentials(options.credentials, context)
  const folder = task.bucketFolder === undefined ? undefined : await openBucketFolder(task.bucketFolder)
  const style = await loadStyle({ mode: options.color, isTerminal: () => context.stdout.isTerminal, env: context.env })
  const stop = new AbortController()
  const server = createVerifyingServer({
    credentials,
    expectation: expectationOptions(options),
    folder,
    now: context.now,
    limits: () => searchLimits(context.now),
    onJudged: (judged) =>
      context.stdout.write(formatJudged(judged, options.format, style)).catch((error: unknown) => stop.abort(error)),
  })
  try {
    const port = await listen(server, task)
    await context.stderr.write(`listening on http://${withBrackets(task.host)}:${port}\n`)
    return await rejection(AbortSignal.any([context.interrupt, stop.signal]))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** Waits until a signal is aborted. @throws its reason */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** @returns the port, which the system chooses where 0 was asked for */
async function listen(server: ReturnType<typeof createVerifyingServer>, { host, port }: ServeTask): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const code = systemCode(error) ?? error.message
      reject(failure(`cannot listen on ${host}:${port} (${code})`, 'choose another port, or 0 for any free one', error))
    })
    server.listen({ host, port }, resolve)
  })
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function formatJudged(
  { request, verdict, status, code }: JudgedRequest,
  format: 'text' | 'json',
  style: Style,
): string {
  if (format === 'json') {
    const target = hideSecrets(describeTarget(request))
    return `${JSON.stringify({ request: target, status, code, ...verdictMembers(verdict) })}\n`
  }
  const head = `${escapeForTerminal(hideSecrets(describeTarget(request)))}  ${status}${code === undefined ? '' : ` ${code}`}`
  const [verdictLine = '', ...rest] = formatDiagnosis(verdict, style)
  return `${[`${style.bold(head)}  ${verdictLine}`, ...rest].join('\n')}\n`
}
