/**
 * Text as JSON: exact for every reader, and with nothing that a terminal would obey. `JSON.stringify` escapes C0 controls
 * and lone surrogates; DEL, C1 controls, line separators and bidirectional marks are escaped here.
 */
export function jsonText(text: string): string {
  const json = JSON.stringify(text)
  return unsafe.test(json) ? json.replace(unsafeAll, escapeUnit) : json
}

const unsafe = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const unsafeAll = new RegExp(unsafe.source, 'g')

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
