import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { finishPage, type ListEntry, MalformedPage } from '../src/s3/list-page.ts'
import { PageScanner } from '../src/s3/page-scanner.ts'
import { pageReader, rawPageOf } from '../src/s3/read-page.ts'
import { MalformedXml, parseXml } from '../src/s3/xml.ts'

const readPage = async (text: string) => (await pageReader()([text])).take()
const scanPage = (text: string) => new PageScanner().scan([text])

/** The text cut at these places, given as shares of its length. */
const cutAt = (text: string, shares: readonly number[]) => {
  const cuts = [0, ...shares.map((share) => Math.round(share * text.length)).sort((a, b) => a - b), text.length]
  return cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut))
}

const namespace = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

/** A page as Amazon S3 writes it. */
const amazonPage = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult${namespace}><Name>b</Name><Prefix/><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><Contents><Key>a+b%0A%C3%A9</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>434234</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>z</Key><LastModified>2009-10-12T17:50:31.000Z</LastModified><ETag>"x"</ETag><Size>0</Size><Owner><ID>i</ID><DisplayName>d</DisplayName></Owner><StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2012-12-21T00:00:00.000Z</RestoreExpiryDate></RestoreStatus></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>`

test('a page of Amazon S3 is read with every member, its common prefix in its place', async () => {
  const page = await readPage(amazonPage)
  assert.deepEqual(page.next, { continuationToken: '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=' })
  assert.equal(page.isOrdered, true)
  assert.deepEqual(
    page.entries.map((entry) => [entry.kind, entry.key, entry.size]),
    [
      ['object', 'a b\né', 434234],
      ['prefix', 'p/', undefined],
      ['object', 'z', 0],
    ],
  )
  const [first, , last] = page.entries
  assert.equal(first?.eTag, '"fba9dede5f27731c9771645a39863328"')
  assert.deepEqual(first?.checksumAlgorithm, ['CRC64NVME'])
  assert.equal(first?.checksumType, 'FULL_OBJECT')
  assert.equal(first?.storageClass, 'STANDARD')
  assert.deepEqual(last?.owner, { id: 'i', displayName: 'd' })
  assert.deepEqual(last?.restoreStatus, { isRestoreInProgress: false, restoreExpiryDate: '2012-12-21T00:00:00.000Z' })
  assert.equal(last?.lastModified, '2009-10-12T17:50:31.000Z')
})

test('the scanner reads what services write, so that a page costs a millisecond', () => {
  assert.ok(scanPage(amazonPage))
  assert.ok(scanPage('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'))
  assert.ok(scanPage(amazonPage.replaceAll('><', '>\n  <')))
})

test('every beginning of a page is an error, never a shorter listing', async () => {
  for (let length = 0; length < amazonPage.length; length += 1) {
    await assert.rejects(readPage(amazonPage.slice(0, length)), `${length} characters`)
  }
})

test('pages that contradict themselves are errors', async () => {
  const wrap = (inside: string, root = 'ListBucketResult') => `<${root}>${inside}</${root}>`
  const pages = [
    wrap(''),
    wrap('<IsTruncated>maybe</IsTruncated>'),
    wrap('<KeyCount>0</KeyCount><IsTruncated>true</IsTruncated>'),
    wrap('<IsTruncated>true</IsTruncated>'),
    wrap('<IsTruncated>true</IsTruncated>', 'ListVersionsResult'),
    wrap('<IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents>'),
    wrap('<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>-1</Size></Contents>'),
    wrap('<IsTruncated>false</IsTruncated><CommonPrefixes></CommonPrefixes>'),
    wrap('<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>%FF</Key></Contents>'),
    wrap('<IsTruncated>false</IsTruncated>', 'Error'),
    wrap('<IsTruncated>false</IsTruncated><Contents><Key>&nbsp;</Key></Contents>'),
  ]
  for (const page of pages) {
    await assert.rejects(
      readPage(page),
      (error) => error instanceof MalformedPage || error instanceof MalformedXml,
      page,
    )
  }
})

test('a version 1 page goes on after its marker, or without one after its last key', async () => {
  const page = (members: string) =>
    readPage(
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>${members}<Contents><Key>a+b</Key></Contents></ListBucketResult>`,
    )
  assert.deepEqual((await page('<NextMarker>c%2Bd</NextMarker>')).next, { marker: 'c+d' })
  assert.deepEqual((await page('')).next, { marker: 'a b' })
})

test('a versions page keeps the order of versions and delete markers, and both markers', async () => {
  const page = await readPage(
    `<ListVersionsResult${namespace}><KeyMarker/><VersionIdMarker/><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker><IsTruncated>true</IsTruncated>` +
      '<DeleteMarker><Key>a</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest><LastModified>t</LastModified></DeleteMarker>' +
      '<Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><Size>1</Size></Version>' +
      '</ListVersionsResult>',
  )
  assert.equal(page.isOrdered, true)
  assert.deepEqual(page.next, { keyMarker: 'a', versionIdMarker: 'v2' })
  assert.deepEqual(
    page.entries.map((entry) => [entry.kind, entry.versionId, entry.isLatest]),
    [
      ['delete-marker', 'v3', true],
      ['version', 'v2', false],
    ],
  )
})

