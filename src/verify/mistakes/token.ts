import { encodeText } from '../../request/percent-encoding.ts'
import { queryParts } from '../../request/query-parts.ts'
import { isParameter } from '../base-draft.ts'
import { addHeader, dropHeader, type Mistake, replaceHeader, type SearchedSituation, type Variant } from './mistake.ts'

const name = 'x-amz-security-token'

export const tokenMistakes: readonly Mistake[] = [
  {
    id: 'token-unsigned',
    likelihood: 70,
    cause: 'the session token was sent, but not signed',
    fix: 'add the token to the request before signing: as the signed header x-amz-security-token, or as a query parameter',
    variants: ({ base, expectation }) => [
      ...(expectation.sessionToken === 'appended'
        ? []
        : [{ detail: 'X-Amz-Security-Token left out of the query', apply: dropParameter }]),
      ...(base.headers.listed.includes(name)
        ? [
            { detail: 'the token header listed, but not signed', apply: dropHeader(name, { listed: 'kept' }) },
            {
              detail: 'the token header neither signed nor in the signed list',
              apply: dropHeader(name, { listed: 'dropped' }),
            },
          ]
        : []),
    ],
  },
  {
    id: 'token-missing',
    likelihood: 75,
    cause: 'the key is a temporary one, but the request lacks its session token',
    fix: 'send the session token that belongs to the key (x-amz-security-token, AWS_SESSION_TOKEN), and sign it',
    variants: ownToken,
  },
  {
    id: 'token-signed',
    likelihood: 70,
    cause: 'the session token was signed; this service wants it added after signing',
    fix: 'make the signature without X-Amz-Security-Token, then append the parameter',
    variants: signedTokens,
  },
]

const dropParameter: Variant['apply'] = (draft) => ({
  ...draft,
  query: { ...draft.query, parts: draft.query.parts.filter((part) => !isParameter(part, name)) },
})

/** The token at hand, signed but not sent. */
function ownToken({ request, base, claim, ownToken: token }: SearchedSituation): readonly Variant[] {
  const sent = claim.sessionToken !== undefined
  if (token === undefined || sent) return []
  if (claim.form === 'query') {
    const part = { name: 'X-Amz-Security-Token', value: encodeText(token) }
    const apply: Variant['apply'] = (draft) => ({
      ...draft,
      query: { ...draft.query, parts: [...draft.query.parts, part] },
    })
    return [{ detail: 'signed with the token at hand, which is not in the URL', apply }]
  }
  const listed = base.headers.listed.includes(name) || request.headers.length === 0
  return [
    {
      detail: `signed with the token at hand, which is not in the request${listed ? '' : ' nor in SignedHeaders'}`,
      apply: base.headers.listed.includes(name) ? replaceHeader(name, token) : addHeader(name, token),
    },
  ]
}

/** Looks at the request, not at the base: there the parameter is gone already. */
function signedTokens({ request, expectation, claim }: SearchedSituation): readonly Variant[] {
  const part = queryParts(request.query).find((other) => isParameter(other, name))
  if (claim.form !== 'query' || expectation.sessionToken === 'signed' || part === undefined) return []
  const apply: Variant['apply'] = (draft) =>
    draft.query.parts.includes(part)
      ? draft
      : { ...draft, query: { ...draft.query, parts: [...draft.query.parts, part] } }
  return [{ detail: 'X-Amz-Security-Token signed as part of the query', apply }]
}
