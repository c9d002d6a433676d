import { Command, type Option } from 'commander'

/**
 * A command that takes from its declaration only the options that the given words can mean: to make all sixty of a command
 * costs a twentieth of a bare start. What it parses, a plain `Command` parses alike. What it refuses (an unknown option, a
 * missing value), and help, are for a plain one, declared in full, to say.
 */
export class SparseCommand extends Command {
  readonly #text: string
  /** Every character of the words that may be a bundle of short options. */
  readonly #letters: string
  readonly #declared = new Set<string>()

  /** @param words what it will parse, at least */
  constructor(words: readonly string[]) {
    super()
    this.#text = words.join('\n')
    this.#letters = words.filter((word) => word.startsWith('-') && !word.startsWith('--')).join('')
  }

  override option(flags: string, ...rest: readonly unknown[]): this {
    const hasDefault = rest.slice(1).some((argument) => argument !== undefined && typeof argument !== 'function')
    return this.#mayOccur(flags) || hasDefault ? Reflect.apply(super.option, this, [flags, ...rest]) : this
  }

  override addOption(option: Option): this {
    const always = option.mandatory || option.defaultValue !== undefined || option.envVar !== undefined
    return this.#mayOccur(option.flags) || always ? super.addOption(option) : this
  }

  /** @param flags `-X, --request <method>` */
  #mayOccur(flags: string): boolean {
    const start = flags.indexOf('--') + 2
    const end = flags.indexOf(' ', start)
    const name = flags.slice(start, end < 0 ? undefined : end)
    const negated = name.startsWith('no-')
    const positive = negated ? name.slice(3) : name
    // Without its counterpart before it, --no-NAME gives NAME a default.
    if (negated && !this.#declared.has(positive)) return true
    this.#declared.add(positive)
    return this.#text.includes(`-${positive}`) || (!flags.startsWith('--') && this.#hasLetter(flags.charAt(1)))
  }

  /** Whether `-1` is an option decides what `-5` is: a number, or unknown. */
  #hasLetter(letter: string): boolean {
    return /\d/.test(letter) ? /\d/.test(this.#letters) : this.#letters.includes(letter)
  }
}
