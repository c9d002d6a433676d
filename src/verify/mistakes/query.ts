import { decodeText, encodeText, recodePart } from '../../request/percent-encoding.ts'
import type { QueryPart } from '../../request/query-parts.ts'
import { isParameter } from '../base-draft.ts'
import type { QueryDraft } from '../signing-draft.ts'
import { leaving, lowerCaseHex } from './encoding.ts'
import { changeQuery, type Mistake, permutations, type SearchedSituation, type Variant } from './mistake.ts'

const asSent = (part: string): string => part

export const queryMistakes: readonly Mistake[] = [
  {
    id: 'query-unsorted',
    likelihood: 65,
    cause: 'the query parameters were not signed in the order that SigV4 wants',
    fix: 'sort the encoded parameters by name, then by value, comparing bytes',
    variants: () => orders.map(([detail, order]) => ({ detail, apply: changeQuery({ order }) })),
    farVariants: permutedParts,
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
    variants: () => plusForms.flatMap(encodedAs),
  },
  {
    id: 'query-raw',
    likelihood: 60,
    cause: 'the query was signed without percent-encoding it',
    fix: 'percent-encode each name and value (RFC 3986: everything but A-Z a-z 0-9 - . _ ~) in the canonical query',
    variants: () => rawForms.flatMap(encodedAs),
  },
  {
    id: 'query-encoded-twice',
    likelihood: 60,
    cause: 'the query was percent-encoded twice',
    fix: 'encode each name and value once: %20, not %2520',
    variants: () => twiceForms.flatMap(encodedAs),
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
    id: 'query-other',
    likelihood: 25,
    cause: 'another query was signed than the one that was sent',
    fix: 'sign the query that is sent, each name and value percent-encoded once',
  },
  {
    id: 'query-encoding',
    likelihood: 45,
    cause: 'the query was percent-encoded by other rules than those of SigV4',
    fix: "encode every byte but A-Z a-z 0-9 - . _ ~ as upper-case %XX, also !'()* and /",
    variants: () => otherForms.flatMap(encodedAs),
  },
]

const orders: readonly (readonly [string, QueryDraft['order']])[] = [
  ['the order in which they are sent', 'as sent'],
  ['sorted by name, but not by value', 'by name only'],
  ['sorted as texts of name=value, the = among them', 'as whole texts'],
  ['sorted before they were encoded', 'before encoding'],
  ['sorted without regard to upper and lower case', 'ignoring case'],
]

/** Beyond this many parameters not every order is tried (5! = 120): where the URL's own is not known, they may have been sent so. */
const mostPermuted = 5

function permutedParts({ base }: SearchedSituation): readonly Variant[] {
  const { parts } = base.query
  if (parts.length > mostPermuted) return []
  return permutations(parts).map((order) => ({
    detail: `the order ${order.map(({ name }) => decodeText(name)).join(', ')}`,
    apply: changeQuery({ parts: order, order: 'as sent' }),
  }))
}

type Form = readonly [detail: string, encode: (part: string) => string]

const plusForms: readonly Form[] = [
  ['a space signed as +', (part) => recodePart(part).replaceAll('%20', '+')],
  ['a + that was sent signed as %2B', (part) => recodePart(part.replaceAll('+', '%2B'))],
  ['a + that was sent signed as +', (part) => part.split('+').map(recodePart).join('+')],
]

const rawForms: readonly Form[] = [
  ['names and values decoded', decodeText],
  ['names and values as they are sent', asSent],
  ['names and values decoded, + as a space', (part) => decodeText(part.replaceAll('+', ' '))],
]

const twiceForms: readonly Form[] = [
  ['encoded names and values encoded again', (part) => encodeText(recodePart(part))],
  ['names and values as sent, encoded again', encodeText],
]

const otherForms: readonly Form[] = [
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

/** Wrongly encoded parts, in the order of what came out, or in that of the right form. */
function encodedAs([detail, encode]: Form): readonly Variant[] {
  return [
    { detail, apply: changeQuery({ encode }) },
    { detail, apply: changeQuery({ encode, order: 'as if encoded right' }) },
  ]
}

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
    ...prefixes(own.slice(0, mostParts)).map(([last, kept]) => ({
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
