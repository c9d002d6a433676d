/**
 * A signer written from AWS's pages and from nothing in `src/`: "Create a signed AWS API request" and "Troubleshoot
 * Signature Version 4" (IAM User Guide), "Authenticating Requests" (S3 API reference). Each step can be replaced, which
 * is how the tests make mistakes on purpose.
 */
import { createHash, createHmac } from 'node:crypto'

export interface PlainRequest {
  readonly method: string
  readonly host: string
  /** Decoded, with `/` between segments. */
  readonly path: string
  /** Decoded; undefined is a name without `=`. */
  readonly query: readonly (readonly [string, string | undefined])[]
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly service: string
  readonly region: string
  /** `20150830T123600Z` */
  readonly date: string
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string | undefined
  readonly form: 'header' | 'query'
  /** Query form. */
  readonly expires: number
}

/** What goes on the wire. */
export interface WireRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: string | undefined
  /** `Host` is not among them. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export type Pair = readonly [name: string, value: string | undefined]

/** The steps of the task; every one may be replaced by a wrong one. */
export interface Steps {
  readonly canonicalMethod: (method: string) => string
  readonly canonicalUri: (request: PlainRequest) => string
  readonly canonicalQuery: (pairs: readonly Pair[]) => string
  /** From name and value as given to the line without its line feed. */
  readonly headerLine: (name: string, value: string) => string
  readonly sortHeaders: (headers: readonly (readonly [string, string])[]) => readonly (readonly [string, string])[]
  readonly signedHeaders: (names: readonly string[]) => string
  readonly betweenHeadersAndList: string
  readonly payloadHash: (request: PlainRequest) => string
  readonly contentSha256: (request: PlainRequest) => string | undefined
  readonly stringDate: (date: string) => string
  readonly scope: (request: PlainRequest) => readonly [date: string, region: string, service: string]
  readonly keyScope: (request: PlainRequest) => readonly string[]
  readonly secret: (secret: string) => string
  readonly keyPrefix: string
  readonly chain: (digest: Buffer) => Buffer
  readonly token: 'signed' | 'added after signing' | 'signed, not sent'
  readonly signature: (digest: Buffer) => string
}

export const rightSteps: Steps = {
  canonicalMethod: (method) => method,
  canonicalUri: (request) => {
    const encoded = encodePath(request.path)
    return isS3(request) ? encoded : encodePath(removeDots(encoded))
  },
  canonicalQuery: (pairs) =>
    pairs
      .map(([name, value]) => [encode(name), encode(value ?? '')] as const)
      .sort((a, b) => (a[0] === b[0] ? order(a[1], b[1]) : order(a[0], b[0])))
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
  headerLine: (name, value) => `${name.toLowerCase()}:${value.trim().replace(/ +/g, ' ')}`,
  sortHeaders: (headers) => [...headers].sort((a, b) => order(a[0].toLowerCase(), b[0].toLowerCase())),
  signedHeaders: (names) => names.map((name) => name.toLowerCase()).join(';'),
  betweenHeadersAndList: '\n',
  payloadHash: (request) => (isS3(request) && request.form === 'query' ? 'UNSIGNED-PAYLOAD' : sha256(request.body)),
  contentSha256: (request) => (isS3(request) && request.form === 'header' ? sha256(request.body) : undefined),
  stringDate: (date) => date,
  scope: (request) => [request.date.slice(0, 8), request.region, request.service],
  keyScope: (request) => [request.date.slice(0, 8), request.region, request.service, 'aws4_request'],
  secret: (secret) => secret,
  keyPrefix: 'AWS4',
  chain: (digest) => digest,
  token: 'signed',
  signature: (digest) => digest.toString('hex'),
}

export function plainSign(request: PlainRequest, changed: Partial<Steps> = {}): WireRequest {
  const steps = { ...rightSteps, ...changed }
  return request.form === 'header' ? signHeaders(request, steps) : signQuery(request, steps)
}

