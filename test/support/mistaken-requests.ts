import { createHmac } from 'node:crypto'
import {
  encode,
  encodePath,
  isS3,
  type Pair,
  type PlainRequest,
  plainSign,
  removeDots,
  rightSteps,
  type Steps,
  sha256,
  type WireRequest,
} from './plain-signer.ts'
import { pick } from './random-requests.ts'

/** A request with one mistake on purpose; undefined where this request gives no occasion for it. */
export type Maker = (request: PlainRequest, random: () => number) => Mistaken | undefined

export interface Mistaken {
  readonly wire: WireRequest
  /** As of when it is judged, where not the signing time. */
  readonly judgedAt?: string
}

/** A mistake made in the steps of signing: such can be made in pairs. */
export type Slip = (request: PlainRequest, random: () => number) => Partial<Steps> | undefined

/** A long date some seconds later. */
function later(date: string, seconds: number): string {
  const iso = date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
  return new Date(Date.parse(iso) + seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '')
}

function dayBefore(request: PlainRequest): string {
  return later(request.date, -86_400).slice(0, 8)
}

export const slips: Readonly<Record<string, Slip>> = {
  'secret-whitespace': (_, random) => {
    const blank = pick(['\n', ' ', '\r\n', '\t'], random)
    return { secret: (secret) => `${secret}${blank}` }
  },
  'secret-url-encoded': (_, random) =>
    random() < 0.5 ? { secret: encodeURIComponent } : { secret: (secret) => secret.replaceAll('+', ' ') },
  'secret-without-aws4': () => ({ keyPrefix: '' }),
  'key-hex-chained': () => ({ chain: (digest) => Buffer.from(digest.toString('hex')) }),
  'wrong-region': (request) => ({
    keyScope: () => [
      request.date.slice(0, 8),
      request.region === 'us-east-1' ? 'eu-central-1' : 'us-east-1',
      request.service,
      'aws4_request',
    ],
  }),
  'wrong-service': (request) => ({
    keyScope: () => [request.date.slice(0, 8), request.region, isS3(request) ? 'execute-api' : 's3', 'aws4_request'],
  }),
  'scope-date': (request, random) =>
    random() < 0.5
      ? { keyScope: () => [dayBefore(request), request.region, request.service, 'aws4_request'] }
      : {
          scope: () => [dayBefore(request), request.region, request.service],
          keyScope: () => [dayBefore(request), request.region, request.service, 'aws4_request'],
        },
  'path-encoded-once': (request) =>
    isS3(request) ? undefined : { canonicalUri: ({ path }) => removeDots(encodePath(path)) },
  'path-encoded-twice': (request) =>
    isS3(request) ? { canonicalUri: ({ path }) => encodePath(encodePath(path)) } : undefined,
  'path-raw': () => ({ canonicalUri: (request) => (isS3(request) ? request.path : removeDots(request.path)) }),
  'path-normalized': (request) =>
    isS3(request) ? { canonicalUri: ({ path }) => removeDots(encodePath(path)) } : undefined,
  'path-not-normalized': (request) =>
    isS3(request) ? undefined : { canonicalUri: ({ path }) => encodePath(encodePath(path)) },
  'query-unsorted': (_, random) =>
    random() < 0.7
      ? { canonicalQuery: (pairs) => joined(pairs, encode) }
      : { canonicalQuery: (pairs) => joined(pairs, encode).split('&').sort().join('&') },
  'query-raw': (_, random) => {
    const asIs = (text: string) => text
    const form = random() < 0.5 ? encode : asIs
    return { canonicalQuery: (pairs) => joined(sortedBy(pairs, form), asIs) }
  },
  'query-encoded-twice': () => ({ canonicalQuery: (pairs) => joined(sortedBy(pairs, twice), twice) }),
  'query-plus': () => ({ canonicalQuery: (pairs) => joined(sortedBy(pairs, plus), plus) }),
  'query-missing': (request, random) => {
    if (request.query.length === 0) return undefined
    const [first] = request.query
    const all = random() < 0.5
    return {
      canonicalQuery: (pairs) =>
        rightSteps.canonicalQuery(pairs.filter((pair) => (all ? !request.query.includes(pair) : pair !== first))),
    }
  },
  'query-without-equals': () => ({
    canonicalQuery: (pairs) =>
      sorted(pairs)
        .map(([name, value]) => (value === undefined ? encode(name) : `${encode(name)}=${encode(value)}`))
        .join('&'),
  }),
  'header-untrimmed': () => ({ headerLine: (name, value) => `${name.toLowerCase()}:${value}` }),
  'header-case': (_, random) =>
    random() < 0.5
      ? { headerLine: (name, value) => `${name}:${canonicalValue(value)}` }
      : { headerLine: (name, value) => `${name}:${canonicalValue(value)}`, signedHeaders: (names) => names.join(';') },
  'header-order': (_, random) =>
    random() < 0.5 ? { sortHeaders: (headers) => headers } : { sortHeaders: (headers) => [...headers].reverse() },
  'header-blank-line': () => ({ betweenHeadersAndList: '' }),
  'payload-empty': (request) =>
    request.body === '' && !(isS3(request) && request.form === 'query') ? undefined : { payloadHash: () => sha256('') },
  'payload-unsigned': (request) =>
    isS3(request) && request.form === 'query' ? undefined : { payloadHash: () => 'UNSIGNED-PAYLOAD' },
  'payload-newline': (request, random) => {
    if (request.body === '' || (isS3(request) && request.form === 'query')) return undefined
    const other =
      request.body.endsWith('\n') && random() < 0.7 ? request.body.replace(/\r?\n$/, '') : `${request.body}\n`
    return { payloadHash: () => sha256(other) }
  },
  'payload-crlf': (request) => {
    if (!request.body.includes('\n') || (isS3(request) && request.form === 'query')) return undefined
    const other = request.body.includes('\r\n')
      ? request.body.replaceAll('\r\n', '\n')
      : request.body.replaceAll('\n', '\r\n')
    return { payloadHash: () => sha256(other) }
  },
  'token-unsigned': (request) => (request.token === undefined ? undefined : { token: 'added after signing' }),
  'token-missing': (request) => (request.token === undefined ? undefined : { token: 'signed, not sent' }),
  'method-other': (request) => ({ canonicalMethod: () => (request.method === 'GET' ? 'PUT' : 'GET') }),
  'date-other': (request, random) => {
    const date = later(request.date, pick([1, -5, 7200, 540], random))
    return { stringDate: () => date }
  },
  'signature-case': () => ({ signature: (digest) => digest.toString('hex').toUpperCase() }),
  'signature-base64': () => ({ signature: (digest) => digest.toString('base64') }),
}

