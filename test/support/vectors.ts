import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Credentials } from '../../src/credentials/credentials.ts'
import { Secret } from '../../src/credentials/secret.ts'

export interface Vector {
  readonly name: string
  readonly context: {
    readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string | null }
    readonly region?: string
    readonly regionSet?: string
    readonly service: string
    readonly timestamp: string
    readonly expiration: number
    readonly normalize: boolean
    readonly pathEncoding: 'single' | 'double'
    readonly signedBodyHeader: string | null
    readonly payloadHash: string
    readonly omitSessionToken: boolean
  }
  readonly request: {
    readonly method: string
    readonly rawPath: string
    readonly rawQuery: string | null
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string | null
  }
  readonly publicKey?: { readonly x: string; readonly y: string }
  readonly expected: { readonly header: Expected; readonly query: Expected } | null
}

export interface Expected {
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  readonly signedHeaders: string
  readonly authorization?: string
  readonly signedRequest: {
    readonly uri: string
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string | null
  }
}

const folder = join(process.cwd(), '..', 'shared', 'vectors')

/** AWS's suite, or undefined (said loudly) where the folder beside the checkout is missing. */
export function readVectors(file: 'official-v4.json' | 'official-v4a.json'): readonly Vector[] | undefined {
  const path = join(folder, file)
  if (!existsSync(path)) {
    console.error(`\n*** AWS's signing suite ${file} is not beside this checkout: ITS CASES ARE NOT RUN ***\n`)
    return undefined
  }
  const suite: { cases: Vector[] } = JSON.parse(readFileSync(path, 'utf8'))
  return suite.cases
}

export function vectorCredentials(vector: Vector): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = vector.context.credentials
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    ...(sessionToken === null ? {} : { sessionToken: new Secret(sessionToken) }),
    source: { kind: 'environment', description: "the suite's example keys" },
  }
}
