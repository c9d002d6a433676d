import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A parser of strangers' text, and what must hold for every text. */
export interface FuzzTarget {
  readonly name: string
  /** Well-formed examples, from which the others grow. */
  readonly seeds: readonly string[]
  /** What means something to this parser. */
  readonly words: readonly string[]
  /** Throws where the parser is wrong: an error that no user can cause, or a result that cannot be. */
  readonly check: (text: string) => unknown
}

interface FuzzOptions {
  readonly milliseconds: number
  /** The same seed makes the same texts. */
  readonly seed: number
}

const corpusFolder = join(process.cwd(), 'test', 'fixtures', 'fuzz')
/** No text as short as these may take longer: what does, takes ages on a long one. */
const slowMilliseconds = 5000

/** Texts that were a bug once, kept for good. */
export function corpusOf({ name }: FuzzTarget): readonly string[] {
  const folder = join(corpusFolder, name)
  return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')) : []
}

/**
 * Tries texts made from the target's seeds and corpus until the time is over.
 * @returns how many were tried
 * @throws Error with the shortest failing text found, which is in the corpus then
 */
export async function fuzz(target: FuzzTarget, { milliseconds, seed }: FuzzOptions): Promise<number> {
  const random = generator(seed)
  const known = [...target.seeds, ...corpusOf(target)]
  for (const text of known) await insist(target, text)
  const end = performance.now() + milliseconds
  let tried = known.length
  while (performance.now() < end) {
    await insist(target, mutated(pick(known, random), target, random))
    tried++
  }
  return tried
}

async function insist(target: FuzzTarget, text: string): Promise<void> {
  const problem = await problemOf(target, text)
  if (problem === undefined) return
  const shortest = await shortened(target, text)
  const folder = join(corpusFolder, target.name)
  const file = join(folder, createHash('sha256').update(shortest).digest('hex').slice(0, 12))
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, shortest)
  const shown = JSON.stringify(shortest.length > 500 ? `${shortest.slice(0, 500)}...` : shortest)
  throw new Error(`${target.name}: ${shown} (kept as ${file})`, { cause: await problemOf(target, shortest) })
}

async function problemOf(target: FuzzTarget, text: string): Promise<Error | undefined> {
  const start = performance.now()
  try {
    await target.check(text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  const took = performance.now() - start
  return took > slowMilliseconds ? new Error(`took ${Math.round(took)} ms`) : undefined
}

/** Leaves parts out while the problem stays. */
async function shortened(target: FuzzTarget, text: string): Promise<string> {
  let best = text
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < best.length && size <= best.length; ) {
      const shorter = best.slice(0, start) + best.slice(start + size)
      if ((await problemOf(target, shorter)) === undefined) start += size
      else best = shorter
    }
  }
  return best
}

type Random = (below: number) => number

function mutated(text: string, target: FuzzTarget, random: Random): string {
  let result = text
  for (let count = 1 + random(6); count > 0; count--) result = mutatedOnce(result, target, random)
  return result
}

function mutatedOnce(text: string, target: FuzzTarget, random: Random): string {
  const at = random(text.length + 1)
  const end = Math.min(text.length, at + 1 + random(8))
  const insert = (piece: string) => text.slice(0, at) + piece + text.slice(at)
  switch (random(8)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return insert(character(random))
    case 2:
      return insert(text.slice(random(text.length + 1), end))
    case 3:
      return text.slice(0, at)
    case 4:
      return insert(pick(target.seeds, random))
    case 5:
      return insert(text.slice(at, end).repeat(1 + random(300)))
    case 6:
      return text.slice(0, at) + pick(target.words, random) + text.slice(end)
    default:
      return insert(pick(target.words, random))
  }
}

const special =
  '\0\t\n\r \x1b\x7f"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\x80\x9f\xa0\xadéßŁ\u200b\u202e\u2028\ufeff\ufffd\ud83d\udca9\ud800\udc00'

function character(random: Random): string {
  return random(3) === 0 ? String.fromCharCode(random(0x110)) : (special[random(special.length)] ?? '')
}

function pick<T>(list: readonly T[], random: Random): T {
  const item = list[random(list.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Mulberry32. */
function generator(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
