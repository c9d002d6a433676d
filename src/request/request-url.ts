import { CliError, usageError } from '../errors.ts'
import { encodeForWire } from './percent-encoding.ts'

/** A URL taken apart without changing it: path and query are what goes on the wire. */
export interface RequestUrl {
  readonly scheme: 'http' | 'https'
  /** In lower case; an IPv6 address without its brackets. Where to connect. */
  readonly hostname: string
  /** 80 or 443 where the URL names none. Where to connect. */
  readonly port: number
  /** The `Host` header: the name as typed and the port unless it is the scheme's own. */
  readonly host: string
  /** Begins with `/`. */
  readonly path: string
  /** Without the `?`; undefined where the URL has no `?` at all. */
  readonly query: string | undefined
}

const shape = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s
const authorityShape = /^(\[[0-9A-Fa-f:.%]+\]|[^:[\]]*)(?::([0-9]*))?$/

/**
 * Reads an `http(s)://` URL as curl does: no dot segments removed, nothing re-ordered; only what HTTP cannot carry is
 * percent-encoded. `user:pass@` and `#fragment` are dropped.
 * @param form what the hints say is to be written
 * @throws CliError (usage) on anything that is not such a URL, and on CR, LF or NUL.
 */
export function parseRequestUrl(text: string, form = 'http(s)://HOST/PATH or s3://BUCKET/KEY'): RequestUrl {
  if (/[\r\n\0]/.test(text))
    throw usageError(`the URL ${quoted(text)} holds a line break or NUL`, 'write it as %0A, %0D or %00')
  const match = shape.exec(text.trimStart())
  if (!match) throw usageError(`${quoted(text)} is not a URL`, likelyUrl(text, form))
  const [, schemeText = '', authority = '', pathText = '', queryText] = match
  const scheme = schemeText.toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') {
    throw usageError(`the URL scheme '${schemeText}' cannot be signed`, `write ${form}`)
  }
  const { hostname, port } = parseAuthority(authority.slice(authority.lastIndexOf('@') + 1), `the URL ${quoted(text)}`)
  const defaultPort = scheme === 'https' ? 443 : 80
  return {
    scheme,
    hostname: withoutBrackets(hostname).toLowerCase(),
    port: port ?? defaultPort,
    host: port === undefined || port === defaultPort ? hostname : `${hostname}:${port}`,
    path: encodeForWire(pathText === '' ? '/' : pathText),
    query: queryText === undefined ? undefined : encodeForWire(queryText),
  }
}

/**
 * The base URL of an endpoint, to which requests add their path and query.
 * @param setting `reason` is the option, variable or setting that it comes from
 * @throws CliError (usage) for what is no such URL, naming where it comes from
 */
export function parseEndpointUrl({ value, reason }: { readonly value: string; readonly reason: string }): RequestUrl {
  const url = parsedFrom(reason, value)
  if (url.query === undefined) return url
  throw usageError(`the endpoint '${value}' (${reason}) has a query`, 'leave out everything from the ?')
}

function parsedFrom(reason: string, value: string): RequestUrl {
  try {
    return parseRequestUrl(value, 'http(s)://HOST or http(s)://HOST:PORT')
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw usageError(`${reason}: ${error.message}`, error.hint)
  }
}

/** curl takes one slash or three behind `http:` and `https:` for two. */
export function withTwoSlashes(text: string): string {
  return text.replace(/^(https?):\/(?:\/\/)?(?!\/)/i, '$1://')
}

/** A host name in front of a path, or alone, lacks only its scheme. */
function likelyUrl(text: string, form: string): string {
  const lacksScheme = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?([/?#].*)?$/i.test(text)
  return lacksScheme ? `did you mean https://${text}?` : `write ${form}`
}

/**
 * `HOST` or `HOST:PORT` in parts; an IPv6 address keeps its brackets.
 * @param source what the messages say it stands in: `the URL "https://"`, `--host ''`
 * @throws CliError (usage) for what cannot be the name of a host
 */
export function parseAuthority(
  authority: string,
  source: string,
): { readonly hostname: string; readonly port: number | undefined } {
  const match = authorityShape.exec(authority)
  const hostname = match?.[1] ?? ''
  if (!match || hostname === '') throw usageError(`${source} names no host`, 'write HOST or HOST:PORT')
  const portText = match[2]
  if (portText === undefined || portText === '') return { hostname: asciiHostname(hostname), port: undefined }
  const port = Number(portText)
  if (port > 65_535 || port === 0)
    throw usageError(`the port ${portText} is not between 1 and 65535`, 'write HOST or HOST:PORT')
  return { hostname: asciiHostname(hostname), port }
}

/** The URL of a request again, byte for byte. */
export function formatRequestUrl(url: RequestUrl): string {
  return `${url.scheme}://${url.host}${requestTarget(url)}`
}

/** Path and query as they stand in the request line. */
export function requestTarget(url: { readonly path: string; readonly query: string | undefined }): string {
  return url.query === undefined ? url.path : `${url.path}?${url.query}`
}

/** Where a request to the URL goes, and what its request line asks for. */
export function destinationOf(
  url: RequestUrl,
): Pick<RequestUrl, 'scheme' | 'hostname' | 'port'> & { readonly target: string } {
  const { scheme, hostname, port } = url
  return { scheme, hostname, port, target: requestTarget(url) }
}

/** `::1` as URLs and `Host` headers write it, `[::1]`; every other name as it is. */
export function withBrackets(hostname: string): string {
  return hostname.includes(':') ? `[${hostname}]` : hostname
}

/** `[::1]` as a socket is given it, `::1`; every other name as it is. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

function asciiHostname(hostname: string): string {
  if (hostname.startsWith('[') || /^[A-Za-z0-9._~-]+$/.test(hostname)) return hostname
  // The one place for the URL class: internationalised host names (UTS 46), never a path or query.
  const beyondAscii = /^[A-Za-z0-9._~\u0080-\uffff-]+$/.test(hostname)
  const ascii = beyondAscii && URL.canParse(`http://${hostname}/`) ? new URL(`http://${hostname}/`).hostname : ''
  if (!/^[A-Za-z0-9._~-]+$/.test(ascii))
    throw usageError(`'${hostname}' cannot be a host name`, 'write HOST or HOST:PORT')
  return ascii
}

function quoted(text: string): string {
  return JSON.stringify(text.replace(/\/\/[^/@]*@/, '//'))
}
