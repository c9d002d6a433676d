import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readServiceError } from '../src/s3/service-error.ts'
import { MalformedXml, parseXml } from '../src/s3/xml.ts'

const many = 200_000

const documents: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: 'an entity bomb',
    text: '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;">]><Error><Code>&c;</Code></Error>',
  },
  { name: 'an external entity', text: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Error>&b;</Error>' },
  { name: 'an entity that nobody declared', text: '<Error><Code>&b;</Code></Error>' },
  { name: 'elements nested without end', text: `${'<Error>'.repeat(many)}${'</Error>'.repeat(many)}` },
  { name: 'elements that never end', text: '<Error>'.repeat(many) },
  { name: 'tags that never end', text: `<Error>${'<'.repeat(many)}</Error>` },
  { name: 'comments that never end', text: `<Error>${'<!--'.repeat(many)}</Error>` },
  { name: 'CDATA that never ends', text: `<Error>${'<![CDATA['.repeat(many)}</Error>` },
  { name: 'attributes that never end', text: `<Error ${'b="'.repeat(many)}` },
  { name: 'a value of a gigabyte, cut at 20 MB', text: `<Error><Code>${'x'.repeat(20_000_000)}</Code></Error>` },
]

for (const { name, text } of documents) {
  test(`a document with ${name} is refused in few words`, { timeout: 20_000 }, async () => {
    await assert.rejects(parseXml(text), (error) => error instanceof MalformedXml && error.message.length < 300)
    assert.equal(await readServiceError(text, []), undefined)
  })
}

test('the longest page that S3 sends is read', async () => {
  const key = '%E2%82%AC'.repeat(341)
  const page = `<ListBucketResult>${`<Contents><Key>${key}</Key></Contents>`.repeat(1000)}</ListBucketResult>`
  assert.equal((await parseXml(page)).children.length, 1000)
})
