import assert from 'node:assert/strict'
import type { Credentials } from '../../src/credentials/credentials.ts'
import { Secret } from '../../src/credentials/secret.ts'
import { CliError } from '../../src/errors.ts'
import { examine } from '../../src/verify/examine.ts'
import { readInput } from '../../src/verify/read-input.ts'
import { exampleKeys } from '../support/run.ts'
import type { FuzzTarget } from './fuzzer.ts'

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7'
const request = `GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\nHost: iam.amazonaws.com\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\nX-Amz-Date: 20150830T123600Z\r\nAuthorization: ${authorization}\r\n\r\n`
const presigned =
  'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'
const trace = `* Connected to iam.amazonaws.com\n> GET / HTTP/2\n> host: iam.amazonaws.com\n> authorization: ${authorization}\n>\n< HTTP/2 403\n< x-amzn-requestid: 1\n<\n<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>The Canonical String for this request should have been\n'GET\n/\n\nhost:x\n\nhost\ne3b0'</Message></Error></ErrorResponse>`
const har = JSON.stringify({
  log: {
    entries: [
      {
        startedDateTime: '2015-08-30T12:36:00Z',
        request: {
          method: 'POST',
          url: 'https://iam.amazonaws.com/',
          headers: [{ name: 'Authorization', value: authorization }],
          postData: { text: 'a=b' },
        },
        response: { status: 403, headers: [], content: { text: '<Error><Code>AccessDenied</Code></Error>' } },
      },
    ],
  },
})

const kinds: readonly {
  readonly name: string
  readonly seeds: readonly string[]
  readonly words: readonly string[]
}[] = [
  {
    name: 'http-message',
    seeds: [
      request,
      `${request.replace('GET', 'PUT')}body\r\nof lines\n`,
      request.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
    ],
    words: [
      '\r\n',
      '\n',
      '\r\n\r\n',
      ':',
      ' ',
      'HTTP/1.1',
      'Host:',
      'Transfer-Encoding: chunked',
      '\r\nffffffff\r\n',
      'Authorization:',
      'Signature=',
      ';',
      '%',
      '\0',
    ],
  },
  {
    name: 'curl-command-line',
    seeds: [
      `curl -X GET 'https://iam.amazonaws.com/?a=b' -H 'Authorization: ${authorization}' -H "X-Amz-Date: 20150830T123600Z" \\\n --data-raw $'{"a":"\\u00e9\\n"}'`,
      `curl --aws-sigv4 aws:amz:us-east-1:iam -u a:b -G -d x=y -F file=@z -I -k https://iam.amazonaws.com/`,
      `curl ^"https://iam.amazonaws.com/^" ^\r\n  -H ^"a: b^"`,
    ],
    words: [
      "'",
      '"',
      '\\',
      '\\\n',
      "$'",
      '^"',
      '-H ',
      '-d ',
      '--data-urlencode ',
      '-X',
      '-G',
      '-T ',
      '--url ',
      '--json ',
      '@',
      '-',
      '--',
      '`',
      '$(',
      ';',
      '|',
    ],
  },
  {
    name: 'http-trace',
    seeds: [trace],
    words: [
      '\n> ',
      '\n< ',
      '\n* ',
      '>',
      '<',
      'HTTP/1.1 100 Continue',
      '\n\n',
      'The Canonical String for this request should have been',
      "'",
      '[\\r][\\n]',
      'DEBUG',
    ],
  },
  {
    name: 'har',
    seeds: [har],
    words: [
      '{',
      '}',
      '[',
      ']',
      '"log"',
      '"entries":',
      '"request":',
      'null',
      '-1',
      '1e999',
      '"__proto__":',
      '"headers":',
      '\\ud800',
      'true',
      '"postData":',
      '"params":',
    ],
  },
  {
    name: 'presigned-url',
    seeds: [presigned, `"${presigned.replaceAll('&', '&amp;')}"`],
    words: [
      '&',
      '=',
      'X-Amz-Expires=',
      '-1',
      '1e9',
      'X-Amz-Signature=',
      'X-Amz-Security-Token=',
      'AWS4-ECDSA-P256-SHA256',
      '%2F',
      '%',
      'AWSAccessKeyId=',
      '99999999T999999Z',
    ],
  },
]

const credentials: Credentials = {
  accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
  secretAccessKey: new Secret(exampleKeys.AWS_SECRET_ACCESS_KEY),
  source: { kind: 'environment', description: 'the example keys' },
}

/** Whatever is given to `verify` is refused as no request, or judged. */
export const verifyTargets: readonly FuzzTarget[] = kinds.map((kind) => ({
  ...kind,
  async check(text) {
    try {
      const evidence = await readInput(Buffer.from(text))
      const { checks, mistakes } = await examine(evidence, {
        // With the secret every mistake is tried, which takes its time.
        credentials: text.length % 32 === 0 ? credentials : undefined,
        expectation: {},
        date: undefined,
        now: new Date('2015-08-30T12:36:00Z'),
        limits: { clock: () => performance.now(), deadline: performance.now() + 5 },
      })
      assert.ok(Array.isArray(checks) && Array.isArray(mistakes))
    } catch (error) {
      if (!(error instanceof CliError)) throw error
    }
  },
}))
