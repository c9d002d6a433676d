/**
 * JSON in which no control character is raw, not even those that JSON allows (DEL, C1, bidirectional overrides): what is
 * read from it is exact, and a terminal that shows it is safe.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  return unsafe.test(text) ? text.replace(unsafeAll, (character) => `\\u${hexOf(character)}`) : text
}

const unsafe = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const unsafeAll = new RegExp(unsafe, 'g')

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0')
}
