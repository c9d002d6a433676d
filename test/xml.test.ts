import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childrenOf, childText, MalformedXml, parseXml } from '../src/s3/xml.ts'

test('text comes out exactly: blanks, numbers, references, CDATA', async () => {
  const cases = [
    ['<k>007</k>', '007'],
    ['<k>1e3</k>', '1e3'],
    ['<k> a  b </k>', ' a  b '],
    ['<k>&amp;lt;&lt;&gt;&quot;&apos;</k>', '&lt;<>"\''],
    ['<k>&#x0a;&#13;&#x1F600;</k>', '\n\r\u{1f600}'],
    ['<k>&#55357;&#56832;</k>', '\u{1f600}'],
    ['<k>a<![CDATA[<&amp;>]]>b</k>', 'a<&amp;>b'],
    ['<k>a<!-- no -->b</k>', 'ab'],
    ['<k>a\r\nb</k>', 'a\nb'],
    ['<k/>', ''],
    ['<k attribute="x > y">v</k>', 'v'],
    ['<?xml version="1.0"?>\n<s:k xmlns:s="urn:x">v</s:k>\n', 'v'],
    ['\ufeff<k>v</k>', 'v'],
    ['<k>true</k>', 'true'],
  ] as const
  for (const [document, text] of cases) {
    const root = await parseXml(document)
    assert.deepEqual([root.name, root.text], ['k', text], document)
  }
})

test('lists stay lists and keep their order', async () => {
  const root = await parseXml('<r><a>1</a><b>2</b><a><c>3</c></a></r>')
  assert.deepEqual(
    root.children.map((child) => child.name),
    ['a', 'b', 'a'],
  )
  assert.equal(childrenOf(root, 'a').length, 2)
  assert.equal(childText(root, 'b'), '2')
  assert.equal(childText(root, 'missing'), undefined)
})

test('what is cut off, ill-formed or hostile is an error', async () => {
  const bomb = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>`
  const documents = [
    '',
    'plain text',
    '<r><a>1</a>',
    '<r><a>1</a></r',
    '<r><a>1</r></a>',
    '<r></r><r></r>',
    '<r>&unknown;</r>',
    '<r>&#x110000;</r>',
    '<r>&#;</r>',
    bomb,
    '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
    '<r>'.repeat(10_000) + '</r>'.repeat(10_000),
  ]
  for (const document of documents) {
    await assert.rejects(parseXml(document), MalformedXml, document.slice(0, 60))
  }
})

test('names of the object prototype are no trap', async () => {
  const root = await parseXml('<r><toString>x</toString><valueOf>y</valueOf></r>')
  assert.equal(childText(root, 'toString'), 'x')
  assert.equal(childText(root, 'isPrototypeOf'), undefined)
  await assert.rejects(parseXml('<r><__proto__><polluted>1</polluted></__proto__></r>'), MalformedXml)
  assert.equal('polluted' in {}, false)
})
