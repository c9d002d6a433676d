import net, { isIP } from 'node:net'
import { type Environment, environmentValue } from '../context.ts'
import { CliError, exitCodes } from '../errors.ts'
import { decodeText } from '../request/percent-encoding.ts'
import { withoutBrackets } from '../request/request-url.ts'

export interface ProxyTarget {
  readonly scheme: 'http' | 'https'
  readonly hostname: string
  readonly port: number
}

/**
 * The proxy for a request by the usual variables, as curl reads them: `http_proxy` (lower case only, for CGI's sake),
 * `https_proxy`, `all_proxy`, `no_proxy` and their upper-case forms. Undefined where the request goes straight.
 * @throws UnusableProxy
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

/** Whether a host is in a `no_proxy` list: `*`, names and their subdomains (with or without a leading dot), addresses and networks. */
export function bypassesProxy(hostname: string, exceptions: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .map(withoutPort)
    .some((entry) => entry !== '' && matchesException(host, entry))
}

/** `example.com:443`, `[::1]:443`, `[::1]`; an address of version 6 has colons of its own. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.replace(/^\[([^\]]*)\].*$/, '$1')
  return entry.indexOf(':') === entry.lastIndexOf(':') ? entry.replace(/:\d+$/, '') : entry
}

/** What is given as a proxy is none (exit 2); curl has a code for each flaw. */
export class UnusableProxy extends CliError {
  readonly flaw: 'scheme' | 'syntax'

  constructor(text: string, flaw: 'scheme' | 'syntax') {
    const shown = text.replace(/^(.*:\/\/)?[^@]*@/, '$1')
    super(`'${shown}' is not a proxy`, { exitCode: exitCodes.usage, hint: 'write http://HOST:PORT' })
    this.flaw = flaw
  }
}

/**
 * Reads `[SCHEME://][USER:PASSWORD@]HOST[:PORT]`; without a scheme it is an HTTP proxy, without a port 1080 (443 for
 * `https`) as in curl.
 * @throws UnusableProxy for what is no URL, or has another scheme than HTTP's and SOCKS's
 */
export function parseProxy(text: string): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (!url || url.hostname === '') throw new UnusableProxy(text, 'syntax')
  if (!/^(https?|socks(4a?|5h?)?):$/.test(url.protocol)) throw new UnusableProxy(text, 'scheme')
  const hasPort = /:\d+$/.test(withScheme.replace(/^[^:]+:\/\//, '').replace(/[/?#].*$/s, ''))
  if (!hasPort && url.protocol !== 'https:') url.port = '1080'
  return url
}

/** Where a proxy listens. `parseProxy` has written curl's default port; a port that the URL class drops is the scheme's own. */
export function proxyAddress(proxy: URL): { readonly hostname: string; readonly port: number } {
  const schemePort = proxy.protocol === 'https:' ? 443 : 80
  return { hostname: withoutBrackets(proxy.hostname), port: proxy.port === '' ? schemePort : Number(proxy.port) }
}

/** The value of `Proxy-Authorization`, if the proxy's URL has a user. */
export function proxyAuthorization(proxy: URL): readonly string[] {
  if (proxy.username === '' && proxy.password === '') return []
  const text = `${decodeText(proxy.username)}:${decodeText(proxy.password)}`
  return [`Basic ${Buffer.from(text).toString('base64')}`]
}

function matchesException(host: string, entry: string): boolean {
  if (entry === '*') return true
  const [network = '', bits] = entry.split('/')
  if (bits !== undefined || isIP(entry) !== 0) return isInNetwork(host, network, bits)
  const name = entry.replace(/^\.|\.$/g, '')
  return host === name || host.endsWith(`.${name}`)
}

function isInNetwork(host: string, network: string, bits: string | undefined): boolean {
  const version = isIP(host)
  const length = version === 4 ? 32 : 128
  const prefix = bits === undefined ? length : Number(bits)
  if (version === 0 || isIP(network) !== version || !(prefix >= 0 && prefix <= length)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new net.BlockList()
  list.addSubnet(network, prefix, family)
  return list.check(host, family)
}
