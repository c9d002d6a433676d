import { alteredHeaderMistakes } from './altered-header.ts'
import { headerMistakes } from './header.ts'
import { hostMistakes } from './host.ts'
import type { Mistake } from './mistake.ts'
import { pathMistakes } from './path.ts'
import { payloadMistakes } from './payload.ts'
import { queryMistakes } from './query.ts'
import { scopeMistakes } from './scope.ts'
import { secretMistakes } from './secret.ts'
import { seenMistakes } from './seen.ts'
import { timeAndMethodMistakes } from './time-and-method.ts'
import { tokenMistakes } from './token.ts'

/** Every mistake that can be named. */
export const mistakes: readonly Mistake[] = [
  ...tokenMistakes,
  ...pathMistakes,
  ...queryMistakes,
  ...headerMistakes,
  ...alteredHeaderMistakes,
  ...hostMistakes,
  ...payloadMistakes,
  ...scopeMistakes,
  ...timeAndMethodMistakes,
  ...secretMistakes,
  ...seenMistakes,
]

const byId = new Map(mistakes.map((mistake) => [mistake.id, mistake]))

/** @throws Error for an id that is not in the table: a bug */
export function mistakeOf(id: string): Mistake {
  const mistake = byId.get(id)
  if (mistake === undefined) throw new Error(`no mistake is called ${id}`)
  return mistake
}
