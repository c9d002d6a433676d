import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRedirect, isSameOrigin, kindAfterRedirect, resolveLocation } from '../src/http/redirect.ts'
import { formatRequestUrl, parseRequestUrl } from '../src/request/request-url.ts'

/** RFC 3986, 5.4, but for the examples whose dot segments stand behind a name: those stay as they are. */
const base = parseRequestUrl('http://a/b/c/d;p?q')
const references: Readonly<Record<string, string>> = {
  g: 'http://a/b/c/g',
  './g': 'http://a/b/c/g',
  'g/': 'http://a/b/c/g/',
  '/g': 'http://a/g',
  '//g': 'http://g/',
  '?y': 'http://a/b/c/d;p?y',
  'g?y': 'http://a/b/c/g?y',
  '#s': 'http://a/b/c/d;p?q',
  'g#s': 'http://a/b/c/g',
  'g?y#s': 'http://a/b/c/g?y',
  ';x': 'http://a/b/c/;x',
  'g;x': 'http://a/b/c/g;x',
  '': 'http://a/b/c/d;p?q',
  '.': 'http://a/b/c/',
  './': 'http://a/b/c/',
  '..': 'http://a/b/',
  '../': 'http://a/b/',
  '../g': 'http://a/b/g',
  '../..': 'http://a/',
  '../../g': 'http://a/g',
  '../../../g': 'http://a/g',
  'g.': 'http://a/b/c/g.',
  '.g': 'http://a/b/c/.g',
  'g..': 'http://a/b/c/g..',
  '..g': 'http://a/b/c/..g',
  './../g': 'http://a/b/g',
  'g?y/../x': 'http://a/b/c/g?y/../x',
  'HTTPS://h/x/../y': 'https://h/x/../y',
}

for (const [reference, expected] of Object.entries(references)) {
  test(`the Location '${reference}' is ${expected}`, () => {
    assert.equal(formatRequestUrl(resolveLocation(base, reference)), expected)
  })
}

test('a Location of another scheme or without a host is not followed', () => {
  assert.throws(() => resolveLocation(base, 'file:///etc/passwd'), { exitCode: 1 })
  assert.throws(() => resolveLocation(base, 'http:g'), { exitCode: 3 })
})

/** As curl 7.88 does, which takes a 304 with a Location for a redirect too. */
test('every status from 300 to 399 asks for another request where it names a place', () => {
  const asking = [200, 204, 299, 300, 301, 302, 303, 304, 305, 307, 308, 400].filter((status) =>
    isRedirect(status, '/'),
  )
  assert.deepEqual(asking, [300, 301, 302, 303, 304, 305, 307, 308])
  assert.equal(isRedirect(302, undefined), false)
})

/** curl's manual, `--location` and `--post301` to `--post303`. */
const kinds = [
  { statuses: [301, 302, 303], from: 'POST', keeps: [], to: 'GET' },
  { statuses: [300, 307, 308], from: 'POST', keeps: [], to: 'POST' },
  { statuses: [301, 302, 303], from: 'POST', keeps: [301, 302, 303], to: 'POST' },
  { statuses: [302, 303], from: 'POST', keeps: [301], to: 'GET' },
  { statuses: [301, 302, 307, 308], from: 'PUT', keeps: [], to: 'PUT' },
  { statuses: [303], from: 'PUT', keeps: [303], to: 'GET' },
  { statuses: [301, 302, 303, 307], from: 'HEAD', keeps: [], to: 'HEAD' },
] as const

for (const { statuses, from, keeps, to } of kinds) {
  test(`${from} becomes ${to} after ${statuses.join(', ')}${keeps.length > 0 ? `, kept for ${keeps.join(', ')}` : ''}`, () => {
    const rules = { follow: true, trust: 'same-host', max: 50, keepPost: new Set<number>(keeps) } as const
    for (const status of statuses) assert.equal(kindAfterRedirect(status, from, rules), to)
  })
}

test('credentials go along to the same scheme, host and port only', () => {
  const same = (a: string, b: string) => isSameOrigin(parseRequestUrl(a), parseRequestUrl(b))
  assert.ok(same('https://h/x', 'https://H:443/y?z'))
  assert.ok(!same('https://h/', 'http://h/'))
  assert.ok(!same('https://h:8443/', 'http://h:8443/'))
  assert.ok(!same('https://h/', 'https://h:8443/'))
  assert.ok(!same('https://h/', 'https://h.example/'))
})
