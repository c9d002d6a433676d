import type { CharacterSet, GlobPiece } from './glob-syntax.ts'

/** A set of places in the pattern that may all have been reached, and where each character leads from it. */
interface Stand {
  readonly places: readonly number[]
  readonly isMatch: boolean
  readonly next: Map<number, Stand>
}

/** Stands and steps that are remembered; a pattern made to have more starts anew, and stays linear. */
const rememberedSteps = 50_000

/**
 * Matches whole texts in a time linear in their length, whatever the pattern: all ways through it are followed at once
 * (a backtracking regular expression needs minutes for `*a*a*a*a*b`), and each step that was once taken is remembered.
 */
export class GlobAutomaton {
  readonly #steps: { readonly set: CharacterSet; readonly to: number }[][] = []
  readonly #jumps: number[][] = []
  readonly #end: number
  readonly #start: Stand
  #stands = new Map<string, Stand>()
  #stepCount = 0

  constructor(pieces: readonly GlobPiece[]) {
    this.#end = this.#append(pieces, this.#newPlace())
    this.#start = this.#standAt([0])
  }

  /** @param from where to begin in the text */
  matches(text: string, from: number): boolean {
    let stand = this.#start
    for (let index = from; index < text.length; index += 1) {
      const codePoint = text.codePointAt(index) ?? 0
      if (codePoint > 0xffff) index += 1
      stand = stand.next.get(codePoint) ?? this.#step(stand, codePoint)
      if (stand.places.length === 0) return false
    }
    return stand.isMatch
  }

  #step(stand: Stand, codePoint: number): Stand {
    if (this.#stepCount >= rememberedSteps) this.#forget()
    this.#stepCount += 1
    const reached = stand.places.flatMap((place) =>
      (this.#steps[place] ?? []).flatMap(({ set, to }) => (set(codePoint) ? [to] : [])),
    )
    const next = this.#standAt(reached)
    stand.next.set(codePoint, next)
    return next
  }

  #forget(): void {
    for (const stand of this.#stands.values()) stand.next.clear()
    this.#start.next.clear()
    this.#stands = new Map()
    this.#stepCount = 0
  }

  #standAt(reached: readonly number[]): Stand {
    const all = new Set(reached)
    // A set's loop also visits what is added while it runs.
    for (const place of all) for (const jump of this.#jumps[place] ?? []) all.add(jump)
    const places = [...all].sort((a, b) => a - b)
    const name = places.join()
    const known = this.#stands.get(name)
    if (known !== undefined) return known
    const stand: Stand = { places, isMatch: all.has(this.#end), next: new Map() }
    this.#stands.set(name, stand)
    return stand
  }

  #newPlace(): number {
    this.#jumps.push([])
    return this.#steps.push([]) - 1
  }

  /** Adds pieces behind a place. @returns the place behind them */
  #append(pieces: readonly GlobPiece[], from: number): number {
    return pieces.reduce((place, piece) => this.#appendOne(piece, place), from)
  }

  #appendOne(piece: GlobPiece, from: number): number {
    const behind = this.#newPlace()
    switch (piece.kind) {
      case 'literal':
        this.#addStep(from, (codePoint) => codePoint === piece.codePoint, behind)
        break
      case 'one':
        this.#addStep(from, piece.set, behind)
        break
      case 'many':
        this.#addJump(from, behind)
        this.#addStep(behind, piece.set, behind)
        break
      case 'directories': {
        const inside = this.#newPlace()
        this.#addJump(from, behind)
        this.#addJump(from, inside)
        this.#addStep(inside, () => true, inside)
        this.#addStep(inside, (codePoint) => codePoint === 0x2f, behind)
        break
      }
      case 'choice':
        for (const choice of piece.choices) {
          const start = this.#newPlace()
          this.#addJump(from, start)
          this.#addJump(this.#append(choice, start), behind)
        }
    }
    return behind
  }

  #addStep(from: number, set: CharacterSet, to: number): void {
    this.#steps[from]?.push({ set, to })
  }

  #addJump(from: number, to: number): void {
    this.#jumps[from]?.push(to)
  }
}
