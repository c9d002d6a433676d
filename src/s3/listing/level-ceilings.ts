import { nextCodePoint } from '../key-order.ts'
import { beginningOf, type KeyPoints, pointsOf } from './key-points.ts'

/**
 * What was learnt by guessing in vain: at a level (an index of code points) nothing came from this character on. Keys are
 * often built alike, so what no month of one year had (a third ten of days) need not be looked for in the next.
 */
export class LevelCeilings {
  readonly #ceilings = new Map<number, number>()

  /** The first character that is not worth a guess. */
  at(level: number): number {
    return this.#ceilings.get(level) ?? Number.POSITIVE_INFINITY
  }

  /**
   * Takes note that behind a split point came nothing of its own.
   * @param next the first key that came instead
   */
  lower(point: string, next: string | undefined): void {
    const beginning = beginningOf(point)
    const points = pointsOf(beginning)
    const level = points.length - 1
    const last = points[level]
    const character = last === undefined || beginning === point ? last : nextCodePoint(last)
    // Something further on in the same place says nothing about where it ends.
    const hasSiblings = next?.startsWith(String.fromCodePoint(...points.slice(0, level)))
    if (character === undefined || hasSiblings) return
    this.#ceilings.set(level, Math.min(this.at(level), character))
  }

  /** Forgets what a key disproves. */
  raise(key: string): void {
    if (this.#ceilings.size === 0) return
    const points: KeyPoints = pointsOf(key)
    for (const [level, ceiling] of this.#ceilings) if ((points[level] ?? 0) >= ceiling) this.#ceilings.delete(level)
  }
}
