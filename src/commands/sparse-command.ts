import { Command, Option } from 'commander'

/**
 * A command that takes from its declaration only the options that the given words can mean: to make all sixty of a command
 * costs a twentieth of a bare start. What it parses, a plain `Command` parses alike. What it refuses (an unknown option, a
 * missing value), and help, are for a plain one, declared in full, to say.
 */
export class SparseCommand extends Command {
  readonly #text: string
  /** Every character of the words that may be a bundle of short options. */
  readonly #letters: string
  /** The first letters of the names behind `--` and `--no-`: most options are ruled out by them alone. */
  readonly #initials: string
  /** Names of all options, with `no-` where they begin with it. */
  readonly #declared = new Set<string>()

  /** @param words what it will parse, at least */
  constructor(words: readonly string[]) {
    super()
    this.#text = words.join('\n')
    this.#letters = words.filter((word) => word.startsWith('-') && !word.startsWith('--')).join('')
    this.#initials = words
      .filter((word) => word.startsWith('--'))
      .map((word) => word.charAt(2) + (word.startsWith('--no-') ? word.charAt(5) : ''))
      .join('')
  }

  /** Whether the words can mean this option. */
  canMean(flags: string): boolean {
    const name = nameAt(flags, flags.indexOf('--') + 2)
    return this.canMeanName(name, flags.startsWith('--') ? undefined : flags.charAt(1))
  }

  /** The same by the name behind `--`, and the letter of the short form. */
  canMeanName(name: string, letter: string | undefined): boolean {
    if (letter !== undefined && this.#hasLetter(letter)) return true
    const positive = name.startsWith('no-') ? name.slice(3) : name
    return this.#initials.includes(positive.charAt(0)) && this.#text.includes(`-${positive}`)
  }

  override option(flags: string, ...rest: readonly unknown[]): this {
    const [, second, third] = rest
    const hasDefault = third !== undefined || (second !== undefined && typeof second !== 'function')
    if (hasDefault || this.canMean(flags)) Reflect.apply(super.option, this, [flags, ...rest])
    else if (flags.startsWith('--no-')) this.#setNegatedDefault(nameAt(flags, 5))
    this.#declared.add(nameAt(flags, flags.indexOf('--') + 2))
    return this
  }

  override addOption(option: Option): this {
    const always = option.mandatory || option.defaultValue !== undefined || option.envVar !== undefined
    if (always || this.canMean(option.flags)) super.addOption(option)
    else if (option.negate) this.#setNegatedDefault(nameAt(option.flags, 5))
    this.#declared.add(nameAt(option.flags, option.flags.indexOf('--') + 2))
    return this
  }

  /** Without a `--NAME` declared before it, `--no-NAME` makes NAME true. */
  #setNegatedDefault(name: string): void {
    if (this.#declared.has(name)) return
    const [first, ...words] = name.split('-')
    const attribute = `${first}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
    this.setOptionValueWithSource(attribute, true, 'default')
  }

  /** Whether `-1` is an option decides what `-5` is: a number, or unknown. */
  #hasLetter(letter: string): boolean {
    return letter >= '0' && letter <= '9' ? /\d/.test(this.#letters) : this.#letters.includes(letter)
  }
}

function nameAt(flags: string, start: number): string {
  const end = flags.indexOf(' ', start)
  return flags.slice(start, end < 0 ? undefined : end)
}

/** Declares an option with a fixed set of values. */
export function addChoice(
  command: Command,
  flags: string,
  { description, choices }: { readonly description: string; readonly choices: readonly string[] },
): void {
  if (command instanceof SparseCommand && !command.canMean(flags)) return
  command.addOption(new Option(flags, description).choices(choices))
}
