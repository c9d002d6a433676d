import fc from 'fast-check'

/** Lines of `sign --batch`, and the single request that each stands for. */

const uglyText = fc.oneof(
  fc.constantFrom(
    'a b',
    '+',
    '%2F',
    '%2f',
    '%',
    'é',
    '007',
    '1e3',
    '😀',
    'a//b',
    '../x',
    '?q#f',
    "!'()*",
    ';,:@&=$',
    '~-._',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const key = fc
  .array(uglyText, { minLength: 1, maxLength: 3 })
  .map((parts) => Buffer.from(parts.join('/').replace(/[\r\n]/g, '')).toString())
  .filter((text) => text !== '' && !/^(\{|s3:\/\/|https?:\/\/)/i.test(text))
const path = key.map((text) => encodeURI(text).replace(/[?#]/g, '-'))
const query = fc.constantFrom(
  '',
  '?',
  '?versionId=1',
  '?b=2&a=1&a',
  '?x=%20y',
  '?x=a+b',
  '?acl',
  '?a=%c3%A9&&=',
  '?X%2DAmz-Date=1',
)
const url = fc
  .tuple(
    fc.constantFrom(
      'https://b.s3.us-east-1.amazonaws.com',
      'https://b.s3.us-east-1.amazonaws.com',
      'https://sts.us-east-1.amazonaws.com',
      'https://b.s3.us-east-1.amazonaws.com',
      'https://s3.eu-west-1.amazonaws.com/b',
      'http://localhost:9000/b',
      'https://sts.us-east-1.amazonaws.com',
      'https://abc.execute-api.us-east-1.amazonaws.com/prod',
      'https://abc-ats.iot.us-east-1.amazonaws.com',
      'HTTPS://B.S3.amazonaws.com:443',
    ),
    path,
    query,
  )
  .map(([base, rest, search]) => `${base}/${rest}${search}`)

/** A line, and the single request that it stands for. */
export interface LineCase {
  readonly line: string
  readonly argv: readonly string[]
}

export const plainLine: fc.Arbitrary<LineCase> = fc.oneof(
  key.map((text) => ({ line: text, argv: [`s3://bucket/${text}`] })),
  key.map((text) => ({ line: `s3://other.bucket/${text}`, argv: [`s3://other.bucket/${text}`] })),
  url.map((text) => ({ line: text, argv: [text] })),
)
export const objectLine = (mode: 'presign' | 'headers'): fc.Arbitrary<LineCase> =>
  fc
    .record({
      url: fc.oneof(
        url,
        key.map((text) => `s3://bucket/${text}`),
      ),
      method: fc.option(fc.constantFrom('PUT', 'DELETE', 'HEAD'), { nil: undefined }),
      headers: fc.option(
        fc.dictionary(
          fc.constantFrom('Content-Type', 'x-amz-acl', 'X-Empty', 'Range'),
          fc.constantFrom('', 'a  b', 'é'),
        ),
        { nil: undefined },
      ),
      expires: mode === 'presign' ? fc.constantFrom(undefined, 60, '15m') : fc.constant(undefined),
    })
    .map((object) => ({
      line: JSON.stringify(object),
      argv: [
        object.url,
        ...(object.method ? ['-X', object.method] : []),
        ...Object.entries(object.headers ?? {}).flatMap(([name, value]) => [
          '-H',
          value ? `${name}: ${value}` : `${name};`,
        ]),
        ...(object.expires === undefined ? [] : ['--expires', String(object.expires)]),
      ],
    }))
