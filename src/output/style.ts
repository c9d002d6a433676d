import { type Environment, environmentValue } from '../context.ts'

export type ColorMode = 'auto' | 'always' | 'never'

/** How text is set off: each function returns its text, with colour or as it is. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
  readonly underline: (text: string) => string
}

interface StyleInput {
  readonly mode: ColorMode | undefined
  readonly isTerminal: () => boolean
  readonly env: Environment
}

const plain = (text: string): string => text

export const plainStyle: Style = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  underline: plain,
}

/** The style of a stream: `--color`, then `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then whether it is a terminal. */
export async function loadStyle(input: StyleInput): Promise<Style> {
  return wantsColor(input) ? (await import('./chalk-style.ts')).chalkStyle : plainStyle
}

function wantsColor({ mode, isTerminal, env }: StyleInput): boolean {
  if (mode === 'always') return true
  if (mode === 'never') return false
  if (environmentValue(env, 'NO_COLOR') !== undefined) return false
  const forced = environmentValue(env, 'FORCE_COLOR')
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return env.TERM !== 'dumb' && isTerminal()
}
