import assert from 'node:assert/strict'
import { parseRequestUrl } from '../../src/request/request-url.ts'
import { s3Endpoint } from '../../src/s3/addressing.ts'
import { parseBucketName, splitS3Target } from '../../src/s3/bucket-name.ts'
import { readServiceError } from '../../src/s3/service-error.ts'
import { MalformedXml, parseXml, type XmlElement } from '../../src/s3/xml.ts'
import type { FuzzTarget } from './fuzzer.ts'
import { parsed } from './request-targets.ts'

const error =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The &amp; <![CDATA[<x>]]></Message><RequestId>1</RequestId></Error>'
const xmlWords = [
  '<',
  '>',
  '</',
  '/>',
  '<a>',
  '</a>',
  '<a/>',
  '<?xml',
  '?>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE a [',
  '<!doctype a>',
  '<!ENTITY a "b">',
  '&a;',
  '&amp;',
  '&#0;',
  '&#x110000;',
  '&#55296;',
  ' xmlns:x="y"',
  ' a="',
  "'",
  '__proto__',
  'constructor',
  '\0',
]

export const s3Targets: readonly FuzzTarget[] = [
  {
    name: 'xml',
    seeds: [error, '<a b="c"><d/>text<e>1e3</e> 007 </a>', '<x:a xmlns:x="urn:x"><x:b>&#x41;</x:b></x:a>'],
    words: xmlWords,
    async check(text) {
      try {
        assertElement(await parseXml(text))
      } catch (problem) {
        if (!(problem instanceof MalformedXml)) throw problem
      }
    },
  },
  {
    name: 'service-error',
    seeds: [
      error,
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>',
      '{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"no"}',
      '<html><body>502 Bad Gateway</body></html>',
    ],
    words: [...xmlWords, '{', '}', '"__type":', '"message":', 'null', '[]', 'Error'],
    async check(text) {
      for (const headers of [[], [{ name: 'x-amzn-errortype', value: text }]]) {
        const read = await readServiceError(text, headers)
        if (!read) continue
        assert.equal(typeof read.code, 'string')
        assert.equal(typeof read.message, 'string')
      }
    },
  },
  {
    name: 'bucket',
    seeds: [
      's3://examplebucket/photos/a b.jpg',
      'my.bucket/x',
      'arn:aws:s3:us-west-2:123456789012:accesspoint/test/key',
      'arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/ap',
      'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap',
      'bucket--usw2-az1--x-s3',
    ],
    words: [
      's3://',
      '/',
      ':',
      '.',
      '-',
      '--x-s3',
      'arn:aws:s3:',
      'accesspoint/',
      '@',
      '#',
      '?',
      '\\',
      'evil.example/',
      '%2f',
      '_',
      'A',
    ],
    check(text) {
      const { bucket, key } = splitS3Target(text)
      const endpoint = parsed(() => {
        parseBucketName(bucket)
        return s3Endpoint(bucket, { region: 'eu-west-1', endpointUrl: undefined })
      })
      if (!endpoint) return
      const url = parseRequestUrl(`${endpoint.url}/key`)
      assert.match(url.hostname, /\.(amazonaws\.com|api\.aws|amazonaws\.com\.cn|on\.aws)$/, `${bucket} ${key}`)
      assert.equal(url.port, 443)
      assert.equal(url.query, undefined)
    },
  },
]

function assertElement(element: XmlElement): void {
  assert.equal(typeof element.name, 'string')
  assert.equal(typeof element.text, 'string')
  for (const child of element.children) assertElement(child)
}
