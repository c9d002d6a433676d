import { type Environment, environmentValue } from '../context.ts'
import { usageError } from '../errors.ts'
import { decodeText } from '../request/percent-encoding.ts'

export interface ProxyTarget {
  readonly scheme: 'http' | 'https'
  readonly hostname: string
  readonly port: number
}

/**
 * The proxy for a request by the usual variables, as curl reads them: `http_proxy` (lower case only, for CGI's sake),
 * `https_proxy`, `all_proxy`, `no_proxy` and their upper-case forms. Undefined where the request goes straight.
 * @throws CliError (usage) for a proxy that is no URL.
 */
export function proxyFor(target: ProxyTarget, env: Environment): URL | undefined {
  const ofScheme =
    target.scheme === 'http'
      ? environmentValue(env, 'http_proxy')
      : (environmentValue(env, 'https_proxy') ?? environmentValue(env, 'HTTPS_PROXY'))
  const proxy = ofScheme ?? environmentValue(env, 'all_proxy') ?? environmentValue(env, 'ALL_PROXY')
  if (proxy === undefined) return undefined
  const exceptions = environmentValue(env, 'no_proxy') ?? environmentValue(env, 'NO_PROXY') ?? ''
  return bypassesProxy(target.hostname, exceptions) ? undefined : parseProxy(proxy)
}

/** Whether a host is in a `no_proxy` list: `*`, names and their subdomains (with or without a leading dot), addresses and IPv4 networks. */
export function bypassesProxy(hostname: string, exceptions: string): boolean {
  return exceptions
    .split(/[\s,]+/)
    .map((entry) =>
      entry
        .toLowerCase()
        .replace(/:\d+$/, '')
        .replace(/^\[|\]$/g, ''),
    )
    .some((entry) => entry !== '' && matchesException(hostname.toLowerCase(), entry))
}

/**
 * Reads `[SCHEME://][USER:PASSWORD@]HOST[:PORT]`; without a scheme it is an HTTP proxy, without a port 1080 (443 for
 * `https`) as in curl. A port that the URL class drops is the scheme's own, 80 or 443.
 * @throws CliError (usage) for what is no URL, or has another scheme than HTTP's and SOCKS's
 */
export function parseProxy(text: string): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (!url || !/^(https?|socks(4a?|5h?)?):$/.test(url.protocol) || url.hostname === '') {
    throw usageError(`'${text.replace(/^(.*:\/\/)?[^@]*@/, '$1')}' is not a proxy`, 'write http://HOST:PORT')
  }
  const hasPort = /:\d+$/.test(withScheme.replace(/^[^:]+:\/\//, '').replace(/[/?#].*$/s, ''))
  if (!hasPort && url.protocol !== 'https:') url.port = '1080'
  return url
}

/** The value of `Proxy-Authorization`, if the proxy's URL has a user. */
export function proxyAuthorization(proxy: URL): readonly string[] {
  if (proxy.username === '') return []
  const text = `${decodeText(proxy.username)}:${decodeText(proxy.password)}`
  return [`Basic ${Buffer.from(text).toString('base64')}`]
}

function matchesException(hostname: string, entry: string): boolean {
  if (entry === '*') return true
  const [network = '', bits] = entry.split('/')
  if (bits !== undefined) return inNetwork(hostname, network, Number(bits))
  const name = entry.replace(/^\./, '')
  return hostname === name || hostname.endsWith(`.${name}`)
}

function inNetwork(hostname: string, network: string, bits: number): boolean {
  const host = addressNumber(hostname)
  const base = addressNumber(network)
  if (host === undefined || base === undefined || !(bits >= 0 && bits <= 32)) return false
  const size = 2 ** (32 - bits)
  return Math.floor(host / size) === Math.floor(base / size)
}

function addressNumber(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  return match?.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0)
}
