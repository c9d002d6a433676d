import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { makePastingFolder, missingForPasting, type PastingFolder } from '../support/pasting.ts'

interface Recipe {
  readonly title: string
  readonly script: string
}

const skip = missingForPasting('THE COOKBOOK IS NOT RUN')

/** What there has to be a recipe for. */
const subjects =
  /upload[\s\S]*API Gateway[\s\S]*Lambda function URL[\s\S]*OpenSearch, and its serverless form[\s\S]*Bedrock[\s\S]*STS[\s\S]*MinIO, Ceph[\s\S]*OIDC role[\s\S]*refused/

function recipes(): readonly Recipe[] {
  const cookbook = readFileSync('docs/cookbook.md', 'utf8')
  return cookbook
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const title = section.slice(0, section.indexOf('\n'))
      return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = '']) => ({ title, script }))
    })
}

let folder: PastingFolder

before(async () => {
  if (!skip) folder = await makePastingFolder()
})
after(() => folder?.close())

test('the cookbook has all its recipes', () => {
  assert.match(readFileSync('docs/cookbook.md', 'utf8'), subjects)
})

for (const [index, { title, script }] of recipes().entries()) {
  test(`recipe ${index + 1}, ${title}, works when pasted`, { skip }, async (t) => {
    const { status, stdout, stderr } = await folder.paste(script)
    const { accepted, refused } = folder.aws.take()
    assert.deepEqual(refused, [], stderr)
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /internal error|^(sigv4|curl|http): /m)
    // A recipe sends something that is accepted, or it is about what it prints.
    const sends = /\bcurl |whoami|assume|sigv4 ls|request\.mjs|\| sh$/m.test(script)
    assert.ok(sends ? accepted > 0 : stdout + stderr !== '', `${accepted} accepted`)
    t.diagnostic(`${accepted} requests accepted`)
  })
}
