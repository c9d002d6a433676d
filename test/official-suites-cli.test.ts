import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './support/run.ts'
import { readVectors, type Vector } from './support/vectors.ts'

/** A URL holds what HTTP can carry: raw spaces and UTF-8 are encoded on the way, so those paths are another request. */
function carriedByUrl(vector: Vector): boolean {
  const text = vector.request.rawPath + (vector.request.rawQuery ?? '')
  return /^[\x21-\x7e]*$/.test(text) && vector.request.headers.every(([, value]) => !/[\r\n]/.test(value))
}

const vectors = readVectors('official-v4.json')

test("AWS's suite goes through the command line unchanged", { skip: vectors === undefined }, async (t) => {
  const carried = (vectors ?? []).filter(carriedByUrl)
  assert.ok(carried.length >= 30, `${carried.length} cases fit a URL`)
  for (const vector of carried) {
    for (const form of ['header', 'query'] as const) {
      await t.test(`${vector.name}, ${form} form`, async () => {
        const expected = vector.expected?.[form]
        assert.ok(expected)
        const { exitCode, stdout, stderr } = await run(argvOf(vector, form), {
          env: environmentOf(vector),
          stdin: vector.request.body ?? '',
        })
        assert.equal(exitCode, 0, stderr)
        const printed: { explain: Record<string, string>; url: string; headers: Record<string, string> } =
          JSON.parse(stdout)
        assert.equal(printed.explain.canonicalRequest, expected.canonicalRequest)
        assert.equal(printed.explain.stringToSign, expected.stringToSign)
        assert.equal(printed.explain.signature, expected.signature)
        if (form === 'header') assert.equal(printed.headers.Authorization, expected.authorization)
        else assert.match(printed.url, new RegExp(`[?&]X-Amz-Signature=${expected.signature}\\b`))
      })
    }
  }
})

function argvOf(vector: Vector, form: 'header' | 'query'): readonly string[] {
  const { context, request } = vector
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1]
  const query = request.rawQuery === null ? '' : `?${request.rawQuery}`
  return [
    'sign',
    `https://${host}${request.rawPath}${query}`,
    ...['--request', request.method, '--service', context.service, '--region', context.region ?? ''],
    ...['--date', context.timestamp, '--format', 'json', '--explain', '--path-encoding', context.pathEncoding],
    context.normalize ? '--normalize-path' : '--no-normalize-path',
    ...(form === 'query' ? ['--presign', '--expires', String(context.expiration)] : []),
    ...(context.signedBodyHeader === null || form === 'query' ? [] : ['--content-sha256']),
    ...(context.omitSessionToken ? ['--omit-session-token'] : []),
    ...(context.payloadHash === 'sha256(body)' || request.body === null ? [] : ['--payload-hash', context.payloadHash]),
    ...request.headers
      .filter(([name]) => name.toLowerCase() !== 'host')
      .flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...(request.body === null ? [] : ['--data-binary', '@-']),
  ]
}

function environmentOf(vector: Vector): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = vector.context.credentials
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === null ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  }
}
