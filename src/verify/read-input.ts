import { usageError } from '../errors.ts'
import { looksLikeCurlCommand, parseCurlCommand } from '../request/curl-command.ts'
import { type HarExchange, harExchanges } from '../request/har.ts'
import { looksLikeHttpRequest, parseHttpRequest, parseTarget } from '../request/http-message.ts'
import { findExchange } from '../request/http-trace.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { findCanonicalRequests, findSignature, findStringsToSign } from './canonical-text.ts'
import { readAnswer, type ServiceAnswer } from './service-answer.ts'
import { isClaim, readClaim } from './signature-claim.ts'

/** Everything that an input tells of one signed request. At least one member is there. */
export interface Evidence {
  /** For people: `a presigned URL`, `curl -v output` ... */
  readonly kind: string
  readonly request: ReceivedRequest | undefined
  readonly answer: ServiceAnswer | undefined
  /** What the signer's own log shows. */
  readonly signer: SignerLog | undefined
  /** When it happened, where the input says so. */
  readonly time: Date | undefined
}

export interface SignerLog {
  readonly canonicalRequest: string
  readonly stringToSign: string | undefined
  readonly signature: string | undefined
}

/**
 * Finds out what an input is and reads it: a presigned URL, a raw HTTP request, a curl command line, `curl -v` output,
 * a HAR entry, an SDK's debug log, or a service's refusal.
 * @throws CliError (usage, exit 2) for anything else
 */
export async function readInput(bytes: Uint8Array): Promise<Evidence> {
  const text = Buffer.from(bytes)
    .toString()
    .replace(/^\ufeff/, '')
  if (text.trim() === '') throw usageError('the input is empty', 'give a URL, a request, or - for stdin')
  const url = readUrl(text)
  if (url) return url
  if (looksLikeCurlCommand(text)) return ofRequest('a curl command line', parseCurlCommand(text))
  if (looksLikeHttpRequest(text)) {
    const request = parseHttpRequest(bytes)
    if (request) return ofRequest('a raw HTTP request', request)
  }
  return (await readJson(text)) ?? (await readLog(text))
}

function ofRequest(kind: string, request: ReceivedRequest): Evidence {
  return { kind, request, answer: undefined, signer: undefined, time: undefined }
}

/** A URL alone, perhaps in quotes, in angle brackets, or broken into lines by a terminal or a mail. */
function readUrl(text: string): Evidence | undefined {
  const joined = text
    .trim()
    .replace(/^\(([\s\S]*)\)$/, '$1')
    .replace(/^["'<]+|["'>]+$/g, '')
    .replace(/[\r\n]+[ \t]*/g, '')
  if (!/^https?:\/\/[^\s"<>]+(?:(?: [^\s"<>?]+)*\?[^\s"<>]+)?$/i.test(joined)) return undefined
  const target = parseTarget(joined.replaceAll(' ', '%20'))
  if (!target.authority)
    throw usageError(`the URL '${joined.slice(0, 100)}' names no host`, 'write https://HOST/PATH?QUERY')
  const request: ReceivedRequest = { ...target, method: 'GET', methodIsAssumed: true, headers: [], body: undefined }
  const presigned = /X-Amz-Signature=/i.test(target.query ?? '')
  return ofRequest(presigned ? 'a presigned URL' : 'a URL', request)
}

async function readJson(text: string): Promise<Evidence | undefined> {
  if (!/^\s*[{[]/.test(text)) return undefined
  const value = parsedJson(text)
  const exchange = value === undefined ? undefined : chooseExchange(harExchanges(value))
  if (exchange === undefined) return undefined
  const { response } = exchange
  return {
    kind: 'a HAR entry',
    request: exchange.request,
    answer: response && response.status >= 400 ? await readAnswer(response) : undefined,
    signer: undefined,
    time: exchange.startedAt,
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @throws CliError (usage) where several could be meant */
function chooseExchange(exchanges: readonly HarExchange[]): HarExchange | undefined {
  if (exchanges.length <= 1) return exchanges[0]
  const signed = exchanges.filter(({ request }) => isClaim(readClaim(request)))
  const refused = signed.filter(({ response }) => (response?.status ?? 0) >= 400)
  if (refused.length === 1) return refused[0]
  if (signed.length === 1) return signed[0]
  throw usageError(
    `the HAR file has ${exchanges.length} entries, ${signed.length} of them signed, ${refused.length} refused`,
    'keep only the entry in question',
  )
}

/** Traces, debug logs and refusals: whatever of request, answer and canonical request they hold. */
async function readLog(text: string): Promise<Evidence> {
  const { request, response } = findExchange(text)
  const answer = await readAnswer({ body: text, status: response?.status, headers: response?.headers ?? [] })
  const rest = withoutAnswers(text)
  const canonicalRequest = findCanonicalRequests(rest).at(-1)
  const signer =
    canonicalRequest === undefined
      ? undefined
      : {
          canonicalRequest,
          stringToSign: findStringsToSign(rest).at(-1),
          signature: findSignature(rest),
        }
  if (!request && !answer && !signer) {
    throw usageError(
      'the input is no signed request that can be read',
      'give a presigned URL, a raw HTTP request, a curl command, curl -v output, a HAR entry, a debug log or a refusal',
    )
  }
  return { kind: kindOf(text, { request, answer, signer }), request, answer, signer, time: undefined }
}

/** What stands in a service's answer is the service's; the signer printed what stands elsewhere. */
function withoutAnswers(text: string): string {
  const documents = ['Error', 'ErrorResponse', 'Response'].reduce((rest, name) => withoutElements(rest, name), text)
  return documents.replace(/should have been:?(?:\s|\\n)*'[^']*'/gi, '')
}

/** By searching forwards only, so that a long text with many open elements costs no more than any other. */
function withoutElements(text: string, name: string): string {
  const kept: string[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf(`<${name}`, from)
    const end = start < 0 ? -1 : text.indexOf(`</${name}>`, start)
    if (end < 0) return kept.join('') + text.slice(from)
    kept.push(text.slice(from, start))
    from = end + name.length + 3
  }
}

function kindOf(text: string, { request, signer }: Pick<Evidence, 'request' | 'answer' | 'signer'>): string {
  if (/^> [A-Z]+ \S+ HTTP\//m.test(text)) return 'curl -v output'
  if (signer) return "a signer's debug log"
  return request ? 'a log with a request' : "a service's answer"
}
