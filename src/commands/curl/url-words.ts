import type { Command } from 'commander'

/**
 * Makes `--url URL` the operand that it stands for, so that these and the URLs without an option keep the order of the command
 * line: `-o` counts them.
 */
export function takeUrlsInOrder(command: Command): void {
  const parseOptions = command.parseOptions.bind(command)
  command.parseOptions = (words) => parseOptions(urlsAsOperands(words, command))
}

function urlsAsOperands(words: readonly string[], command: Command): string[] {
  const made: string[] = []
  for (let index = 0; index < words.length; index++) {
    const [word = '', next = ''] = words.slice(index, index + 2)
    if (word === '--') return [...made, ...words.slice(index)]
    if (word === '--url' && next !== '' && !next.startsWith('-')) continue
    const attached = word.startsWith('--url=') ? word.slice('--url='.length) : ''
    made.push(attached === '' || attached.startsWith('-') ? word : attached)
    if (takesNextWord(word, command)) made.push(...words.slice(++index, index + 1))
  }
  return made
}

/** Whether a word is an option, or several short ones, whose value is the word behind it. */
function takesNextWord(word: string, command: Command): boolean {
  const named = (text: string) => command.options.find(({ long, short }) => text === long || text === short)
  if (!word.startsWith('-') || word.startsWith('--')) return named(word)?.required ?? false
  const firstWithValue = [...word].findIndex((letter, index) => index > 0 && named(`-${letter}`)?.required)
  return firstWithValue === word.length - 1
}
