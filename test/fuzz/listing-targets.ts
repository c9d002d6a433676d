import assert from 'node:assert/strict'
import { parseSize, parseWhen } from '../../src/commands/ls/quantities.ts'
import { compileGlob } from '../../src/s3/glob.ts'
import { MalformedPage } from '../../src/s3/list-page.ts'
import { pageReader } from '../../src/s3/read-page.ts'
import { MalformedXml } from '../../src/s3/xml.ts'
import type { FuzzTarget } from './fuzzer.ts'
import { parsed } from './request-targets.ts'

const now = new Date('2015-08-30T12:36:00Z')

const owner = '<Owner><ID>1</ID></Owner>'

export const listingTargets: readonly FuzzTarget[] = [
  {
    name: 'list-page',
    seeds: [
      `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><KeyCount>2</KeyCount><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a%2Fb+c</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag><Size>7</Size>${owner}<StorageClass>STANDARD</StorageClass></Contents><Contents><Key>007</Key><Size>0</Size></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>`,
      `<ListVersionsResult><Version><Key>k</Key><VersionId>v</VersionId><IsLatest>true</IsLatest><Size>1</Size></Version><DeleteMarker><Key>k</Key><VersionId>w</VersionId></DeleteMarker></ListVersionsResult>`,
      '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>x</Key></Contents></ListBucketResult>',
    ],
    words: [
      '<Contents>',
      '</Contents>',
      '<Contents/>',
      '<Key>',
      '</Key>',
      '<Key/>',
      '<Size>-1</Size>',
      '<Size>1e3</Size>',
      '<!-- -->',
      '<![CDATA[',
      ']]>',
      '&#10;',
      '&amp;',
      '%',
      '%zz',
      '%ff',
      '+',
      ' ',
      ' a="b"',
      'x:',
      '<CommonPrefixes>',
      'true',
      'false',
    ],
    async check(text) {
      try {
        const { entries, next } = (await pageReader()([text])).take()
        for (const { key, size } of entries) {
          assert.equal(typeof key, 'string')
          assert.ok(size === undefined || (Number.isSafeInteger(size) && size >= 0), String(size))
        }
        assert.notEqual(next, null)
      } catch (problem) {
        if (!(problem instanceof MalformedXml || problem instanceof MalformedPage)) throw problem
      }
    },
  },
  {
    // A pattern, and behind a line feed a key.
    name: 'glob',
    seeds: ['logs/2026-*/**/*.gz\nlogs/2026-01/a/b.gz', '[a-z]?{x,y{1,2}}\\*\nabx*', `**/*a*b*c\n${'ab/'.repeat(40)}`],
    words: ['*', '**', '**/', '?', '[', ']', '[!', '[^', '-', '{', ',', '}', '\\', '/', '\n', 'a', '{a,b}'],
    check(text) {
      const [pattern = '', key = ''] = text.split(/\n(.*)/s)
      for (const dialect of ['paths', 'names'] as const) {
        const glob = compileGlob(pattern, dialect)
        if (glob.matches(key)) assert.ok(key.startsWith(glob.fixedPrefix), glob.fixedPrefix)
        if (glob.isFixed) assert.ok(glob.matches(glob.fixedPrefix))
      }
    },
  },
  {
    name: 'size',
    seeds: ['0', '500', '10K', '1.5MiB', '2gb', '1E'],
    words: ['.', '0', '9999999999', 'k', 'i', 'b', 'P', 'e', '-', ' ', '\u0663'],
    check(text) {
      const bytes = parsed(() => parseSize(text, '--larger'))
      assert.ok(bytes === undefined || (Number.isFinite(bytes) && bytes >= 0), String(bytes))
    },
  },
  {
    name: 'age-or-date',
    seeds: ['7d', '12h', '2026-01-31', '2026-01-31T12:00:00Z', '2026-01-31 12:00', '2026-01-31T12:00:00.5+02:00'],
    words: ['-', ':', 'T', 'Z', '+', '+99:99', '00', '24', '60', '0000', '9999999999', 'd', 'w', '.5'],
    check(text) {
      const date = parsed(() => parseWhen(text, '--newer', now))
      assert.ok(date === undefined || !Number.isNaN(date.getTime()), 'no time')
    },
  },
]
