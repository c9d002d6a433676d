import { usageError } from '../errors.ts'
import type { Header } from './header.ts'
import { headerValue } from './header.ts'
import { encodeText } from './percent-encoding.ts'
import { bodyOf, emptyBody, type ReceivedBody, type ReceivedRequest } from './received-request.ts'
import { parseRequestUrl } from './request-url.ts'
import { shellSyntaxOf, splitShellWords } from './shell-words.ts'

/** Whether text is a curl command line, perhaps with a prompt or variables in front. */
export function looksLikeCurlCommand(text: string): boolean {
  return /^\s*(?:[$#>%]\s+)?(?:[A-Z_]+=\S*\s+)*(?:\S*[\\/])?curl(?:\.exe)?["']?\s/.test(text)
}

/**
 * The request that curl would send for a pasted command line, read leniently: options that change nothing of the
 * request are passed over, files are not read (their body is not known).
 * @throws CliError (usage) where the command has no URL
 */
export function parseCurlCommand(text: string): ReceivedRequest {
  const words = splitShellWords(text.trim(), shellSyntaxOf(text))
  const start = words.findIndex((word) => /(^|[\\/])curl(\.exe)?$/.test(word)) + 1
  const given = readOptions(words.slice(start))
  const [urlText] = given.urls
  if (urlText === undefined)
    throw usageError('the curl command has no URL', 'paste the whole command, in quotes or as a file')
  return requestOf(given, urlText)
}

interface Given {
  readonly urls: string[]
  readonly headers: string[]
  readonly data: string[]
  readonly queryData: string[]
  method: string | undefined
  /** A body from a file, a form or an upload. */
  unknownBody: boolean
  json: boolean
  upload: boolean
  get: boolean
  head: boolean
  compressed: boolean
  pathAsIs: boolean
}

/** Short options of curl with a value (curl's manual page); the rest are switches. */
const shortWithValue = new Set('AbCcDdEeFHhKmoPQrtTuUwxXYyz')
/** Long options with a value that say nothing of the request. */
const longWithValue =
  /^(abstract-unix-socket|alt-svc|aws-sigv4|ca(cert|path)|cert(-type)?|ciphers|config|connect-(timeout|to)|cookie-jar|create-file-mode|crlfile|curves|delegation|dns-.*|doh-url|dump-header|ech|egd-file|engine|expect100-timeout|happy-eyeballs-timeout-ms|haproxy-clientip|hostpubmd5|hostpubsha256|hsts|interface|ip-tos|ipfs-gateway|keepalive-.*|key(-type)?|krb|libcurl|limit-rate|local-port|login-options|mail-.*|max-(filesize|redirs|time)|netrc-file|noproxy|oauth2-bearer|output(-dir)?|parallel-max|pass|pinnedpubkey|preproxy|proto(-.*)?|proxy(?!-(anyauth|basic|digest|insecure|negotiate|ntlm|ca-native)$).*|pubkey|quote|random-file|range|rate|referer|request-target|resolve|retry(-delay|-max-time)?|sasl-.*|service-name|socks.*|speed-.*|stderr|telnet-option|tftp-blksize|time-cond|tls(13-ciphers|-max|auth.*|password|user)|trace(-ascii|-config)?|unix-socket|upload-file|user(-agent)?|variable|vlan-priority|write-out)$/

type Take = () => string

const longOptions: Readonly<Record<string, (given: Given, take: Take) => void>> = {
  url: (given, take) => given.urls.push(take()),
  request: (given, take) => {
    given.method = take()
  },
  header: (given, take) => given.headers.push(take()),
  data: (given, take) => addData(given, take(), 'file'),
  'data-ascii': (given, take) => addData(given, take(), 'file'),
  'data-raw': (given, take) => addData(given, take(), 'literal'),
  'data-binary': (given, take) => addData(given, take(), 'file'),
  'data-urlencode': (given, take) => addEncoded(given, take()),
  'url-query': (given, take) => given.queryData.push(urlEncoded(take())),
  json: (given, take) => {
    given.json = true
    addData(given, take(), 'file')
  },
  form: (given, take) => unknownForm(given, take),
  'form-string': (given, take) => unknownForm(given, take),
  'upload-file': (given, take) => {
    take()
    given.upload = true
    given.unknownBody = true
  },
  'user-agent': (given, take) => given.headers.push(`User-Agent: ${take()}`),
  referer: (given, take) => given.headers.push(`Referer: ${take().replace(/;auto$/, '')}`),
  cookie: (given, take) => given.headers.push(`Cookie: ${take()}`),
  range: (given, take) => given.headers.push(`Range: bytes=${take()}`),
  get: (given) => {
    given.get = true
  },
  head: (given) => {
    given.head = true
  },
  compressed: (given) => {
    given.compressed = true
  },
  'path-as-is': (given) => {
    given.pathAsIs = true
  },
}

const longNames: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  F: 'form',
  T: 'upload-file',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  r: 'range',
  G: 'get',
  I: 'head',
}

function readOptions(words: readonly string[]): Given {
  const given: Given = {
    urls: [],
    headers: [],
    data: [],
    queryData: [],
    method: undefined,
    unknownBody: false,
    json: false,
    upload: false,
    get: false,
    head: false,
    compressed: false,
    pathAsIs: false,
  }
  const rest = [...words]
  const take: Take = () => rest.shift() ?? ''
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (/^[|>&]|^\d?>/.test(word)) break
    if (word.startsWith('--')) readLong(word.slice(2), given, take)
    else if (word.startsWith('-') && word.length > 1) readShort(word.slice(1), given, take)
    else given.urls.push(word)
  }
  return given
}

