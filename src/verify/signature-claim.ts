import type { Header } from '../request/header.ts'
import { headerValue, headerValues } from '../request/header.ts'
import { decodeText } from '../request/percent-encoding.ts'
import { queryParts } from '../request/query-parts.ts'
import type { ReceivedRequest } from '../request/received-request.ts'
import { parseLongDate, signingTime } from '../sign/signing-time.ts'
import { algorithmIdentifiers, type SigningAlgorithm } from '../sign/sigv4.ts'

/** What a request says of its own signature. */
export interface SignatureClaim {
  readonly form: 'header' | 'query'
  readonly algorithm: SigningAlgorithm
  readonly accessKeyId: string
  readonly scope: ClaimedScope
  /** As it stands there: `host;x-amz-date`. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20150830T123600Z`, from `X-Amz-Date`, or made of a `Date` header; undefined where the request has neither. */
  readonly longDate: string | undefined
  readonly dateSource: 'X-Amz-Date' | 'Date' | undefined
  /** Query form: as it stands there, whatever it is. */
  readonly expires: string | undefined
  readonly sessionToken: string | undefined
  /** SigV4a: `*`, or regions joined by commas. */
  readonly regionSet: string | undefined
}

export interface ClaimedScope {
  readonly text: string
  readonly date: string
  /** Empty for SigV4a. */
  readonly region: string
  readonly service: string
}

/** A request that claims no signature we can recompute, and why. */
export interface NoClaim {
  readonly problem: 'unsigned' | 'sigv2' | 'malformed'
  readonly detail: string
}

/** Reads the `Authorization` header or the query parameters of a signature. Never throws. */
export function readClaim(request: ReceivedRequest): SignatureClaim | NoClaim {
  const authorization = headerValue(request.headers, 'authorization')?.trim()
  const parameters = queryParameters(request)
  if (parameters('X-Amz-Algorithm') ?? parameters('X-Amz-Signature') ?? parameters('X-Amz-Credential')) {
    if (authorization?.startsWith('AWS')) {
      return malformed(
        'the request has both an Authorization header and X-Amz-* query parameters; only one may be there',
      )
    }
    return readQueryClaim(request, parameters)
  }
  if (isSigV2Query(parameters)) return { problem: 'sigv2', detail: 'the query carries a signature of version 2' }
  if (authorization === undefined || authorization === '') {
    return { problem: 'unsigned', detail: 'no Authorization header and no X-Amz-Signature' }
  }
  return readHeaderClaim(request, authorization)
}

export function isClaim(claim: SignatureClaim | NoClaim): claim is SignatureClaim {
  return 'signature' in claim
}

type Parameters = (name: string) => string | undefined

function queryParameters(request: ReceivedRequest): Parameters {
  const parts = queryParts(request.query).map(({ name, value }) => [decodeText(name), value] as const)
  return (name) => {
    const exact = parts.find((part) => part[0] === name)
    const found = exact ?? parts.find((part) => part[0].toLowerCase() === name.toLowerCase())
    return found && decodeText(found[1] ?? '')
  }
}

function isSigV2Query(parameters: Parameters): boolean {
  const signed = parameters('Signature') !== undefined
  return signed && (parameters('AWSAccessKeyId') !== undefined || parameters('SignatureVersion') !== undefined)
}

function readQueryClaim(request: ReceivedRequest, parameters: Parameters): SignatureClaim | NoClaim {
  const wanted = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature', 'X-Amz-Date']
  const absent = wanted.filter((name) => !parameters(name))
  if (absent.length > 0) return malformed(`the query lacks ${absent.join(', ')}`)
  return claimOf({
    form: 'query',
    algorithmText: parameters('X-Amz-Algorithm') ?? '',
    credential: parameters('X-Amz-Credential') ?? '',
    signedHeaders: parameters('X-Amz-SignedHeaders') ?? '',
    signature: parameters('X-Amz-Signature') ?? '',
    ...readDate([{ name: 'X-Amz-Date', value: parameters('X-Amz-Date') ?? '' }]),
    expires: parameters('X-Amz-Expires'),
    sessionToken: parameters('X-Amz-Security-Token') ?? headerValue(request.headers, 'x-amz-security-token'),
    regionSet: parameters('X-Amz-Region-Set'),
  })
}

