// A loopback S3 with one bucket of many keys, in a process of its own: node list-server.mjs SHAPE KEYS DELAY_MS.
// Prints its URL, and ends when its stdin does. Needs `npm run compile`.
import { startLoopbackS3 } from '../build/test/support/loopback-s3.js'

const [shape, keys, delayMs] = process.argv.slice(2)
const digits = (number, width) => String(number).padStart(width, '0')

const shapes = {
  tree: (index) => `dir-${digits(Math.floor(index / 1000), 4)}/file-${digits(index % 1000, 4)}.dat`,
  flat: (index) => `object-${digits(index, 9)}.dat`,
  skewed: (index) =>
    index % 10 > 0 ? `big/object-${digits(index, 8)}.dat` : `small-${digits(index % 1000, 3)}/${index}.dat`,
}

const name = shapes[shape]
if (!name) throw new Error(`no shape ${shape}: ${Object.keys(shapes).join(', ')}`)
const bucket = Array.from({ length: Number(keys) }, (_, index) => ({
  key: name(index),
  size: (index * 7919) % 5_000_000,
  lastModified: new Date(1_600_000_000_000 + index * 37_000).toISOString(),
}))
const server = await startLoopbackS3({ buckets: { bucket }, latencyMs: Number(delayMs) })
process.stdout.write(`${server.url}\n`)
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