function readLong(name: string, given: Given, take: Take): void {
  const known = Object.hasOwn(longOptions, name) ? longOptions[name] : undefined
  if (known) known(given, take)
  else if (longWithValue.test(name)) take()
}

/** `-sSH 'a: b'`, `-XPOST`: switches, then at most one option whose value is the rest or the next word. */
function readShort(letters: string, given: Given, take: Take): void {
  for (let index = 0; index < letters.length; index++) {
    const letter = letters[index] ?? ''
    const rest = letters.slice(index + 1)
    const withValue = shortWithValue.has(letter)
    const takeHere: Take = () => (rest === '' ? take() : rest)
    const name = longNames[letter]
    if (name !== undefined) longOptions[name]?.(given, withValue ? takeHere : take)
    else if (withValue) takeHere()
    if (withValue) return
  }
}

function addData(given: Given, value: string, at: 'file' | 'literal'): void {
  if (at === 'file' && value.startsWith('@')) given.unknownBody = true
  given.data.push(value)
}

function addEncoded(given: Given, value: string): void {
  if (/^[^=]*@/.test(value)) given.unknownBody = true
  given.data.push(urlEncoded(value))
}

/** curl's `--data-urlencode` forms that need no file: `content`, `=content`, `name=content`. */
function urlEncoded(value: string): string {
  const equals = value.indexOf('=')
  if (equals < 0) return encodeText(value)
  return `${equals === 0 ? '' : `${value.slice(0, equals)}=`}${encodeText(value.slice(equals + 1))}`
}

function unknownForm(given: Given, take: Take): void {
  take()
  given.unknownBody = true
  given.method ??= 'POST'
}

function requestOf(given: Given, urlText: string): ReceivedRequest {
  const url = parseRequestUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(urlText) ? urlText : `http://${urlText}`)
  const inQuery = [...given.queryData, ...(given.get ? given.data : [])]
  const query = [url.query, ...inQuery].filter((part) => part !== undefined).join('&')
  const body = given.get ? emptyBody : bodyFrom(given)
  return {
    method: methodOf(given),
    scheme: url.scheme,
    authority: url.host,
    path: given.pathAsIs ? url.path : withoutDotSegments(url.path),
    query: url.query === undefined && inQuery.length === 0 ? undefined : query,
    headers: headersOf(given, body),
    body,
  }
}

function methodOf(given: Given): string {
  if (given.method !== undefined) return given.method
  if (given.head) return 'HEAD'
  if (given.upload) return 'PUT'
  return given.data.length > 0 && !given.get ? 'POST' : 'GET'
}

function bodyFrom(given: Given): ReceivedBody | undefined {
  if (given.unknownBody) return undefined
  return given.data.length === 0 ? emptyBody : bodyOf(Buffer.from(given.data.join(given.json ? '' : '&')))
}

/** The user's headers (`Name:` removes one of curl's own, `Name;` is an empty one) and those that curl adds. */
function headersOf(given: Given, body: ReceivedBody | undefined): readonly Header[] {
  const lines = given.headers.filter((line) => !line.startsWith('@'))
  const removed = new Set(lines.flatMap((line) => /^([^:;]+):\s*$/.exec(line)?.[1]?.toLowerCase() ?? []))
  const own = lines.flatMap((line): readonly Header[] => {
    const empty = /^([^:;]+);\s*$/.exec(line)?.[1]
    if (empty !== undefined) return [{ name: empty, value: '' }]
    const match = /^([^:]+):[ \t]*(.*\S)[ \t]*$/s.exec(line)
    return match ? [{ name: (match[1] ?? '').trim(), value: match[2] ?? '' }] : []
  })
  const posts = given.data.length > 0 && !given.get
  const type = given.json ? 'application/json' : 'application/x-www-form-urlencoded'
  const added: readonly Header[] = [
    { name: 'Accept', value: given.json ? 'application/json' : '*/*' },
    ...(given.compressed ? [{ name: 'Accept-Encoding', value: 'deflate, gzip, br, zstd' }] : []),
    ...(posts ? [{ name: 'Content-Type', value: type }] : []),
    ...(posts && body ? [{ name: 'Content-Length', value: String(body.length) }] : []),
  ]
  const missing = added.filter(({ name }) => {
    const lower = name.toLowerCase()
    return headerValue(own, lower) === undefined && !removed.has(lower)
  })
  return [...own, ...missing]
}

/** curl removes `/./` and `/../` unless `--path-as-is` (RFC 3986, 5.2.4), but leaves empty segments. */
function withoutDotSegments(path: string): string {
  const segments: string[] = []
  const parts = path.split('/').slice(1)
  parts.forEach((segment, index) => {
    const last = index === parts.length - 1
    if (segment === '..') segments.pop()
    if (segment !== '.' && segment !== '..') segments.push(segment)
    else if (last) segments.push('')
  })
  return `/${segments.join('/')}`
}
