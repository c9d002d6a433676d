import { decodeText, encodeText, recodePart } from '../../request/percent-encoding.ts'
import type { QueryPart } from '../../request/received-request.ts'
import { isParameter } from '../base-draft.ts'
import type { QueryDraft } from '../signing-draft.ts'
import { leaving, lowerCaseHex } from './encoding.ts'
import { changeQuery, type Mistake, type SearchedSituation, type Variant } from './mistake.ts'

const asSent = (part: string): string => part

export const queryMistakes: readonly Mistake[] = [
  {
    id: 'query-unsorted',
    likelihood: 65,
    cause: 'the query parameters were not signed in the order that SigV4 wants',
    fix: 'sort the encoded parameters by name, then by value, comparing bytes',
    variants: () => orders.map(([detail, order]) => ({ detail, apply: changeQuery({ order }) })),
  },
  {
    id: 'query-without-equals',
    likelihood: 65,
    cause: 'a parameter without a value was signed without its =',
    fix: 'write a parameter without a value as name= in the canonical query (?acl becomes acl=)',
    variants: () => [
      { detail: 'a name without a value signed as it is sent', apply: changeQuery({ equalsSign: 'as sent' }) },
      { detail: 'every empty value signed without =', apply: changeQuery({ equalsSign: 'with a value' }) },
    ],
  },
  {
    id: 'query-plus',
    likelihood: 62,
    cause: 'a + stands for a space; in a signed query a space is %20 and a plus %2B',
    fix: 'encode a space as %20 and a plus as %2B, in the URL and in the canonical query',
    variants: () => [
      {
        detail: 'a space signed as +',
        apply: changeQuery({ encode: (part) => recodePart(part).replaceAll('%20', '+') }),
      },
      {
        detail: 'a + that was sent signed as %2B',
        apply: changeQuery({ encode: (part) => recodePart(part.replaceAll('+', '%2B')) }),
      },
      {
        detail: 'a + that was sent signed as +',
        apply: changeQuery({ encode: (part) => part.split('+').map(recodePart).join('+') }),
      },
    ],
  },
  {
    id: 'query-raw',
    likelihood: 60,
    cause: 'the query was signed without percent-encoding it',
    fix: 'percent-encode each name and value (RFC 3986: everything but A-Z a-z 0-9 - . _ ~) in the canonical query',
    variants: () => [
      { detail: 'names and values decoded', apply: changeQuery({ encode: decodeText }) },
      { detail: 'names and values as they are sent', apply: changeQuery({ encode: asSent }) },
      {
        detail: 'names and values decoded, + as a space',
        apply: changeQuery({ encode: (part) => decodeText(part.replaceAll('+', ' ')) }),
      },
    ],
  },
  {
    id: 'query-encoded-twice',
    likelihood: 60,
    cause: 'the query was percent-encoded twice',
    fix: 'encode each name and value once: %20, not %2520',
    variants: () => [
      {
        detail: 'encoded names and values encoded again',
        apply: changeQuery({ encode: (part) => encodeText(recodePart(part)) }),
      },
      { detail: 'names and values as sent, encoded again', apply: changeQuery({ encode: encodeText }) },
    ],
  },
  {
    id: 'query-missing',
    likelihood: 55,
    cause: 'query parameters were sent that were not signed',
    fix: 'sign the whole query; parameters added after signing break the signature',
    repeatable: true,
    variants: missingParts,
  },
  {
    id: 'query-encoding',
    likelihood: 45,
    cause: 'the query was percent-encoded by other rules than those of SigV4',
    fix: "encode every byte but A-Z a-z 0-9 - . _ ~ as upper-case %XX, also !'()* and /",
    variants: () => encodings.map(([detail, encode]) => ({ detail, apply: changeQuery({ encode }) })),
  },
]

const orders: readonly (readonly [string, QueryDraft['order']])[] = [
  ['the order in which they are sent', 'as sent'],
  ['sorted by name, but not by value', 'by name only'],
  ['sorted before they were encoded', 'before encoding'],
  ['sorted without regard to upper and lower case', 'ignoring case'],
]

const encodings: readonly (readonly [string, (part: string) => string])[] = [
  ['lower-case hex', (part) => lowerCaseHex(recodePart(part))],
  ['/ left as it is', leaving(/%2F/g, recodePart)],
  ["!'()* left as they are", leaving(/%(?:21|27|28|29|2A)/g, recodePart)],
  ["!'()*;,/?:@$ left as they are", leaving(/%(?:21|27|28|29|2A|3B|2C|2F|3F|3A|40|24)/g, recodePart)],
  [', and : left as they are', leaving(/%(?:2C|3A)/g, recodePart)],
  ['* left as it is, ~ encoded', (part) => recodePart(part).replaceAll('%2A', '*').replaceAll('~', '%7E')],
  ['~ encoded', (part) => recodePart(part).replaceAll('~', '%7E')],
  [
    '* left, ~ encoded, + for a space',
    (part) => recodePart(part).replaceAll('%2A', '*').replaceAll('~', '%7E').replaceAll('%20', '+'),
  ],
]

/** More parameters than this are not left out one by one. */
const mostParts = 40

function missingParts({ base, claim }: SearchedSituation): readonly Variant[] {
  const { parts } = base.query
  const own = parts.filter((part) => !/^x-amz-/i.test(decodeText(part.name)))
  const removable = parts.filter((part) => !isParameter(part, 'X-Amz-Security-Token'))
  const names = new Set(parts.map((part) => part.name))
  return [
    { detail: 'the whole query left out', apply: keepParts(() => false) },
    ...(claim.form === 'query'
      ? [{ detail: 'all but the X-Amz- parameters left out', apply: keepParts((part) => !own.includes(part)) }]
      : []),
    ...removable.slice(0, mostParts).map((part) => ({
      detail: `'${decodeText(part.name)}' left out`,
      apply: keepParts((other) => other !== part),
    })),
    ...prefixes(own).map(([last, kept]) => ({
      detail: `everything behind '${decodeText(last.name)}' left out`,
      apply: keepParts((part) => kept.includes(part) || !own.includes(part)),
    })),
    ...(names.size < parts.length
      ? [
          { detail: 'of a repeated parameter only the last', apply: keepParts((part) => isEdge(parts, part, 'last')) },
          {
            detail: 'of a repeated parameter only the first',
            apply: keepParts((part) => isEdge(parts, part, 'first')),
          },
        ]
      : []),
    { detail: 'parameters without a value left out', apply: keepParts((part) => (part.value ?? '') !== '') },
  ]
}

function keepParts(kept: (part: QueryPart) => boolean): Variant['apply'] {
  return (draft) => ({ ...draft, query: { ...draft.query, parts: draft.query.parts.filter(kept) } })
}

function prefixes(parts: readonly QueryPart[]): readonly (readonly [QueryPart, readonly QueryPart[]])[] {
  return parts.slice(0, -2).map((part, index) => [part, parts.slice(0, index + 1)] as const)
}

function isEdge(parts: readonly QueryPart[], part: QueryPart, edge: 'first' | 'last'): boolean {
  const same = parts.filter((other) => other.name === part.name)
  return part === (edge === 'first' ? same[0] : same.at(-1))
}
