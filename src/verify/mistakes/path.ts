import { decodeText, encodePathText, recodePart, recodePath } from '../../request/percent-encoding.ts'
import { leaving, lowerCaseHex } from './encoding.ts'
import { changePath, type Mistake, type SearchedSituation, type Variant } from './mistake.ts'

const asSent = (path: string): string => path
const bySegment = (path: string): string => path.split('/').map(recodePart).join('/')

/** `encodeURIComponent` leaves `!'()*`, `encodeURI` also `;,/?:@&=+$#`. */
const leavingMarks = leaving(/%(?:21|27|28|29|2A)/g, recodePath)
const leavingReserved = leaving(/%(?:21|27|28|29|2A|3B|2C|3F|3A|40|26|3D|2B|24|23)/g, recodePath)

export const pathMistakes: readonly Mistake[] = [
  {
    id: 'path-encoded-once',
    likelihood: 70,
    cause: 'the path was signed encoded once; this service signs it encoded twice',
    fix: 'percent-encode the path as it is sent once more for the canonical request (all services but S3)',
    variants: (situation) =>
      isSingle(situation)
        ? []
        : [
            { detail: 'the path as it is sent, not encoded again', apply: changePath({ encode: asSent }) },
            { detail: 'the path encoded once from its decoded form', apply: changePath({ encode: recodePath }) },
            { detail: 'each path segment encoded once', apply: changePath({ encode: bySegment }) },
          ],
  },
  {
    id: 'path-encoded-twice',
    likelihood: 70,
    cause: 'the path was percent-encoded once more than this service does',
    fix: 'for S3, sign the path percent-encoded once, as it is sent; for all others, encode what is sent once more',
    variants: (situation) =>
      isSingle(situation)
        ? [
            { detail: 'the encoded path encoded again', apply: changePath({ encode: twice }) },
            { detail: 'the path as it is sent encoded again', apply: changePath({ encode: encodePathText }) },
          ]
        : [{ detail: 'the path encoded three times', apply: changePath({ encode: thrice }) }],
  },
  {
    id: 'path-reencoded',
    likelihood: 62,
    cause: 'the path of the URL was percent-encoded once more after it was signed',
    fix: 'use the URL as it was made: it is encoded already, and no client is to encode it again (%20 became %2520)',
    variants: reencodedVariants,
  },
  {
    id: 'path-raw',
    likelihood: 60,
    cause: 'the path was signed without percent-encoding',
    fix: 'percent-encode each path segment (RFC 3986, UTF-8, upper-case hex) before signing',
    variants: (situation) => [
      { detail: 'the decoded path', apply: changePath({ encode: decodeText }) },
      ...(isSingle(situation) ? [{ detail: 'the path as it is sent', apply: changePath({ encode: asSent }) }] : []),
    ],
  },
  {
    id: 'path-normalized',
    likelihood: 60,
    cause: 'dot segments or empty segments were removed from the path; S3 keeps them',
    fix: 'sign an S3 path as it is: no removing of //, /./ or /../',
    variants: ({ expectation }) =>
      expectation.normalizePath !== false
        ? []
        : [{ detail: 'the normalised path', apply: changePath({ normalized: true }) }],
  },
  {
    id: 'path-not-normalized',
    likelihood: 60,
    cause: 'dot segments or empty segments were kept in the path; this service removes them',
    fix: 'remove //, /./ and /../ from the path before signing (all services but S3)',
    variants: ({ expectation }) =>
      expectation.normalizePath === true
        ? [{ detail: 'the path as it is', apply: changePath({ normalized: false }) }]
        : [],
  },
  {
    id: 'path-plus',
    likelihood: 50,
    cause: 'the path holds a raw +, which S3 reads as a space',
    fix: 'send a plus in a key as %2B (and a space as %20)',
    variants: (situation) => (isSingle(situation) ? plusVariants : []),
  },
  {
    id: 'path-encoding',
    likelihood: 45,
    cause: 'the path was percent-encoded by other rules than those of SigV4, or otherwise than it is sent',
    fix: "encode every byte but A-Z a-z 0-9 - . _ ~ and / as upper-case %XX, also !'()*, and send the same path",
    variants: encodingVariants,
  },
  {
    id: 'path-other',
    likelihood: 25,
    cause: 'another path was signed than the one that was sent',
    fix: 'sign the path that is sent: with its stage, bucket and trailing slash',
    variants: otherPaths,
  },
]

function isSingle({ expectation }: SearchedSituation): boolean {
  return expectation.pathEncoding === 'single'
}

/** Presigned URLs travel, and what passes them on encodes them; who signs headers encodes only what it sends itself. */
function reencodedVariants(situation: SearchedSituation): readonly Variant[] {
  const { base, claim } = situation
  if (!isSingle(situation) || claim.form === 'header' || base.path.path.search(escapedAgain) < 0) return []
  const undone = (path: string) => recodePath(path.replace(escapedAgain, '%'))
  return [{ detail: 'the path as it was before %25 took the place of %', apply: changePath({ encode: undone }) }]
}

const escapedAgain = /%25(?=[0-9A-F]{2})/g

function twice(path: string): string {
  return encodePathText(recodePath(path))
}

function thrice(path: string): string {
  return encodePathText(encodePathText(path))
}

const plusVariants: readonly Variant[] = [
  {
    detail: 'a + signed as %2B',
    apply: changePath({ encode: (path) => recodePath(path.replaceAll('+', '%2B')) }),
  },
]

function encodingVariants(situation: SearchedSituation): readonly Variant[] {
  const forms: readonly (readonly [string, (path: string) => string])[] = [
    ['lower-case hex', (path) => lowerCaseHex(recodePath(path))],
    ["!'()* left as they are", leavingMarks],
    ["!'()*;,?:@&=+$# left as they are", leavingReserved],
    ['~ encoded', (path) => recodePath(path).replaceAll('~', '%7E')],
    ['+ for a space', (path) => recodePath(path).replaceAll('%20', '+')],
    ['/ encoded, too', recodePart],
    ['each segment on its own, %2F kept', bySegment],
  ]
  if (isSingle(situation)) return forms.map(([detail, encode]) => ({ detail, apply: changePath({ encode }) }))
  const again = forms.map(([detail, encode]) => ({
    detail: `${detail}, then encoded again`,
    apply: changePath({ encode: (path: string) => encodePathText(encode(path)) }),
  }))
  return [
    { detail: 'a fully encoded path encoded again, but sent less encoded', apply: changePath({ encode: twice }) },
    ...again,
    {
      detail: 'the twice encoded path with lower-case hex',
      apply: changePath({ encode: (path) => lowerCaseHex(encodePathText(path)) }),
    },
  ]
}

function otherPaths({ base, request }: SearchedSituation): readonly Variant[] {
  const { path } = base.path
  const withoutFirst = path.replace(/^\/[^/]*(?=\/|$)/, '') || '/'
  const paths: readonly (readonly [string, string])[] = [
    ['a trailing slash left out', path.replace(/\/$/, '') || path],
    ['a trailing slash added', `${path}/`],
    ['/ for the whole path', '/'],
    ['the path without its first segment', withoutFirst],
    ['the path in lower case', path.toLowerCase()],
    ['path and query together', request.query === undefined ? path : `${path}?${request.query}`],
  ]
  return [
    ...paths.map(([detail, other]) => ({ detail, apply: changePath({ path: other }) })),
    ...(path === '/' ? [{ detail: 'an empty path in place of /', apply: changePath({ encode: () => '' }) }] : []),
  ]
}
