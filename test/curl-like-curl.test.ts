import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { run } from './support/run.ts'
import {
  answer,
  type RecordedRequest,
  type Reply,
  type ScriptedServer,
  startScriptedServer,
} from './support/scripted-server.ts'

/** One command line for curl and for `sigv4 curl`; `{S}` is the server's URL, `{P}` its port. */
interface Row {
  readonly args: readonly string[]
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
}

const curlVersion = installedCurl()

function installedCurl(): string | undefined {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' }).split(' ')[1]
  } catch {
    console.error('\n*** curl IS NOT INSTALLED: THE COMPARISON WITH IT IS NOT RUN ***\n')
    return undefined
  }
}

const replies: Readonly<Record<string, Reply>> = {
  '/404': answer('404 Not Found', 'nope\n', ['X-A: b']),
  '/403': answer('403 Forbidden', 'no\n'),
  '/500': answer('500 Oops', 'oops\n'),
  '/empty': (socket) => socket.end(),
  '/reset': (socket) => socket.resetAndDestroy(),
  '/short': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
  '/shortchunk': (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'),
  '/badchunk': (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc'),
  '/continue-only': (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'),
  '/garbage': (socket) => socket.end('hello world\r\n\r\n'),
  '/nocolon': (socket) => socket.end('HTTP/1.1 200 OK\r\nnocolon\r\nContent-Length: 2\r\n\r\nhi'),
  '/badlength': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nhi'),
  '/nul': (socket) => socket.end('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nhi'),
  '/until-close': (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil close'),
  '/http10': (socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi'),
  '/linefeeds': (socket) => socket.end('HTTP/1.1 200 OK\nContent-Length: 2\nX-Fold: a\n  b\n\nhi'),
  '/no-reason': 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi',
  '/chunked':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-B: c\r\n\r\n3;a=b\r\nabc\r\n4\r\n\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
  '/continue': 'HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  '/204': 'HTTP/1.1 204 None\r\nX-A: 1\r\n\r\n',
  '/304': 'HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n',
  '/zero': answer('200 OK'),
  '/gzip': answer('200 OK', gzipSync('plain text\n'.repeat(2000)), ['Content-Encoding: gzip']),
  '/notgzip': answer('200 OK', 'hi', ['Content-Encoding: gzip']),
  '/unknown-encoding': answer('200 OK', 'hi', ['Content-Encoding: foo']),
  '/loop': answer('302 Found', 'round', ['Location: /loop']),
  '/301': answer('301 Moved', 'moved', ['Location: /landed?a=b']),
  '/302': answer('302 Found', 'found', ['Location: landed']),
  '/303': answer('303 Other', 'other', ['Location: ../up/landed']),
  '/307': answer('307 Temp', 'temp', ['Location: //127.0.0.1:{P}/landed']),
  '/308': answer('308 Perm', 'perm', ['Location: http://127.0.0.1:{P}/landed#frag']),
  '/304-elsewhere': 'HTTP/1.1 304 Same\r\nLocation: /landed\r\n\r\n',
  '/no-location': answer('302 Found', 'here', ['Location: ']),
  '/bad-location': answer('302 Found', '', ['Location: http://:80/']),
  '/ftp-location': answer('302 Found', '', ['Location: ftp://127.0.0.1/x']),
  '/to-empty': answer('302 Found', '', ['Location: /empty']),
  '/busy': answer('503 Busy', 'busy'),
  '/spaces': answer('302 Found', '', ['Location: /a b']),
  '/other-host': answer('302 Found', '', ['Location: http://localhost:{P}/landed']),
  '/cookies': answer('302 Found', '', ['Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2; Path=/other', 'Location: /landed']),
  '/big': answer('200 OK', 'x'.repeat(100_000)),
  '/repeated': answer('200 OK', 'ok', ['X-R: 1', 'x-r: 2', 'X-S: s', 'Content-Type: text/plain; charset=utf-8']),
  '/hang': () => {},
  '/417': answer('417 Expectation Failed', 'no', ['Connection: close']),
  '/404-shortchunk': (socket) => socket.end('HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'),
  '/one-slash': answer('302 Found', '', ['Location: http:/127.0.0.1:{P}/landed']),
  '/trailers-302':
    'HTTP/1.1 302 Found\r\nTransfer-Encoding: chunked\r\nLocation: /landed\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
}

const rows: readonly Row[] = [
  // the request
  ...[
    '{S}',
    '{S}/a?b',
    '{S}?b=c',
    '{S}/a%zz{x}[1-2]|^`"<>\'()*!~;@:&=+$,#frag',
    '{S}/../a/./b//c?../d&&',
    '127.0.0.1:{P}/no-scheme',
  ].map((url) => ({ args: ['-g', '--path-as-is', url] })),
  ...['http:/127.0.0.1:{P}/x', 'HTTP:///127.0.0.1:{P}/x?y', 'http:////127.0.0.1:{P}/x', 'http:127.0.0.1:{P}/x'].map(
    (url) => ({ args: ['-w', '%{url_effective}', url] }),
  ),
  { args: ['-X', 'DELETE', '{S}/a'] },
  { args: ['-XFOO', '{S}/a', '-d', 'a'] },
  { args: ['-H', 'X-One: 1', '-H', 'X-Empty;', '-H', 'Accept:', '-H', 'X-Two:2', '-H', 'x-one: again', '{S}'] },
  { args: ['-H', '@headers', '{S}', '-H', 'no colon'] },
  { args: ['-H', '@-', '{S}'], stdin: 'X-Stdin: 1\r\n\r\nX-More: 2\n' },
  { args: ['-H', 'Host: other.example', '{S}'] },
  { args: ['-H', 'Host: other.example', '-H', 'Host: again.example', '{S}'] },
  { args: ['-H', 'Transfer-Encoding: gzip', '-d', 'abc', '{S}'] },
  { args: ['-H', 'Content-Type: x/y', '-H', 'Content-Length: 3', '-d', 'abc', '{S}'] },
  { args: ['-H', 'Transfer-Encoding: chunked', '-d', 'abc', '{S}'] },
  { args: ['-H', 'User-Agent:', '{S}'] },
  { args: ['-H', 'X-Umlaut: \u00fc\u{1f600}', '{S}'] },
  { args: ['-A', 'agent/1', '-e', 'http://from/', '-r', '0-5', '-b', 'a=1; b=2', '-b', 'c=3', '{S}'] },
  { args: ['-A', '', '-r', '5', '{S}'] },
  { args: ['-b', 'a=1', '-H', 'Cookie: own=1', '{S}'] },
  { args: ['-b', 'cookies', '{S}/x'] },
  { args: ['-b', 'no-such-file', '{S}/x'] },
  { args: ['-b', '-', '{S}/x'], stdin: 'Set-Cookie: from=stdin\n' },
  { args: ['--compressed', '{S}/gzip'] },
  { args: ['{S}/gzip', '-o', 'out'] },
  { args: ['--compressed', '{S}/notgzip'] },
  { args: ['--compressed', '{S}/unknown-encoding'] },
  // bodies
  { args: ['-d', 'a=b', '{S}'] },
  { args: ['-d', '', '{S}'] },
  { args: ['-d', '', '-d', 'a', '--data-binary', '@lines', '-d', '@lines', '--data-raw', '@lines', '{S}'] },
  { args: ['--data-ascii', '@lines', '{S}'] },
  { args: ['-d', '-begins-with-dash', '{S}'] },
  { args: ['-d@lines', '{S}', '-XPUT'] },
  { args: ['-d', '@-', '{S}'], stdin: 'from\r\nstdin' },
  { args: ['--data-binary', '@-', '{S}'], stdin: 'from\r\nstdin\0' },
  {
    args: [
      '--data-urlencode',
      'a b',
      '--data-urlencode',
      '=c d',
      '--data-urlencode',
      'n=\u00e9/~&',
      '--data-urlencode',
      '@lines',
      '--data-urlencode',
      'm@lines',
      '{S}',
    ],
  },
  { args: ['--json', '{"a":1}', '{S}'] },
  { args: ['--json', '{"a":1}', '-H', 'Accept:', '{S}'] },
  { args: ['-d', 'x', '--json', '[1]', '--json', '@lines', '{S}', '-H', 'content-type: mine'] },
  { args: ['-G', '-d', 'a=b', '--data-urlencode', 'c=d e', '{S}/x?q=1'] },
  { args: ['-G', '-d', 'a=b', '{S}/x#frag'] },
  { args: ['-G', '{S}'] },
  { args: ['--url-query', 'a=x y', '--url-query', '+raw=a+b', '--url-query', 'lone', '{S}/x?q=1', '-d', 'z'] },
  { args: ['-GI', '-d', 'a=b', '{S}/repeated'] },
  { args: ['-G', '-d', '', '{S}/x'] },
  { args: ['-G', '-d', '', '{S}/x?q'] },
  { args: ['-G', '-d', 'a=b', '{S}/x?q&'] },
  { args: ['--url-query', 'a=b', '{S}/x?q=1&'] },
  { args: ['--url-query', '', '{S}/x'] },
  { args: ['-G', '-d', 'a=b', '--url-query', '', '{S}/x'] },
  { args: ['-G', '--json', '{}', '{S}/x'] },
  { args: ['-d', '@big-file', '{S}'] },
  { args: ['-F', 'a=b', '-F', 'f=@lines', '-F', 'g=@page.html;type=text/x;filename=q"z', '-F', 'h=<lines', '{S}'] },
  { args: ['-F', 'f=@lines,page.html;type=a/b', '-F', 'i=v;type=text/html; charset=utf-8;filename=x', '{S}'] },
  {
    args: [
      '-F',
      'a=b;c',
      '-F',
      'h=v;headers="X-A: 1"',
      '-F',
      '=noname',
      '--form-string',
      'z=@;type=a',
      '-F',
      'q="a\\"b;c" ;type=x/y',
      '{S}',
    ],
  },
  { args: ['-F', 'f=@-', '{S}'], stdin: 'from stdin' },
  ...[
    ['-d', '@-'],
    ['--json', '@-'],
    ['-G', '-d', '@-'],
    ['--data-urlencode', '@-'],
  ].map((words) => ({
    args: [...words, '{S}/first', '{S}/second'],
    stdin: 'from-stdin',
  })),
  {
    args: ['-F', 'f=@-;filename=n.txt', '-F', 'g=v;filename=n.png', '-F', 'h=v;filename=n', '{S}'],
    stdin: 'from stdin',
  },
  { args: ['-F', 'a= b ', '-F', 'b=" c "', '-F', 'c=\td\t;type=x/y', '-F', 'd=@ lines , page.html ;type=x/y', '{S}'] },
  { args: ['-F', 'h=<lines;filename=x.png', '{S}'] },
  { args: ['-F', 'a=@lines', '-H', 'Content-Type: multipart/form-data', '{S}'] },
  { args: ['-F', 'a=@lines', '-H', 'X-A: b', '-H', 'content-type: multipart/related', '{S}'] },
  { args: ['-F', 'f=@pic.JPG;filename=no-ending', '-F', 'g=@pic.JPG;filename=a\\"b', '{S}'] },
  { args: ['-F', 'f=@pic.JPG;filename=other.png', '-F', 'big=@big-file', '{S}'] },
  { args: ['-T', 'lines', '{S}/up/'] },
  { args: ['-T', 'page.html', '{S}'] },
  { args: ['-T', 'a name.txt', '{S}/up/?x=y'] },
  { args: ['-T', 'lines', '{S}/exact'] },
  { args: ['-T', 'nothing', '{S}/exact'] },
  { args: ['-T', '', '{S}/exact'] },
  { args: ['-T', '', '-T', 'lines', '{S}/first', '{S}/second'] },
  { args: ['-O', '-T', 'lines', '{S}/up/'] },
  { args: ['-T', 'lines', '-r', '2-4', '{S}/exact'] },
  { args: ['-T', 'lines', '-r', '2-4', '-H', 'Content-Range: own', '{S}/exact'] },
  { args: ['-d', 'abc', '-r', '-1', '-L', '{S}/302'] },
  { args: ['-F', 'a=b', '-r', '0-1', '{S}'] },
  { args: ['-T', 'lines', '-X', 'POST', '-H', 'Expect:', '{S}/exact'] },
  { args: ['-T', 'big-file', '{S}/exact'] },
  { args: ['-T', 'big-file', '-i', '{S}/417'] },
  // outputs
  { args: ['-i', '{S}/repeated'] },
  { args: ['-I', '{S}/repeated'] },
  { args: ['-I', '-X', 'GET', '{S}/repeated'] },
  { args: ['-I', '--no-include', '{S}/repeated'] },
  { args: ['-D', 'heads', '{S}/empty'] },
  { args: ['-D', 'heads', '{S}/repeated', '-o', 'out'] },
  { args: ['-D', '-', '{S}/repeated'] },
  ...['/repeated', '/continue', '/chunked'].map((path) => ({ args: ['-D', '-', '-i', `{S}${path}`] })),
  { args: ['-i', '{S}/badchunk'] },
  { args: ['-D', 'heads', '--compressed', '{S}/badchunk'] },
  { args: ['-D', 'heads', '{S}/repeated', '{S}/404', '-L', '{S}/302'] },
  { args: ['-o', 'out', '{S}/zero'] },
  { args: ['-o', 'out', '{S}/204'] },
  { args: ['-o', 'out', '{S}/304'] },
  { args: ['-o', 'out', '-i', '{S}/304'] },
  { args: ['-O', '{S}/repeated?query'] },
  { args: ['-O', '{S}/a%20b'] },
  { args: ['-O', '{S}/a\\b'] },
  ...['{S}/x/\u00e9%20"?q/r#f/g', '127.0.0.1:{P}/lone', 'http:/127.0.0.1:{P}/x/y', '{S}?q/r'].map((url) => ({
    args: ['-O', url],
  })),
  { args: ['-O', '{S}/'] },
  { args: ['-O', '-o', 'second', '{S}/repeated', '{S}/big', '{S}/404'] },
  { args: ['--remote-name-all', '{S}/repeated', '{S}/big'] },
  { args: ['--remote-name-all', '--no-remote-name', '{S}/repeated', '{S}/big'] },
  { args: ['-o', '', '{S}/repeated'] },
  { args: ['--output-dir', 'sub', '-o', 'out', '{S}/repeated'] },
  { args: ['--create-dirs', '-o', 'new/deep/out', '{S}/repeated'] },
  { args: ['-o', 'no-such-folder/out', '{S}/repeated'] },
  { args: ['-o', '/dev/full', '{S}/repeated'] },
  { args: ['-o', 'out', '{S}/404', '-f'] },
  { args: ['-f', '{S}/404'] },
  { args: ['-fi', '{S}/404'] },
  { args: ['-fS', '{S}/404-shortchunk'] },
  { args: ['--fail-with-body', '{S}/404'] },
  { args: ['--fail-with-body', '-o', 'out', '{S}/500'] },
  { args: ['{S}/404'] },
  { args: ['-f', '{S}/404', '{S}/repeated'] },
  { args: ['{S}/repeated', '-f', '{S}/404'] },
  { args: ['-f', '--fail-early', '{S}/404', '{S}/repeated'] },
  { args: ['--max-filesize', '1000', '{S}/big'] },
  { args: ['--max-filesize', '200000', '-o', 'out', '{S}/big'] },
  { args: ['--max-filesize', '0', '{S}/big'] },
  {
    args: [
      '-w',
      '\\n%{http_code} %{response_code} %{size_download} %{size_upload} %{size_header} %{content_type} %{num_redirects} %{num_connects} %{num_headers} %{url} %{url_effective} %{redirect_url} %{method} %{scheme} %{http_version} %{remote_ip} %{remote_port} %{local_ip} %{exitcode} %{errormsg} %{urlnum} %header{x-r} %% \\t\\q%z%{filename_effective}%{referer}|%{http_code',
      '{S}/repeated',
    ],
  },
  { args: ['-w', '%{header_json}\\n', '-o', 'out', '{S}/repeated'] },
  { args: ['-w', '%{http_code} %{redirect_url} %{num_redirects}\\n', '{S}/302'] },
  { args: ['-w', '%{http_code} %{url_effective} %{num_redirects} %{num_connects}\\n', '-L', '{S}/302'] },
  { args: ['-w', '@format', '{S}/repeated'] },
  { args: ['-w', '@format-lines', '{S}/repeated'] },
  { args: ['-w', '%{HTTP_CODE} \\\\n|\\q|\\', '{S}/repeated'] },
  { args: ['-w', 'a%\\n%q%\\\\n%%\\n%header%\\t%', '{S}/repeated'] },
  {
    args: [
      '-w',
      '%{scheme}|%{certs}|%{num_certs}|%{proxy_ssl_verify_result}|%{ftp_entry_path}|',
      'http://127.0.0.1:1/',
    ],
  },
  { args: ['-w', '%{url} %{url_effective}', '-T', 'lines', '{S}/up/'] },
  { args: ['-w', '%{url} %{url_effective}', '{S}/repeated?a#b?c#d'] },
  { args: ['-w', '%{url_effective} %{num_redirects}', '-L', '{S}/302#typed'] },
  { args: ['-w', '%{url_effective}', '-G', '-d', 'a=b', '{S}/x#typed'] },
  { args: ['-w', '%{url} %{url_effective}', '-G', '-d', 'a=b', '{S}/x'] },
  { args: ['-w', '%{size_download}', '-f', '{S}/404'] },
  { args: ['-w', '%{exitcode} %{redirect_url}', '{S}/bad-location'] },
  { args: ['-L', '-w', '%{exitcode} %{redirect_url}', '{S}/bad-location'] },
  { args: ['-w', '%{exitcode} %{redirect_url}', '{S}/ftp-location'] },
  { args: ['-L', '-w', '%{http_code} %{num_headers}', '{S}/to-empty'] },
  { args: ['--retry', '1', '--retry-delay', '1', '-w', '%{num_connects} %{size_header}', '{S}/busy'] },
  { args: ['-w', '%{onerror}failed %{exitcode}\\n', '{S}/short'] },
  { args: ['-w', 'ok%{onerror}failed %{exitcode}\\n', '{S}/repeated'] },
  { args: ['-w', '%{stderr}elsewhere%{stdout}here', '{S}/repeated'] },
  { args: ['-w', '%{http_code}|', '-o', 'a', '{S}/repeated', '-o', 'b', '{S}/404'] },
  { args: ['-w', '%{num_connects}|', '{S}/repeated', '{S}/404', '{S}/until-close', '{S}/zero'] },
  // answers
  ...[
    '/until-close',
    '/http10',
    '/linefeeds',
    '/no-reason',
    '/chunked',
    '/continue',
    '/204',
    '/304',
    '/zero',
    '/big',
  ].map((path) => ({ args: ['-i', `{S}${path}`] })),
  { args: ['-T', 'lines', '{S}/continue-only'] },
  ...[
    '/empty',
    '/continue-only',
    '/reset',
    '/short',
    '/shortchunk',
    '/badchunk',
    '/garbage',
    '/nocolon',
    '/badlength',
    '/nul',
  ].map((path) => ({
    args: [`{S}${path}`],
  })),
  // redirects
  ...['/301', '/302', '/303', '/307', '/308', '/spaces', '/other-host'].flatMap((path) => [
    { args: ['-L', `{S}${path}`] },
    { args: ['-L', `{S}${path}`, '-d', 'posted'] },
    { args: ['-iL', '-T', 'lines', `{S}${path}`] },
  ]),
  { args: ['-L', '{S}/no-location'] },
  { args: ['-L', '{S}/one-slash'] },
  { args: ['-iL', '{S}/trailers-302'] },
  { args: ['-L', '{S}/bad-location'] },
  { args: ['-L', '{S}/304-elsewhere'] },
  { args: ['-L', '--post301', '{S}/301', '-d', 'posted'] },
  { args: ['-L', '--post302', '{S}/302', '-d', 'posted'] },
  { args: ['-L', '--post303', '{S}/303', '-d', 'posted'] },
  { args: ['-L', '-X', 'PATCH', '{S}/302', '-d', 'posted'] },
  { args: ['-LI', '{S}/303'] },
  { args: ['-L', '--max-redirs', '3', '-i', '{S}/loop'] },
  { args: ['-L', '--max-redirs', '0', '{S}/302'] },
  { args: ['{S}/302', '-i'] },
  { args: ['-L', '--no-location', '{S}/302'] },
  { args: ['-L', '-e', 'start;auto', '{S}/302'] },
  { args: ['-L', '-H', 'Authorization: mine', '-H', 'Cookie: c=1', '-H', 'X-Kept: 1', '{S}/other-host'] },
  { args: ['--location-trusted', '-H', 'Authorization: mine', '-b', 'c=1', '{S}/other-host'] },
  { args: ['-L', '-b', '', '{S}/cookies', '{S}/other/x'] },
  // retries
  { args: ['--retry', '2', '--retry-delay', '1', '-f', '{S}/500'] },
  { args: ['--retry', '1', '--retry-delay', '1', '{S}/500', '-o', 'out'] },
  { args: ['--retry', '1', '--retry-delay', '1', '{S}/404'] },
  { args: ['--retry', '1', '--retry-delay', '1', '--retry-connrefused', 'http://127.0.0.1:1/'] },
  { args: ['--retry', '1', '--retry-delay', '1', '--retry-all-errors', '{S}/short'] },
  { args: ['--retry', '1', '--retry-max-time', '1', '--retry-delay', '1', '{S}/short'] },
  // connections
  { args: ['http://127.0.0.1:1/'] },
  { args: ['http://no-such-host.invalid/'] },
  { args: ['-m', '0.3', '{S}/hang'] },
  { args: ['-m', '0.3', '-f', '-T', 'lines', '{S}/hang'] },
  { args: ['--resolve', 'made.up:{P}:127.0.0.1', 'http://made.up:{P}/x'] },
  { args: ['--resolve', '*:{P}:127.0.0.1', 'http://made.up:{P}/x'] },
  { args: ['--connect-to', 'made.up:80:127.0.0.1:{P}', 'http://made.up/x'] },
  { args: ['--connect-to', '::127.0.0.1:{P}', 'http://made.up/x'] },
  { args: ['--connect-to', '', '{S}/x'] },
  { args: ['--unix-socket', 'no-such-socket', '{S}'] },
  { args: ['-4', 'http://localhost:{P}/x'] },
  { args: ['-4', 'http://bucket.localhost:{P}/x'] },
  { args: ['-6', '{S}/x'] },
  { args: ['-x', '{S}', 'https://far.example/'] },
  { args: ['-x', '127.0.0.1:{P}', 'http://far.example/a?b'] },
  { args: ['-x', 'http://us%40er:pass@127.0.0.1:{P}', 'http://far.example/', '-d', 'x'] },
  { args: ['-x', 'http://127.0.0.1:1', '{S}/x'] },
  { args: ['-x', 'http://127.0.0.1:1', '--noproxy', '127.0.0.1', '{S}/x'] },
  { args: ['-x', 'http://127.0.0.1:1', '--noproxy', '*', '{S}/x'] },
  { args: ['-x', 'http://no-such-host.invalid', '{S}/x'] },
  { args: ['http://far.example/v'], env: { http_proxy: 'http://127.0.0.1:{P}' } },
  { args: ['http://sub.far.example:{P}/v'], env: { http_proxy: 'http://127.0.0.1:{P}', no_proxy: 'far.example' } },
  { args: ['-x', '', '{S}/v'], env: { http_proxy: 'http://127.0.0.1:1' } },
  { args: ['http://far.example/v'], env: { ALL_PROXY: 'http://127.0.0.1:{P}' } },
  { args: ['{S}/big', '--limit-rate', '1M', '-o', 'out'] },
  // wrong command lines and unreadable files: nothing is sent
  { args: [] },
  { args: ['--no-such-option', '{S}'] },
  { args: ['-d'] },
  { args: ['-m', 'abc', '{S}'] },
  { args: ['--retry', '-1', '{S}'] },
  { args: ['-I', '-d', 'x', '{S}'] },
  { args: ['-T', 'lines', '-d', 'x', '{S}'] },
  { args: ['-G', '-T', 'lines', '-d', 'x', '{S}'] },
  { args: ['-G', '-F', 'a=b', '-d', 'x', '{S}'] },
  { args: ['-G', '-F', 'a=b', '{S}'] },
  { args: ['-F', 'noequals', '{S}'] },
  { args: ['-F', 'a=@lines;type=weird', '{S}'] },
  { args: ['ftp2://x/', '-g'] },
  { args: ['http://', '-g'] },
  { args: ['http://127.0.0.1:99999/'] },
  { args: ['-T', 'no-such-file', '{S}'] },
  // what cannot begin has its -w, and a URL that is none ends nothing but itself
  ...[
    ['-T', 'no-such-file', '-o', 'out', '{S}/exact'],
    ['-F', 'a=@no-such-file', '{S}', '{S}/404'],
    ['http://', '{S}/404'],
    ['-o', 'out', 'http://', '{S}/404', 'http://127.0.0.1:99999/'],
    ['--fail-early', 'http://', '{S}/404'],
    ['-O', '{S}/', '{S}/404'],
    ['-b', 'cookies', 'http://', '{S}/404'],
  ].map((args) => ({
    args: ['-w', '[%{http_code} %{exitcode} %{url} %{urlnum} %{filename_effective} %{header_json}]', ...args],
  })),
  ...['foo://x', 'http://[::1', ':80', 'host:abc', 'http://x:99999'].flatMap((proxy) => [
    { args: ['-x', proxy, '-w', '%{http_code} %{exitcode}', '{S}/404', '{S}/repeated'] },
    { args: ['-x', proxy, '--noproxy', '127.0.0.1', '{S}/404'] },
  ]),
  { args: ['-w', '%{http_code} %{exitcode}', '{S}/404'], env: { http_proxy: 'host:abc' } },
  ...[
    'foo',
    'foo:80',
    'foo:80:bar',
    'foo:99999:127.0.0.1',
    'foo:80:127.0.0.1,bar',
    'foo:80:127.0.0.1,',
    ':80:127.0.0.1',
    '-foo',
    '-foo:80',
  ].map((rule) => ({ args: ['--resolve', rule, '-w', '%{http_code} %{exitcode}', '{S}/404'] })),
  ...['::localhost', '127.0.0.1:{P}:localhost', '127.0.0.1:{P}::99999', '::127.0.0.1:abc', 'other:1:x:abc'].map(
    (rule) => ({
      args: ['--connect-to', rule, '-4', '-w', '%{http_code} %{exitcode}', '{S}/404'],
    }),
  ),
  { args: ['-F', 'a=@no-such-file', '{S}'] },
  { args: ['--cacert', 'no-such-file', 'https://127.0.0.1:{P}/'] },
  // words
  { args: ['-sSfo', 'out', '{S}/repeated'] },
  { args: ['-so', 'out', '-XPUT', '{S}/repeated', '--no-silent', '-s'] },
  { args: ['{S}/repeated', '-o', 'out', '-w', '%{http_code}'] },
  { args: ['--url', '{S}/404', '{S}/repeated'] },
  { args: ['-o', 'a', '{S}/repeated', '--url', '{S}/404', '-so', 'b', '--url', '{S}/big', '{S}/a', '-d', '--url'] },
  { args: ['-w', '%{url} %{exitcode}|', '--url', '{S}/404', '--', '--url', '{S}/repeated'] },
  { args: ['-sd', '--url', '{S}/repeated', '--header', '--url', '--url', '{S}/404'] },
  { args: ['-N', '--http1.1', '-4', '{S}/repeated'] },
  { args: ['-q', '{S}/repeated'] },
  ...[
    ['--heade', 'X-A: 1'],
    ['--data-b', '@lines'],
    ['--max-t', '5'],
    ['--sil', '--write', '%{http_code}'],
    ['--location-t'],
    ['--loc'],
    ['--hea'],
    ['--no-sil'],
    ['-'],
  ].map((args) => ({ args: [...args, '{S}/repeated'] })),
  { args: ['--no-progress-meter', '{S}/repeated', '-S'] },
  { args: ['--progress-meter', '-v', '{S}/big', '-o', 'out'] },
  { args: ['--no-silent', '-#', '{S}/repeated'] },
  { args: ['--connect-timeout', '5', '{S}/repeated'] },
  { args: ['--connect-timeout', 'x', '{S}/repeated'] },
  { args: ['--expect100-timeout', '0.5', '-T', 'lines', '{S}/exact'] },
]

describe('sigv4 curl does what curl does', { skip: curlVersion === undefined }, () => {
  let server: ScriptedServer
  let home: string

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'sigv4-like-'))
    server = await startScriptedServer((request): Reply => {
      const reply = replies[request.path] ?? answer('200 OK', `${request.method} ok\n`)
      if (typeof reply === 'function') return reply
      const text = Buffer.from(reply).toString('latin1').replaceAll('{P}', String(server.port))
      // No body follows an answer to HEAD.
      return Buffer.from(request.method === 'HEAD' ? text.replace(/\r\n\r\n[\s\S]*$/, '\r\n\r\n') : text, 'latin1')
    })
  })

  after(async () => {
    await server.close()
    rmSync(home, { recursive: true })
  })

  for (const [index, row] of rows.entries()) {
    test(`curl ${row.args.join(' ')}`, async () => {
      const args = row.args.map((word) => word.replaceAll('{S}', server.url).replaceAll('{P}', String(server.port)))
      const env = Object.fromEntries(
        Object.entries(row.env ?? {}).map(([name, value]) => [name, value.replaceAll('{P}', String(server.port))]),
      )
      const theirs = await perform(server, join(home, `${index}-curl`), () => runCurl(args, { env, stdin: row.stdin }))
      const ours = await perform(server, join(home, `${index}-sigv4`), () => runOurs(args, { env, stdin: row.stdin }))
      assert.deepEqual(ours, theirs)
    })
  }
})

test('%{json} has the members of curl, in their order and of their types', {
  skip: curlVersion === undefined,
}, async (t) => {
  const server = await startScriptedServer(() => answer('200 OK', 'ok', ['Content-Type: text/plain']))
  t.after(() => server.close())
  const shapeOf = (text: string) =>
    Object.entries(JSON.parse(text)).map(([name, value]) => [name, value === null ? null : typeof value])
  const options = { env: {}, stdin: undefined }
  for (const url of [server.url, 'http://', 'http://127.0.0.1:1/']) {
    const args = ['-o', '/dev/null', '-w', '%{json}', url]
    assert.deepEqual(shapeOf((await runOurs(args, options)).stdout), shapeOf((await runCurl(args, options)).stdout))
  }
})

interface Performed {
  readonly exitCode: number
  readonly stdout: string
  readonly requests: readonly unknown[]
  readonly files: Readonly<Record<string, string>>
}

async function perform(
  server: ScriptedServer,
  folder: string,
  action: () => Promise<{ exitCode: number; stdout: string }>,
): Promise<Performed> {
  mkdirSync(folder)
  mkdirSync(join(folder, 'sub'))
  const fixtures: Readonly<Record<string, string>> = {
    lines: 'first\r\nsecond\nthird',
    headers: 'X-File: 1\r\nX-Empty;\n',
    'page.html': '<p>',
    'pic.JPG': 'jpg',
    'a name.txt': 'named',
    nothing: '',
    format: 'code %{http_code}\\n',
    'format-lines': 'code:  %{http_code}\\n\n  type:  %{content_type}\\n\r\n',
    cookies:
      '127.0.0.1\tFALSE\t/\tFALSE\t0\tnet\tscape\n#HttpOnly_127.0.0.1\tFALSE\t/x\tFALSE\t0\thttp\tonly\nSet-Cookie: line=1; Path=/\n',
    'big-file': 'b'.repeat(1_200_000),
  }
  for (const [name, text] of Object.entries(fixtures)) writeFileSync(join(folder, name), text)
  const before = process.cwd()
  process.chdir(folder)
  try {
    server.take()
    const { exitCode, stdout } = await action()
    return {
      exitCode,
      stdout: normal(stdout),
      requests: server.take().map(comparable),
      files: filesIn(folder, fixtures),
    }
  } finally {
    process.chdir(before)
  }
}

interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string | undefined
}