test('a service that keeps no order is found out', async () => {
  const page = (keys: readonly string[]) =>
    readPage(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
    )
  assert.equal((await page(['a', 'a/', 'aa', '\uffee', '\u{1f600}'])).isOrdered, true)
  assert.equal((await page(['b', 'a'])).isOrdered, false)
  assert.equal((await page(['a', 'a'])).isOrdered, false)
  assert.equal((await page(['\u{1f600}', '\uffee'])).isOrdered, false)
})

/** Text with everything that XML or a percent encoding could trip over. */
const anyText = fc.string({
  maxLength: 12,
  unit: fc.oneof(
    fc.constantFrom(...'aZ7/ +%&<>"\'.;#=~'),
    fc.constantFrom(
      '\n',
      '\t',
      '\r',
      '\u0001',
      '\u0085',
      '\u202e',
      'é',
      '\uffee',
      '\u{1f600}',
      '007',
      '1e3',
      '&amp;',
      '%2F',
    ),
  ),
})

/** One text in XML: escaped by names, by numbers, or as CDATA; what XML cannot hold raw always by numbers. */
const writeText = (text: string, style: TextStyle): string => {
  if (style === 'cdata' && !/[\r\u0001\u0085]|\]\]>|<[A-Z/]/.test(text)) return `<![CDATA[${text}]]>`
  const numeric = (character: string) => {
    const code = character.codePointAt(0) ?? 0
    return style === 'hex' ? `&#x${code.toString(16)};` : `&#${code};`
  }
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text.replace(/[&<>"'\r\u0001\u0085\u202e]/gu, (character) =>
    style === 'named' ? (names[character] ?? numeric(character)) : numeric(character),
  )
}

const urlEncode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+').replaceAll('%2F', '/')

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

type TextStyle = 'named' | 'decimal' | 'hex' | 'cdata'

const leafStyle = fc.constantFrom<TextStyle[]>('named', 'named', 'decimal', 'hex', 'cdata')

const generatedEntry = fc.record({
  list: fc.constantFrom('Contents', 'Version', 'DeleteMarker', 'CommonPrefixes'),
  key: anyText,
  lastModified: maybe(fc.constantFrom('2013-09-02T21:37:53.000Z', '')),
  eTag: maybe(anyText),
  size: maybe(fc.nat({ max: 5 * 1024 ** 4 })),
  storageClass: maybe(fc.constantFrom('STANDARD', '')),
  checksums: fc.array(fc.constantFrom('CRC32', 'SHA256'), { maxLength: 3 }),
  checksumType: maybe(fc.constantFrom('COMPOSITE')),
  owner: maybe(fc.record({ id: maybe(anyText), displayName: maybe(anyText) })),
  restore: maybe(
    fc.record({ inProgress: maybe(fc.boolean()), expiry: maybe(fc.constantFrom('2012-12-21T00:00:00.000Z')) }),
  ),
  versionId: maybe(fc.constantFrom('null', '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY')),
  isLatest: maybe(fc.boolean()),
  unknown: maybe(
    fc.constantFrom('<Surprise>x</Surprise>', '<Empty/>', '<Nested><Deep>1</Deep></Nested>', '<!-- note -->'),
  ),
  order: fc.array(fc.nat(), { minLength: 13, maxLength: 13 }),
  style: leafStyle,
})

const generatedPage = fc.record({
  root: fc.constantFrom('ListBucketResult', 'ListVersionsResult'),
  rootAttributes: fc.constantFrom('', namespace, `${namespace} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`),
  namePrefix: fc.constantFrom('', '', '', 's3:'),
  prolog: fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?>\n', '\ufeff'),
  isEncoded: fc.boolean(),
  isPretty: fc.boolean(),
  isTruncated: fc.boolean(),
  next: anyText,
  entries: fc.array(generatedEntry, { maxLength: 6 }),
  membersLast: fc.boolean(),
})

type GeneratedEntry = typeof generatedEntry extends fc.Arbitrary<infer Value> ? Value : never
type GeneratedPage = typeof generatedPage extends fc.Arbitrary<infer Value> ? Value : never

