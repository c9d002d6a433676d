import fs from 'node:fs'
import { type Context, environmentValue } from '../../context.ts'
import { CliError, ClosedPipe, systemCode } from '../../errors.ts'
import { holdsCertificate } from '../../http/certificates.ts'
import type { ConnectOptions, Destination, TlsSettings } from '../../http/connect.ts'
import { ConnectionPool } from '../../http/connection-pool.ts'
import { parseResolveRule } from '../../http/connection-rules.ts'
import type { CookieJar } from '../../http/cookies.ts'
import { bypassesProxy, parseProxy, proxyFor, UnusableProxy } from '../../http/proxy.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import { readAll } from '../../request/body-source.ts'
import { version } from '../../version.ts'
import type { CurlOptions } from '../curl.ts'
import { asCurlError } from './exit-code.ts'
import { createIdentity } from './identity.ts'
import { type CurlInputs, openInputs } from './inputs.ts'
import { Messages } from './messages.ts'
import type { ConnectionWords } from './network-words.ts'
import { type OutputTarget, outputTarget } from './output-target.ts'
import { performTransfer, reportFailedPlan } from './perform.ts'
import { type FailedPlan, planTransfers, type TransferPlan } from './plan.ts'
import type { TransferWorld } from './sender.ts'

/** Sends the requests of a command line, one after the other; the exit code is curl's, that of the last transfer. */
export async function runCurl(options: CurlOptions, context: Context): Promise<number> {
  const messages = new Messages(context, { ...options.output, debug: options.debug })
  let inputs: CurlInputs | undefined
  let pool: ConnectionPool | undefined
  try {
    inputs = openInputs(options.request.headers, context)
    const plans = await planTransfers({ options, inputs, context })
    pool = new ConnectionPool(connectOptions(options, { context, messages }))
    const world: TransferWorld = {
      options,
      inputs,
      identity: createIdentity(options.credentials, context),
      pool,
      cookies: await readCookies(options, { plans, inputs, context }),
      messages,
      writeOutFormat: await readWriteOut(options.output.writeOut, inputs),
      now: context.now,
      clock: context.clock,
    }
    return await performAll(plans, world, context)
  } catch (error) {
    if (error instanceof ClosedPipe) return curlCodes.write
    if (!(error instanceof CliError) || context.interrupt.aborted) throw error
    const failed = asCurlError(error)
    messages.error(failed)
    return failed.exitCode
  } finally {
    pool?.close()
    await inputs?.dispose()
    await messages.flush()
  }
}

type AnyPlan = TransferPlan | FailedPlan

async function performAll(plans: readonly AnyPlan[], world: TransferWorld, context: Context): Promise<number> {
  const { options } = world
  const headerDump = headerDumpOf(options, context)
  let exitCode = 0
  try {
    // Whoever reads it after a failure must not find the headers of an earlier call.
    if (options.mode === 'send') headerDump?.open()
    for (const plan of plans) {
      if ('error' in plan) {
        exitCode = await reportFailedPlan(plan, { world, context })
        // As curl, which goes on only after what is wrong with a URL.
        if (exitCode === curlCodes.write) break
      } else exitCode = await performTransfer(plan, { world, context, headerDump })
      if (exitCode !== 0 && options.output.failEarly) break
    }
  } finally {
    headerDump?.finish(exitCode === 0 ? 'complete' : 'failed')
  }
  return exitCode
}

/** `-D`: one file for all transfers. */
function headerDumpOf({ output }: CurlOptions, { stdout }: Context): OutputTarget | undefined {
  if (output.dumpHeaders === undefined) return undefined
  const place =
    output.dumpHeaders === '-'
      ? ({ kind: 'stdout', binary: 'allowed' } as const)
      : ({ kind: 'file', path: output.dumpHeaders } as const)
  return outputTarget(place, { stdout, createFolders: output.createFolders })
}

async function readWriteOut(text: string | undefined, inputs: CurlInputs): Promise<string | undefined> {
  if (!text?.startsWith('@')) return text
  // As of a `-d @FILE`: lines end where the format says \n.
  return (await readAll(await inputs.open(text.slice(1), '--write-out'))).toString().replace(/[\r\n\0]/g, '')
}

