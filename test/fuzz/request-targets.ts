import assert from 'node:assert/strict'
import { CliError } from '../../src/errors.ts'
import { parseDurationSeconds } from '../../src/request/duration.ts'
import { parseHeaderArgument, parseHeaderFile } from '../../src/request/header-argument.ts'
import { inferScope } from '../../src/request/infer-scope.ts'
import { isRegionName } from '../../src/request/partition.ts'
import { decodeText, encodePathText, recodePart } from '../../src/request/percent-encoding.ts'
import { formatRequestUrl, parseRequestUrl, requestTarget } from '../../src/request/request-url.ts'
import { isServiceName } from '../../src/request/service-names.ts'
import { parseSigningDate } from '../../src/request/signing-date.ts'
import { canonicalHeaders, canonicalPath, canonicalQuery } from '../../src/sign/canonical-request.ts'
import { signingTime } from '../../src/sign/signing-time.ts'
import type { FuzzTarget } from './fuzzer.ts'

const escapes = ['%', '%2', '%2F', '%2f', '%25', '%zz', '%c3%a9', '%ff', '+', '%2B']

/** The result, or undefined where the text is refused as a user's mistake. */
export function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return undefined
  }
}

export const requestTargets: readonly FuzzTarget[] = [
  {
    name: 'url',
    seeds: [
      'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity',
      'http://user:pass@[::1]:8080/a/../b//c?x=1&y#frag',
      'HTTPS://Bücher.example:443/%e2%82%ac?a=b=c',
    ],
    words: [
      'http://',
      'https://',
      '//',
      '@',
      ':',
      ':0',
      ':65536',
      '[',
      ']',
      '[::1%25eth0]',
      '?',
      '#',
      '..',
      ...escapes,
    ],
    check(text) {
      const url = parsed(() => parseRequestUrl(text))
      if (!url) return
      assert.match(requestTarget(url), /^\/[\x21-\x7e]*$/)
      assert.match(url.host, /^[\x21-\x7e]+$/)
      assert.doesNotMatch(url.hostname, /[/@?#\s]/)
      assert.ok(Number.isInteger(url.port) && url.port > 0 && url.port < 65_536)
      assert.deepEqual(parseRequestUrl(formatRequestUrl(url)), url)
    },
  },
  {
    name: 'host',
    seeds: [
      'sts.us-east-1.amazonaws.com',
      'examplebucket.s3.dualstack.eu-west-1.amazonaws.com',
      'vpce-1.dynamodb.cn-north-1.vpce.amazonaws.com.cn',
      'abc.execute-api.us-west-2.on.aws:443',
    ],
    words: [
      '.',
      '-',
      's3',
      's3-',
      'amazonaws.com',
      '.api.aws',
      'us-gov-west-1',
      'fips',
      'dualstack',
      'lambda-url',
      ':',
      '__proto__',
    ],
    check(text) {
      const { service, region } = inferScope(text)
      if (service) assert.ok(isServiceName(service.value), service.value)
      if (region) assert.ok(isRegionName(region.value), region.value)
    },
  },
  {
    name: 'header',
    seeds: ['X-Amz-Meta-A: b', 'Name;', 'Name:', 'Host: example.com:8080', 'X-A:  two  blanks \t'],
    words: [':', ';', '\r\n', '\n ', '\t', 'Host', '\0', 'é'],
    check(text) {
      const header = parsed(() => parseHeaderArgument(text))
      if (!header) return
      assert.match(header.name, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
      assert.doesNotMatch(header.value, /[\r\n\0]/)
      assert.deepEqual(parseHeaderArgument(`${header.name}: ${header.value}`), header)
    },
  },
  {
    name: 'header-file',
    seeds: ['X-A: 1\nX-B: 2\r\n\r\nX-A: 3\n', 'Host;\n\n'],
    words: ['\n', '\r\n', '\r', ':', ';', '\ufeff'],
    check(text) {
      const headers = parsed(() => parseHeaderFile(text))
      if (!headers) return
      const canonical = canonicalHeaders(headers)
      const names = canonical.map(({ name }) => name)
      assert.deepEqual([...new Set(names)].sort(), names)
      for (const { value } of canonical) assert.doesNotMatch(value, /[\r\n\0]|^ | $| {2}/)
    },
  },
  {
    name: 'query',
    seeds: ['a=1&b=2&a=0', 'acl', '&&x==y&=', "prefix=a%20b+c&marker=%C3%A9!'()*"],
    words: ['&', '=', '&&', '==', 'X-Amz-Date', ...escapes],
    check(text) {
      const canonical = canonicalQuery(text)
      assert.match(canonical, /^([A-Za-z0-9._~-]|%[0-9A-F]{2})*(=([A-Za-z0-9._~-]|%[0-9A-F]{2})*)?(&.*)?$/)
      assert.equal(canonicalQuery(canonical), canonical)
      const pairs = canonical === '' ? [] : canonical.split('&')
      assert.equal(pairs.length, text.split('&').filter(Boolean).length)
      assert.ok(pairs.every((pair) => pair.split('=').length === 2))
    },
  },
  {
    name: 'path',
    seeds: ['/', '/a/./b/../c//', '/%2e%2E/%2F', '/a b/é+~'],
    words: ['/', '//', '/./', '/../', '.', '..', ...escapes],
    check(text) {
      for (const normalizePath of [true, false]) {
        const once = canonicalPath(text, { pathEncoding: 'single', normalizePath })
        assert.match(once, /^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$/)
        const twice = canonicalPath(text, { pathEncoding: 'double', normalizePath })
        assert.match(twice, /^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$/)
        if (normalizePath) assert.doesNotMatch(twice, /\/\/|\/\.\.?(\/|$)/)
      }
    },
  },
  {
    name: 'percent-encoding',
    seeds: ['a%20b', '%E2%82%AC', 'plain~text'],
    words: escapes,
    check(text) {
      const wellFormed = Buffer.from(text).toString()
      assert.equal(decodeText(encodePathText(wellFormed)), decodeText(encodeURIComponent(wellFormed)))
      assert.equal(recodePart(recodePart(text)), recodePart(text))
    },
  },
  {
    name: 'duration',
    seeds: ['3600', '15m', '1h30m', '7d', '604800s'],
    words: ['0', 's', 'm', 'h', 'd', 'w', '-', '.', 'e', '9999999999', '٣'],
    check(text) {
      const seconds = parsed(() => parseDurationSeconds(text, '--expires'))
      assert.ok(seconds === undefined || (Number.isSafeInteger(seconds) && seconds > 0), String(seconds))
    },
  },
  {
    name: 'date',
    seeds: ['20150830T123600Z', '2015-08-30T12:36:00Z', '2015-08-30T14:36:00+02:00', '2015-08-30', '2016-02-29 23:59'],
    words: ['T', 'Z', '-', ':', '+', '00', '24', '60', '13', '99', '0000', '9999', '.5'],
    check(text) {
      const date = parsed(() => parseSigningDate(text))
      if (date) assert.match(signingTime(date).longDate, /^\d{8}T\d{6}Z$/)
    },
  },
]
