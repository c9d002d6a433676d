import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { auth, http } from 'aws-crt'
import fc from 'fast-check'
import { Secret } from '../src/credentials/secret.ts'
import type { Header } from '../src/request/header.ts'
import { encodePathText } from '../src/request/percent-encoding.ts'
import {
  presignRequest,
  type SigningOptions,
  type SigningSteps,
  signRequest,
  type UnsignedRequest,
} from '../src/sign/sign-request.ts'
import { deriveSigV4aKey } from '../src/sign/sigv4a.ts'
import { exampleKeys } from './support/run.ts'

const runs = Number(process.env.SIGV4_PROPERTY_RUNS ?? 1500)

interface Case {
  readonly method: string
  readonly path: string
  readonly query: string | undefined
  readonly headers: readonly Header[]
  readonly body: string
  readonly token: string | undefined
  readonly s3: boolean
}

const pathCharacter = fc.oneof(
  fc.constantFrom(...'abcXYZ019-._~/!$&\'()*,;=:@[]{}|^`"<>\\'),
  fc.constantFrom('/./', '/../', '//', '%20', '%2f', '%C3%A9', '%7e', '%2B'),
)
const queryCharacter = fc.oneof(
  fc.constantFrom(..."abcXYZ019-._~/!$'()*,;:@"),
  fc.constantFrom('%20', '%2F', '%C3%A9', '%aa', '%3D', '%26', '%2B', '%25'),
)
const queryName = fc.array(queryCharacter, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
const queryPart = fc
  .tuple(queryName, fc.option(fc.array(queryCharacter, { maxLength: 6 }).map((parts) => parts.join(''))))
  .map(([name, value]) => (value === null ? name : `${name}=${value}`))

const header: fc.Arbitrary<Header> = fc.record({
  name: fc.constantFrom(
    'X-Amz-Meta-A',
    'x-amz-meta-a',
    'X-Amz-Meta-B',
    'Content-Type',
    'Range',
    'My-Header',
    'my-header',
    'Accept',
    'X-Zeta',
  ),
  value: fc
    .array(fc.constantFrom('a', 'B', '1', ' ', '  ', ',', '"', '=', ';', 'é', '/'), { maxLength: 10 })
    .map((parts) => parts.join('').trim()),
})

const request: fc.Arbitrary<Case> = fc
  .record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH'),
    path: fc.array(pathCharacter, { maxLength: 14 }).map((parts) => `/${parts.join('')}`),
    query: fc.option(
      fc.array(queryPart, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('&')),
      { nil: undefined },
    ),
    headers: fc.array(header, { maxLength: 5 }),
    body: fc.string({ unit: 'grapheme', maxLength: 20 }),
    token: fc.option(fc.constantFrom('FQoGZXIvYXdzEXAMPLE//token+with=chars', 'short'), { nil: undefined }),
    s3: fc.boolean(),
  })
  // aws-crt's URI parser takes `:/` for the end of a scheme.
  .filter(({ path, query }) => !`${path}?${query ?? ''}`.includes(':/'))
  // aws-crt takes an S3 path as it is: give it one that is canonical already.
  .map((value) => (value.s3 ? { ...value, path: encodePathText(value.path) } : value))

const date = new Date('2015-08-30T12:36:00Z')

test(`${runs} random requests are signed as aws-crt signs them, header form`, async () => {
  await fc.assert(
    fc.asyncProperty(request, async (value) => {
      const theirs = await signByCrt(value, auth.AwsSignatureType.HttpRequestViaHeaders)
      const ours = await signRequest(unsigned(value), options(value))
      assert.equal(
        ours.headers.find(({ name }) => name === 'Authorization')?.value,
        theirs.headers.get('Authorization') ?? undefined,
        ours.steps.canonicalRequest,
      )
    }),
    { numRuns: runs },
  )
})

test(`${runs} random requests are signed as aws-crt signs them, presigned form`, async () => {
  await fc.assert(
    fc.asyncProperty(request, async (value) => {
      const theirs = await signByCrt(value, auth.AwsSignatureType.HttpRequestViaQueryParams)
      const ours = await presignRequest(unsigned(value), { ...options(value), expiresInSeconds: 900 })
      assert.equal(
        ours.steps.signature,
        /X-Amz-Signature=([0-9a-f]+)/.exec(theirs.path)?.[1],
        ours.steps.canonicalRequest,
      )
    }),
    { numRuns: runs },
  )
})

