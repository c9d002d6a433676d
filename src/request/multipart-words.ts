import { usageError } from '../errors.ts'
import type { NamedValue } from './curl-arguments.ts'

/** One `-F`, taken apart. */
export interface FormField {
  readonly name: string
  /** More than one for `NAME=@FILE,FILE`. */
  readonly contents: readonly FormContent[]
  /** Words after a `;` that mean nothing: skipped, as curl skips them. */
  readonly skipped: readonly string[]
}

export interface FormContent {
  /** `attached`: a file with its name; `inserted`: a file's text; `literal`: the text itself. */
  readonly kind: 'attached' | 'inserted' | 'literal'
  /** The text, or the path (`-` is stdin). */
  readonly text: string
  readonly contentType: string | undefined
  readonly filename: string | undefined
  /** Further header lines, or `@FILE` that holds some. */
  readonly headers: readonly string[]
}

const attributes = ['type', 'filename', 'headers', 'encoder'] as const

/**
 * Reads `NAME=TEXT`, `NAME=@FILE[,FILE]`, `NAME=<FILE`, each with `;type=`, `;filename=` and `;headers=`; words that
 * hold `;` or `,` stand in double quotes, with `\"` and `\\`.
 * @throws CliError (usage) without `=`, for a content type without `/`, for nested parts (`(`) and for `;encoder=`.
 * @see https://curl.se/docs/manpage.html#-F
 */
export function parseFormField({ name: option, value }: NamedValue): FormField {
  const equals = value.indexOf('=')
  if (equals < 0) throw usageError(`--${option} '${value}' has no =`, 'write NAME=TEXT, NAME=@FILE or NAME=<FILE')
  const name = value.slice(0, equals)
  const rest = value.slice(equals + 1)
  if (option === 'form-string') return { name, contents: [literal(rest)], skipped: [] }
  if (rest.startsWith('(') || (name === '' && rest.startsWith(')'))) {
    throw usageError(
      `--form '${value}': nested parts are not supported`,
      'use --form-string for a text that begins with (',
    )
  }
  const sigil = rest[0]
  const kind = sigil === '@' ? 'attached' : sigil === '<' ? 'inserted' : 'literal'
  const words = new FormWords(kind === 'literal' ? rest : rest.slice(1), kind === 'attached' ? ',' : '')
  const contents = [words.content(kind)]
  while (words.more()) contents.push(words.content(kind))
  return { name, contents, skipped: words.skipped }
}

function literal(text: string): FormContent {
  return { kind: 'literal', text, contentType: undefined, filename: undefined, headers: [] }
}

/** Walks over the words of one `-F` value. */
class FormWords {
  readonly #text: string
  readonly #listSeparator: string
  #position = 0
  readonly skipped: string[] = []

  constructor(text: string, listSeparator: string) {
    this.#text = text
    this.#listSeparator = listSeparator
  }

  /** Whether a comma stands here; steps over it. */
  more(): boolean {
    if (this.#listSeparator === '' || this.#text[this.#position] !== this.#listSeparator) return false
    this.#position += 1
    return true
  }

  content(kind: FormContent['kind']): FormContent {
    const text = this.#word()
    const found: { [K in (typeof attributes)[number]]?: string[] } = {}
    while (this.#text[this.#position] === ';') {
      this.#position += 1
      this.#skipBlanks()
      const attribute = this.#attributeHere()
      if (attribute === undefined) {
        this.skipped.push(this.#word())
        continue
      }
      this.#position += attribute.length + 1
      const value = attribute === 'type' ? this.#mediaType() : this.#word()
      found[attribute] = [...(found[attribute] ?? []), value]
    }
    if (found.encoder)
      throw usageError(
        `--form ';encoder=${found.encoder[0]}' is not supported`,
        'leave it out: the content is sent as it is',
      )
    for (const type of found.type ?? []) {
      if (!/^[^/ ]+\/[^;, ]+/.test(type))
        throw usageError(`'${type}' in --form is no content type`, 'write ;type=text/plain')
    }
    return {
      kind,
      text,
      contentType: found.type?.at(-1),
      filename: kind === 'inserted' ? undefined : found.filename?.at(-1),
      headers: found.headers ?? [],
    }
  }

  #attributeHere(): (typeof attributes)[number] | undefined {
    const rest = this.#text.slice(this.#position).toLowerCase()
    return attributes.find((attribute) => rest.startsWith(`${attribute}=`))
  }

  #skipBlanks(): void {
    while (/[ \t]/.test(this.#text[this.#position] ?? '')) this.#position += 1
  }

  /** A quoted word, or everything up to the next `;` or `,` without the blanks around it. */
  #word(): string {
    const quoted = /^[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*/s.exec(this.#text.slice(this.#position))
    if (quoted) {
      const next = this.#text[this.#position + quoted[0].length]
      if (next === undefined || next === ';' || next === this.#listSeparator) {
        this.#position += quoted[0].length
        return (quoted[1] ?? '').replace(/\\(["\\])/g, '$1')
      }
    }
    const start = this.#position
    this.#position = this.#endFrom(start)
    return this.#text.slice(start, this.#position).replace(/^\s+|\s+$/g, '')
  }

  /** `text/plain; charset=utf-8`: goes on over `;` until one of our attributes follows. */
  #mediaType(): string {
    const start = this.#position
    this.#position = this.#endFrom(start)
    for (;;) {
      const after = /^;[ \t]*/.exec(this.#text.slice(this.#position))
      if (!after) break
      const here = this.#position
      this.#position += after[0].length
      if (this.#attributeHere() !== undefined) {
        this.#position = here
        break
      }
      this.#position = this.#endFrom(this.#position)
    }
    return this.#text.slice(start, this.#position).trim()
  }

  #endFrom(position: number): number {
    let end = position
    while (
      end < this.#text.length &&
      this.#text[end] !== ';' &&
      (this.#listSeparator === '' || this.#text[end] !== this.#listSeparator)
    )
      end += 1
    return end
  }
}
