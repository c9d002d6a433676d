import path from 'node:path'
import type { Context } from '../../context.ts'
import { CliError, usageError } from '../../errors.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import type { CustomHeaders, RequestKind } from '../../request/curl-headers.ts'
import { encodeForWire, encodeText } from '../../request/percent-encoding.ts'
import { formatRequestUrl, parseRequestUrl, type RequestUrl, withTwoSlashes } from '../../request/request-url.ts'
import type { CurlOptions } from '../curl.ts'
import { type DescribedTarget, describeS3Target, regionFlag, serviceFlag } from '../s3-target.ts'
import { contentOf, type RequestContent } from './content.ts'
import type { CurlInputs } from './inputs.ts'
import type { OutputPlace } from './output-words.ts'

/** One transfer as the command line asks for it: every file is open or read, nothing is sent. */
export interface TransferPlan {
  readonly number: number
  /** As typed, or with what options added to it. */
  readonly urlText: string
  readonly target: DescribedTarget
  readonly kind: RequestKind
  /** `-X`, in place of the kind's own word. */
  readonly method: string | undefined
  readonly custom: CustomHeaders
  readonly content: RequestContent
  readonly output: OutputPlace
}

/** A transfer that ends before it begins, with one of curl's codes. */
export interface FailedPlan {
  readonly number: number
  readonly urlText: string
  readonly error: TransferError
}

interface PlanInput {
  readonly options: CurlOptions
  readonly inputs: CurlInputs
  readonly context: Context
}

/**
 * Reads everything before anything is sent. A URL that is none, or has no name for `-O`, is that transfer's failure, as in curl; where a
 * file cannot be read, that failure is all that is left of the plans.
 * @throws CliError (usage) for what cannot be sent
 */
export async function planTransfers(input: PlanInput): Promise<readonly (TransferPlan | FailedPlan)[]> {
  const plans: (TransferPlan | FailedPlan)[] = []
  for (const [number, urlText] of input.options.urls.entries()) {
    try {
      plans.push(await planTransfer(number, input))
    } catch (error) {
      if (!(error instanceof TransferError)) throw error
      const failed = { number, urlText, error }
      if (error.exitCode === curlCodes.read) return [failed]
      plans.push(failed)
    }
  }
  return plans
}

/**
 * Reads everything that a URL's transfer needs.
 * @throws TransferError (26) for unreadable files, CliError (2, 3) for what cannot be sent
 */
async function planTransfer(number: number, { options, inputs, context }: PlanInput): Promise<TransferPlan> {
  const urlText = options.urls[number] ?? ''
  const described = await describeTarget(urlText, options, context)
  const content = await contentOf({ options, number, target: described, inputs, context })
  const url = withQuery(withFileName(described.url, content.fileName), content.query)
  return {
    number,
    urlText: url === described.url ? urlText : formatRequestUrl(url),
    target: { ...described, url },
    kind: options.request.headOnly ? 'HEAD' : content.kind,
    method: options.request.method,
    custom: customHeaders(options, await inputs.custom()),
    content,
    output: outputOf(options.output.outputs[number], urlText),
  }
}

/** The content type of a form has its boundary added, and stands where curl puts its own. */
function customHeaders({ request }: CurlOptions, custom: CustomHeaders): CustomHeaders {
  if (request.content.kind !== 'form') return custom
  return { ...custom, lines: custom.lines.filter(({ name, value }) => value === '' || !/^content-type$/i.test(name)) }
}

async function describeTarget(urlText: string, options: CurlOptions, context: Context): Promise<DescribedTarget> {
  const { credentials, service } = options
  if (urlText.startsWith('s3://')) return describeS3Target(urlText, { credentials, service }, context)
  if (credentials.endpointUrl !== undefined) {
    throw usageError('--endpoint-url is for s3:// targets', 'put the endpoint into the URL')
  }
  return {
    url: parseUrl(urlText),
    service: serviceFlag(service),
    region: regionFlag(credentials),
    hostReason: 'the URL',
    warnings: [],
  }
}

/** curl takes a URL without a scheme for http://, and one slash or three behind a scheme for two. @throws TransferError (1, 3) */
function parseUrl(typed: string): RequestUrl {
  const text = withTwoSlashes(typed)
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]
  if (scheme !== undefined && !['http', 'https'].includes(scheme.toLowerCase())) {
    throw new TransferError(curlCodes.unsupportedAnswer, `the protocol '${scheme}' is not supported`, {
      hint: 'write http(s)://HOST/PATH or s3://BUCKET/KEY',
    })
  }
  try {
    return parseRequestUrl(scheme === undefined ? `http://${text}` : text)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new TransferError(curlCodes.malformedUrl, error.message, { hint: error.hint, cause: error })
  }
}

/** `-T FILE` to a URL that ends in `/`: the file's name becomes the last part. */
function withFileName(url: RequestUrl, fileName: string | undefined): RequestUrl {
  if (fileName === undefined || !url.path.endsWith('/')) return url
  return { ...url, path: `${url.path}${encodeText(fileName)}` }
}

/** What HTTP cannot carry is encoded as in a URL, and so is `#`, which would end the query. @throws TransferError (3) */
function withQuery(url: RequestUrl, added: readonly string[]): RequestUrl {
  if (added.length === 0) return url
  const text = added.join('&')
  if (/[\r\n\0]/.test(text)) {
    throw new TransferError(curlCodes.malformedUrl, `the query ${JSON.stringify(text)} holds a line break or NUL`, {
      hint: 'give it with --data-urlencode or --url-query, which encode',
    })
  }
  const before = url.query ?? ''
  if (before === '' && text === '') return url
  const joint = before === '' || before.endsWith('&') ? '' : '&'
  return { ...url, query: `${before}${joint}${encodeForWire(text).replaceAll('#', '%23')}` }
}

function outputOf(place: OutputPlace | undefined, urlText: string): OutputPlace {
  if (place?.kind !== 'remote-name') return place ?? { kind: 'stdout', binary: 'not-on-terminal' }
  // As it was typed: curl neither encodes nor decodes it.
  const source = urlText.startsWith('s3://') ? urlText : typedPath(urlText)
  // curl stops at a backslash, too: on Windows it parts folders.
  const name = source.slice(Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\')) + 1)
  if (name === '' || name === '.' || name === '..') {
    throw new TransferError(curlCodes.write, `the URL ends in no name for -O`, { hint: 'name the file with -o FILE' })
  }
  return { kind: 'file', path: path.join(place.folder, name) }
}

function typedPath(urlText: string): string {
  return /^(?:https?:\/+)?[^/?#]*([^?#]*)/i.exec(urlText)?.[1] ?? ''
}
