import { failure, usageError } from '../errors.ts'

/** What one position of a pattern stands for. */
type Token =
  | { readonly kind: 'literal'; readonly text: string }
  /** `?` */
  | { readonly kind: 'one' }
  | { readonly kind: 'class'; readonly pattern: RegExp }
  /** `*`: anything without a slash. */
  | { readonly kind: 'some' }
  /** `**`: anything. */
  | { readonly kind: 'all' }
  /** `**` and a slash, at the beginning or behind one: any number of directories, also none. */
  | { readonly kind: 'directories' }

type Sequence = readonly Token[]

export interface Glob {
  /** Every key that matches begins so. */
  readonly fixedPrefix: string
  /** Whether there is anything but plain characters in it. */
  readonly isPattern: boolean
  matches(key: string): boolean
}

export interface GlobRules {
  /** `*` and `?` stop at slashes; otherwise they cross them, as in the AWS CLI's filters. */
  readonly slashes: 'stop' | 'cross'
  /** `{a,b}`, `**` and `\`: the AWS CLI's filters know none of them. */
  readonly syntax: 'full' | 'plain'
}

/**
 * Compiles a pattern: `*`, `?`, `[...]` (ranges, `!` or `^` for all others), `{a,b}`, `**`, and `\` before any of them for the
 * character itself.
 * @throws CliError (usage) where a bracket or brace stays open, or the alternatives are too many
 */
export function compileGlob(pattern: string, rules: GlobRules): Glob {
  const sequences = (rules.syntax === 'full' ? alternatives(pattern) : [pattern]).map((text) => tokenize(text, rules))
  const prefixes = sequences.map((sequence) => (sequence[0]?.kind === 'literal' ? sequence[0].text : ''))
  return {
    fixedPrefix: prefixes.reduce(commonPrefix),
    isPattern: sequences.length > 1 || sequences.some((sequence) => sequence.some(({ kind }) => kind !== 'literal')),
    matches: (key) => sequences.some((sequence) => matchesSequence(key, sequence)),
  }
}

const maximumAlternatives = 1000

/** Writes out `{a,b}`, also nested; braces without a comma are plain characters, as in shells. */
function alternatives(pattern: string): readonly string[] {
  const found: string[] = []
  const waiting = [pattern]
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    const braces = firstBraces(text)
    if (braces === undefined) found.push(text)
    else {
      const { start, end, parts } = braces
      for (const part of [...parts].reverse()) waiting.push(text.slice(0, start) + part + text.slice(end))
    }
    if (found.length + waiting.length > maximumAlternatives) {
      throw usageError(
        `the pattern '${pattern}' has more than ${maximumAlternatives} alternatives`,
        'list more, and filter the result',
      )
    }
  }
  return found
}

interface Braces {
  readonly start: number
  readonly end: number
  readonly parts: readonly string[]
}

function firstBraces(text: string): Braces | undefined {
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start + 1)) {
    if (isEscaped(text, start)) continue
    const braces = bracesAt(text, start)
    if (braces !== undefined) return braces
  }
  return undefined
}

function bracesAt(text: string, start: number): Braces | undefined {
  const parts: string[] = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '{') depth += 1
    else if (character === ',' && depth === 1) {
      parts.push(text.slice(from, at))
      from = at + 1
    } else if (character === '}') {
      depth -= 1
      if (depth > 0) continue
      return parts.length === 0 ? undefined : { start, end: at + 1, parts: [...parts, text.slice(from, at)] }
    }
  }
  return undefined
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

function tokenize(pattern: string, { slashes, syntax }: GlobRules): Sequence {
  const tokens: Token[] = []
  const addLiteral = (text: string): void => {
    const last = tokens.at(-1)
    if (last?.kind === 'literal') tokens[tokens.length - 1] = { kind: 'literal', text: last.text + text }
    else tokens.push({ kind: 'literal', text })
  }
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at)
    const stars = /^\*+/.exec(rest)?.[0].length ?? 0
    if (stars > 0) {
      const isDirectories =
        stars > 1 && syntax === 'full' && rest[stars] === '/' && (at === 0 || pattern[at - 1] === '/')
      const kind = isDirectories ? 'directories' : stars > 1 || slashes === 'cross' ? 'all' : 'some'
      tokens.push({ kind })
      at += isDirectories ? stars + 1 : stars
    } else if (rest.startsWith('?')) {
      tokens.push(slashes === 'cross' ? { kind: 'class', pattern: /^[\s\S]$/u } : { kind: 'one' })
      at += 1
    } else if (rest.startsWith('[')) {
      const length = classLength(rest)
      if (length === undefined && syntax === 'full') {
        throw usageError(`the pattern '${pattern}' has a [ without ]`, 'write \\[ for the character, or use --no-glob')
      }
      if (length === undefined) addLiteral('[')
      else tokens.push({ kind: 'class', pattern: classPattern(rest.slice(1, length - 1), slashes) })
      at += length ?? 1
    } else if (rest.startsWith('\\') && syntax === 'full' && rest.length > 1) {
      const character = String.fromCodePoint(rest.codePointAt(1) ?? 0)
      addLiteral(character)
      at += 1 + character.length
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0)
      addLiteral(character)
      at += character.length
    }
  }
  return tokens
}

