/** Which characters (code points) a place in a pattern takes. */
export type CharacterSet = (codePoint: number) => boolean

/** A pattern, piece by piece. */
export type GlobPiece =
  | { readonly kind: 'literal'; readonly codePoint: number }
  | { readonly kind: 'one' | 'many'; readonly set: CharacterSet }
  /** Any number of whole directories, also none: `**` before a `/`. */
  | { readonly kind: 'directories' }
  | { readonly kind: 'choice'; readonly choices: readonly (readonly GlobPiece[])[] }

/**
 * `paths`: `*`, `?` and `[...]` stop at `/`, `**` does not, `{a,b}` are alternatives, `\` takes the next character as it is.
 * `names`: `*`, `?` and `[...]` take every character, and nothing else is special: the AWS CLI's filters (Python's fnmatch).
 */
export type GlobDialect = 'paths' | 'names'

/** Where a piece stands: at the start of a file's or folder's name, or within it. */
type Place = 'name-start' | 'within'

const slash = 0x2f

/** Reads a pattern. What is not closed (`[`, `{`), and braces without a comma, mean themselves, as in the shell. */
export function parseGlob(pattern: string, dialect: GlobDialect): readonly GlobPiece[] {
  const reader = new GlobReader([...pattern], dialect)
  return reader.sequence(reader.length, 'name-start')
}

class GlobReader {
  readonly #characters: readonly string[]
  readonly #isPaths: boolean
  #at = 0

  constructor(characters: readonly string[], dialect: GlobDialect) {
    this.#characters = characters
    this.#isPaths = dialect === 'paths'
  }

  get length(): number {
    return this.#characters.length
  }

  sequence(end: number, start: Place): readonly GlobPiece[] {
    const pieces: GlobPiece[] = []
    let place = start
    while (this.#at < end) {
      const piece = this.#piece(end, place)
      pieces.push(piece)
      const endsName = piece.kind === 'directories' || (piece.kind === 'literal' && piece.codePoint === slash)
      place = endsName ? 'name-start' : 'within'
    }
    return pieces
  }

  #piece(end: number, place: Place): GlobPiece {
    const character = this.#take()
    if (character === '*') return this.#stars(end, place)
    if (character === '?') return { kind: 'one', set: this.#isPaths ? isNoSlash : isAny }
    if (character === '[') return this.#bracket(end) ?? literal(character)
    if (!this.#isPaths) return literal(character)
    if (character === '{') return this.#braces(end, place) ?? literal(character)
    return literal(character === '\\' && this.#at < end ? this.#take() : character)
  }

  #take(): string {
    const character = this.#characters[this.#at] ?? ''
    this.#at += 1
    return character
  }

  #stars(end: number, place: Place): GlobPiece {
    const from = this.#at
    while (this.#at < end && this.#characters[this.#at] === '*') this.#at += 1
    if (!this.#isPaths) return { kind: 'many', set: isAny }
    if (this.#at === from) return { kind: 'many', set: isNoSlash }
    if (place === 'within' || this.#at >= end || this.#characters[this.#at] !== '/') return { kind: 'many', set: isAny }
    this.#at += 1
    return { kind: 'directories' }
  }

  /** What stands behind a `[`; undefined (nothing taken) where it is no class. */
  #bracket(end: number): GlobPiece | undefined {
    const from = this.#at
    const isNegated = this.#characters[from] === '!' || (this.#isPaths && this.#characters[from] === '^')
    let at = isNegated ? from + 1 : from
    const members: CharacterSet[] = []
    for (const first = at; at < end && (at === first || this.#characters[at] !== ']'); ) {
      const named = this.#namedClass(at, end)
      if (named !== undefined) {
        members.push(named.set)
        at = named.end
        continue
      }
      const low = this.#member(at, end)
      const isRange = this.#characters[low.end] === '-' && low.end + 1 < end && this.#characters[low.end + 1] !== ']'
      const high = isRange ? this.#member(low.end + 1, end) : low
      // As POSIX says of pathnames: a slash before the closing bracket makes the opening one an ordinary character.
      if (this.#isPaths && (low.codePoint === slash || high.codePoint === slash)) return undefined
      members.push((codePoint) => codePoint >= low.codePoint && codePoint <= high.codePoint)
      at = high.end
    }
    if (at >= end) return undefined
    this.#at = at + 1
    const stopsAtSlash = this.#isPaths
    const set: CharacterSet = (codePoint) =>
      members.some((member) => member(codePoint)) !== isNegated && !(stopsAtSlash && codePoint === slash)
    return { kind: 'one', set }
  }

  #member(at: number, end: number): { readonly codePoint: number; readonly end: number } {
    const isEscaped = this.#isPaths && this.#characters[at] === '\\' && at + 1 < end
    const place = isEscaped ? at + 1 : at
    return { codePoint: this.#characters[place]?.codePointAt(0) ?? 0, end: place + 1 }
  }

  /** `[:alpha:]` inside a class. */
  #namedClass(at: number, end: number): { readonly set: CharacterSet; readonly end: number } | undefined {
    if (!this.#isPaths || this.#characters[at] !== '[') return undefined
    const text = this.#characters.slice(at, Math.min(end, at + 12)).join('')
    const [whole = '', name = ''] = /^\[:([a-z]+):\]/.exec(text) ?? []
    const pattern = namedClasses[name]
    if (pattern === undefined) return undefined
    return { set: (codePoint) => pattern.test(String.fromCodePoint(codePoint)), end: at + whole.length }
  }

  /** What stands behind a `{`; undefined (nothing taken) where it is no list of alternatives. */
  #braces(end: number, place: Place): GlobPiece | undefined {
    const ends = this.#choiceEnds(end)
    if (ends.length < 2) return undefined
    const choices = ends.map((choiceEnd) => {
      const choice = this.sequence(choiceEnd, place)
      this.#at = choiceEnd + 1
      return choice
    })
    return { kind: 'choice', choices }
  }

  /** The places of the commas and of the closing brace. */
  #choiceEnds(end: number): readonly number[] {
    const ends: number[] = []
    let depth = 0
    for (let at = this.#at; at < end; at += 1) {
      const character = this.#characters[at]
      if (character === '\\') at += 1
      else if (character === '{') depth += 1
      else if (character === ',' && depth === 0) ends.push(at)
      else if (character === '}') {
        if (depth === 0) return [...ends, at]
        depth -= 1
      }
    }
    return []
  }
}

const namedClasses: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

function literal(character: string): GlobPiece {
  return { kind: 'literal', codePoint: character.codePointAt(0) ?? 0 }
}

function isAny(): boolean {
  return true
}

function isNoSlash(codePoint: number): boolean {
  return codePoint !== slash
}
