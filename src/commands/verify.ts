import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { usageError } from '../errors.ts'
import type { ColorMode } from '../output/style.ts'
import { withoutBrackets } from '../request/request-url.ts'
import { parseSigningDate } from '../request/signing-date.ts'
import type { PathEncoding } from '../sign/canonical-request.ts'
import { setAction } from './action.ts'
import { addSharedOptions, parseCredentialOptions, type SharedValues } from './shared-options.ts'

/** `verify`'s command line, parsed. */
export interface VerifyOptions {
  readonly credentials: CredentialOptions
  readonly color: ColorMode | undefined
  readonly format: 'text' | 'json'
  readonly service: string | undefined
  readonly region: string | undefined
  readonly date: Date | undefined
  readonly pathEncoding: PathEncoding | undefined
  readonly normalizePath: boolean | undefined
  readonly sessionToken: 'appended' | undefined
  readonly task: VerifyTask
}

export type VerifyTask =
  | {
      readonly kind: 'input'
      /** A URL, a command line, a file's name, `-`; undefined is stdin. */
      readonly input: string | undefined
      readonly responseFile: string | undefined
      readonly bodyFile: string | undefined
    }
  | {
      readonly kind: 'serve'
      readonly host: string
      readonly port: number
      readonly bucketFolder: string | undefined
    }

interface VerifyValues extends SharedValues {
  readonly response?: string
  readonly body?: string
  readonly date?: string
  readonly service?: string
  readonly pathEncoding?: PathEncoding
  readonly normalizePath?: boolean
  readonly omitSessionToken?: true
  readonly serve?: string
  readonly bucketDir?: string
  readonly format?: 'text' | 'json'
}

const examples = `
Examples:
  $ sigv4 verify request.http --response refusal.xml
  $ sigv4 verify "$(sigv4 sign --presign s3://examplebucket/photo.jpg)"
  $ sigv4 sign --format curl https://sts.us-east-1.amazonaws.com/ | sigv4 verify -
  $ sigv4 verify --serve 9000 --bucket-dir ./buckets
`

/** Adds `verify`'s words. */
export function registerVerify(command: Command, context: Context): void {
  command
    .argument(
      '[input]',
      'a presigned URL, a curl command, or a file with a request, trace, HAR entry, log or refusal; - is stdin',
    )
    .addHelpText('before', examples.trimStart())
    .option('--response <file>', "the service's refusal, or - for stdin")
    .option('--body <file>', 'the body that was sent, in place of the one in the input')
    .option('--date <time>', 'judge as of this time (ISO 8601 or 20150830T123600Z)')
    .option('--service <name>', 'the service that gets the request')
    .addOption(
      new Option('--path-encoding <how>', 'the service signs paths encoded once (S3) or twice').choices([
        'single',
        'double',
      ]),
    )
    .option('--normalize-path', 'the service removes dot and empty segments from the path')
    .option('--no-normalize-path', 'the service takes the path as it is')
    .option('--omit-session-token', 'the service wants the session token added after signing')
    .option('--serve <[host:]port>', 'judge whatever arrives there (host: 127.0.0.1; port 0: any free one)')
    .option('--bucket-dir <dir>', 'with --serve: serve the folders in it as buckets, read-only')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']))
  addSharedOptions(command)
  setAction(command, async ([input]) => {
    const options = await parseVerify(input, command.opts<VerifyValues>())
    return (await import('./verify/run.ts')).runVerify(options, context)
  })
}

/** @throws CliError (usage) for values that cannot be and options that contradict each other */
export async function parseVerify(input: string | undefined, values: VerifyValues): Promise<VerifyOptions> {
  return {
    credentials: await parseCredentialOptions(values),
    color: values.color,
    format: values.format ?? 'text',
    service: values.service,
    region: values.region,
    date: values.date === undefined ? undefined : parseSigningDate(values.date),
    pathEncoding: values.pathEncoding,
    normalizePath: values.normalizePath,
    sessionToken: values.omitSessionToken ? 'appended' : undefined,
    task: values.serve === undefined ? inputTask(input, values) : serveTask(values.serve, input, values),
  }
}

function inputTask(input: string | undefined, values: VerifyValues): VerifyTask {
  if (values.bucketDir !== undefined) throw usageError('--bucket-dir is for --serve', 'add --serve PORT')
  const stdin = [input ?? '-', values.response, values.body].filter((name) => name === '-')
  if (stdin.length > 1) throw usageError('stdin cannot be read for two things', 'give one of them as a file')
  return { kind: 'input', input, responseFile: values.response, bodyFile: values.body }
}

function serveTask(address: string, input: string | undefined, values: VerifyValues): VerifyTask {
  const notForServers = (['response', 'body', 'date'] as const).find((name) => values[name] !== undefined)
  if (input !== undefined) throw usageError(`--serve takes no input, but '${input}' is given`, 'leave one of them out')
  if (notForServers) throw usageError(`--${notForServers} is for an input, not for --serve`)
  const match = /^(?:(\[[0-9A-Fa-f:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(address)
  const port = Number(match?.[2])
  if (!match || port > 65_535)
    throw usageError(`--serve '${address}' is not [HOST:]PORT`, 'write for instance --serve 9000')
  return {
    kind: 'serve',
    host: withoutBrackets(match[1] ?? '127.0.0.1'),
    port,
    bucketFolder: values.bucketDir,
  }
}