function signHeaders(request: PlainRequest, steps: Steps): WireRequest {
  const contentSha256 = steps.contentSha256(request)
  const tokenHeader: readonly (readonly [string, string])[] =
    request.token === undefined ? [] : [['X-Amz-Security-Token', request.token]]
  const sentBefore: readonly (readonly [string, string])[] = [
    ...request.headers,
    ['X-Amz-Date', request.date],
    ...(contentSha256 === undefined ? [] : ([['X-Amz-Content-Sha256', contentSha256]] as const)),
    ...(steps.token === 'signed' ? tokenHeader : []),
  ]
  const signed = [
    ['Host', request.host] as const,
    ...sentBefore,
    ...(steps.token === 'signed, not sent' ? tokenHeader : []),
  ]
  const proof = prove(request, { steps, headers: signed, query: request.query })
  const [date, region, service] = steps.scope(request)
  const credential = `${request.accessKeyId}/${date}/${region}/${service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${proof.list}, Signature=${proof.signature}`
  const after = steps.token === 'added after signing' ? tokenHeader : []
  return {
    method: request.method,
    host: request.host,
    path: encodePath(request.path),
    query: wireQuery(request.query),
    headers: [...sentBefore, ...after, ['Authorization', authorization]],
    body: request.body,
  }
}

function signQuery(request: PlainRequest, steps: Steps): WireRequest {
  const [date, region, service] = steps.scope(request)
  const headers = [['Host', request.host] as const, ...request.headers]
  const token: readonly Pair[] = request.token === undefined ? [] : [['X-Amz-Security-Token', request.token]]
  const sorted = steps.sortHeaders(headers)
  const own: readonly Pair[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${request.accessKeyId}/${date}/${region}/${service}/aws4_request`],
    ['X-Amz-Date', request.date],
    ['X-Amz-Expires', String(request.expires)],
    ['X-Amz-SignedHeaders', steps.signedHeaders(unique(sorted.map(([name]) => name)))],
  ]
  const signed = [...request.query, ...own, ...(steps.token === 'added after signing' ? [] : token)]
  const { signature } = prove(request, { steps, headers, query: signed })
  const sent = [...request.query, ...own, ...(steps.token === 'signed, not sent' ? [] : token)]
  return {
    method: request.method,
    host: request.host,
    path: encodePath(request.path),
    query: `${wireQuery(sent)}&X-Amz-Signature=${encode(signature)}`,
    headers: request.headers,
    body: request.body,
  }
}

interface Proven {
  readonly steps: Steps
  readonly headers: readonly (readonly [string, string])[]
  readonly query: readonly Pair[]
}

function prove(request: PlainRequest, { steps, headers, query }: Proven): { list: string; signature: string } {
  const sorted = steps.sortHeaders(headers)
  const byName = new Map<string, string[]>()
  for (const [name, value] of sorted) byName.set(name, [...(byName.get(name) ?? []), value])
  const lines = [...byName].map(([name, values]) => `${steps.headerLine(name, values.join(','))}\n`).join('')
  const list = steps.signedHeaders([...byName.keys()])
  const canonicalRequest = [
    steps.canonicalMethod(request.method),
    steps.canonicalUri(request),
    steps.canonicalQuery(query),
    `${lines}${steps.betweenHeadersAndList}${list}`,
    steps.payloadHash(request),
  ].join('\n')
  const scope = `${steps.scope(request).join('/')}/aws4_request`
  const stringToSign = `AWS4-HMAC-SHA256\n${steps.stringDate(request.date)}\n${scope}\n${sha256(canonicalRequest)}`
  let key: Buffer = Buffer.from(steps.keyPrefix + steps.secret(request.secret))
  for (const part of steps.keyScope(request)) key = steps.chain(createHmac('sha256', key).update(part).digest())
  return { list, signature: steps.signature(createHmac('sha256', key).update(stringToSign).digest()) }
}

export function isS3(request: Pick<PlainRequest, 'service'>): boolean {
  return request.service === 's3'
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** RFC 3986: every byte but the unreserved ones. */
export function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

export function encodePath(path: string): string {
  return path.split('/').map(encode).join('/')
}

/** The page "Create a signed AWS API request": normalise by RFC 3986, remove redundant and relative path components. */
export function removeDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

function wireQuery(pairs: readonly Pair[]): string | undefined {
  if (pairs.length === 0) return undefined
  return pairs
    .map(([name, value]) => (value === undefined ? encode(name) : `${encode(name)}=${encode(value)}`))
    .join('&')
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
