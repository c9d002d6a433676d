import type { Credentials } from '../../src/credentials/credentials.ts'
import { Secret } from '../../src/credentials/secret.ts'
import type { Header } from '../../src/request/header.ts'
import { bodyOf, type ReceivedRequest } from '../../src/request/received-request.ts'
import { type ExpectationOptions, expectationFor } from '../../src/verify/expectation.ts'
import { judgeRequest, type Verdict } from '../../src/verify/judge.ts'
import type { WireRequest } from './plain-signer.ts'

export function receivedFrom(wire: WireRequest): ReceivedRequest {
  const headers: Header[] = [['Host', wire.host] as const, ...wire.headers].map(([name, value]) => ({ name, value }))
  return {
    method: wire.method,
    scheme: 'https',
    authority: undefined,
    path: wire.path,
    query: wire.query,
    headers,
    body: bodyOf(Buffer.from(wire.body)),
  }
}

export function credentialsOf(accessKeyId: string, secret: string, token?: string): Credentials {
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    ...(token === undefined ? {} : { sessionToken: new Secret(token) }),
    source: { kind: 'environment', description: 'example keys' },
  }
}

export interface Judging {
  readonly credentials: Credentials | undefined
  readonly now: Date
  readonly options?: ExpectationOptions
}

export function judge(request: ReceivedRequest, { credentials, now, options = {} }: Judging): Promise<Verdict> {
  return judgeRequest({
    request,
    expectationOf: (claim) => expectationFor(request, claim, options),
    credentials,
    judged: { time: now, event: undefined },
    // A clock that stands still: no search ends early, however slow the machine.
    limits: { clock: () => 0, deadline: 1 },
  })
}
