/** A value that no log, JSON document or `inspect` can show; only `reveal()` gives it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '(redacted)'
  }

  toJSON(): string {
    return '(redacted)'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '(redacted)'
  }
}

/** A session token as explanations, `-v`, `--debug` and errors may show it: its first six characters. */
export function shortenToken(token: string): string {
  return token.length <= 6 ? '...' : `${token.slice(0, 6)}...`
}
