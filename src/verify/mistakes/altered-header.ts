import { headerValue } from '../../request/header.ts'
import { headersAsSent } from '../base-draft.ts'
import { dropHeader, type Mistake, replaceHeader, type SearchedSituation, type Variant } from './mistake.ts'

export const alteredHeaderMistakes: readonly Mistake[] = [
  {
    id: 'header-altered',
    likelihood: 55,
    cause: 'a signed header was changed after signing',
    fix: 'sign what is really sent, or leave headers that libraries and proxies rewrite out of SignedHeaders',
    repeatable: true,
    variants: alterations,
  },
  {
    id: 'header-missing',
    likelihood: 80,
    cause: 'a header named in SignedHeaders did not arrive',
    fix: 'send every header that was signed, or leave it out of SignedHeaders',
    variants: lostHeaders,
  },
]

const charsets = ['; charset=utf-8', '; charset=UTF-8', ';charset=utf-8', ';charset=UTF-8', '; charset=ISO-8859-1']

/** What HTTP libraries and proxies put in place of a header, or what stood there before them. */
const usualValues: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'content-type',
    [
      'application/json',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'binary/octet-stream',
      'application/x-amz-json-1.0',
      'application/x-amz-json-1.1',
      'application/xml',
      'text/plain',
      'text/xml',
      'multipart/form-data',
    ],
  ],
  [
    'accept-encoding',
    [
      'identity',
      'gzip',
      'gzip, deflate',
      'gzip,deflate',
      'gzip, deflate, br',
      'gzip, deflate, br, zstd',
      'gzip, br',
      'br',
      '*',
      'amz-sdk-request',
    ],
  ],
  ['accept', ['*/*', 'application/json', 'application/json, text/plain, */*', 'application/xml', 'text/plain']],
  ['connection', ['keep-alive', 'Keep-Alive', 'close', 'Close', 'upgrade', 'Upgrade']],
  ['expect', ['100-continue', '100-Continue']],
  ['te', ['trailers']],
  ['transfer-encoding', ['chunked']],
  ['cache-control', ['no-cache', 'max-age=0', 'no-store']],
  ['x-forwarded-proto', ['http', 'https']],
])

function alterations(situation: SearchedSituation): readonly Variant[] {
  const { entries } = situation.base.headers
  const sentNames = new Set(headersAsSent(situation.request).map((header) => header.name.toLowerCase()))
  const names = [...new Set(entries.map((entry) => entry.name.toLowerCase()))]
  return names
    .filter((name) => sentNames.has(name))
    .filter((name) => name !== 'host' && name !== 'x-amz-security-token')
    .flatMap((name) => {
      const sent = headerValue(entries, name) ?? ''
      const before = otherValues(name, sent, situation)
      return [...new Set(before)]
        .filter((value) => value !== sent)
        .map((value) => ({
          detail: `${name} was signed as '${value}' and sent as '${sent}'`,
          apply: replaceHeader(name, value),
        }))
    })
}

function otherValues(name: string, sent: string, { request }: SearchedSituation): readonly string[] {
  const own = name === 'content-type' ? contentTypes(sent) : []
  const length = name === 'content-length' && request.body ? [String(request.body.length), '0'] : []
  return [
    ...own,
    ...length,
    ...(usualValues.get(name) ?? []),
    '',
    ...recased(sent),
    ...reencoded(sent),
    ...unquoted(sent),
  ]
}

function contentTypes(sent: string): readonly string[] {
  const type = sent.replace(/\s*;.*$/s, '')
  return [
    type,
    ...charsets.map((charset) => `${type}${charset}`),
    sent.replace(/;\s*/g, ';'),
    sent.replace(/;\s*/g, '; '),
  ]
}

function recased(value: string): readonly string[] {
  return [value.toLowerCase(), value.toUpperCase()]
}

/** A value beyond ASCII, sent in one of UTF-8 and Latin-1 and signed in the other. */
function reencoded(value: string): readonly string[] {
  if (/^[\x00-\x7f]*$/.test(value)) return []
  return [Buffer.from(value).toString('latin1'), Buffer.from(value, 'latin1').toString()]
}

function unquoted(value: string): readonly string[] {
  return /^".*"$/s.test(value) ? [value.slice(1, -1)] : []
}

/** A header that is listed and gone: signed with a value that it usually has, or without its line. */
function lostHeaders(situation: SearchedSituation): readonly Variant[] {
  const { request, base } = situation
  const sentNames = new Set(headersAsSent(request).map((header) => header.name.toLowerCase()))
  const lost = base.headers.listed.filter(
    (name) => !sentNames.has(name) && name !== 'host' && name !== 'x-amz-security-token',
  )
  return lost.flatMap((name) => {
    const length = name === 'content-length' ? [String(request.body?.length ?? 0)] : []
    const hash = name === 'x-amz-content-sha256' && request.body ? [request.body.sha256, 'UNSIGNED-PAYLOAD'] : []
    return [
      ...[...length, ...hash, ...(usualValues.get(name) ?? [])].map((value) => ({
        detail: `${name} was signed as '${value}' and is gone`,
        apply: replaceHeader(name, value),
      })),
      { detail: `${name} is listed, but has no line`, apply: dropHeader(name, { listed: 'kept' }) },
    ]
  })
}