/** The cookie engine runs as soon as a `-b` names a file, which need not exist. */
async function readCookies(
  { request }: CurlOptions,
  {
    plans,
    inputs,
    context,
  }: { readonly plans: readonly AnyPlan[]; readonly inputs: CurlInputs; readonly context: Context },
): Promise<CookieJar | undefined> {
  const files = request.cookies.filter((text) => !text.includes('='))
  const plan = plans.find((candidate) => 'target' in candidate)
  if (files.length === 0 || !plan) return undefined
  const { CookieJar, parseCookieFile } = await import('../../http/cookies.ts')
  const jar = new CookieJar()
  for (const file of files) {
    const text = file === '' ? '' : await readCookieFile(file, inputs)
    for (const cookie of parseCookieFile(text, plan.target.url, context.now())) jar.set(cookie, context.now())
  }
  return jar
}

async function readCookieFile(path: string, inputs: CurlInputs): Promise<string> {
  if (path === '-') return (await readAll(await inputs.open(path, '--cookie'))).toString()
  try {
    return await fs.promises.readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw new TransferError(curlCodes.read, `cannot read '${path}' for --cookie (${systemCode(error)})`, {
      cause: error,
    })
  }
}

function connectOptions(
  { connection, request }: CurlOptions,
  { context, messages }: { readonly context: Context; readonly messages: Messages },
): ConnectOptions {
  return {
    family: connection.family,
    resolve: () => connection.resolve.map(parseResolveRule),
    connectTo: connection.connectTo,
    unixSocket: connection.unixSocket,
    proxyFor: (destination) => usableProxy(() => chosenProxy(destination, connection, context)),
    tls: () => tlsSettings(connection, context),
    timeoutMs: connection.connectTimeoutMs,
    userAgent: request.userAgent === '' ? undefined : (request.userAgent ?? `sigv4/${version}`),
    clock: context.clock,
    trace: (line) => messages.trace(line),
  }
}

async function tlsSettings(connection: ConnectionWords, { env }: Context): Promise<TlsSettings> {
  const caFile =
    connection.caFile ??
    environmentValue(env, 'AWS_CA_BUNDLE') ??
    environmentValue(env, 'CURL_CA_BUNDLE') ??
    environmentValue(env, 'SSL_CERT_FILE')
  const { certificateFile, keyFile } = connection
  return {
    verification: connection.insecure ? 'off' : 'required',
    caCertificates: caFile === undefined || connection.insecure ? undefined : await readAuthorities(caFile),
    clientCertificate: certificateFile && (await readPem(certificateFile, curlCodes.clientCertificate)),
    clientKey: keyFile && (await readPem(keyFile, curlCodes.clientCertificate)),
  }
}

/** @throws TransferError (5, 7) */
function usableProxy(choose: () => URL | undefined): URL | undefined {
  try {
    return choose()
  } catch (error) {
    if (!(error instanceof UnusableProxy)) throw error
    const code = error.flaw === 'scheme' ? curlCodes.connect : curlCodes.resolveProxy
    throw new TransferError(code, error.message, { hint: error.hint, cause: error })
  }
}

/** `-x` before the variables; `--noproxy` in place of `no_proxy`. */
function chosenProxy(destination: Destination, { proxy, noProxy }: ConnectionWords, { env }: Context): URL | undefined {
  if (proxy === '') return undefined
  if (noProxy !== undefined && bypassesProxy(destination.hostname, noProxy)) return undefined
  if (proxy === undefined) {
    return proxyFor(destination, noProxy === undefined ? env : { ...env, no_proxy: undefined, NO_PROXY: undefined })
  }
  const exceptions = noProxy ?? environmentValue(env, 'no_proxy') ?? environmentValue(env, 'NO_PROXY') ?? ''
  return bypassesProxy(destination.hostname, exceptions) ? undefined : parseProxy(proxy)
}

/** @throws TransferError (77), also for a file without a certificate: to trust nobody is no answer to `--cacert` */
async function readAuthorities(path: string): Promise<string> {
  const text = await readPem(path, curlCodes.caFile)
  if (holdsCertificate(text)) return text
  throw new TransferError(curlCodes.caFile, `'${path}' holds no certificate`, { hint: 'PEM files are wanted' })
}

async function readPem(
  path: string,
  code: typeof curlCodes.caFile | typeof curlCodes.clientCertificate,
): Promise<string> {
  try {
    return await fs.promises.readFile(path, 'utf8')
  } catch (error) {
    throw new TransferError(code, `cannot read '${path}' (${systemCode(error)})`, {
      hint: 'check the path and its permissions',
      cause: error,
    })
  }
}
