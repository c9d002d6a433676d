import type { Context } from '../../context.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { exitCodes, usageError } from '../../errors.ts'
import { escapeForTerminal } from '../../output/escape.ts'
import { explanationMembers } from '../../output/explanation.ts'
import { formatRequest } from '../../output/request/format-request.ts'
import { headerValue } from '../../request/header.ts'
import { createInputReader } from '../input-reader.ts'
import { type DescribedRequest, describeRequest } from './describe.ts'
import { explainForPeople } from './explain.ts'
import { inferredValues } from './inferred-values.ts'
import type { SignOptions } from './options.ts'
import { makeSigning, printableRequest } from './signing.ts'
import { signingWarnings } from './warnings.ts'

/**
 * Signs one request and prints it.
 * @throws CliError: (usage) for a request that cannot be, (credentials), or (failure) for an unreadable body and a format that
 * cannot carry the request
 */
export async function runSign(options: SignOptions, context: Context): Promise<number> {
  const reader = createInputReader(context, { unreadableExitCode: exitCodes.failure })
  const described = await describeRequest(options, context, reader)
  const credentials = await resolveCredentials(options.credentials, context)
  if (!credentials) return printUnsigned(options, described, context)
  const signing = await makeSigning({ options, described, credentials, context })
  const inferred = inferredValues(signing)
  const printed = formatRequest(printableRequest(described, signing.signed), {
    format: options.format,
    extraMembers: options.explain ? { explain: explanationMembers(signing.signed.steps, inferred) } : {},
  })
  const notes = signingWarnings(signing).map((line) => `${escapeForTerminal(line)}\n`)
  if (options.explain && options.format !== 'json') {
    notes.unshift(await explainForPeople(signing, inferred, context))
  }
  if (notes.length > 0) await context.stderr.write(notes.join(''))
  await context.stdout.write(printed)
  await writeBodyInPieces(options, described, context)
  return exitCodes.done
}

/** A raw request whose body is a file ends with the file's bytes, however many. */
async function writeBodyInPieces(options: SignOptions, { body }: DescribedRequest, context: Context): Promise<void> {
  if (options.format !== 'http' || !body || body.bytes) return
  for await (const chunk of body.chunks()) await context.stdout.write(chunk)
}

/** `--no-sign-request`: the request as it is. */
async function printUnsigned(options: SignOptions, described: DescribedRequest, context: Context): Promise<number> {
  if (options.explain)
    throw usageError('--explain has nothing to explain with --no-sign-request', 'leave out one of them')
  const ownHost = headerValue(described.headers, 'host') !== undefined
  const headers = ownHost ? described.headers : [{ name: 'Host', value: described.host.value }, ...described.headers]
  const printable = printableRequest(described, { headers, query: described.url.query })
  await context.stdout.write(formatRequest(printable, { format: options.format, extraMembers: {} }))
  await writeBodyInPieces(options, described, context)
  return exitCodes.done
}
