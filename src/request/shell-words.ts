/** The words of a command line as a shell would hand them over. */
export type ShellSyntax = 'posix' | 'cmd'

/** Which shell a pasted command was written for: browsers copy for Windows with `^` before quotes and line ends. */
export function shellSyntaxOf(command: string): ShellSyntax {
  return /\^"|\^\r?\n|\^$/m.test(command) && !/\\\r?\n/.test(command) ? 'cmd' : 'posix'
}

/** Splits a command into words; a line continuation is a blank, an unclosed quote ends with the text. */
export function splitShellWords(command: string, syntax: ShellSyntax): readonly string[] {
  return syntax === 'cmd' ? splitCmd(command) : splitPosix(command)
}

/** POSIX quoting and bash's `$'...'`. Variables and substitutions stay as they are written. */
function splitPosix(command: string): readonly string[] {
  const text = command.replace(/\\\r?\n/g, ' ')
  const words: string[] = []
  let word: string | undefined
  const pattern =
    /\$'((?:\\[\s\S]|[^'\\])*)'?|'([^']*)'?|"((?:\\[\s\S]|[^"\\])*)"?|\\([\s\S])|([\s;]+)|([^\s'"\\;$]+|\$|;)/g
  for (const match of text.matchAll(pattern)) {
    const [, ansi, single, double, escaped, blank, plain] = match
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      // The command ends where the next one begins.
      if (blank.includes(';') || /\n/.test(blank)) break
      continue
    }
    word =
      (word ?? '') +
      (ansi === undefined ? (single ?? escaped ?? plain ?? unescapeDouble(double ?? '')) : unescapeAnsi(ansi))
  }
  return word === undefined ? words : [...words, word]
}

/** In double quotes a backslash keeps its meaning only before these. */
function unescapeDouble(text: string): string {
  return text.replace(/\\([$`"\\])/g, '$1')
}

const ansiEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
}

/** Bash's ANSI-C quoting: `\n`, `\x41`, `\u00e9`, `\101` ... */
function unescapeAnsi(text: string): string {
  return text.replace(/\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|[\s\S])/g, (sequence) =>
    unescapeOne(sequence.slice(1)),
  )
}

/** What stands behind the backslash. */
function unescapeOne(rest: string): string {
  const hex = /^[xuU](.+)$/.exec(rest)?.[1]
  if (hex === undefined && !/^[0-7]/.test(rest)) return ansiEscapes[rest] ?? rest
  const code = hex === undefined ? Number.parseInt(rest, 8) : Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/**
 * What cmd.exe and then the C runtime make of a line: `^` takes the next character literally (a line end vanishes), `\"`
 * and `""` inside quotes are a quote.
 */
function splitCmd(command: string): readonly string[] {
  const text = command
    .replace(/\^\r?\n/g, ' ')
    .replace(/\^([\s\S])/g, '$1')
    .replace(/%%/g, '%')
  const words: string[] = []
  for (const match of text.matchAll(/((?:"(?:\\.|""|[^"\\])*"?|[^\s"])+)/g)) {
    words.push(
      (match[1] ?? '').replace(/"((?:\\.|""|[^"\\])*)"?/gs, (_, quoted: string) =>
        quoted.replace(/\\(["\\])|"(")/g, '$1$2'),
      ),
    )
  }
  return words
}
