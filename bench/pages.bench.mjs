// Reading one list page of 1000 keys: ours beside the XML parser and the floor, which only decodes the bytes. Needs `npm run compile`.
import { performance } from 'node:perf_hooks'
import { XMLParser } from 'fast-xml-parser'
import { bodyText } from '../build/src/s3/body-text.js'
import { pageReader } from '../build/src/s3/read-page.js'

export const title = 'list pages'

const keys = 1000

const page = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>examplebucket</Name><Prefix></Prefix><KeyCount>${keys}</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr</NextContinuationToken>${Array.from(
    { length: keys },
    (_, index) =>
      `<Contents><Key>photos/2026/11/${index}/a+key%2Bthat+is+escaped-${index}.jpg</Key><LastModified>2026-11-23T07:27:09.000Z</LastModified><ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${index * 7919}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  ).join('')}</ListBucketResult>`,
)

/** As a socket gives them. */
const chunks = Array.from({ length: Math.ceil(page.length / 65_536) }, (_, index) =>
  page.subarray(index * 65_536, (index + 1) * 65_536),
)

export async function run({ rounds = 15, pages = 20 } = {}) {
  const readAll = pageReader()
  const readForText = pageReader(new Set(['lastModified', 'size']))
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === 'Contents' })
  const candidates = [
    { name: 'decode only', kind: 'floor', read: () => page.toString() },
    { name: 'sigv4, every member', kind: 'ours', read: () => readAll(bodyText(chunks)) },
    { name: 'sigv4, what text shows', kind: 'ours', read: () => readForText(bodyText(chunks)) },
    { name: 'fast-xml-parser', kind: 'peer', read: () => parser.parse(page.toString()) },
  ]
  const rows = candidates.map(({ name, kind }) => ({ name, kind, samples: [] }))
  for (let round = -1; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now()
      for (let count = 0; count < pages; count++) await candidate.read()
      if (round >= 0) rows[index].samples.push(pages / ((performance.now() - start) / 1000))
    }
  }
  const kilobytes = Math.round(page.length / 1000)
  return { title: `${title} of ${keys} keys, ${kilobytes} KB`, unit: 'pages/s', better: 'more', rows }
}
