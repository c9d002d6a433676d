import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A call of the program as a document shows it. */
export interface DocumentedCommand {
  /** `README.md:52` */
  readonly place: string
  readonly text: string
  /** The arguments, without their quotes; expansions stay as they are. */
  readonly words: readonly string[]
}

/** Every call in the code blocks of README, `docs/` and manual. */
export function documentedCommands(): readonly DocumentedCommand[] {
  const inFolders = ['docs', 'scripts/generate/pages'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  )
  return ['README.md', ...inFolders].flatMap((file) => commandsIn(codeBlocksOf(readFileSync(file, 'utf8')), file))
}

/** The calls in shell text, which keeps its line numbers. */
export function commandsIn(shell: string, file: string): readonly DocumentedCommand[] {
  return shell.split('\n').flatMap((line, index) => {
    const calls = line.replace(/^\s*\$ /, '').matchAll(/(?<=^\s*|[|;&(]\s*|<\(|= ?|! |-- )sigv4 (?=[a-z-])/g)
    return [...calls].map((call) => {
      const text = line.replace(/^\s*\$ /, '').slice(call.index)
      return { place: `${file}:${index + 1}`, text, words: wordsOf(text).slice(1) }
    })
  })
}

function codeBlocksOf(markdown: string): string {
  let inside = false
  const lines = markdown.split('\n').map((line) => {
    const fence = line.startsWith('```')
    if (fence) inside = !inside && /^```(sh|shell|bash|console)?$/.test(line)
    return inside && !fence ? line : ''
  })
  return lines.join('\n')
}

/** The words of the first command of a line of shell. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  for (let index = 0, quote = ''; index < text.length; index++) {
    const character = text.charAt(index)
    if (quote !== '') {
      if (character === quote) quote = ''
      else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (/[|;&)<>]/.test(character) || (character === '#' && word === undefined)) {
      break
    } else {
      word = (word ?? '') + character
    }
  }
  return word === undefined ? words : [...words, word]
}
