import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHttpRequest } from '../src/request/http-message.ts'
import { isClaim, readClaim } from '../src/verify/signature-claim.ts'
import { timeChecks } from '../src/verify/time-checks.ts'

const signature = 'f'.repeat(64)
const scope = 'AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request'
const inHeader = `GET / HTTP/1.1\r\nHost: h\r\nX-Amz-Date: 20150830T120000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}\r\n\r\n`
const presigned = (expires: string) =>
  `GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20150830T120000Z&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature} HTTP/1.1\r\nHost: h\r\n\r\n`

/** What is found at a time: 15 minutes either way for headers, X-Amz-Expires (7 days at most) for URLs. */
const cases = [
  { text: inHeader, at: '2015-08-30T12:15:00Z', found: [] },
  { text: inHeader, at: '2015-08-30T12:15:01Z', found: ['clock-skew'] },
  { text: inHeader, at: '2015-08-30T11:45:00Z', found: [] },
  { text: inHeader, at: '2015-08-30T11:44:59Z', found: ['clock-skew'] },
  { text: presigned('60'), at: '2015-08-30T12:01:00Z', found: [] },
  { text: presigned('60'), at: '2015-08-30T12:01:01Z', found: ['expired'] },
  { text: presigned('60'), at: '2015-08-30T11:45:00Z', found: [] },
  { text: presigned('60'), at: '2015-08-30T11:44:59Z', found: ['not-yet-valid'] },
  { text: presigned('604800'), at: '2015-09-06T12:00:00Z', found: [] },
  { text: presigned('604801'), at: '2015-08-30T12:00:00Z', found: ['expires-too-long'] },
  { text: presigned('604801'), at: '2015-09-30T12:00:00Z', found: ['expires-too-long', 'expired'] },
  { text: presigned('1h'), at: '2015-08-30T12:00:00Z', found: ['authorization-malformed'] },
]

for (const { text, at, found } of cases) {
  const what = /X-Amz-Expires=(\w+)/.exec(text)?.[1]
  test(`${what === undefined ? 'a signed request' : `a URL valid for ${what}`} of 12:00 is at ${at} ${found.join(', ') || 'in time'}`, () => {
    const request = parseHttpRequest(Buffer.from(text))
    const claim = request && readClaim(request)
    assert.ok(claim && isClaim(claim))
    const findings = timeChecks(claim, { time: new Date(at), event: undefined }).flatMap((check) =>
      check.findings.map(({ id }) => id),
    )
    assert.deepEqual(findings, found)
  })
}
