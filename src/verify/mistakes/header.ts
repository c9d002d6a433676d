import type { Header } from '../../request/header.ts'
import { canonicalHeaderValue } from '../../sign/canonical-request.ts'
import { headersAsSent } from '../base-draft.ts'
import type { HeaderDraft } from '../signing-draft.ts'
import {
  addHeader,
  changeHeaders,
  dropHeader,
  type Mistake,
  permutations,
  type SearchedSituation,
  type Variant,
} from './mistake.ts'

export const headerMistakes: readonly Mistake[] = [
  {
    id: 'header-untrimmed',
    likelihood: 60,
    cause: 'header values were signed with their blanks',
    fix: 'trim each value, fold inner runs of blanks to one space, and write name:value without a blank',
    variants: () => [
      { detail: 'inner runs of blanks kept', apply: changeHeaders({ values: 'ends trimmed' }) },
      { detail: 'all blanks of the values kept', apply: changeHeaders({ values: 'as sent' }) },
      { detail: 'a blank behind each colon', apply: changeHeaders({ separator: ': ' }) },
      {
        detail: 'a blank behind each colon, blanks kept',
        apply: changeHeaders({ separator: ': ', values: 'as sent' }),
      },
    ],
  },
  {
    id: 'header-case',
    likelihood: 60,
    cause: 'header names were not signed in lower case',
    fix: 'write header names in lower case, in the canonical headers and in SignedHeaders',
    variants: caseVariants,
  },
  {
    id: 'header-order',
    likelihood: 60,
    cause: 'the headers were not signed in the order of their names',
    fix: 'sort the canonical headers, and SignedHeaders, by lower-case name',
    variants: orderVariants,
    farVariants: otherOrders,
  },
  {
    id: 'header-blank-line',
    likelihood: 60,
    cause: 'the blank line between the canonical headers and the list of signed headers is missing',
    fix: 'end each header line with a line feed, then write an empty line before the list of signed headers',
    variants: () => [{ detail: 'no blank line', apply: changeHeaders({ blankLine: false }) }],
  },
  {
    id: 'header-repeated',
    likelihood: 50,
    cause: 'a header that is sent several times was not signed as one line of all its values',
    fix: 'join the values of a repeated header with a comma, without a blank, in the order they are sent',
    variants: () => repeatedForms.map(([detail, repeated]) => ({ detail, apply: changeHeaders({ repeated }) })),
  },
  {
    id: 'header-unsigned',
    likelihood: 50,
    cause: 'a header that has to be signed is not among the signed headers',
    fix: 'sign host, the date and every x-amz-* header that is sent',
  },
  {
    id: 'signed-headers-other',
    likelihood: 40,
    cause: 'SignedHeaders does not name the headers that were signed',
    fix: 'name in SignedHeaders exactly the headers of the canonical request',
    variants: otherLists,
  },
]

const repeatedForms: readonly (readonly [string, HeaderDraft['repeated']])[] = [
  ['the values joined by a comma and a blank', ', '],
  ['only the first value', 'first'],
  ['only the last value', 'last'],
  ['a line for each value', 'lines of their own'],
]

function caseVariants(): readonly Variant[] {
  const forms: readonly (readonly [string, Partial<HeaderDraft>])[] = (['as sent', 'Title-Case'] as const).flatMap(
    (names) => {
      const form = names === 'as sent' ? 'the names as they are sent' : 'names like X-Amz-Date'
      return [
        [`${form}, also in the list`, { names, list: 'as the lines' }],
        [`${form} in the header lines`, { names, list: 'canonical' }],
        [
          `${form}, also in the list, sorted with upper case first`,
          { names, list: 'as the lines', order: 'by name as sent' },
        ],
      ] as const
    },
  )
  return [
    ...forms.map(([detail, change]) => ({ detail, apply: changeHeaders(change) })),
    { detail: 'the names as they are sent in the list', apply: changeHeaders({ list: 'as sent' }) },
    { detail: 'the list as the request names it', apply: changeHeaders({ list: 'as claimed' }) },
  ]
}

/** Beyond this many headers not every order is tried (5! = 120). */
const mostPermuted = 5

function orderVariants({ base, claim }: SearchedSituation): readonly Variant[] {
  const names = base.headers.listed
  const likely: readonly (readonly [string, HeaderDraft['order']])[] = [
    ['the order in which they are sent', 'as sent'],
    ['the order of SignedHeaders', claim.signedHeaders.map((name) => name.toLowerCase())],
    ['sorted with upper case first', 'by name as sent'],
    ['the reverse order', [...names].reverse()],
    ['host first', ['host', ...names.filter((name) => name !== 'host')]],
    ['host last', [...names.filter((name) => name !== 'host'), 'host']],
  ]
  return likely.flatMap(([detail, order]) => inOrder(detail, order))
}

function otherOrders({ base }: SearchedSituation): readonly Variant[] {
  const names = base.headers.listed
  if (names.length > mostPermuted) return []
  return permutations(names).flatMap((order) => inOrder(`the order ${order.join(';')}`, order))
}

function inOrder(detail: string, order: HeaderDraft['order']): readonly Variant[] {
  return [
    { detail, apply: changeHeaders({ order, list: 'as the lines' }) },
    { detail: `${detail}, the list sorted`, apply: changeHeaders({ order }) },
  ]
}

function otherLists({ base, request }: SearchedSituation): readonly Variant[] {
  // The token, which has its own mistakes, is no case of this.
  const signed = base.headers.listed.filter((name) => name !== 'x-amz-security-token')
  const unsigned = headersAsSent(request).filter((header) => isAddable(header, base.headers))
  return [
    ...signed.flatMap((name): readonly Variant[] => [
      { detail: `${name} listed, but not signed`, apply: dropHeader(name, { listed: 'kept' }) },
      { detail: `${name} neither signed nor in the signed list`, apply: dropHeader(name, { listed: 'dropped' }) },
    ]),
    ...unsigned.map((header) => ({
      detail: `${header.name.toLowerCase()} signed, but not listed in the request`,
      apply: addHeader(header.name, canonicalHeaderValue(header.value)),
    })),
  ]
}

function isAddable(header: Header, { listed }: HeaderDraft): boolean {
  const name = header.name.toLowerCase()
  return !listed.includes(name) && name !== 'authorization' && name !== 'x-amz-security-token'
}