function readHeaderClaim(request: ReceivedRequest, authorization: string): SignatureClaim | NoClaim {
  const [algorithmText = '', ...rest] = authorization.split(/[ \t]+/)
  if (/^(AWS|AWS3|AWS3-HTTPS)$/.test(algorithmText)) {
    return {
      problem: 'sigv2',
      detail: `the Authorization header begins with '${algorithmText}', a signature before version 4`,
    }
  }
  if (!algorithmText.startsWith('AWS4')) {
    return {
      problem: 'unsigned',
      detail: `the Authorization header is of another kind ('${algorithmText.slice(0, 30)}')`,
    }
  }
  const members = new Map(
    rest
      .join(' ')
      .split(',')
      .map((member): [string, string] => {
        const equals = member.indexOf('=')
        return equals < 0 ? [member.trim(), ''] : [member.slice(0, equals).trim(), member.slice(equals + 1).trim()]
      }),
  )
  const absent = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => !members.get(name))
  if (absent.length > 0) return malformed(`the Authorization header lacks ${absent.join(', ')}`)
  return claimOf({
    form: 'header',
    algorithmText,
    credential: members.get('Credential') ?? '',
    signedHeaders: members.get('SignedHeaders') ?? '',
    signature: members.get('Signature') ?? '',
    ...readDate(request.headers),
    expires: undefined,
    sessionToken: headerValue(request.headers, 'x-amz-security-token'),
    regionSet: headerValues(request.headers, 'x-amz-region-set')[0],
  })
}

interface RawClaim extends Omit<SignatureClaim, 'algorithm' | 'accessKeyId' | 'scope' | 'signedHeaders'> {
  readonly algorithmText: string
  readonly credential: string
  readonly signedHeaders: string
}

function claimOf({ algorithmText, credential, signedHeaders, ...rest }: RawClaim): SignatureClaim | NoClaim {
  const algorithm = algorithmOf(algorithmText)
  if (algorithm === undefined) return malformed(`the algorithm '${algorithmText}' is not one of AWS's`)
  const scopeLength = algorithm === 'sigv4' ? 4 : 3
  const parts = credential.split('/')
  if (parts.length <= scopeLength || parts.at(-1) !== 'aws4_request') {
    const wanted = algorithm === 'sigv4' ? 'KEYID/DATE/REGION/SERVICE/aws4_request' : 'KEYID/DATE/SERVICE/aws4_request'
    return malformed(`the credential '${credential}' is not of the form ${wanted}`)
  }
  const scope = parts.slice(-scopeLength)
  const region = algorithm === 'sigv4' ? (scope[1] ?? '') : ''
  return {
    ...rest,
    algorithm,
    accessKeyId: parts.slice(0, -scopeLength).join('/'),
    scope: { text: scope.join('/'), date: scope[0] ?? '', region, service: scope.at(-2) ?? '' },
    signedHeaders: signedHeaders.split(';').filter((name) => name !== ''),
  }
}

function algorithmOf(text: string): SigningAlgorithm | undefined {
  if (text === algorithmIdentifiers.sigv4) return 'sigv4'
  return text === algorithmIdentifiers.sigv4a ? 'sigv4a' : undefined
}

/** AWS reads `X-Amz-Date` first, then `Date` (RFC 7231, or the basic ISO form). */
function readDate(headers: readonly Header[]): Pick<SignatureClaim, 'longDate' | 'dateSource'> {
  const amzDate = headerValue(headers, 'x-amz-date')?.trim()
  if (amzDate !== undefined) return { longDate: longDateOf(amzDate) ?? amzDate, dateSource: 'X-Amz-Date' }
  const date = headerValue(headers, 'date')?.trim()
  const longDate = date === undefined ? undefined : longDateOf(date)
  return { longDate, dateSource: longDate === undefined ? undefined : 'Date' }
}

function longDateOf(text: string): string | undefined {
  if (parseLongDate(text)) return text
  const time = /GMT|UTC/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : signingTime(new Date(time)).longDate
}

function malformed(detail: string): NoClaim {
  return { problem: 'malformed', detail }
}
