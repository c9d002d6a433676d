import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeForTerminal, escapeLines } from '../src/output/escape.ts'
import { csvLine } from '../src/output/listing/delimited-text.ts'

/** Every code point, with lone surrogates. */
const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code))

test('no control, line separator, bidirectional mark or lone surrogate reaches a terminal', () => {
  // By Unicode's own properties: controls (C0, DEL, C1), line and paragraph separators, bidirectional controls, surrogates.
  const obeyed = characters.filter((character) => /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u.test(character))
  assert.ok(obeyed.length > 2100)
  for (const character of obeyed) assert.match(escapeForTerminal(`a${character}b`), /^a\\[nrtxu][0-9a-f]*b$/)
})

test('letters, marks, digits, punctuation, symbols and blanks of every script stay as they are', () => {
  const shown = characters.filter((character) => /[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/u.test(character)).join('')
  assert.equal(escapeForTerminal(shown), shown)
})

test('line feeds stay between lines, and nothing else', () => {
  assert.equal(escapeLines('a\tb\nc\r\nd'), 'a\\tb\nc\\r\nd')
})

/** RFC 4180, 2: quotes are doubled, and what holds a separator stands in them; blanks are part of a field. */
test('a CSV value is quoted where a reader would take it for something else', () => {
  assert.equal(csvLine(['a', 'b c', ' d', 'e ', 'f,g', 'h"i', 'j\nk']), 'a,b c," d","e ","f,g","h""i","j\nk"\n')
})