const fewer = Math.ceil(runs / 5)

for (const form of ['header', 'presigned'] as const) {
  test(`${fewer} random requests signed with SigV4a, ${form} form, are what aws-crt takes for signed`, async () => {
    await fc.assert(
      fc.asyncProperty(request, async (value) => {
        const { steps } =
          form === 'header'
            ? await signRequest(unsigned(value), sigV4a(value))
            : await presignRequest(unsigned(value), { ...sigV4a(value), expiresInSeconds: 900 })
        assert.equal(verifiedByCrt(value, form, steps), true, steps.canonicalRequest)
        const other = { ...value, path: `${value.path}x` }
        assert.equal(verifiedByCrt(other, form, steps), false)
      }),
      { numRuns: fewer },
    )
  })
}

function sigV4a(value: Case): SigningOptions {
  return { ...options(value), algorithm: 'sigv4a', region: 'us-east-1,eu-*' }
}

/** aws-crt makes the canonical request anew and holds the signature to its own public key of the credentials. */
function verifiedByCrt(value: Case, form: 'header' | 'presigned', steps: SigningSteps): boolean {
  const { x = '', y = '' } = createPublicKey(deriveSigV4aKey(sigV4a(value).credentials)).export({ format: 'jwk' })
  const hex = (coordinate: string) => Buffer.from(coordinate, 'base64url').toString('hex')
  const type =
    form === 'header' ? auth.AwsSignatureType.HttpRequestViaHeaders : auth.AwsSignatureType.HttpRequestViaQueryParams
  const config = {
    ...crtConfig(value, type),
    algorithm: auth.AwsSigningAlgorithm.SigV4Asymmetric,
    region: 'us-east-1,eu-*',
  }
  const { canonicalRequest, signature } = steps
  try {
    return auth.aws_verify_sigv4a_signing(crtRequest(value), config, canonicalRequest, signature, hex(x), hex(y))
  } catch {
    // Another canonical request is an exception.
    return false
  }
}

function unsigned(value: Case): UnsignedRequest {
  return { ...value, host: 'example.amazonaws.com', payload: { body: value.body } }
}

function options(value: Case): SigningOptions {
  return {
    algorithm: 'sigv4',
    service: value.s3 ? 's3' : 'service',
    region: 'us-east-1',
    credentials: {
      accessKeyId: exampleKeys.AWS_ACCESS_KEY_ID,
      secretAccessKey: new Secret(exampleKeys.AWS_SECRET_ACCESS_KEY),
      ...(value.token === undefined ? {} : { sessionToken: new Secret(value.token) }),
      source: { kind: 'environment', description: 'example keys' },
    },
    time: date,
    pathEncoding: value.s3 ? 'single' : 'double',
    normalizePath: !value.s3,
    contentSha256Header: value.s3,
    sessionToken: 'signed',
  }
}

async function signByCrt(value: Case, type: auth.AwsSignatureType): Promise<http.HttpRequest> {
  return await auth.aws_sign_request(crtRequest(value), crtConfig(value, type))
}

function crtRequest(value: Case): http.HttpRequest {
  const headers = new http.HttpHeaders([
    ['Host', 'example.amazonaws.com'],
    ...value.headers.map(({ name, value: text }): [string, string] => [name, text]),
  ])
  const target = value.query === undefined ? value.path : `${value.path}?${value.query}`
  return new http.HttpRequest(value.method, target, headers)
}

function crtConfig(value: Case, type: auth.AwsSignatureType): auth.AwsSigningConfig {
  const viaHeaders = type === auth.AwsSignatureType.HttpRequestViaHeaders
  return {
    algorithm: auth.AwsSigningAlgorithm.SigV4,
    signature_type: type,
    provider: auth.AwsCredentialsProvider.newStatic(
      exampleKeys.AWS_ACCESS_KEY_ID,
      exampleKeys.AWS_SECRET_ACCESS_KEY,
      value.token,
    ),
    region: 'us-east-1',
    service: value.s3 ? 's3' : 'service',
    date,
    use_double_uri_encode: !value.s3,
    should_normalize_uri_path: !value.s3,
    signed_body_value: createHash('sha256').update(value.body).digest('hex'),
    signed_body_header:
      value.s3 && viaHeaders ? auth.AwsSignedBodyHeaderType.XAmzContentSha256 : auth.AwsSignedBodyHeaderType.None,
    ...(viaHeaders ? {} : { expiration_in_seconds: 900 }),
  }
}
