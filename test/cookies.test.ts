import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CookieJar, parseCookieFile, parseSetCookie } from '../src/http/cookies.ts'
import { parseRequestUrl } from '../src/request/request-url.ts'

const now = new Date('2026-01-01T00:00:00Z')

/** What is sent to one URL of what another set. */
function sent(setBy: string, cookies: readonly string[], to: string): string | undefined {
  const jar = new CookieJar()
  for (const text of cookies) {
    const cookie = parseSetCookie(text, parseRequestUrl(setBy), now)
    if (cookie) jar.set(cookie, now)
  }
  return jar.headerFor(parseRequestUrl(to), now)
}

/** RFC 6265: where a cookie belongs (5.1.3, 5.1.4), what a host may set (5.3), in which order they go (5.4). */
const cases: Readonly<Record<string, readonly [setBy: string, cookies: string[], to: string, expected?: string]>> = {
  'a cookie goes back to its host': ['https://a.example/', ['k=v'], 'https://a.example/x', 'k=v'],
  'a cookie without Domain goes to no subdomain': ['https://a.example/', ['k=v'], 'https://b.a.example/'],
  'a cookie with Domain goes to subdomains': [
    'https://b.a.example/',
    ['k=v; Domain=.A.example'],
    'https://c.a.example/',
    'k=v',
  ],
  'a name that only ends alike is no subdomain': [
    'https://a.example/',
    ['k=v; Domain=a.example'],
    'https://xa.example/',
  ],
  'no host sets cookies for another': ['https://a.example/', ['k=v; Domain=b.example'], 'https://b.example/'],
  'no host sets cookies for a top-level domain': ['https://a.example/', ['k=v; Domain=example'], 'https://a.example/'],
  'an address has no subdomains': ['https://1.127.0.0.1/', ['k=v; Domain=127.0.0.1'], 'https://127.0.0.1/'],
  'a secure cookie goes over TLS': ['https://a.example/', ['k=v; Secure'], 'https://a.example/', 'k=v'],
  'a secure cookie goes nowhere without TLS': ['https://a.example/', ['k=v; Secure'], 'http://a.example/'],
  'a secure cookie is not taken without TLS': ['http://a.example/', ['k=v; Secure'], 'https://a.example/'],
  'a path is a whole folder': ['https://a.example/', ['k=v; Path=/dir'], 'https://a.example/directory'],
  'a path covers what is below it': ['https://a.example/', ['k=v; Path=/dir'], 'https://a.example/dir/x', 'k=v'],
  'the default path is the folder of the URL': ['https://a.example/d/x', ['k=v'], 'https://a.example/e'],
  'longer paths go first': [
    'https://a.example/',
    ['a=1; Path=/', 'b=2; Path=/d/e', 'c=3; Path=/d'],
    'https://a.example/d/e/f',
    'b=2; c=3; a=1',
  ],
  'a later value replaces the earlier one': ['https://a.example/', ['k=1', 'k=2'], 'https://a.example/', 'k=2'],
  'Max-Age=0 removes a cookie': ['https://a.example/', ['k=1', 'k=; Max-Age=0'], 'https://a.example/'],
  'Max-Age goes before Expires': [
    'https://a.example/',
    ['k=v; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    'https://a.example/',
    'k=v',
  ],
  'an expired cookie is not kept': [
    'https://a.example/',
    ['k=v; Expires=Wed, 31-Dec-2025 23:59:59 GMT'],
    'https://a.example/',
  ],
  'a cookie without a name is none': ['https://a.example/', ['=v', 'v'], 'https://a.example/'],
  'a value may hold = and quotes': ['https://a.example/', ['k="a=b"'], 'https://a.example/', 'k="a=b"'],
}

for (const [name, [setBy, cookies, to, expected]] of Object.entries(cases)) {
  test(name, () => {
    assert.equal(sent(setBy, cookies, to), expected)
  })
}

test('a cookie file holds seven columns, or Set-Cookie lines', () => {
  const url = parseRequestUrl('https://a.example/')
  const file = [
    '# Netscape HTTP Cookie File',
    '#HttpOnly_.a.example\tTRUE\t/\tTRUE\t1893456000\thidden\t1',
    'a.example\tFALSE\t/d\tFALSE\t0\tplain\t2',
    'Set-Cookie: line=3; Path=/',
    'nonsense',
  ].join('\n')
  const jar = new CookieJar()
  for (const cookie of parseCookieFile(file, url, now)) jar.set(cookie, now)
  assert.equal(jar.headerFor(parseRequestUrl('https://a.example/d'), now), 'plain=2; hidden=1; line=3')
  assert.equal(jar.headerFor(parseRequestUrl('http://b.a.example/d'), now), undefined)
  assert.equal(jar.headerFor(parseRequestUrl('https://b.a.example/d'), now), 'hidden=1')
})
