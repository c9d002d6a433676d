import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Examination, examine } from '../src/verify/examine.ts'
import { readInput } from '../src/verify/read-input.ts'
import { readAnswer } from '../src/verify/service-answer.ts'
import { credentialsOf } from './support/judging.ts'
import { exampleToken } from './support/random-requests.ts'

interface Recorded {
  readonly accessKeyId: string
  readonly secret: string
  readonly refusals: readonly { id: string; form: string; request: string; answer: string }[]
}

interface Documented {
  /** Where the text is from. */
  readonly source: string
  readonly text: string
  readonly id: string
  /** A part of the detail that must be told. */
  readonly tells?: string
}

/** A clock that stands still: no search ends early, however slow the machine. */
const limits = { clock: () => 0, deadline: 1 }

for (const server of ['swift', 'rgw'] as const) {
  const recorded: Recorded = JSON.parse(readFileSync(`test/fixtures/refusals/${server}.json`, 'utf8'))

  test(`each refusal recorded from ${server} is read, and its cause named first`, async (t) => {
    assert.ok(recorded.refusals.length > 60)
    for (const { id, form, request, answer } of recorded.refusals) {
      if (server === 'rgw' && id === 'wrong-service') continue // it refuses without a word of the service
      await t.test(`${id}, ${form} form`, async () => {
        // Only who has the token can know that it was signed and not sent.
        const token = id === 'token-missing' ? exampleToken : undefined
        const credentials = credentialsOf(recorded.accessKeyId, recorded.secret, token)
        const examination = await examineBoth(request, answer, credentials)
        assert.equal(examination.outcome, 'not valid')
        assert.equal(examination.mistakes[0]?.id, id, described(examination))
      })
    }
  })
}

/** What lies in the request's own lines is seen beside the service's canonical request; what lies in the key is not. */
const toldWithoutSecret = [
  'signature-case',
  'signature-base64',
  'header-missing',
  'token-missing',
  'content-sha256-missing',
  'expired',
  'clock-skew',
  'expires-too-long',
  'sigv2',
]

test('without the secret a refusal still names what can be seen, and never another mistake', async (t) => {
  for (const server of ['swift', 'rgw'] as const) {
    const recorded: Recorded = JSON.parse(readFileSync(`test/fixtures/refusals/${server}.json`, 'utf8'))
    for (const { id, form, request, answer } of recorded.refusals) {
      await t.test(`${server}: ${id}, ${form} form`, async () => {
        const { mistakes, outcome } = await examineBoth(request, answer, undefined)
        assert.equal(outcome, 'not valid')
        const named = mistakes.map((mistake) => mistake.id)
        if (toldWithoutSecret.includes(id) && !(id === 'token-missing' && form === 'query'))
          assert.ok(named.includes(id), named.join(' '))
        for (const other of named)
          assert.ok(other === id || other === 'unknown' || impliedBy(id, other), `named ${other} for ${id}`)
      })
    }
  }
})

/** Recorded while another mistake was to be shown: both are true of the request. */
function impliedBy(id: string, other: string): boolean {
  return (id === 'header-case' || id === 'header-order') && (other === 'header-case' || other === 'header-order')
}

test("Swift's answer alone, with the secret, names what was done to the canonical request", async (t) => {
  const recorded: Recorded = JSON.parse(readFileSync('test/fixtures/refusals/swift.json', 'utf8'))
  const credentials = credentialsOf(recorded.accessKeyId, recorded.secret)
  // The answer does not show the body, the raw headers, and the parameters only in the right order.
  const hidden =
    /^(payload-(newline|crlf)|query-without-equals|header-(untrimmed|altered|missing)|host-port|token-|signature-|header-(case|order))/
  const canonical = recorded.refusals.filter(
    ({ id, form, answer }) =>
      answer.includes('<CanonicalRequest>') && !hidden.test(id) && !(id === 'query-unsorted' && form === 'query'),
  )
  assert.ok(canonical.length > 25)
  for (const { id, form, answer } of canonical) {
    await t.test(`${id}, ${form} form`, async () => {
      const evidence = await readInput(Buffer.from(answer))
      assert.equal(evidence.request, undefined)
      const examination = await examine(evidence, {
        credentials,
        expectation: {},
        date: undefined,
        now: new Date(),
        limits,
      })
      assert.equal(examination.mistakes[0]?.id, id, described(examination))
    })
  }
})

test("each of AWS's documented and published refusals is read, with its cause", async (t) => {
  const documented: readonly Documented[] = JSON.parse(readFileSync('test/fixtures/refusals/aws.json', 'utf8'))
  assert.ok(documented.length > 20)
  for (const { source, text, id, tells } of documented) {
    await t.test(`${id}: ${source}`, async () => {
      const evidence = await readInput(Buffer.from(text))
      const examination = await examine(evidence, {
        credentials: undefined,
        expectation: {},
        date: undefined,
        now: new Date(),
        limits,
      })
      assert.equal(examination.mistakes[0]?.id, id, described(examination))
      assert.ok(examination.mistakes[0]?.detail.includes(tells ?? ''), examination.mistakes[0]?.detail)
    })
  }
})

async function examineBoth(
  request: string,
  answer: string,
  credentials: ReturnType<typeof credentialsOf> | undefined,
): Promise<Examination> {
  const evidence = await readInput(Buffer.from(request))
  const read = await readAnswer({ body: answer })
  assert.ok(read, 'the answer is read')
  return examine(
    { ...evidence, answer: read },
    { credentials, expectation: {}, date: undefined, now: new Date(), limits },
  )
}

function described({ mistakes, answer }: Examination): string {
  return `${mistakes.map(({ id, group, detail }) => `${group} ${id}: ${detail}`).join('\n')}\n${answer?.code}: ${answer?.message}`
}
