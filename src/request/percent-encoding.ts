/**
 * Percent-encoding as SigV4 defines it: RFC 3986, unreserved characters `A-Z a-z 0-9 - . _ ~`, upper-case hex, UTF-8.
 * Everything here works on text as it stands in a URL, so bytes that are no UTF-8 (`%aa`) survive.
 */

const unreserved = /^[A-Za-z0-9\-._~]*$/
const unreservedOrSlash = /^[A-Za-z0-9\-._~/]*$/

/** Encodes every byte but the unreserved ones: `a b/é` becomes `a%20b%2F%C3%A9`. A lone surrogate becomes U+FFFD's bytes. */
export function encodeText(text: string): string {
  return unreserved.test(text) ? text : encodeCharacters(text, reservedCharacter)
}

/** Like `encodeText`, but `/` stays. */
export function encodePathText(text: string): string {
  if (unreservedOrSlash.test(text)) return text
  return leftByEncodeUri.test(text) ? encodeCharacters(text, reservedButSlash) : encodeURI(text)
}

/**
 * Decodes a URL part once and encodes it once: `%7E` becomes `~`, `%2f` `%2F`, `'` `%27`, a raw `+` (a space to AWS)
 * `%20`, and a `%` that begins no escape `%25`.
 */
export function recodePart(part: string): string {
  return unreserved.test(part) ? part : part.replace(escapeOrReserved, recodeMatch)
}

/** Like `recodePart` for a whole path: `/` stays and `%2F` becomes `/`. */
export function recodePath(path: string): string {
  return unreservedOrSlash.test(path) ? path : path.replace(escapeOrReservedButSlash, recodePathMatch)
}

/**
 * Text as HTTP can carry it in a request target: spaces, controls and everything beyond ASCII are percent-encoded,
 * all else stays as it was typed.
 */
export function encodeForWire(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) ? text : encodeCharacters(text, notOnWire)
}

/** Decodes percent escapes to text, invalid UTF-8 becoming U+FFFD: for showing, and for names that are text. */
export function decodeText(part: string): string {
  if (!part.includes('%')) return part
  const bytes: number[] = []
  for (const piece of part.split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(piece)) bytes.push(Number.parseInt(piece.slice(1), 16))
    else bytes.push(...Buffer.from(piece))
  }
  return Buffer.from(bytes).toString()
}

/** What `encodeURI`, which is twice as fast, leaves alone or throws on. */
const leftByEncodeUri = /[;,?:@&=+$!*'()#\ud800-\udfff]/
const reservedCharacter = /[^A-Za-z0-9\-._~]/gu
const reservedButSlash = /[^A-Za-z0-9\-._~/]/gu
const escapeOrReserved = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/gu
const escapeOrReservedButSlash = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~/]/gu
const notOnWire = /[^\x21-\x7e]/gu

function encodeCharacters(text: string, pattern: RegExp): string {
  return text.replace(pattern, encodeCharacter)
}

function encodeCharacter(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x80) return `%${hex(code)}`
  if (character.length === 1 && code >= 0xd800 && code <= 0xdfff) return '%EF%BF%BD'
  return encodeURIComponent(character)
}

function recodeMatch(match: string): string {
  if (match.length === 3) {
    const code = Number.parseInt(match.slice(1), 16)
    const character = String.fromCharCode(code)
    return code < 0x80 && unreserved.test(character) ? character : match.toUpperCase()
  }
  return match === '+' ? '%20' : encodeCharacter(match)
}

function recodePathMatch(match: string): string {
  return match.length === 3 && match.toUpperCase() === '%2F' ? '/' : recodeMatch(match)
}

function hex(code: number): string {
  return (code < 16 ? '0' : '') + code.toString(16).toUpperCase()
}