/** Mistakes that lie in what is sent, not in a step. */
const others: Readonly<Record<string, Maker>> = {
  'wrong-region': (request) => ({
    wire: plainSign({ ...request, region: request.region === 'eu-west-3' ? 'us-east-1' : 'eu-west-3' }),
  }),
  'wrong-service': (request) =>
    request.token === undefined
      ? { wire: plainSign({ ...request, service: request.service === 'dynamodb' ? 'kinesis' : 'dynamodb' }) }
      : undefined,
  'payload-empty': (request) => contentSha256(request, ''),
  'payload-newline': (request) => (request.body === '' ? undefined : contentSha256(request, `${request.body}\n`)),
  'payload-crlf': (request) =>
    request.body.includes('\r\n') ? contentSha256(request, request.body.replaceAll('\r\n', '\n')) : undefined,
  'payload-other': (request) => (request.body === '' ? undefined : contentSha256(request, `${request.body}, and more`)),
  'header-altered': (request, random) => {
    const type = request.headers.find(([name]) => name === 'Content-Type')
    if (!type) return undefined
    const altered = type[1].includes(';')
      ? type[1].replace(/;.*/, '')
      : `${type[1]}${pick(['; charset=utf-8', '; charset=UTF-8'], random)}`
    return { wire: withHeader(plainSign(request), 'Content-Type', altered) }
  },
  'header-missing': (request, random) => {
    if (request.headers.length === 0) return undefined
    const [lost] = pick(request.headers, random)
    const wire = plainSign(request)
    return { wire: { ...wire, headers: wire.headers.filter(([name]) => name !== lost) } }
  },
  'host-port': (request, random) => {
    const port = pick(['443', '8443', '80'], random)
    return random() < 0.5
      ? { wire: { ...plainSign(request), host: `${request.host}:${port}` } }
      : { wire: { ...plainSign({ ...request, host: `${request.host}:${port}` }), host: request.host } }
  },
  'host-other': (request, random) => {
    if (request.service === 'execute-api') {
      const wire = plainSign(request)
      return {
        wire: { ...wire, host: 'api.example.com', headers: [['X-Forwarded-Host', request.host], ...wire.headers] },
      }
    }
    // S3 by path: that a bucket stood in the host cannot be known at a proxy.
    const host = isS3(request) ? `s3.${request.region}.amazonaws.com` : request.host
    const local = random() < 0.3
    const wire = plainSign({ ...request, host: local ? 'localhost:9000' : host })
    return {
      wire: { ...wire, host: local ? '127.0.0.1:9000' : pick(['api.example.com', 'proxy.internal:8080'], random) },
    }
  },
  'token-signed': (request) => {
    if (request.token === undefined || request.form !== 'query' || isS3(request)) return undefined
    const iot = {
      ...request,
      service: 'iotdevicegateway',
      host: `abc-ats.iot.${request.region}.amazonaws.com`,
      path: '/mqtt',
      method: 'GET',
      body: '',
    }
    return { wire: plainSign(iot) }
  },
  'content-sha256-missing': (request) =>
    isS3(request) && request.form === 'header'
      ? { wire: plainSign(request, { contentSha256: () => undefined }) }
      : undefined,
  expired: (request) =>
    request.form === 'query' ? { wire: plainSign(request), judgedAt: '2015-08-30T14:00:00Z' } : undefined,
  'not-yet-valid': (request) =>
    request.form === 'query' ? { wire: plainSign(request), judgedAt: '2015-08-30T12:00:00Z' } : undefined,
  'expires-too-long': (request) =>
    request.form === 'query' ? { wire: plainSign({ ...request, expires: 604_801 }) } : undefined,
  'clock-skew': (request, random) =>
    request.form === 'header'
      ? {
          wire: plainSign(request),
          judgedAt: pick(['2015-08-30T12:52:00Z', '2015-08-30T12:20:00Z', '2016-01-01T00:00:00Z'], random),
        }
      : undefined,
  sigv2: (request) => {
    const signature = createHmac('sha1', request.secret).update('GET\n\n\n\n/').digest('base64')
    const wire = plainSign(request)
    return request.form === 'header'
      ? { wire: withHeader(wire, 'Authorization', `AWS ${request.accessKeyId}:${signature}`) }
      : {
          wire: {
            ...wire,
            query: `AWSAccessKeyId=${request.accessKeyId}&Expires=1440938160&Signature=${encode(signature)}`,
          },
        }
  },
  unknown: (request, random) => {
    const steps = pick<Partial<Steps>>(
      [
        { secret: () => 'ANOTHER/SECRET+ALTOGETHER' },
        { canonicalUri: () => '/something/else/entirely' },
        { payloadHash: () => sha256('a body nobody knows') },
        { signature: (digest) => Buffer.from(digest).reverse().toString('hex') },
      ],
      random,
    )
    return { wire: plainSign(request, steps) }
  },
}

