import type { RequestUrl } from '../request/request-url.ts'

export interface Cookie {
  readonly name: string
  readonly value: string
  /** In lower case, without a leading dot. */
  readonly domain: string
  readonly withSubdomains: boolean
  readonly path: string
  readonly secure: boolean
  /** Undefined for the end of the session. */
  readonly expires: Date | undefined
}

/** The cookies of `-b FILE` and of the answers so far, sent where they belong (RFC 6265 5.3 and 5.4). */
export class CookieJar {
  readonly #cookies: Cookie[] = []

  /** Takes a cookie in; one that is over removes its elder. */
  set(cookie: Cookie, now: Date): void {
    const index = this.#cookies.findIndex(
      ({ name, domain, path }) => name === cookie.name && domain === cookie.domain && path === cookie.path,
    )
    if (index >= 0) this.#cookies.splice(index, 1)
    if (cookie.expires === undefined || cookie.expires > now) this.#cookies.push(cookie)
  }

  /** `name=value; name=value`, longer paths first; undefined where none fits. */
  headerFor(url: RequestUrl, now: Date): string | undefined {
    const fitting = this.#cookies.filter(
      (cookie) =>
        (cookie.expires === undefined || cookie.expires > now) &&
        (!cookie.secure || url.scheme === 'https' || isLoopback(url.hostname)) &&
        (url.hostname === cookie.domain || (cookie.withSubdomains && isSubdomain(url.hostname, cookie.domain))) &&
        isUnderPath(url.path, cookie.path),
    )
    if (fitting.length === 0) return undefined
    return fitting
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

/** What no cookie may hold (RFC 6265bis 5.6): controls but for the tab. */
const unsendable = /[\x00-\x08\x0a-\x1f\x7f]/

/** Reads a `Set-Cookie` value of an answer from `url`; undefined for what the host may not set. */
export function parseSetCookie(text: string, url: RequestUrl, now: Date): Cookie | undefined {
  const [pair = '', ...attributeTexts] = text.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, equals)).trim()
  if (equals < 1 || name === '' || unsendable.test(pair)) return undefined
  const attributes = new Map(
    attributeTexts.map((attribute) => {
      const [key = '', ...value] = attribute.split('=')
      return [key.trim().toLowerCase(), value.join('=').trim()] as const
    }),
  )
  const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '') || undefined
  if (domain !== undefined && !maySetFor(url.hostname, domain)) return undefined
  const secure = attributes.has('secure')
  if (secure && url.scheme !== 'https' && !isLoopback(url.hostname)) return undefined
  const path = attributes.get('path')
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    domain: domain ?? url.hostname,
    withSubdomains: domain !== undefined,
    path: path?.startsWith('/') ? path : defaultPath(url.path),
    secure,
    expires: expiryOf(attributes, now),
  }
}

/** Reads a cookie file: Netscape's seven columns, or `Set-Cookie:` lines as `-D` writes them. Other lines mean nothing. */
export function parseCookieFile(text: string, url: RequestUrl, now: Date): readonly Cookie[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const setCookie = /^set-cookie:\s*(.*)$/i.exec(line)?.[1]
    const cookie = setCookie === undefined ? parseNetscapeLine(line) : parseSetCookie(setCookie, url, now)
    return cookie ? [cookie] : []
  })
}

function parseNetscapeLine(line: string): Cookie | undefined {
  const fields = line.replace(/^#HttpOnly_/, '').split('\t')
  const [domain = '', subdomains, path = '/', secure, expires = '0', name = '', value = ''] = fields
  if (line.startsWith('# ') || line === '#' || fields.length < 6 || name === '' || unsendable.test(name + value)) {
    return undefined
  }
  const seconds = Number(expires)
  return {
    name,
    value,
    domain: domain.toLowerCase().replace(/^\./, ''),
    withSubdomains: subdomains === 'TRUE',
    path,
    secure: secure === 'TRUE',
    expires: seconds > 0 ? new Date(seconds * 1000) : undefined,
  }
}

function expiryOf(attributes: ReadonlyMap<string, string>, now: Date): Date | undefined {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return new Date(now.getTime() + Number(maxAge) * 1000)
  const expires = attributes.get('expires')
  const time = expires === undefined ? Number.NaN : Date.parse(expires.replaceAll('-', ' '))
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** A host may set cookies for itself and its parents, but not for a whole top-level domain. */
function maySetFor(hostname: string, domain: string): boolean {
  return hostname === domain || (domain.includes('.') && isSubdomain(hostname, domain))
}

function isSubdomain(hostname: string, domain: string): boolean {
  return hostname.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(hostname)
}

function isUnderPath(requestPath: string, cookiePath: string): boolean {
  return (
    requestPath === cookiePath ||
    (requestPath.startsWith(cookiePath) && (cookiePath.endsWith('/') || requestPath[cookiePath.length] === '/'))
  )
}

function defaultPath(requestPath: string): string {
  const slash = requestPath.lastIndexOf('/')
  return slash <= 0 ? '/' : requestPath.slice(0, slash)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '::1'
}
