import { failure } from '../../errors.ts'
import type { EnvironmentChange, EnvironmentVariable } from './environment-change.ts'

/** How a shell is told about its environment; names are known to be harmless, values may hold anything. */
interface Shell {
  readonly set: (name: string, value: string) => string
  readonly unset: (name: string) => string
  /** What no quoting of this shell can carry. */
  readonly refuses: RegExp
}

export type ShellName = 'env' | 'bash' | 'fish' | 'powershell' | 'cmd' | 'nu' | 'tcsh'

/**
 * The commands that a shell reads with its `eval` (`source`, `Invoke-Expression`): one a line, each ended so that the
 * lines may be joined by blanks, as an `eval` without quotes does.
 * @throws CliError (failure) for a value that the shell's language cannot carry
 */
export function formatForShell(name: ShellName, change: EnvironmentChange): string {
  const shell = shells[name]
  refuseUncarriable(change.set, name, shell.refuses)
  const lines = [
    ...change.set.map((variable) => shell.set(variable.name, variable.value)),
    ...change.unset.map((variable) => shell.unset(variable)),
  ]
  return `${lines.join('\n')}\n`
}

/** @throws CliError (failure) naming the variable, never its value */
export function refuseUncarriable(variables: readonly EnvironmentVariable[], format: string, refused: RegExp): void {
  const variable = variables.find(({ value }) => refused.test(value))
  if (!variable) return
  throw failure(
    `${variable.name} holds a character that --format ${format} cannot carry`,
    'take another format: json carries everything',
  )
}

/** An environment ends at NUL, whatever the shell. */
const nul = /\0/

const posix: Shell = {
  set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}';`,
  unset: (name) => `unset ${name};`,
  refuses: nul,
}

const shells: Readonly<Record<ShellName, Shell>> = {
  env: posix,
  bash: posix,
  fish: {
    // Controls stand outside the quotes, as escapes: fish splits what a command prints at its line breaks.
    set: (name, value) => `set -gx ${name} ${quoteInPieces(value, fishPieces)};`,
    // fish fails (4) where there is nothing to erase, and whoever asks for the status of `source` takes the role for refused.
    unset: (name) => `set -e ${name}; or true;`,
    refuses: nul,
  },
  powershell: {
    // What is not ASCII goes by number: Windows PowerShell reads other programs' output in an old code page. That also
    // takes care of the curly quotes, which PowerShell reads as straight ones.
    set: (name, value) => `$Env:${name} = ${powershellExpression(value)};`,
    unset: (name) => `Remove-Item -ErrorAction SilentlyContinue Env:${name};`,
    refuses: nul,
  },
  cmd: {
    // In quotes only these mean something: % always, ! where delayed expansion is on, and a quote ends them.
    set: (name, value) => `set "${name}=${value}"`,
    unset: (name) => `set "${name}="`,
    refuses: /[^\x20-\x7e]|["%!]/,
  },
  nu: {
    set: (name, value) => `$env.${name} = "${value.replace(nuSpecial, nuEscape)}"`,
    unset: (name) => `hide-env --ignore-errors ${name}`,
    refuses: nul,
  },
  tcsh: {
    // History takes its ! even from single quotes, and `set backslash_quote` changes what a backslash means in them: so
    // both stand outside. A line break would end the word that `eval` is given.
    set: (name, value) => `setenv ${name} ${quoteInPieces(value, tcshPieces)};`,
    unset: (name) => `unsetenv ${name};`,
    refuses: /[\0\r\n]/,
  },
}

/** Runs of plain text in single quotes, and the characters of `special` by their own escapes, side by side. */
function quoteInPieces(value: string, { special, escapeOne }: Pieces): string {
  const pieces = value.split(special).filter((piece) => piece !== '')
  return pieces.map((piece) => (special.test(piece) ? escapeOne(piece) : `'${piece}'`)).join('') || "''"
}

interface Pieces {
  /** With one group, so that `split` keeps them. */
  readonly special: RegExp
  readonly escapeOne: (character: string) => string
}

const fishPieces: Pieces = {
  special: /([\x01-\x1f\x7f'\\])/,
  escapeOne: (character) => (/['\\]/.test(character) ? `\\${character}` : `\\x${hex(character, 2)}`),
}

const tcshPieces: Pieces = { special: /(['!\\])/, escapeOne: (character) => `\\${character}` }

function powershellExpression(value: string): string {
  const pieces = value.split(/([^\x20-\x7e])/).filter((piece) => piece !== '')
  const terms = pieces.map((piece) =>
    /^[^\x20-\x7e]$/.test(piece) ? `[char]0x${hex(piece, 4)}` : `'${piece.replaceAll("'", "''")}'`,
  )
  // The first term decides that + joins text.
  return (terms[0]?.startsWith('[') ? ["''", ...terms] : terms).join(' + ') || "''"
}

const nuSpecial = /[\x01-\x1f\x7f"\\]/g

function nuEscape(character: string): string {
  return /["\\]/.test(character) ? `\\${character}` : `\\u{${hex(character, 1)}}`
}

function hex(character: string, width: number): string {
  return character.charCodeAt(0).toString(16).padStart(width, '0')
}
