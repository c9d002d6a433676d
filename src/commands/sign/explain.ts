import type { Context } from '../../context.ts'
import type { InferredValues } from '../../output/explanation.ts'
import { type Explanation, formatExplanation } from '../../output/explanation-text.ts'
import { loadStyle } from '../../output/style.ts'
import { formatRequestUrl } from '../../request/request-url.ts'
import type { Signing } from './signing.ts'

/** `--explain` for people, as wide as stderr's terminal, in colour where it is wanted. */
export async function explainForPeople(signing: Signing, inferred: InferredValues, context: Context): Promise<string> {
  const style = await loadStyle({
    mode: signing.options.color,
    isTerminal: () => context.stderr.isTerminal,
    env: context.env,
  })
  return formatExplanation(explanationOf(signing, inferred), { style, columns: context.stderr.columns })
}

function explanationOf({ described, signed }: Signing, inferred: InferredValues): Explanation {
  const { method, url, headers } = described
  const { steps } = signed
  const isSigned = new Set(steps.canonicalHeaders.map(({ name }) => name))
  const given = new Set(headers.map(({ name }) => name.toLowerCase()))
  // Host is the client's own to send.
  const known = new Set([...given, 'host'])
  return {
    method,
    url: formatRequestUrl(url),
    steps,
    inferred,
    unsignedHeaders: [...given].filter((name) => !isSigned.has(name)),
    added: addedQuery(signed.query, url.query) ?? signed.headers.filter(({ name }) => !known.has(name.toLowerCase())),
  }
}

/** Undefined where signing left the query alone. */
function addedQuery(query: string | undefined, before: string | undefined): { query: readonly string[] } | undefined {
  if (query === undefined || query === before) return undefined
  const first = before ? '&' : '?'
  const parameters = query.slice(before ? before.length + 1 : 0).split('&')
  return { query: parameters.map((parameter, index) => `${index === 0 ? first : '&'}${parameter}`) }
}
