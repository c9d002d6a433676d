/**
 * The words of `sigv4 curl`: curl's own options in curl's meaning (curl(1), 7.88), then ours. One table feeds the
 * command tree (and so help and completion) and the reading of a command line.
 */

interface CurlOption {
  /** Without the dashes. */
  readonly long: string
  /** One character. */
  readonly short?: string
  /** What help calls the value; an option without one is a flag, which `--no-LONG` turns off again. */
  readonly value?: string
  readonly text: string
}

const requestOptions = [
  { long: 'request', short: 'X', value: 'METHOD', text: 'method to send, whatever the other options imply' },
  { long: 'header', short: 'H', value: 'LINE', text: "'Name: value'; 'Name:' removes, 'Name;' sends it empty; @FILE" },
  { long: 'data', short: 'd', value: 'DATA', text: 'POST this; @FILE loses CR, LF and NUL; several join with &' },
  { long: 'data-ascii', value: 'DATA', text: 'the same as --data' },
  { long: 'data-raw', value: 'DATA', text: 'POST this; @ means nothing' },
  { long: 'data-binary', value: 'DATA', text: 'POST this; @FILE as it is' },
  { long: 'data-urlencode', value: 'DATA', text: 'POST this encoded: VALUE, =VALUE, NAME=VALUE, @FILE, NAME@FILE' },
  { long: 'json', value: 'DATA', text: 'POST this as JSON, with its Content-Type and Accept; @FILE' },
  {
    long: 'form',
    short: 'F',
    value: 'NAME=CONTENT',
    text: 'multipart POST; @FILE attaches, <FILE inserts; ;type= ;filename=',
  },
  { long: 'form-string', value: 'NAME=TEXT', text: 'multipart POST of a literal text' },
  {
    long: 'upload-file',
    short: 'T',
    value: 'FILE',
    text: 'PUT this file; - is stdin; a URL ending in / gets its name',
  },
  { long: 'get', short: 'G', text: 'put the data into the query, and GET' },
  { long: 'url-query', value: 'DATA', text: 'add to the query, as --data-urlencode encodes; +TEXT as it is' },
  { long: 'head', short: 'I', text: 'HEAD, and show the headers' },
  { long: 'user-agent', short: 'A', value: 'NAME', text: 'User-Agent; empty for none' },
  { long: 'referer', short: 'e', value: 'URL', text: 'Referer; ;auto sets it on redirects' },
  { long: 'cookie', short: 'b', value: 'DATA|FILE', text: "'name=value; ...', or a file to read cookies from" },
  { long: 'range', short: 'r', value: 'RANGE', text: 'bytes to ask for: 0-499, 500-, -500' },
  { long: 'compressed', text: 'ask for a compressed answer and decompress it' },
  { long: 'url', value: 'URL', text: 'a URL, as an argument is' },
  { long: 'http1.1', text: 'HTTP/1.1, which is what is spoken anyway' },
  { long: 'disable', short: 'q', text: 'no ~/.curlrc, which is never read anyway' },
  { long: 'globoff', short: 'g', text: 'URLs are literal, which they are anyway' },
  { long: 'path-as-is', text: 'no squashing of /../, which never happens anyway' },
] as const

const outputOptions = [
  { long: 'output', short: 'o', value: 'FILE', text: 'write the body there; one for each URL, in order' },
  { long: 'remote-name', short: 'O', text: "write the body to a file named like the URL's last part" },
  { long: 'remote-name-all', text: '-O for every URL without an -o' },
  { long: 'output-dir', value: 'DIR', text: 'folder for -o and -O' },
  { long: 'create-dirs', text: 'make the folders that -o names' },
  { long: 'include', short: 'i', text: 'show response headers before the body' },
  { long: 'dump-header', short: 'D', value: 'FILE', text: 'write response headers there; - is stdout' },
  {
    long: 'write-out',
    short: 'w',
    value: 'FORMAT',
    text: 'print this after each transfer; %{http_code} and others; @FILE',
  },
  { long: 'silent', short: 's', text: 'no progress meter, no messages' },
  { long: 'show-error', short: 'S', text: 'messages in spite of -s' },
  { long: 'verbose', short: 'v', text: 'show the exchange, secrets shortened' },
  { long: 'progress-meter', text: 'the meter; --no-progress-meter hides it, not the messages' },
  { long: 'progress-bar', short: '#', text: 'a bar in place of the meter' },
  { long: 'no-buffer', short: 'N', text: 'write at once, which happens anyway' },
  { long: 'fail', short: 'f', text: 'exit 22 without the body on HTTP errors' },
  { long: 'fail-with-body', text: 'exit 22 with the body on HTTP errors' },
  { long: 'fail-early', text: 'stop at the first URL that fails' },
  { long: 'max-filesize', value: 'BYTES', text: 'refuse a larger answer (63)' },
] as const