function runCurl(args: readonly string[], { env, stdin }: RunOptions): Promise<{ exitCode: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', ['-q', '-s', ...args], { env: { PATH: process.env.PATH, ...env } })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.resume()
    child.on('error', reject)
    child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout: Buffer.concat(chunks).toString('latin1') }))
    child.stdin.on('error', () => {})
    child.stdin.end(stdin ?? '')
  })
}

async function runOurs(
  args: readonly string[],
  { env, stdin }: RunOptions,
): Promise<{ exitCode: number; stdout: string }> {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  const words = ['curl', '-s', '--service', 'execute-api', '--region', 'us-east-1', ...args]
  const { exitCode, stdoutBytes } = await run(words, { env: { ...keys, ...env }, stdin: stdin ?? '' })
  return { exitCode, stdout: stdoutBytes.toString('latin1') }
}

/** What signing adds is left out, and what names the program. */
function comparable({ method, target, headers, body }: RecordedRequest): unknown {
  const own = headers.filter(
    ([name, value]) =>
      !/^(x-amz-date|x-amz-content-sha256)$/i.test(name) && !(name === 'Authorization' && value.startsWith('AWS4-')),
  )
  return {
    method,
    // What is beyond ASCII curl escapes in lower case; RFC 3986 2.1 wants capitals.
    target: target.replace(/%[89a-f][0-9a-f]/gi, (code) => code.toUpperCase()),
    headers: own.map(([name, value]) => `${name}: ${normal(value)}`),
    body: normal(body.toString('latin1')),
  }
}

/** Boundaries are random, and programs have names and abilities of their own. */
function normal(text: string): string {
  return text
    .replace(/-{24}[0-9a-f]{16}/g, 'BOUNDARY')
    .replace(/^(curl|sigv4)\/[\d.]+$/, 'PROGRAM')
    .replace(/^deflate, gzip, br(, zstd)?$/, 'ENCODINGS')
}

function filesIn(folder: string, fixtures: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names
      .filter((name) => !(name in fixtures) && statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  )
}
