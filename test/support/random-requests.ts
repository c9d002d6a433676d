import type { Pair, PlainRequest } from './plain-signer.ts'

/** A seeded source of numbers from 0 up to 1 (mulberry32): the same requests in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

const segments = [
  'photos',
  'a b',
  'é',
  "it's",
  'x+y',
  'q=1',
  'a:b',
  '100%',
  'tilde~',
  '(1)',
  '007',
  '日本',
  'a&b',
  '@',
  '*',
  'semi;colon',
]
const dotted = ['a/./b', 'a//b', 'a/../b', 'x/y/']
const names = ['prefix', 'b', 'a', 'A', 'marker', 'x y', 'é', 'list-type', 'key', 'Zeta']
const values = ['', '1', 'a b', 'x/y', '~', "it's", 'a+b', 'é', '50%', 'z', 'a=b', '(x)', 'a,b', '2']
const textBodies = [
  '{"a": 1, "b": [true, null]}',
  'Action=GetCallerIdentity&Version=2011-06-15',
  'line one\nline two\n',
  'é\r\nx\r\n',
  'plain',
]

export const exampleToken = 'FwoGZXIvYXdzEXAMPLE/token+with/signs=='

export interface Kind {
  readonly service: string
  readonly form: 'header' | 'query'
  readonly token: 'with a token' | 'without a token'
}

export const kinds: readonly Kind[] = ['s3', 'dynamodb', 'execute-api'].flatMap((service) =>
  (['header', 'query'] as const).flatMap((form) =>
    (['with a token', 'without a token'] as const).map((token) => ({ service, form, token })),
  ),
)

/** A request with ugly parts, so that most mistakes show. */
export function randomRequest({ service, form, token }: Kind, random: () => number): PlainRequest {
  const region = pick(['us-east-1', 'eu-west-1', 'ap-southeast-2'], random)
  const method = form === 'query' ? pick(['GET', 'PUT'], random) : pick(['GET', 'PUT', 'POST', 'DELETE'], random)
  const hasBody = method === 'PUT' || method === 'POST'
  return {
    method,
    host: service === 's3' ? `examplebucket.s3.${region}.amazonaws.com` : hostOf(service, region),
    path: `/${[pick(segments, random), pick(random() < 0.5 ? dotted : segments, random), pick(segments, random)].join('/')}`,
    query: Array.from({ length: 1 + Math.floor(random() * 4) }, () => randomPair(random)),
    headers: randomHeaders(hasBody, random),
    body: hasBody ? pick(textBodies, random) : '',
    service,
    region,
    date: '20150830T123600Z',
    accessKeyId: token === 'with a token' ? 'ASIAIOSFODNN7EXAMPLE' : 'AKIDEXAMPLE',
    secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    token: token === 'with a token' ? exampleToken : undefined,
    form,
    expires: 3600,
  }
}

function hostOf(service: string, region: string): string {
  return service === 'execute-api'
    ? `abcdef1234.execute-api.${region}.amazonaws.com`
    : `${service}.${region}.amazonaws.com`
}

function randomPair(random: () => number): Pair {
  const value = random() < 0.15 ? undefined : pick(values, random)
  return [pick(names, random), value]
}

function randomHeaders(hasBody: boolean, random: () => number): PlainRequest['headers'] {
  const type: PlainRequest['headers'] = hasBody
    ? [
        [
          'Content-Type',
          pick(['application/json', 'text/plain; charset=utf-8', 'application/x-www-form-urlencoded'], random),
        ],
      ]
    : []
  const meta: PlainRequest['headers'] =
    random() < 0.7 ? [['X-Amz-Meta-Note', pick(['a   b', 'plain', ' padded  twice '], random)]] : []
  const accept: PlainRequest['headers'] = random() < 0.3 ? [['Accept', '*/*']] : []
  return [...meta, ...accept, ...type]
}