const persistenceOptions = [
  { long: 'location', short: 'L', text: 'follow redirects' },
  { long: 'location-trusted', text: 'follow, and give credentials and signatures to other hosts too' },
  { long: 'max-redirs', value: 'N', text: 'how many to follow (50); -1 is no limit' },
  { long: 'post301', text: 'stay with POST after a 301' },
  { long: 'post302', text: 'stay with POST after a 302' },
  { long: 'post303', text: 'stay with POST after a 303' },
  { long: 'retry', value: 'N', text: 'try again on timeouts and on 408, 429, 500, 502, 503, 504' },
  { long: 'retry-delay', value: 'SECONDS', text: 'wait this long between tries; else 1, 2, 4 ... 600' },
  { long: 'retry-max-time', value: 'SECONDS', text: 'start no try later than this' },
  { long: 'retry-connrefused', text: 'a refused connection is worth a retry too' },
  { long: 'retry-all-errors', text: 'any error is worth a retry' },
] as const

const connectionOptions = [
  { long: 'connect-timeout', value: 'SECONDS', text: 'give up connecting after this long (28)' },
  { long: 'read-timeout', value: 'SECONDS', text: 'give up when nothing arrives for this long (28)' },
  { long: 'max-time', short: 'm', value: 'SECONDS', text: 'for a whole transfer (28)' },
  {
    long: 'proxy',
    short: 'x',
    value: 'URL',
    text: 'http://, https://, socks4://, socks4a://, socks5://, socks5h://; empty for none',
  },
  { long: 'noproxy', value: 'HOSTS', text: 'hosts reached without the proxy; * is all' },
  { long: 'resolve', value: 'HOST:PORT:ADDRESS', text: 'addresses to use for a host' },
  { long: 'connect-to', value: 'H1:P1:H2:P2', text: 'connect to H2:P2 for H1:P1' },
  { long: 'unix-socket', value: 'PATH', text: 'connect through this socket' },
  { long: 'ipv4', short: '4', text: 'IPv4 addresses only' },
  { long: 'ipv6', short: '6', text: 'IPv6 addresses only' },
  { long: 'limit-rate', value: 'SPEED', text: 'bytes a second, both ways; 200K, 1M' },
  { long: 'insecure', short: 'k', text: 'do not check the certificate' },
  { long: 'cacert', value: 'FILE', text: 'certificate authorities to trust' },
  { long: 'cert', short: 'E', value: 'FILE', text: 'client certificate (PEM)' },
  { long: 'key', value: 'FILE', text: "the client certificate's private key" },
  { long: 'expect100-timeout', value: 'SECONDS', text: 'how long to wait for 100 Continue (1)' },
] as const

const awsOptions = [
  { long: 'service', value: 'NAME', text: 'signing name of the service, where the host does not tell' },
  { long: 'sign-chunks', text: "send S3's aws-chunked form, each chunk signed" },
  { long: 'checksum', value: 'NAME', text: 'crc32, crc32c, crc64nvme, sha256 or sha1 of the body, for S3' },
  { long: 'action', value: 'NAME', text: 'query protocol: POST Action=NAME with the data' },
  { long: 'api-version', value: 'DATE', text: 'Version of --action, where the service is not known' },
  { long: 'target', value: 'TARGET', text: 'JSON services: SERVICE_DATE.Operation, with --data' },
  { long: 'event-stream', text: 'print an event-stream response as JSON lines' },
  { long: 'dry-run', text: 'show the signed request as -v would, and send nothing' },
  { long: 'aws-sigv4', value: 'aws:amz:REGION:SERVICE', text: "curl's way to say --region and --service" },
  {
    long: 'user',
    short: 'u',
    value: 'USER:SECRET',
    text: 'refused: others can read it; see --profile and --credentials',
  },
] as const

export type CurlOptionName = (
  | (typeof requestOptions)[number]
  | (typeof outputOptions)[number]
  | (typeof persistenceOptions)[number]
  | (typeof connectionOptions)[number]
  | (typeof awsOptions)[number]
)['long']

export type CurlOptionRow = Omit<CurlOption, 'long'> & { readonly long: CurlOptionName }

/** What help shows under one heading. */
interface CurlOptionGroup {
  readonly heading: string
  readonly options: readonly CurlOptionRow[]
}

export const curlOptionGroups: readonly CurlOptionGroup[] = [
  { heading: 'Request', options: requestOptions },
  { heading: 'Output', options: outputOptions },
  { heading: 'Redirects and retries', options: persistenceOptions },
  { heading: 'Connection', options: connectionOptions },
  { heading: 'AWS', options: awsOptions },
]
