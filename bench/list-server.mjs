// A bucket with as many keys as asked for, served page by page as S3 does: node list-server.mjs KEYS DELAY_MS.
// Prints its port. Ctrl-C, or the end of stdin, ends it.
import { createServer } from 'node:http'

const [count, delayMs] = process.argv.slice(2).map(Number)
const prefix = 'logs/'
const keyAt = (index) => `${prefix}${String(index).padStart(9, '0')}.json.gz`

/** How many keys `comesBefore` holds for: it does for none behind the first for which it does not. */
function countWhile(comesBefore) {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (comesBefore(keyAt(middle))) low = middle + 1
    else high = middle
  }
  return low
}

function page(query) {
  const wanted = query.get('prefix') ?? ''
  const size = Math.min(1000, Number(query.get('max-keys') ?? 1000))
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const delimiter = query.get('delimiter')
  if (delimiter && !wanted.startsWith(prefix))
    return document(
      `<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`,
    )
  const contents = []
  let index = countWhile((key) => key <= after || key < wanted)
  while (index < count && contents.length < size && keyAt(index).startsWith(wanted)) {
    contents.push(content(keyAt(index), index))
    index++
  }
  const more = index < count && keyAt(index).startsWith(wanted)
  const next = more ? `<NextContinuationToken>${keyAt(index - 1)}</NextContinuationToken>` : ''
  return document(
    `<KeyCount>${contents.length}</KeyCount><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}`,
  )
}

function content(key, index) {
  return `<Contents><Key>${key}</Key><LastModified>2026-11-23T04:48:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>${index}</Size><StorageClass>STANDARD</StorageClass></Contents>`
}

function document(members) {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>${members}</ListBucketResult>`
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost')
  const answer = () => response.setHeader('content-type', 'application/xml').end(page(searchParams))
  if (delayMs > 0) setTimeout(answer, delayMs)
  else answer()
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
