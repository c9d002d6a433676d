import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { missingPackages, type RealServer, shellAt, startRealServer } from '../support/real-servers.ts'

const skip = missingPackages('swift') ?? false

/** The ugliest keys there are: each is put, read and presigned. */
const keys = [
  'plain.txt',
  'a b',
  'a+b',
  'a%20b',
  'a%2Fb',
  "quote'",
  'double"quote',
  'back\\slash',
  'a//b',
  'a/./b',
  'a/../b',
  '..x',
  'trailing/',
  '~tilde',
  '(paren)',
  'star*',
  'ex!clam',
  '@at',
  'dollar$',
  'amp&',
  'equals=',
  'colon:',
  'semi;',
  'comma,',
  'brackets[1-3]',
  'braces{a,b}',
  'hash#',
  'question?',
  'caret^',
  'back`tick',
  'pipe|',
  '<angle>',
  'émoji 😀',
  'combining e\u0301',
  '007',
  '1e3',
  '%',
  '%%41',
  'tab\there',
  'line\nbreak',
]

let server: RealServer

before(async () => {
  if (skip) return
  server = await startRealServer('swift')
  await sh(`eval "$(sigv4 sign -X PUT "$ENDPOINT/ugly" --service s3 --format curl) -sS --fail"`)
})

after(() => server?.stop())

for (const key of keys) {
  test(`a verifying server takes the key ${JSON.stringify(key)} in every form`, { skip }, async () => {
    const body = `body of ${key.length}`
    await sh(`eval "$(sigv4 sign -X PUT --data-raw "$BODY" "s3://ugly/$KEY" --format curl) -sS --fail"`, {
      KEY: key,
      BODY: body,
    })
    const forms = [
      `URL=$(sigv4 sign --no-sign-request --format url "s3://ugly/$KEY"); sigv4 sign "$URL" --service s3 | curl -sS --fail -g --path-as-is -H @- "$URL"`,
      `sigv4 sign "s3://ugly/$KEY" --format curl-config | curl -sS --fail -K -`,
      `curl -sS --fail -g --path-as-is "$(sigv4 sign --presign "s3://ugly/$KEY")"`,
      `sigv4 sign "s3://ugly/$KEY" --format python | python3 | grep -o "200 b'.*'" | sed "s/^200 b'//;s/'$//" | tr -d '\\n'`,
    ]
    for (const form of forms) assert.equal(await sh(form, { KEY: key }), body, form)
  })
}

test('a wrong secret is refused, so the server does verify', { skip }, async () => {
  const printed = await sh(
    `curl -sS -o /dev/null -w '%{http_code}' "$(AWS_SECRET_ACCESS_KEY=wrong sigv4 sign --presign s3://ugly/plain.txt)"`,
  )
  assert.equal(printed, '403')
})

function sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return shellAt(server, script, env)
}