/** How long `[...]` is; a `]` right behind the opening is one of the characters. */
function classLength(rest: string): number | undefined {
  const start = /^\[[!^]?\]?/.exec(rest)?.[0].length ?? 1
  for (let at = start; at < rest.length; at += 1) {
    if (rest[at] === '\\') at += 1
    else if (rest[at] === ']') return at + 1
  }
  return undefined
}

function classPattern(inside: string, slashes: GlobRules['slashes']): RegExp {
  const isNegated = /^[!^]/.test(inside)
  const body = (isNegated ? inside.slice(1) : inside)
    .replace(/\\(.)/gsu, (_whole, character: string) => escapeInClass(character))
    .replace(/[[\]^]/g, (character, at: number, whole: string) =>
      whole[at - 1] === '\\' ? character : `\\${character}`,
    )
  try {
    const noSlash = slashes === 'stop' ? '(?!/)' : ''
    return new RegExp(`^${noSlash}[${isNegated ? '^' : ''}${body}]$`, 'u')
  } catch (error) {
    throw failure(`the pattern has a class [${inside}] that cannot be`, 'check the order of its ranges', error)
  }
}

function escapeInClass(character: string): string {
  return /[\]\\^-]/.test(character) ? `\\${character}` : character
}

interface Retry {
  /** Where in the pattern to go on, and from where in the key. */
  readonly token: number
  at: number
}

/**
 * Matches without recursion: behind a `**` nothing before it has to be tried again, and behind a `*` nothing before that
 * within the same segment; so two places to go back to are enough, and no key takes longer than its length times the pattern's.
 */
function matchesSequence(key: string, sequence: Sequence): boolean {
  let at = 0
  let index = 0
  let wide: Retry | undefined
  let narrow: Retry | undefined
  for (;;) {
    const token = sequence[index]
    if (token === undefined ? at === key.length : token.kind === 'all' || token.kind === 'directories') {
      if (token === undefined) return true
      wide = { token: index, at }
      narrow = undefined
      index += 1
      continue
    }
    if (token?.kind === 'some') {
      narrow = { token: index, at }
      index += 1
      continue
    }
    const length = token === undefined ? -1 : matchedLength(token, key, at)
    if (length >= 0) {
      at += length
      index += 1
      continue
    }
    if (narrow !== undefined && narrow.at < key.length && key[narrow.at] !== '/') {
      narrow.at += widthAt(key, narrow.at)
      at = narrow.at
      index = narrow.token + 1
      continue
    }
    if (wide === undefined) return false
    const next = nextWide(key, wide, sequence)
    if (next === undefined) return false
    wide.at = next
    narrow = undefined
    at = next
    index = wide.token + 1
  }
}

function nextWide(key: string, wide: Retry, sequence: Sequence): number | undefined {
  if (sequence[wide.token]?.kind === 'all') return wide.at < key.length ? wide.at + widthAt(key, wide.at) : undefined
  const slash = key.indexOf('/', wide.at)
  return slash === -1 ? undefined : slash + 1
}

/** How many UTF-16 units of the key a token takes; -1 where it does not match. */
function matchedLength(token: Token, key: string, at: number): number {
  if (token.kind === 'literal') return key.startsWith(token.text, at) ? token.text.length : -1
  if (at >= key.length) return -1
  const length = widthAt(key, at)
  if (token.kind === 'one') return key[at] === '/' ? -1 : length
  return token.kind === 'class' && token.pattern.test(key.slice(at, at + length)) ? length : -1
}

/** UTF-16 units of the character there. */
function widthAt(key: string, at: number): number {
  return (key.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function commonPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1
  // Half a surrogate pair is no prefix of anything.
  const isCut = length > 0 && /[\ud800-\udbff]/.test(a[length - 1] ?? '')
  return a.slice(0, isCut ? length - 1 : length)
}
