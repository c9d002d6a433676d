import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastingCredentials } from '../src/commands/sign/lasting-credentials.ts'
import type { Credentials } from '../src/credentials/credentials.ts'
import { Secret } from '../src/credentials/secret.ts'
import { CliError } from '../src/errors.ts'

const noon = Date.parse('2026-01-01T12:00:00Z')
const at = (minutes: number) => new Date(noon + minutes * 60_000)

function keys(id: string, endsAtMinute?: number): Credentials {
  return {
    accessKeyId: id,
    secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
    ...(endsAtMinute === undefined ? {} : { expiration: at(endsAtMinute) }),
    source: { kind: 'process', description: 'a process' },
  }
}

/** Gives one answer after the other; the last one again and again. */
function resolver(answers: readonly (Credentials | Error)[]) {
  const counter = { calls: 0 }
  const resolve = async (): Promise<Credentials> => {
    const answer = answers[Math.min(counter.calls++, answers.length - 1)]
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer')
    return answer
  }
  return { counter, resolve }
}

const tellNobody = async () => {}

async function idAt(credentials: { current(now: Date): Promise<Credentials> }, minutes: number): Promise<string> {
  return (await credentials.current(at(minutes))).accessKeyId
}

test('credentials without an end are asked for once', async () => {
  const { counter, resolve } = resolver([keys('ONE')])
  const credentials = await lastingCredentials(resolve, at(0), tellNobody)
  assert.equal(await idAt(credentials, 1_000_000), 'ONE')
  assert.equal(counter.calls, 1)
})

test('credentials are refreshed from five minutes before they end', async () => {
  const { counter, resolve } = resolver([keys('ONE', 60), keys('TWO', 120)])
  const credentials = await lastingCredentials(resolve, at(0), tellNobody)
  assert.equal(await idAt(credentials, 54), 'ONE')
  assert.equal(counter.calls, 1)
  assert.equal(await idAt(credentials, 55), 'TWO')
  assert.equal(await idAt(credentials, 100), 'TWO')
  assert.equal(counter.calls, 2)
})

test('a refresh that fails is tried again once a minute, and is an error when the credentials have ended', async () => {
  const { counter, resolve } = resolver([keys('ONE', 60), new CliError('the source is away', { exitCode: 3 })])
  const told: string[] = []
  const credentials = await lastingCredentials(resolve, at(0), async (line) => {
    told.push(line)
  })
  assert.equal(await idAt(credentials, 56), 'ONE')
  assert.equal(await idAt(credentials, 56.5), 'ONE')
  assert.equal(counter.calls, 2)
  assert.equal(await idAt(credentials, 57), 'ONE')
  assert.equal(counter.calls, 3)
  await assert.rejects(idAt(credentials, 60), /the source is away/)
  const line = 'no new credentials: the source is away; signing with those that end at 2026-01-01T13:00:00.000Z'
  assert.deepEqual(told, [line, line])
})

test('who asks while they are refreshed waits for the same refresh', async () => {
  const { counter, resolve } = resolver([keys('ONE', 60), keys('TWO', 120)])
  const credentials = await lastingCredentials(resolve, at(0), tellNobody)
  assert.deepEqual(await Promise.all([idAt(credentials, 56), idAt(credentials, 56), idAt(credentials, 60)]), [
    'TWO',
    'TWO',
    'TWO',
  ])
  assert.equal(counter.calls, 2)
})

test('credentials that end and stay the same are an error with their source', async () => {
  const { resolve } = resolver([keys('ONE', 60)])
  const credentials = await lastingCredentials(resolve, at(0), tellNobody)
  assert.equal(await idAt(credentials, 59), 'ONE')
  await assert.rejects(idAt(credentials, 60), (error: unknown) => {
    assert.ok(error instanceof CliError)
    assert.equal(error.exitCode, 3)
    assert.match(error.message, /ended at 2026-01-01T13:00:00.000Z \(a process\)/)
    return true
  })
})
