import type { Header } from '../request/header.ts'
import { decodeText, encodeForWire } from '../request/percent-encoding.ts'
import { queryParts } from '../request/query-parts.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { serviceRules } from '../request/service-rules.ts'
import { splitCanonicalRequest } from './canonical-difference.ts'

/** What is known of a signature beside its canonical request. */
export interface SignatureFacts {
  readonly canonicalRequest: string
  readonly stringToSign: string | undefined
  readonly signature: string | undefined
  readonly accessKeyId: string | undefined
}

/**
 * The request behind a canonical request, its signature in place: enough to judge a refusal or a signer's log without
 * the request itself. The body is known by its hash only.
 * @returns undefined where the text is no canonical request
 */
export function rebuildRequest(facts: SignatureFacts): ReceivedRequest | undefined {
  const parts = splitCanonicalRequest(facts.canonicalRequest)
  const headers = headersOf(parts.headerBlock)
  if (parts.method === '' || headers.length === 0) return undefined
  const service = facts.stringToSign?.split('\n')[2]?.split('/').at(-2) ?? ''
  const path = serviceRules(service).pathEncoding === 'single' ? parts.path : decodeOnce(parts.path)
  const signed = signedOn({ query: parts.query, headers, list: parts.headerBlock.split('\n').at(-1) ?? '' }, facts)
  return {
    method: parts.method,
    scheme: undefined,
    authority: undefined,
    path: encodeForWire(path.startsWith('/') ? path : `/${path}`),
    query: signed.query === '' ? undefined : encodeForWire(signed.query),
    headers: signed.headers,
    body: /^[0-9a-f]{64}$/.test(parts.payloadHash)
      ? { sha256: parts.payloadHash, length: undefined, bytes: undefined }
      : undefined,
  }
}

function headersOf(headerBlock: string): readonly Header[] {
  return headerBlock.split('\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return colon <= 0 ? [] : [{ name: line.slice(0, colon), value: line.slice(colon + 1) }]
  })
}

/** `/a%2520b` was sent as `/a%20b`; bytes that are no UTF-8 stay encoded. */
function decodeOnce(path: string): string {
  return path.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => (decodeText(run).includes('\ufffd') ? run : decodeText(run)))
}

interface Unsigned {
  readonly query: string
  readonly headers: readonly Header[]
  readonly list: string
}

function signedOn({ query, headers, list }: Unsigned, facts: SignatureFacts): Pick<Unsigned, 'query' | 'headers'> {
  const { signature = '', stringToSign } = facts
  if (queryParts(query).some(({ name }) => name === 'X-Amz-Algorithm')) {
    return { query: `${query}&X-Amz-Signature=${signature}`, headers }
  }
  const [algorithm, , scope] = stringToSign?.split('\n') ?? []
  if (algorithm === undefined) return { query, headers }
  const credential = `${facts.accessKeyId ?? 'UNKNOWN'}/${scope}`
  const value = `${algorithm} Credential=${credential}, SignedHeaders=${list}, Signature=${signature}`
  return { query, headers: [...headers, { name: 'Authorization', value }] }
}
