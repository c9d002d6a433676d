import { test } from 'node:test'
import { answerTargets } from './fuzz/answer-targets.ts'
import { commandTargets } from './fuzz/command-targets.ts'
import { fileTargets } from './fuzz/file-targets.ts'
import { corpusOf, fuzz } from './fuzz/fuzzer.ts'
import { listingTargets } from './fuzz/listing-targets.ts'
import { requestTargets } from './fuzz/request-targets.ts'
import { s3Targets } from './fuzz/s3-targets.ts'
import { verifyTargets } from './fuzz/verify-targets.ts'

const targets = [
  ...requestTargets,
  ...s3Targets,
  ...fileTargets,
  ...answerTargets,
  ...listingTargets,
  ...verifyTargets,
  ...commandTargets,
]
/** For all targets together: a minute with `npm run fuzz`. */
const seconds = Number(process.env.SIGV4_FUZZ_SECONDS ?? (process.env.npm_lifecycle_event === 'fuzz' ? 60 : 3))
const seed = Number(process.env.SIGV4_FUZZ_SEED ?? Date.now() % 2 ** 31)

for (const target of targets) {
  test(`${target.name}: no text breaks the parser`, async (t) => {
    const tried = await fuzz(target, { milliseconds: (seconds * 1000) / targets.length, seed })
    t.diagnostic(`${tried} texts, ${corpusOf(target).length} of them kept, SIGV4_FUZZ_SEED=${seed}`)
  })
}
