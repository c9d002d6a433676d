/**
 * Text from strangers (server messages, headers, keys, files) as a terminal may see it: C0 and C1 controls, DEL, line
 * and paragraph separators and bidirectional overrides become `\n`, `\t`, `\x1b`, `\u202e`; all else stays.
 */
export function escapeForTerminal(text: string): string {
  return unsafe.test(text) ? text.replace(unsafeAll, escapeCharacter) : text
}

/** Like `escapeForTerminal`, but line feeds stay: for text of several lines. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeForTerminal).join('\n')
}

// With the flag `u` half a pair counts only where the other half is missing; a `\p{...}` would be looked up when the expression is made.
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]/
const unsafeAll = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]/gu
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return named[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
