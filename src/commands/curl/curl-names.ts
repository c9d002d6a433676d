import { type Command, type CommanderError, Option } from 'commander'
import { type CliError, usageError } from '../../errors.ts'

/**
 * Lets a command take curl's long names cut short, as curl does while they stay unique among its own, and says of curl's options
 * that it lacks what to do instead. For a command line that was not understood at first sight: nobody else needs it.
 */
export function acceptCurlNames(command: Command): void {
  command.createOption = (flags, description) => new CurlNamedOption(flags, description)
  command.exitOverride((error) => {
    throw missingOption(error) ?? error
  })
}

class CurlNamedOption extends Option {
  /** What commander asks each option for a word of the command line. */
  is(word: string): boolean {
    return word === this.short || word === this.long || fullName(word) === this.long
  }
}

/** `--head` is itself, `--heade` is `--header`; undefined where none of curl's names begins so, or several do. */
function fullName(word: string): string | undefined {
  const start = word.slice(2)
  if (!word.startsWith('--') || start === '') return undefined
  const fitting = longNames.filter((name) => name.startsWith(start))
  const name = fitting.includes(start) ? start : fitting.length === 1 ? fitting[0] : undefined
  return name === undefined ? undefined : `--${name}`
}

/** The error in our words where the unknown option is one of curl's. */
function missingOption({ code, message }: CommanderError): CliError | undefined {
  const word = code === 'commander.unknownOption' ? /unknown option '(.+?)'/.exec(message)?.[1] : undefined
  if (word === undefined) return undefined
  const name = word.startsWith('--') ? fullName(word)?.slice(2) : shortNames[word.charAt(1)]
  if (name === undefined) return undefined
  const [, hint] = hints.find(([names]) => names.includes(name)) ?? []
  return usageError(`curl's ${word} is not supported`, hint ?? "'sigv4 curl --help' lists what is")
}

const hints: readonly (readonly [names: readonly string[], hint: string])[] = [
  [['next'], 'run sigv4 curl once for each request'],
  [['config'], 'write the options on the command line'],
  [['cookie-jar', 'junk-session-cookies'], '-b FILE reads cookies, -D FILE keeps what a server sets'],
  [['continue-at'], 'ask for the rest with -r OFFSET- and append it'],
  [['time-cond', 'etag-compare', 'etag-save'], "write -H 'If-Modified-Since: DATE' or -H 'If-None-Match: ETAG'"],
  [['http1.0', 'http2', 'http2-prior-knowledge', 'http3', 'http3-only'], 'leave it out: HTTP/1.1 is spoken'],
  [['tlsv1', 'tlsv1.0', 'tlsv1.1', 'tlsv1.2', 'tlsv1.3', 'tls-max'], 'leave it out: TLS 1.2 and 1.3 are spoken'],
  [['proto', 'proto-redir', 'proto-default'], 'leave it out: only http and https are spoken, write them into the URL'],
  [['remote-header-name'], 'name the file with -o FILE'],
  [
    ['netrc', 'netrc-file', 'netrc-optional', 'oauth2-bearer', 'basic', 'digest', 'ntlm', 'negotiate', 'anyauth'],
    'use --profile, the AWS_ variables, or --credentials FILE',
  ],
  [['parallel', 'parallel-immediate', 'parallel-max'], 'start several at once, as with xargs -P'],
  [['proxy-user', 'proxy-basic'], 'put it into the proxy: -x http://USER:PASSWORD@HOST:PORT'],
  [['socks4', 'socks4a', 'socks5', 'socks5-hostname', 'preproxy'], 'write -x socks5://HOST:PORT'],
  [['remove-on-error', 'clobber'], 'write to a new name with -o FILE, and move it when done'],
]

const shortNames: Readonly<Record<string, string>> = {
  ':': 'next',
  0: 'http1.0',
  1: 'tlsv1',
  2: 'sslv2',
  3: 'sslv3',
  a: 'append',
  B: 'use-ascii',
  c: 'cookie-jar',
  C: 'continue-at',
  j: 'junk-session-cookies',
  J: 'remote-header-name',
  K: 'config',
  l: 'list-only',
  M: 'manual',
  n: 'netrc',
  p: 'proxytunnel',
  P: 'ftp-port',
  Q: 'quote',
  R: 'remote-time',
  t: 'telnet-option',
  U: 'proxy-user',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
  Z: 'parallel',
}

/** All of curl 7.88, without the `no-` that `curl --help all` shows some of them with. */
const longNames: readonly string[] = `
  abstract-unix-socket alpn alt-svc anyauth append aws-sigv4 basic buffer cacert capath cert cert-status cert-type
  ciphers clobber compressed compressed-ssh config connect-timeout connect-to continue-at cookie cookie-jar
  create-dirs create-file-mode crlf crlfile curves data data-ascii data-binary data-raw data-urlencode delegation
  digest disable disable-eprt disable-epsv disallow-username-in-url dns-interface dns-ipv4-addr dns-ipv6-addr
  dns-servers doh-cert-status doh-insecure doh-url dump-header egd-file engine etag-compare etag-save
  expect100-timeout fail fail-early fail-with-body false-start form form-escape form-string ftp-account
  ftp-alternative-to-user ftp-create-dirs ftp-method ftp-pasv ftp-port ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc
  ftp-ssl-ccc-mode ftp-ssl-control get globoff happy-eyeballs-timeout-ms haproxy-protocol head header help hostpubmd5
  hostpubsha256 hsts http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
  include insecure interface ipv4 ipv6 json junk-session-cookies keepalive keepalive-time key key-type krb libcurl
  limit-rate list-only local-port location location-trusted login-options mail-auth mail-from mail-rcpt
  mail-rcpt-allowfails manual max-filesize max-redirs max-time metalink negotiate netrc netrc-file netrc-optional next
  noproxy npn ntlm ntlm-wb oauth2-bearer output output-dir parallel parallel-immediate parallel-max pass path-as-is
  pinnedpubkey post301 post302 post303 preproxy progress-bar progress-meter proto proto-default proto-redir proxy
  proxy-anyauth proxy-basic proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
  proxy-digest proxy-header proxy-insecure proxy-key proxy-key-type proxy-negotiate proxy-ntlm proxy-pass
  proxy-pinnedpubkey proxy-service-name proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tls13-ciphers
  proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-tlsv1 proxy-user proxy1.0 proxytunnel pubkey quote
  random-file range rate raw referer remote-header-name remote-name remote-name-all remote-time remove-on-error
  request request-target resolve retry retry-all-errors retry-connrefused retry-delay retry-max-time sasl-authzid
  sasl-ir service-name sessionid show-error silent socks4 socks4a socks5 socks5-basic socks5-gssapi socks5-gssapi-nec
  socks5-gssapi-service socks5-hostname speed-limit speed-time ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke
  ssl-reqd ssl-revoke-best-effort sslv2 sslv3 stderr styled-output suppress-connect-headers tcp-fastopen tcp-nodelay
  telnet-option tftp-blksize tftp-no-options time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser tlsv1
  tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace trace-ascii trace-time unix-socket upload-file url url-query
  use-ascii user user-agent verbose version write-out xattr
`
  .trim()
  .split(/\s+/)