/** Ways to make each mistake, by its id. */
export const makers: ReadonlyMap<string, readonly Maker[]> = new Map(
  [...new Set([...Object.keys(slips), ...Object.keys(others)])].map((id) => [id, makersOf(id)]),
)

function makersOf(id: string): readonly Maker[] {
  const slip = slips[id]
  const other = others[id]
  const fromSlip: Maker = (request, random) => {
    const steps = slip?.(request, random)
    return steps && { wire: plainSign(request, steps) }
  }
  return [...(slip ? [fromSlip] : []), ...(other ? [other] : [])]
}

/** S3's header says another hash than the body's, and that one is signed. */
function contentSha256(request: PlainRequest, hashed: string): Mistaken | undefined {
  if (!isS3(request) || request.form !== 'header' || hashed === request.body) return undefined
  return { wire: plainSign(request, { contentSha256: () => sha256(hashed), payloadHash: () => sha256(hashed) }) }
}

function withHeader(wire: WireRequest, name: string, value: string): WireRequest {
  return {
    ...wire,
    headers: wire.headers.map(([other, before]) => (other === name ? [other, value] : [other, before])),
  }
}

function canonicalValue(value: string): string {
  return value.trim().replace(/ +/g, ' ')
}

function sorted(pairs: readonly Pair[]): readonly Pair[] {
  return sortedBy(pairs, encode)
}

function sortedBy(pairs: readonly Pair[], form: (text: string) => string): readonly Pair[] {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...pairs].sort((a, b) => order(form(a[0]), form(b[0])) || order(form(a[1] ?? ''), form(b[1] ?? '')))
}

function joined(pairs: readonly Pair[], form: (text: string) => string): string {
  return pairs.map(([name, value]) => `${form(name)}=${form(value ?? '')}`).join('&')
}

function twice(text: string): string {
  return encode(encode(text))
}

function plus(text: string): string {
  return encode(text).replaceAll('%20', '+')
}