function writeEntry(entry: GeneratedEntry, page: GeneratedPage): string {
  const leaf = (name: string, text: string | undefined) =>
    text === undefined
      ? ''
      : text === '' && entry.style === 'named'
        ? `<${name}/>`
        : `<${name}>${writeText(text, entry.style)}</${name}>`
  const key = page.isEncoded ? urlEncode(entry.key) : entry.key
  if (entry.list === 'CommonPrefixes') return `<CommonPrefixes>${leaf('Prefix', key)}</CommonPrefixes>`
  const { owner, restore } = entry
  const members = [
    leaf('Key', key),
    leaf('LastModified', entry.lastModified),
    leaf('ETag', entry.eTag),
    leaf('Size', entry.size?.toString()),
    leaf('StorageClass', entry.storageClass),
    ...entry.checksums.map((checksum) => leaf('ChecksumAlgorithm', checksum)),
    leaf('ChecksumType', entry.checksumType),
    owner && `<Owner>${leaf('ID', owner.id)}${leaf('DisplayName', owner.displayName)}</Owner>`,
    restore &&
      `<RestoreStatus>${leaf('IsRestoreInProgress', restore.inProgress?.toString())}${leaf('RestoreExpiryDate', restore.expiry)}</RestoreStatus>`,
    leaf('VersionId', entry.versionId),
    leaf('IsLatest', entry.isLatest?.toString()),
    entry.unknown,
  ].map((text, index) => ({ text: text ?? '', rank: entry.order[index] ?? 0 }))
  members.sort((a, b) => a.rank - b.rank)
  return `<${entry.list}>${members.map(({ text }) => text).join('')}</${entry.list}>`
}

function writePage(page: GeneratedPage): string {
  const marker = writeText(page.isEncoded ? urlEncode(page.next) : page.next, 'decimal')
  const members = [
    '<Name>b</Name><Prefix/><MaxKeys>1000</MaxKeys>',
    page.isEncoded ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${page.isTruncated}</IsTruncated>`,
    `<NextMarker>${marker}m</NextMarker><NextKeyMarker>${marker}k</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>`,
  ].join('')
  const lists = page.entries.map((entry) => writeEntry(entry, page)).join('')
  const inside = page.membersLast ? lists + members : members + lists
  const document = `<${page.root}${page.rootAttributes}>${inside}</${page.root}>`
  const pretty = page.isPretty
    ? document.replace(/>(?=<[A-Z])|>(?=<\/(?:Contents|Version|DeleteMarker|List))/g, '>\n\t ')
    : document
  const named = page.namePrefix === '' ? pretty : pretty.replace(/<(\/?)(?=[A-Z])/g, `<$1${page.namePrefix}`)
  return page.prolog + named
}

test('the scanner and the XML parser read the same from every page', async () => {
  let scanned = 0
  // The same two for all pages, as in a listing: what they learn from one page must not mislead them on the next.
  const scanner = new PageScanner()
  const lazyScanner = new PageScanner(new Set(['size'] as const))
  await fc.assert(
    fc.asyncProperty(generatedPage, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), async (generated, cuts) => {
      const text = writePage(generated)
      const raw = rawPageOf(await parseXml(text))
      const expected = finishPage(raw)
      assert.deepEqual(
        expected.entries.map((entry) => entry.key).sort(),
        generated.entries.map((entry) => entry.key).sort(),
        'the XML parser finds the keys that were written',
      )
      const quick = scanner.scan(cutAt(text, cuts))
      assert.equal(quick === undefined, scanPage(text) === undefined, 'it matters where a text is cut')
      if (quick === undefined) return
      scanned += 1
      assert.deepEqual(finishPage(quick), expected)
      const lazy = lazyScanner.scan([text])
      assert.ok(lazy)
      const plain = ({ kind, key, size }: ListEntry) => ({ kind, key, size })
      assert.deepEqual(finishPage(lazy).entries.map(plain), expected.entries.map(plain))
    }),
    { numRuns: 1500 },
  )
  assert.ok(scanned > 300, `only ${scanned} pages were plain enough for the scanner`)
})

const versionsPage = (next: string, list: string) =>
  `<ListVersionsResult${namespace}><IsTruncated>true</IsTruncated>${next}<NextVersionIdMarker>null</NextVersionIdMarker>${list}</ListVersionsResult>`
const versionOf = (key: string, id: string) =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId><Size>1</Size></Version>`

test('a page that ends with a version goes on behind it, also where the service calls it null', async () => {
  const marked = '<NextKeyMarker>a</NextKeyMarker>'
  const versions = await readPage(versionsPage(marked, versionOf('a', '179.2') + versionOf('a', '179.1')))
  assert.deepEqual(versions.next, { keyMarker: 'a', versionIdMarker: '179.1' })
  const plain = await readPage(versionsPage(marked, versionOf('a', 'null')))
  assert.deepEqual(plain.next, { keyMarker: 'a', versionIdMarker: 'null' })
})

test('a marker is taken as it stands where it is the last key, though the page says that keys are encoded', async () => {
  const page = (marker: string) =>
    readPage(
      versionsPage(
        `<EncodingType>url</EncodingType><NextKeyMarker>${marker}</NextKeyMarker>`,
        versionOf('50%25+a%2Bb', '7'),
      ),
    )
  for (const marker of ['50% a+b', '50%25+a%2Bb']) {
    assert.deepEqual((await page(marker)).next, { keyMarker: '50% a+b', versionIdMarker: '7' })
  }
})

test('a page of versions that ends with a common prefix goes on behind that, which has no version', async () => {
  const list = `${versionOf('a', '1')}<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>`
  const { next } = await readPage(versionsPage('<NextKeyMarker>a/</NextKeyMarker>', list))
  assert.deepEqual(next, { keyMarker: 'a/', versionIdMarker: undefined })
})
