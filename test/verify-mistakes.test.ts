import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '../src/verify/judge.ts'
import { credentialsOf, judge, receivedFrom } from './support/judging.ts'
import { type Maker, type Mistaken, makers, slips } from './support/mistaken-requests.ts'
import { type PlainRequest, plainSign } from './support/plain-signer.ts'
import { kinds, pick, randomRequest, seededRandom } from './support/random-requests.ts'

const shareOfNamedFirst = 0.98
/** Of each kind of request (S3 and not, header and presigned, with a token and without) and each way to make the mistake. */
const pairs = Number(process.env.PAIRS ?? 15)
const perKind = Number(process.env.REQUESTS_PER_KIND ?? 2)

for (const [id, itsMakers] of makers) {
  test(`${id} is named first`, async (t) => {
    const misnamed: string[] = []
    let made = 0
    for (const { request, mistaken } of mistakenRequests(itsMakers, id === 'unknown' ? 1 : perKind)) {
      const verdict = await judgeMistaken(request, mistaken)
      made++
      if (verdict.mistakes[0]?.id !== id) misnamed.push(described(request, mistaken, verdict))
    }
    assert.ok(made >= 2 * perKind, `only ${made} requests with this mistake`)
    assert.ok(
      misnamed.length <= made * (1 - shareOfNamedFirst),
      `${misnamed.length} of ${made}:\n${misnamed.join('\n')}`,
    )
    for (const text of misnamed) assert.ok(text.includes(` ${id} `), `not named at all: ${text}`)
    t.diagnostic(`${id}: ${made - misnamed.length} of ${made}`)
  })
}

test('two mistakes made together are both named, as one explanation', async (t) => {
  const random = seededRandom(7)
  const ids = Object.keys(slips)
  const misnamed: string[] = []
  let made = 0
  for (let attempt = 0; made < pairs && attempt < 40 * pairs; attempt++) {
    const [one, other] = [pick(ids, random), pick(ids, random)]
    const request = randomRequest(pick(kinds, random), random)
    const mistaken = madeTogether(request, [one, other], random)
    if (!mistaken) continue
    made++
    const verdict = await judgeMistaken(request, mistaken)
    const named = verdict.mistakes.filter(({ group }) => group === 1).map(({ id }) => id)
    if (!named.includes(one) || !named.includes(other)) {
      misnamed.push(`${one} and ${other}: ${described(request, mistaken, verdict)}`)
    }
  }
  assert.ok(made >= pairs)
  t.diagnostic(`pairs: ${made - misnamed.length} of ${made}`)
  assert.ok(misnamed.length <= made * (1 - shareOfNamedFirst), `${misnamed.length} of ${made}:\n${misnamed.join('\n')}`)
})

/** Both slips in one signature, where each of them shows on its own and they are made in different steps. */
function madeTogether(
  request: PlainRequest,
  [one, other]: readonly [string, string],
  random: () => number,
): Mistaken | undefined {
  const [first, second] = [slips[one]?.(request, random), slips[other]?.(request, random)]
  if (!first || !second || Object.keys(first).some((step) => step in second)) return undefined
  const right = JSON.stringify(plainSign(request))
  const wires = [first, second, { ...first, ...second }].map((steps) => JSON.stringify(plainSign(request, steps)))
  return new Set([right, ...wires]).size === 4 ? { wire: plainSign(request, { ...first, ...second }) } : undefined
}

/** Requests on which the mistake shows: of each kind so many, from the same random source in every run. */
function* mistakenRequests(
  itsMakers: readonly Maker[],
  ofEachKind: number,
): Iterable<{ request: PlainRequest; mistaken: Mistaken }> {
  const random = seededRandom(20150830)
  for (const kind of kinds) {
    for (const maker of itsMakers) {
      let found = 0
      for (let attempt = 0; attempt < 40 && found < ofEachKind; attempt++) {
        const request = randomRequest(kind, random)
        const mistaken = maker(request, random)
        if (!mistaken || !shows(request, mistaken)) continue
        found++
        yield { request, mistaken }
      }
    }
  }
}

function shows(request: PlainRequest, { wire, judgedAt }: Mistaken): boolean {
  return judgedAt !== undefined || JSON.stringify(wire) !== JSON.stringify(plainSign(request))
}

function judgeMistaken(request: PlainRequest, { wire, judgedAt }: Mistaken): Promise<Verdict> {
  return judge(receivedFrom(wire), {
    credentials: credentialsOf(request.accessKeyId, request.secret, request.token),
    now: new Date(judgedAt ?? '2015-08-30T12:36:05Z'),
  })
}

function described(request: PlainRequest, { wire }: Mistaken, { mistakes }: Verdict): string {
  const names = mistakes.map(({ id, group, detail }) => `${group}: ${id} (${detail})`).join('; ')
  return `${wire.method} ${wire.host} ${wire.path}?${wire.query} body ${JSON.stringify(request.body)} headers ${JSON.stringify(request.headers)}\n    -> ${names}`
}
