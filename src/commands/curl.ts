import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { CliError, usageError } from '../errors.ts'
import type { RedirectRules } from '../http/redirect.ts'
import type { RetryRules } from '../http/retry.ts'
import { CurlArguments, type GivenOption } from '../request/curl-arguments.ts'
import { type CurlOptionRow, curlOptionGroups } from '../request/curl-options.ts'
import { setAction } from './action.ts'
import { asCurlError } from './curl/exit-code.ts'
import {
  type ConnectionWords,
  parseConnectionWords,
  parseRedirectRules,
  parseRetryRules,
} from './curl/network-words.ts'
import { type OutputWords, parseOutputWords } from './curl/output-words.ts'
import { parseRequestWords, type RequestWords } from './curl/request-words.ts'
import { addSharedOptions, parseCredentialOptions, type SharedValues } from './shared-options.ts'
import { SparseCommand } from './sparse-command.ts'

/** `curl`'s command line, parsed; no file is read yet. */
export interface CurlOptions {
  readonly urls: readonly string[]
  readonly request: RequestWords
  readonly output: OutputWords
  readonly connection: ConnectionWords
  readonly redirects: RedirectRules
  readonly retries: RetryRules
  readonly credentials: CredentialOptions
  /** `--service` */
  readonly service: string | undefined
  readonly debug: boolean
  readonly mode: 'send' | 'dry-run'
}

const examples = `
Examples:
  $ sigv4 curl s3://examplebucket/photo.jpg -o photo.jpg
  $ sigv4 curl -T backup.tar.gz s3://examplebucket/backups/
  $ sigv4 curl -sSf https://sts.eu-west-1.amazonaws.com/ --action GetCallerIdentity
  $ sigv4 curl https://dynamodb.eu-west-1.amazonaws.com/ --target DynamoDB_20120810.ListTables -d '{}'
  $ sigv4 curl --json '{"id": 7}' https://abcdef1234.execute-api.eu-west-1.amazonaws.com/prod/items

Options mean what curl's manual says. Exit codes are curl's too; 94: no usable credentials, or a refused role.
`

/** Adds `curl`'s words. */
export async function registerCurl(command: Command, context: Context): Promise<void> {
  const given: GivenOption[] = []
  if (canBeMeant({ long: 'url' }, command)) (await import('./curl/url-words.ts')).takeUrlsInOrder(command)
  if (!(command instanceof SparseCommand)) (await import('./curl/curl-names.ts')).acceptCurlNames(command)
  command
    .argument('[url...]', 'http(s):// URLs, taken literally, or s3://BUCKET/KEY')
    .addHelpText('before', examples.trimStart())
  for (const { heading, options } of curlOptionGroups) {
    command.optionsGroup(`${heading}:`)
    for (const option of options) if (canBeMeant(option, command)) declare(option, command, given)
  }
  addSharedOptions(command, 'without-timeouts')
  setAction(command, async (operands) => {
    const options = await parseCurl({ given, operands, values: command.opts<SharedValues>() }).catch((error) => {
      throw error instanceof CliError ? asCurlError(error) : error
    })
    return (await import('./curl/run.ts')).runCurl(options, context)
  })
}

/** False where a sparse command has no use for the option: to make all of them would cost 3 ms at every start. */
function canBeMeant({ long, short }: Pick<CurlOptionRow, 'long' | 'short'>, command: Command): boolean {
  return !(command instanceof SparseCommand) || command.canMeanName(long, short)
}

function declare({ long, short, value, text }: CurlOptionRow, command: Command, given: GivenOption[]): void {
  const flags = `${short === undefined ? '' : `-${short}, `}--${long}${value === undefined ? '' : ` <${value}>`}`
  command
    .option(flags, text)
    .on(`option:${long}`, (word: string | null) => given.push({ name: long, value: word ?? true }))
  if (value !== undefined || long.startsWith('no-')) return
  // curl's --no-X for every flag; in help they would only make it longer.
  command
    .addOption(command.createOption(`--no-${long}`, text).hideHelp())
    .on(`option:no-${long}`, () => given.push({ name: long, value: false }))
}

export interface CurlWords {
  /** In the order of the command line. */
  readonly given: readonly GivenOption[]
  readonly operands: readonly string[]
  readonly values: SharedValues
}

/** @throws CliError (usage) for values that cannot be, and for options that exclude each other */
export async function parseCurl({ given, operands, values }: CurlWords): Promise<CurlOptions> {
  const args = new CurlArguments(given)
  if (args.value('user') !== undefined) {
    throw usageError(
      '-u is not taken: others can read the command line',
      'use --profile, the AWS_ variables, or --credentials FILE',
    )
  }
  const urls = [...args.values('url').map(({ value }) => value), ...operands]
  if (urls.length === 0) throw usageError('no URL given', "'sigv4 curl --help' tells more")
  if (operands.includes('-')) throw usageError("'-' is not a URL", 'read a body from stdin with -d @- or -T -')
  const scope = parseAwsSigV4(args.value('aws-sigv4'))
  const credentials = await parseCredentialOptions(values)
  const connection = parseConnectionWords(args)
  return {
    urls,
    request: parseRequestWords(args),
    output: parseOutputWords(args, urls.length),
    connection: {
      ...connection,
      insecure: connection.insecure || !values.verifySsl,
      caFile: connection.caFile ?? values.caBundle,
    },
    redirects: parseRedirectRules(args),
    retries: parseRetryRules(args),
    credentials: { ...credentials, region: credentials.region ?? scope.region },
    service: args.value('service') ?? scope.service,
    debug: values.debug ?? false,
    mode: args.flag('dry-run') ? 'dry-run' : 'send',
  }
}

/** curl's `PROVIDER1[:PROVIDER2[:REGION[:SERVICE]]]`; only AWS's own scheme can be meant here. */
function parseAwsSigV4(text: string | undefined): { readonly region?: string; readonly service?: string } {
  if (text === undefined) return {}
  const [first = '', second, region, service, ...more] = text.split(':')
  const providers = `${first}:${second ?? 'amz'}`.toLowerCase()
  if (providers !== 'aws:amz' || more.length > 0) {
    throw usageError(
      `--aws-sigv4 '${text}' is not AWS's scheme`,
      'write --aws-sigv4 aws:amz:REGION:SERVICE, or --region and --service',
    )
  }
  return { ...(region ? { region } : {}), ...(service ? { service } : {}) }
}
